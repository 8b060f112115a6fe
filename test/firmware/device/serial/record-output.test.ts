import test from "ava";
import fc from "fast-check";
import { nodeEventSink } from "../../../../firmware/device/serial/event-sink.js";
import { RecordOutput } from "../../../../firmware/device/serial/record-output.js";
import { MAX_RECORD_BYTES, RecordType } from "../../../../firmware/device/serial/records.js";
import { HandClock } from "../../support/hand-clock.js";
import { TestPort } from "../support/serial-ends.js";

function bench() {
	const port = new TestPort();
	const clock = new HandClock();
	const output = new RecordOutput(port, clock);
	const say = (text: string, important = false): void => {
		output.open(RecordType.text, 1).text(text);
		output.close(important);
	};
	return { port, clock, output, say };
}

test("events go out as records, one each", (t) => {
	const { port, output } = bench();
	const sink = nodeEventSink(output);
	sink.datagramForwarded(0xc0, 0xdb, 5_000_000_000);
	sink.datagramDropped(2, 1, 3, "no-route");
	t.deepEqual(port.records, [
		[2, [4, 0xc0, 0xdb, 5_000_000_000]],
		[2, [3, 2, 1, 3, "no-route"]],
	]);
	t.is(port.slip.spoiled, 0);
});

test("on a line that stops, records are lost as a whole and counted, and a notice stands where they are missing", (t) => {
	const { port, clock, output, say } = bench();
	port.room = 0;
	for (let i = 0; i < 400; i++) say(`record ${i}`);
	t.true(output.lost > 200, String(output.lost));
	const { lost } = output;
	clock.advanceTo(1234);
	port.drain(1_000_000);
	const kept = 400 - lost;
	t.deepEqual(
		port.records.slice(0, kept),
		Array.from({ length: kept }, (_, i) => [5, `record ${i}`]),
	);
	t.deepEqual(port.records[kept], [7, 1234, lost]);
	t.is(port.records.length, kept + 1);
	say("after");
	t.deepEqual(port.records.at(-1), [5, "after"]);
});

test("a reply finds room in a queue that a flood has filled", (t) => {
	const { port, say } = bench();
	port.room = 0;
	for (let i = 0; i < 1000; i++) say("x".repeat(100));
	say("reply", true);
	port.drain(1_000_000);
	t.true(port.records.some((record) => record[1] === "reply"));
});

test("whatever a slow line takes at a time, all that was not lost arrives in order", (t) => {
	fc.assert(
		fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 200 }), (drains) => {
			const { port, output, say } = bench();
			port.room = 0;
			drains.forEach((octets, i) => {
				say(`${i} ${"\u00db".repeat(octets % 50)}`);
				port.drain(octets);
			});
			port.drain(1_000_000);
			const numbers = port.records
				.filter(([type]) => type === 5)
				.map(([, text]) => Number.parseInt(String(text), 10));
			t.deepEqual(
				numbers,
				[...numbers].sort((a, b) => a - b),
			);
			const told = port.records
				.filter(([type]) => type === 7)
				.reduce((sum, [, , count]) => sum + Number(count), 0);
			t.is(told, output.lost);
			t.is(numbers.length + told, drains.length);
			t.is(port.slip.spoiled, 0);
		}),
	);
});

test("a record that is too long for any is lost, and the next one is whole", (t) => {
	const { port, output, say } = bench();
	say("x".repeat(MAX_RECORD_BYTES));
	t.is(output.lost, 1);
	say("next");
	t.deepEqual(port.records, [
		[7, 0, 1],
		[5, "next"],
	]);
});

test("who waits for the line hears of it once all has left", (t) => {
	const { port, output, say } = bench();
	port.room = 3;
	say("bye");
	const heard: number[] = [];
	output.whenEmpty(() => heard.push(port.records.length));
	t.deepEqual(heard, []);
	port.drain(4);
	t.deepEqual(heard, []);
	port.drain(1000);
	t.deepEqual(heard, [1]);
	say("again");
	t.deepEqual(heard, [1]);
});

test("a record that is sent while the port takes another one follows it whole", (t) => {
	const { port, say } = bench();
	const { write } = TestPort.prototype;
	let answers = 0;
	port.write = (bytes, offset, end) => {
		if (answers++ === 0) say("answer");
		return write.call(port, bytes, offset, end);
	};
	say("question");
	t.deepEqual(port.records, [
		[5, "question"],
		[5, "answer"],
	]);
});
