import test from "ava";
import fc from "fast-check";
import { decodeZep, encodeZep, ZEP_HEADER_BYTES, ZepPacket } from "../../../../firmware/device/radio/zep.js";
import { ethernetFrame } from "../../../../host-tools/capture/zep.js";
import { dataFrame } from "../../../sim/support/radio-bench.js";
import { capturedAround } from "./support/ethernet.js";

function packetOf(fields: Partial<ZepPacket>): ZepPacket {
	return Object.assign(new ZepPacket(), fields);
}

const HEADERS = fc.record({
	channel: fc.integer({ min: 11, max: 26 }),
	device: fc.nat({ max: 0xffff }),
	lqi: fc.nat({ max: 255 }),
	timeUs: fc.integer({ min: 0, max: 0xffffffff * 1e6 }),
	sequence: fc.integer({ min: 0, max: 0xffffffff }),
});

test("a packet comes back as it was, whatever stood in the buffer before", (t) => {
	fc.assert(
		fc.property(HEADERS, fc.uint8Array({ maxLength: 127 }), fc.nat({ max: 255 }), (header, psdu, dirt) => {
			const bytes = new Uint8Array(200).fill(dirt);
			const length = encodeZep(packetOf(header), psdu, bytes);
			const found = decodeZep(bytes, length, new ZepPacket());
			t.like(found, { ...header, isAck: false });
			t.deepEqual(bytes.slice(found!.start, found!.end), psdu);
			for (let cut = 0; cut < length; cut++) t.is(decodeZep(bytes, cut, new ZepPacket()), undefined);
		}),
		{ numRuns: 200 },
	);
});

test("octets stand where Wireshark looks for them", (t) => {
	const bytes = new Uint8Array(200).fill(0xee);
	const psdu = Uint8Array.of(2, 0, 7, 0xaa, 0xbb);
	const header = { channel: 15, device: 0x1234, lqi: 200, timeUs: 3_500_000, sequence: 0x01020304 };
	const length = encodeZep(packetOf(header), psdu, bytes);
	const hex = Buffer.from(bytes.subarray(0, length)).toString("hex");
	t.is(hex, `455802010f123401c8000000038000000001020304${"00".repeat(10)}05020007aabb`);
});

test("an acknowledgement of ZEP is told apart; other versions, types and frames without FCS are none", (t) => {
	const ack = Uint8Array.of(0x45, 0x58, 2, 2, 0, 0, 1, 2);
	t.like(decodeZep(ack, 8, new ZepPacket()), { isAck: true, sequence: 258 });
	const bytes = new Uint8Array(200);
	const length = encodeZep(packetOf({ channel: 11 }), new Uint8Array(9), bytes);
	for (const [at, octet] of [
		[0, 0x44],
		[1, 0x44],
		[2, 1],
		[3, 3],
		[7, 0],
	] as const) {
		const bad = bytes.slice();
		bad[at] = octet;
		t.is(decodeZep(bad, length, new ZepPacket()), undefined, `octet ${at}`);
	}
});

test("any octets are read without a fault, and no frame reaches beyond them", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
			const bytes = Uint8Array.of(0x45, 0x58, 2, 1, ...tail);
			const found = decodeZep(bytes, bytes.length, new ZepPacket());
			t.true(found === undefined || (found.start === ZEP_HEADER_BYTES && found.end <= bytes.length));
		}),
	);
});

test("the capture tools read the frame and its channel", (t) => {
	const bytes = new Uint8Array(200);
	const psdu = dataFrame({ ack: true, bytes: 60 });
	const length = encodeZep(packetOf({ channel: 20, device: 3 }), psdu, bytes);
	const frame = ethernetFrame(capturedAround(bytes.subarray(0, length)));
	t.like(frame, { channel: 20, fcs: "present" });
	t.deepEqual(frame?.psdu.slice(), psdu);
});
