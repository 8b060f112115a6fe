import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { fcs16, hasGoodFcs, putFcs } from "../../firmware/frames/fcs.js";
import type { CapturedFrame } from "../../host-tools/capture/captured-frame.js";
import { type PcapLinkType, PcapWriter } from "../../host-tools/capture/pcap-writer.js";
import { openCapture } from "../../host-tools/capture/read-capture.js";
import { UserError } from "../../host-tools/errors.js";
import { scratchFolder } from "./run-cli.js";
import { requireTshark, tsharkFields } from "./tshark.js";

/** An acknowledgement with sequence number 7 (IEEE 802.15.4-2020, 7.3.3), FCS as Wireshark has it good. */
const ACK = withFcs([0x02, 0x00, 0x07]);
/** 2026-01-02 03:04:05.678901 UTC. */
const TIME_US = 1_767_323_045_678_901;

function withFcs(octets: readonly number[]): Buffer {
	const frame = Buffer.from([...octets, 0, 0]);
	putFcs(frame, frame.length);
	return frame;
}

function words(littleEndian: boolean, ...values: number[]): Buffer {
	const buffer = Buffer.alloc(values.length * 4);
	values.forEach((value, i) => {
		if (littleEndian) buffer.writeUInt32LE(value >>> 0, i * 4);
		else buffer.writeUInt32BE(value >>> 0, i * 4);
	});
	return buffer;
}

interface PcapShape {
	littleEndian?: boolean;
	nanoseconds?: boolean;
	linkType?: number;
}

function pcap(packets: readonly Uint8Array[], shape: PcapShape = {}): Buffer {
	const { littleEndian = true, nanoseconds = false, linkType = 195 } = shape;
	const version = littleEndian ? 0x00040002 : 0x00020004;
	const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
	const fraction = (TIME_US % 1e6) * (nanoseconds ? 1000 : 1) + (nanoseconds ? 999 : 0);
	const seconds = Math.floor(TIME_US / 1e6);
	const records = packets.flatMap((packet) => [
		words(littleEndian, seconds, fraction, packet.length, packet.length),
		packet,
	]);
	return Buffer.concat([words(littleEndian, magic, version, 0, 0, 65535, linkType), ...records]);
}

/** A pcapng block: type, length, body padded to fours, length again. */
function block(littleEndian: boolean, type: number, body: Buffer): Buffer {
	const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
	const length = padded.length + 12;
	return Buffer.concat([words(littleEndian, type, length), padded, words(littleEndian, length)]);
}

function section(littleEndian: boolean): Buffer {
	const body = words(littleEndian, 0x1a2b3c4d, littleEndian ? 1 : 0x00010000, 0xffffffff, 0xffffffff);
	return block(littleEndian, 0x0a0d0d0a, body);
}

function interfaceBlock(littleEndian: boolean, linkType: number, options = Buffer.alloc(0)): Buffer {
	const type = littleEndian ? linkType : linkType << 16;
	return block(littleEndian, 1, Buffer.concat([words(littleEndian, type, 0), options]));
}

function enhanced(littleEndian: boolean, index: number, units: bigint, packet: Buffer): Buffer {
	const high = Number(units >> 32n);
	const low = Number(units & 0xffffffffn);
	const head = words(littleEndian, index, high, low, packet.length, packet.length);
	return block(littleEndian, 6, Buffer.concat([head, packet]));
}

function frames(file: Buffer): CapturedFrame[] {
	return [...openCapture("test.pcap", file).frames()];
}

function fault(t: ExecutionContext, file: Buffer): string {
	const error = t.throws(() => frames(file), { instanceOf: UserError });
	t.is((error as UserError).exitCode, 2);
	return error.message;
}

test("classic pcap: both byte orders, microseconds and nanoseconds", (t) => {
	for (const littleEndian of [true, false]) {
		for (const nanoseconds of [true, false]) {
			const [first, second] = frames(pcap([ACK, ACK.subarray(0, 4)], { littleEndian, nanoseconds }));
			t.is(first!.number, 1);
			t.is(first!.timeUs, TIME_US);
			t.is(first!.fcs, "present");
			t.deepEqual(Buffer.from(first!.psdu), ACK);
			t.is(second!.number, 2);
			t.is(second!.psdu.length, 4);
		}
	}
});

test("link type 230 has no FCS, and bits above the link type say nothing of it", (t) => {
	t.is(frames(pcap([ACK], { linkType: 230 }))[0]!.fcs, "absent");
	t.is(frames(pcap([ACK], { linkType: 0x24000000 | 195 }))[0]!.fcs, "present");
});

test("a frame that the capture cut is not judged", (t) => {
	const file = pcap([ACK]);
	file.writeUInt32LE(20, 24 + 12);
	const [frame] = frames(file);
	t.is(frame!.drop, "frame-cut");
	t.is(frame!.fcs, "absent");
});

test("TAP: FCS, RSSI, channel and LQI from the TLVs, whatever else there is", (t) => {
	const rss = Buffer.alloc(4);
	rss.writeFloatLE(-71.5);
	const tap = Buffer.concat([
		Buffer.from([0, 0, 52, 0]),
		...[Buffer.from([0, 0, 1, 0, 1, 0, 0, 0]), Buffer.from([1, 0, 4, 0]), rss],
		...[Buffer.from([3, 0, 3, 0, 26, 0, 0, 0]), Buffer.from([10, 0, 1, 0, 200, 0, 0, 0])],
		...[Buffer.from([0x99, 0, 5, 0, 1, 2, 3, 4, 5, 0, 0, 0]), Buffer.from([2, 0, 0, 0]), ACK],
	]);
	const [frame] = frames(pcap([tap], { linkType: 283 }));
	t.like(frame, { fcs: "present", rssiDbm: -71.5, channel: 26, lqi: 200 });
	t.deepEqual(Buffer.from(frame!.psdu), ACK);
});

test("TAP: no FCS unless it says so, and a 32-bit FCS is cut off", (t) => {
	const bare = Buffer.concat([Buffer.from([0, 0, 4, 0]), ACK]);
	t.like(frames(pcap([bare], { linkType: 283 }))[0], { fcs: "absent" });
	const long = Buffer.concat([Buffer.from([0, 0, 12, 0, 0, 0, 1, 0, 2, 0, 0, 0, 2, 0, 7, 9, 9, 9, 9])]);
	const [frame] = frames(pcap([long], { linkType: 283 }));
	t.is(frame!.fcs, "absent");
	t.deepEqual([...frame!.psdu], [2, 0, 7]);
});

test("TAP: a header that does not add up is refused, whatever its octets", (t) => {
	for (const header of [[0], [1, 0, 4, 0], [0, 0, 3, 0], [0, 0, 200, 0], [0, 0, 8, 0, 0, 0, 9, 0]]) {
		t.is(frames(pcap([Buffer.from(header)], { linkType: 283 }))[0]!.drop, "capture-header");
	}
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
			t.is(frames(pcap([octets], { linkType: 283 })).length, 1);
		}),
	);
});

/** A ZEP packet in UDP/IPv6/Ethernet. `zep`: its header; the frame follows. */
function ethernet(zep: readonly number[], frame: Uint8Array, isIpv4 = false): Buffer {
	const payload = Buffer.from([...zep, ...frame]);
	const udp = Buffer.alloc(8);
	udp.writeUInt16BE(40000, 0);
	udp.writeUInt16BE(17754, 2);
	udp.writeUInt16BE(8 + payload.length, 4);
	const ip = Buffer.alloc(isIpv4 ? 20 : 40);
	if (isIpv4) {
		ip[0] = 0x45;
		ip.writeUInt16BE(28 + payload.length, 2);
		ip[8] = 64;
		ip[9] = 17;
	} else {
		ip[0] = 0x60;
		ip.writeUInt16BE(8 + payload.length, 4);
		ip[6] = 17;
		ip[7] = 64;
	}
	const etherType = isIpv4 ? [0x08, 0x00] : [0x86, 0xdd];
	return Buffer.concat([Buffer.from([...new Array<number>(12).fill(2), ...etherType]), ip, udp, payload]);
}

/** ZEP v2 data: channel 26, device 0x1234, mode (1 CRC, 0 LQI), LQI, time, sequence, reserved, length. */
function zep2(mode: number, length: number, type = 1): number[] {
	const zeros = new Array<number>(22).fill(0);
	return [0x45, 0x58, 2, type, 26, 0x12, 0x34, mode, 99, ...zeros, length];
}

test("ZEP v2 and v1 over IPv6 and IPv4, the FCS in its place", (t) => {
	const zep1 = [0x45, 0x58, 1, 26, 0x12, 0x34, 1, 99, 0, 0, 0, 0, 0, 0, 0, ACK.length];
	for (const header of [zep2(1, ACK.length), zep1]) {
		for (const isIpv4 of [true, false]) {
			const [frame] = frames(pcap([ethernet(header, ACK, isIpv4)], { linkType: 1 }));
			t.like(frame, { number: 1, fcs: "present", channel: 26, timeUs: TIME_US });
			t.deepEqual(Buffer.from(frame!.psdu), ACK);
		}
	}
});

test("ZEP from a TI radio: RSSI and CRC-OK stand in the place of the FCS", (t) => {
	const good = Buffer.from([...ACK.subarray(0, 3), 0xd8, 0x80 | 107]);
	const [frame] = frames(pcap([ethernet(zep2(0, 5), good)], { linkType: 1 }));
	t.like(frame, { fcs: "present", rssiDbm: -40 - 45, lqi: 99, channel: 26 });
	t.deepEqual(Buffer.from(frame!.psdu), ACK);
	const bad = Buffer.from([...ACK.subarray(0, 3), 0xd8, 107]);
	t.false(hasGoodFcs(frames(pcap([ethernet(zep2(0, 5), bad)], { linkType: 1 }))[0]!.psdu));
});

test("other packets count in the numbers and give no frame", (t) => {
	const others = [
		Buffer.alloc(60, 1),
		ethernet(zep2(1, 8, 255), Buffer.from("HELLO")),
		ethernet([0x45, 0x58, 2, 2, 0, 0, 0, 1], Buffer.alloc(0)),
		Buffer.alloc(3),
	];
	const capture = openCapture(
		"test.pcap",
		pcap([...others, ethernet(zep2(1, ACK.length), ACK)], { linkType: 1 }),
	);
	t.is(capture.packets, 5);
	t.deepEqual(
		[...capture.frames()].map(({ number }) => number),
		[5],
	);
	t.is(frames(pcap([ethernet(zep2(1, 100), ACK)], { linkType: 1 }))[0]!.drop, "frame-cut");
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 90 }), fc.uint8Array({ maxLength: 40 }), (octets, zep) => {
			const good = ethernet(zep2(1, ACK.length), ACK);
			t.true(frames(pcap([good, octets, ethernet([...zep], ACK)], { linkType: 1 })).length <= 3);
		}),
	);
});

test("pcapng: sections of either byte order, interfaces, clocks of their own, unknown blocks", (t) => {
	const nanoseconds = Buffer.from([9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
	const sixteenths = Buffer.from([
		0, 9, 0, 1, 0x84, 0, 0, 0, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0,
	]);
	const file = Buffer.concat([
		section(true),
		interfaceBlock(true, 195),
		block(true, 0x0bad, Buffer.from("whatever")),
		enhanced(true, 0, BigInt(TIME_US), ACK),
		interfaceBlock(true, 230, nanoseconds),
		enhanced(true, 1, BigInt(TIME_US) * 1000n + 999n, ACK.subarray(0, 3)),
		section(false),
		interfaceBlock(false, 195, sixteenths),
		enhanced(false, 0, 24n, ACK),
		block(false, 3, Buffer.concat([words(false, ACK.length), ACK])),
		block(false, 2, Buffer.concat([words(false, 0, 0, 40, ACK.length, ACK.length), ACK])),
	]);
	t.deepEqual(
		frames(file).map(({ number, timeUs, fcs, psdu }) => [number, timeUs, fcs, psdu.length]),
		[
			[1, TIME_US, "present", 5],
			[2, TIME_US, "absent", 3],
			// 24 sixteenths of a second, and the interface's offset of 100 s.
			[3, 101_500_000, "present", 5],
			[4, 0, "present", 5],
			[5, 102_500_000, "present", 5],
		],
	);
});

test("pcapng: an interface of another kind is passed over beside one of ours", (t) => {
	const file = Buffer.concat([
		section(true),
		interfaceBlock(true, 127),
		interfaceBlock(true, 195),
		enhanced(true, 0, 0n, ACK),
		enhanced(true, 1, 0n, ACK),
	]);
	t.deepEqual(
		frames(file).map(({ number }) => number),
		[2],
	);
});

test("a file that is no capture is named for what it is", (t) => {
	t.is(fault(t, Buffer.alloc(0)), "test.pcap: expected a pcap or pcapng file, found an empty file");
	t.is(fault(t, Buffer.from("a,b\n1,2\n")), "test.pcap: expected a pcap or pcapng file, found text");
	t.is(
		fault(t, Buffer.from([0x7f, 0x45, 0x4c, 0x46])),
		"test.pcap: expected a pcap or pcapng file, found octets 7f454c46",
	);
	t.regex(fault(t, Buffer.from([0x1f, 0x8b, 8])), /found gzip/);
	t.regex(
		fault(t, pcap([ACK], { linkType: 105 })),
		/expected link type 195, 230, 283 or 1 \(with ZEP\), found 105/,
	);
});

test("a pcap that is cut anywhere but between records is refused with its place", (t) => {
	const file = pcap([ACK, ACK]);
	const boundaries = [24, 24 + 16 + 5, file.length];
	for (let length = 4; length < file.length; length++) {
		if (boundaries.includes(length)) t.true(frames(file.subarray(0, length)).length < 2);
		else
			t.regex(
				fault(t, file.subarray(0, length)),
				length < 24 ? /header of 24 octets/ : /frame [12] at octet (24|45): /,
			);
	}
	t.regex(fault(t, file.subarray(0, 61)), /frame 2 at octet 45: expected 5 octets of packet, found 0/);
	file.writeUInt32LE(0x7fffffff, 24 + 8);
	t.regex(fault(t, file), /frame 1 at octet 24: expected a length up to 262144, found 2147483647/);
});

test("a pcapng that is cut or does not add up is refused with its place", (t) => {
	const file = Buffer.concat([section(true), interfaceBlock(true, 195), enhanced(true, 0, 0n, ACK)]);
	for (let length = 4; length < file.length; length++) {
		if (length === 28 || length === 48) continue;
		t.regex(fault(t, file.subarray(0, length)), /octet \d+: expected/, `${length}`);
	}
	t.regex(fault(t, Buffer.concat([section(true), enhanced(true, 0, 0n, ACK)])), /interface below 0, found 0/);
	const trailer = Buffer.from(file);
	trailer.writeUInt32LE(99, file.length - 4);
	t.regex(fault(t, trailer), /the block length 40 again, found 99/);
	const magic = Buffer.from(file);
	magic[8] = 0;
	t.regex(fault(t, magic), /byte-order magic/);
	const captured = Buffer.from(file);
	captured.writeUInt32LE(1000, 48 + 20);
	t.regex(fault(t, captured), /frame 1 at octet 48: expected 1000 octets of packet/);
});

test("random octets behind a good beginning never do anything but end in a UserError", (t) => {
	fc.assert(
		fc.property(fc.boolean(), fc.uint8Array({ maxLength: 120 }), (isNg, octets) => {
			const file = Buffer.concat([isNg ? section(true) : pcap([]), octets]);
			try {
				frames(file);
			} catch (error) {
				t.true(error instanceof UserError, String(error));
			}
		}),
	);
});

function written(linkType: PcapLinkType, add: (writer: PcapWriter) => void): Buffer {
	const chunks: Buffer[] = [];
	const writer = new PcapWriter(linkType, (chunk) => chunks.push(Buffer.from(chunk)));
	add(writer);
	writer.finish();
	return Buffer.concat(chunks);
}

test("what the writer writes, the reader and tshark read", (t) => {
	const folder = scratchFolder(t);
	for (const linkType of [195, 283] as const) {
		const file = written(linkType, (writer) => {
			for (let i = 0; i < 3000; i++)
				writer.frame(TIME_US + i, withFcs([2, 0, i & 0xff]), -60 - (i % 30), 11 + (i % 16));
			writer.frame(5, ACK);
		});
		const read = frames(file);
		t.is(read.length, 3001);
		t.true(read.every(({ psdu, fcs }) => fcs === "present" && fcs16(psdu, 0, psdu.length) === 0));
		t.is(read[2999]!.timeUs, TIME_US + 2999);
		t.like(read[7], linkType === 283 ? { rssiDbm: -67, channel: 18 } : { rssiDbm: undefined });
		t.like(read[3000], { timeUs: 5, rssiDbm: undefined, channel: undefined });
		if (!requireTshark(t)) return;
		const path = join(folder, `${linkType}.pcap`);
		writeFileSync(path, file);
		const fields = [
			"frame.time_epoch",
			"wpan.fcs_ok",
			"wpan.seq_no",
			"wpan-tap.rss",
			"wpan-tap.ch_num",
			"_ws.malformed",
		];
		const rows = tsharkFields(path, fields);
		t.is(rows.length, 3001);
		t.true(rows.every((row) => row["wpan.fcs_ok"] === "1" && row["_ws.malformed"] === ""));
		t.like(rows[7], {
			"frame.time_epoch": "1767323045.678908000",
			"wpan.seq_no": "7",
			"wpan-tap.rss": linkType === 283 ? "-67" : "",
			"wpan-tap.ch_num": linkType === 283 ? "18" : "",
		});
	}
});
