import { PassThrough } from "node:stream";
import test from "ava";
import { LinesOutput, MOST_WAITING } from "../../../host-tools/device/monitor-outputs.js";

test("lines for a reader that has stopped take no more memory than they may, and are counted", (t) => {
	const stream = new PassThrough();
	const output = new LinesOutput(stream);
	const text = "x".repeat(999);
	for (let i = 0; i < 3000; i++) output.line(text);
	const buffered = stream.writableLength + stream.readableLength;
	t.true(buffered < MOST_WAITING + 100_000, String(buffered));
	t.true(output.dropped > 1850 && output.dropped < 1960, String(output.dropped));
	stream.resume();
	return new Promise<void>((resolve) => {
		stream.once("drain", () => {
			const { dropped } = output;
			output.line("again");
			t.is(output.dropped, dropped);
			resolve();
		});
	});
});
