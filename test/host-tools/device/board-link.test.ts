import test from "ava";
import { CommandCode, RecordType, ReplyStatus } from "../../../firmware/device/serial/records.js";
import { CborWriter } from "../../../firmware/frames/cbor.js";
import { CborReader } from "../../../firmware/frames/cbor-reader.js";
import { BoardLink, CommandRefused } from "../../../host-tools/device/board-link.js";
import { frameRecord, RecordStream } from "../../../host-tools/device/record-stream.js";
import { layCable, requireSocat } from "./pty-cable.js";

test("what a board gives as its reason is shown without anything that a terminal would obey", async (t) => {
	if (!requireSocat(t)) return;
	const cable = await layCable(t);
	const stream = new RecordStream({
		record: (octets) => {
			const reader = new CborReader(octets, 0, octets.length);
			reader.array();
			reader.int();
			const cbor = new CborWriter(new Uint8Array(100));
			cbor.array(4);
			cbor.uint(RecordType.reply);
			cbor.uint(reader.int());
			cbor.uint(ReplyStatus.refused);
			cbor.text("no \u001b[31mway\u001b[0m");
			cable.board.write(Buffer.from(frameRecord(cbor.buffer.subarray(0, cbor.length))));
		},
		text: () => {},
		spoiled: () => {},
	});
	cable.board.on("data", (chunk: Buffer) => stream.push(chunk));
	const handlers = { record: () => {}, text: () => {}, spoiled: () => {}, lost: () => {} };
	const link = await BoardLink.open(cable.path, handlers);
	t.teardown(() => link.close());
	const error = await t.throwsAsync(link.request(CommandCode.info), { instanceOf: CommandRefused });
	t.is(error.message, `${cable.path}: the board refused: no way`);
});
