import test from "ava";
import { LinkAddress } from "../../firmware/address.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { DUPLICATE_WINDOW_US } from "../../firmware/mac/duplicates.js";
import { ACK_WAIT_US } from "../../firmware/mac/timing.js";
import type { CapturedFrame } from "../../host-tools/capture/captured-frame.js";
import { Reception, type ReceptionDrop } from "../../host-tools/capture/reception.js";

const NODE = 1;
const OTHER = 2;
const ALL = 0xffff;

type Row = readonly [timeUs: number, kind: "asks" | "silent" | "ack", seq: number, to?: number];

function frame([timeUs, kind, seq, to = NODE]: Row, number: number): CapturedFrame {
	const header =
		kind === "ack"
			? [0x02, 0x00, seq]
			: [kind === "asks" ? 0x61 : 0x41, 0x98, seq, 0xcd, 0xab, to & 0xff, to >> 8, 0x03, 0x00, 0xff];
	const psdu = Uint8Array.from([...header, 0, 0]);
	putFcs(psdu, psdu.length);
	return { number, timeUs, psdu, fcs: "present" };
}

/** The frames that the node missed, by number from 1. */
function missed(rows: readonly Row[], change: (frame: CapturedFrame) => CapturedFrame = (same) => same) {
	const reception = new Reception([LinkAddress.short(NODE)]);
	rows.forEach((row, i) => {
		reception.add(change(frame(row, i + 1)));
	});
	return Object.fromEntries(reception.missed()) as Readonly<Record<number, ReceptionDrop>>;
}

/** Shows that the capture hears the node. */
const HEARD: readonly Row[] = [
	[0, "asks", 1],
	[500, "ack", 1],
];

test("of a frame and its retransmission, the one before the acknowledgement was received", (t) => {
	t.deepEqual(missed([...HEARD, [10_000, "asks", 7], [15_000, "asks", 7], [15_500, "ack", 7]]), {
		3: "not-acknowledged",
	});
	const both: Row[] = [
		...HEARD,
		[10_000, "asks", 7],
		[15_000, "asks", 7],
		[15_500, "ack", 7],
		[16_000, "ack", 7],
	];
	t.deepEqual(missed(both), {});
});

test("an acknowledgement counts while its sender may be busy with the frame, however late, and no longer", (t) => {
	const late = (delayUs: number) => missed([...HEARD, [10_000, "asks", 7], [10_000 + delayUs, "ack", 7]]);
	t.deepEqual(late(6000), {});
	t.deepEqual(late(DUPLICATE_WINDOW_US), {});
	t.deepEqual(late(DUPLICATE_WINDOW_US + 1), { 3: "not-acknowledged" });
});

test("an acknowledgement with another number, or of a frame to somebody else, is none", (t) => {
	t.deepEqual(missed([...HEARD, [10_000, "asks", 7], [10_500, "ack", 8]]), { 3: "not-acknowledged" });
	const rows: Row[] = [...HEARD, [10_000, "asks", 7], [10_300, "asks", 7, OTHER], [10_900, "ack", 7]];
	t.deepEqual(missed(rows), { 3: "not-acknowledged" });
});

test("a capture without one acknowledgement of the node leaves nothing out", (t) => {
	t.deepEqual(missed([[0, "asks", 1]]), {});
	t.deepEqual(
		missed([
			[0, "asks", 1],
			[10_000, "asks", 2, OTHER],
			[10_500, "ack", 2],
		]),
		{},
	);
});

test("a node does not hear what comes between a frame and its acknowledgement of it, if that is in time", (t) => {
	const between = (kind: Row[1], to: number, ackUs: number): Row[] => [
		[9900, "silent", 4],
		[10_000, "asks", 7],
		[10_200, kind, 9, to],
		[10_000 + ackUs, "ack", 7],
		[10_000 + ackUs + 10, "silent", 5],
	];
	t.deepEqual(missed(between("silent", NODE, ACK_WAIT_US)), { 3: "receiver-busy" });
	t.deepEqual(missed(between("silent", ALL, 400)), { 3: "receiver-busy" });
	t.deepEqual(missed(between("silent", OTHER, 400)), {}, "not for the node anyway");
	t.deepEqual(missed(between("silent", NODE, ACK_WAIT_US + 1)), {}, "the node was held up");
	t.deepEqual(missed(between("asks", NODE, 400)), { 3: "not-acknowledged" });
});

test("another node's acknowledgement keeps this one from hearing nothing", (t) => {
	const rows: Row[] = [...HEARD, [10_000, "asks", 7, OTHER], [10_200, "silent", 9], [10_400, "ack", 7]];
	t.deepEqual(missed(rows), {});
});

test("damaged and cut frames acknowledge nothing", (t) => {
	const rows: Row[] = [...HEARD, [10_000, "asks", 7], [10_500, "ack", 7]];
	const damaged = (given: CapturedFrame): CapturedFrame => {
		if (given.number === 4) given.psdu[3]! ^= 1;
		return given;
	};
	t.deepEqual(missed(rows, damaged), { 3: "not-acknowledged" });
	const cut = (given: CapturedFrame): CapturedFrame =>
		given.number === 4 ? { ...given, drop: "frame-cut" } : given;
	t.deepEqual(missed(rows, cut), { 3: "not-acknowledged" });
});
