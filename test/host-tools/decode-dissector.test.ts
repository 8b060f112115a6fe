import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../firmware/address.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { encodeGradientBeacon, GRADIENT_BEACON_BYTES } from "../../firmware/frames/gradient-beacon.js";
import type { CapturedFrame } from "../../host-tools/capture/captured-frame.js";
import { Dissector } from "../../host-tools/capture/dissector.js";
import { openCapture } from "../../host-tools/capture/read-capture.js";
import { DecodeSummary, decodeHints } from "../../host-tools/report/decode-summary.js";
import { DecodeText } from "../../host-tools/report/decode-text.js";
import { makeStyle } from "../../host-tools/report/style.js";
import { capturePath } from "./run-cli.js";

/** Data, version 1, ack request, PAN compression, short addresses: seq 9, PAN 0xabcd, 0x0001 from 0x0002. */
const HEADER = "61 98 09 cd ab 01 00 02 00";
/** FRAG1 size 48, tag 5; IPHC (inline hop limit 64 elided, link-local from the MAC), next header 59. */
const FRAG1 = `${HEADER} c0 30 00 05 7a 33 3b`;

function frame(hex: string, number = 1, timeUs = 0): CapturedFrame {
	const octets = Buffer.from(`${hex}0000`.replace(/\s/g, ""), "hex");
	putFcs(octets, octets.length);
	return { number, timeUs, psdu: octets, fcs: "present" };
}

function dissector(...as: LinkAddress[]): Dissector {
	return new Dissector({
		contexts: new ContextTable(),
		policy: rfc4944.create({}),
		as,
		budgetBytes: as.length === 0 ? Number.POSITIVE_INFINITY : 5120,
	});
}

function line(hex: string): string {
	const given = frame(hex);
	const each = dissector();
	const found = each.dissect(given);
	return new DecodeText(makeStyle(false)).line(given, found, each.progress);
}

test("a frame with a bad FCS is refused, and nothing in it is believed", (t) => {
	const given = frame(HEADER);
	given.psdu[3]! ^= 1;
	t.deepEqual<unknown, unknown>(dissector().dissect(given), {
		frame: 1,
		timeUs: 0,
		length: 11,
		fcs: "bad",
		drop: "bad-fcs",
	});
	t.is(
		dissector().dissect({ number: 1, timeUs: 0, psdu: new Uint8Array(1), fcs: "present" }).drop,
		"bad-fcs",
	);
});

test("header fields stand under their names, absent ones are left out", (t) => {
	t.deepEqual<unknown, unknown>(
		dissector().dissect(frame("01 c8 11 34 12 02 00 78 56 08 07 06 05 04 03 02 01")).mac,
		{
			type: "data",
			version: 0,
			seq: 0x11,
			ackRequest: false,
			security: 0,
			dstPan: "0x1234",
			dst: "0x0002",
			srcPan: "0x5678",
			src: "01:02:03:04:05:06:07:08",
		},
	);
	t.deepEqual<unknown, unknown>(dissector().dissect(frame("02 00 07")).mac, {
		type: "ack",
		version: 0,
		seq: 7,
		ackRequest: false,
		security: 0,
	});
});

test("a MAC header that is not whole, or of a type without a meaning, is refused", (t) => {
	t.is(dissector().dissect(frame("61 98 09 cd")).drop, "mac-truncated");
	t.is(dissector().dissect(frame("04 00 09")).drop, "mac-reserved");
	t.is(dissector().dissect(frame("05 00 09")).drop, "mac-unsupported-type");
});

test("secured payloads: named where they can be read, put together nowhere", (t) => {
	// Level 5 (encrypted, MIC-32), counter 1, key index mode 0; then level 1, which only authenticates.
	const encrypted = dissector().dissect(
		frame("69 98 09 cd ab 01 00 02 00 05 01 00 00 00 7a 33 3b 00 01 02 03"),
	);
	t.like(encrypted, { lowpan: undefined, drop: "mac-security-key-unknown" });
	t.is(encrypted.mac?.security, 5);
	const readable = dissector().dissect(
		frame("69 98 09 cd ab 01 00 02 00 01 01 00 00 00 7a 33 3b 00 01 02 03"),
	);
	t.like(readable, { drop: "mac-security-key-unknown" });
	t.deepEqual(readable.lowpan, ["iphc"]);
	const legacy = dissector().dissect(frame("69 88 09 cd ab 01 00 02 00 7a 33 3b"));
	t.like(legacy, { lowpan: undefined, datagram: undefined, drop: "mac-security-key-unknown" });
	t.false("security" in legacy.mac!);
});

test("an empty data frame is no 6LoWPAN frame and no fault", (t) => {
	t.deepEqual(Object.keys(dissector().dissect(frame(HEADER))), ["frame", "timeUs", "length", "fcs", "mac"]);
	t.is(dissector().dissect(frame(`${HEADER} 00 01 02`)).drop, "not-lowpan");
});

test("as a node: a retransmission is a duplicate, another frame of the same number is not", (t) => {
	const node = dissector(LinkAddress.short(1));
	t.is(node.dissect(frame(FRAG1, 1, 0)).drop, undefined);
	t.is(node.dissect(frame(FRAG1, 2, 3000)).drop, "duplicate");
	// Another tag, so another FCS: a forger who guesses the number cannot make us discard the honest frame.
	t.is(node.dissect(frame(FRAG1.replace("00 05", "00 06"), 3, 6000)).drop, undefined);
	t.is(node.dissect(frame(FRAG1, 4, 30_000_000)).drop, "fragment-duplicate");
	t.is(node.open, 2);
	const observer = dissector();
	t.is(observer.dissect(frame(FRAG1, 1, 0)).drop, undefined);
	t.is(observer.dissect(frame(FRAG1, 2, 3000)).drop, "fragment-duplicate");
});

test("as a node: memory ends where the node's ends, an observer's does not", (t) => {
	const frames = Array.from({ length: 6 }, (_, i) => frame(FRAG1.replace("00 05", `00 1${i}`), i + 1, i));
	const node = dissector(LinkAddress.short(1));
	const drops = frames.map((each) => node.dissect(each).drop);
	t.deepEqual(drops, [undefined, undefined, undefined, undefined, "reassembly-full", "reassembly-full"]);
	t.is(node.peakBytes, 5120);
	const observer = dissector();
	t.true(frames.every((each) => observer.dissect(each).drop === undefined));
});

test("as a node: what it sent itself, and what is for others, is not its to put together", (t) => {
	for (const [own, frames] of [
		[LinkAddress.short(2), 0],
		[LinkAddress.short(3), 0],
		[LinkAddress.short(1), 1],
	] as const) {
		const node = dissector(own);
		t.deepEqual(node.dissect(frame(FRAG1)).lowpan, ["frag1", "iphc"]);
		t.is(node.open, frames);
	}
	const toAll = FRAG1.replace("cd ab 01 00", "cd ab ff ff");
	for (const [own, open] of [
		[LinkAddress.short(2), 0],
		[LinkAddress.short(3), 1],
	] as const) {
		const node = dissector(own);
		node.dissect(frame(toAll));
		t.is(node.open, open);
	}
});

test("the lines of frames that are not for the node say so", (t) => {
	const each = dissector(LinkAddress.short(3));
	const text = new DecodeText(makeStyle(false));
	const lineOf = (hex: string) => {
		const given = frame(hex);
		const found = each.dissect(given);
		return text.line(given, found, each.progress, each.passedOver);
	};
	t.regex(lineOf(`${HEADER} 7a 33 3b`), /iphc {2}\(not for this node\)$/);
	t.regex(lineOf("61 98 09 cd ab 01 00 03 00 7a 33 3b"), /iphc {2}\(from this node\)$/);
	t.notRegex(lineOf("61 98 09 cd ab 03 00 01 00 7a 33 3b"), /this node/);
});

test("a gradient beacon is named and read; other experimental types are refused", (t) => {
	const bytes = new Uint8Array(GRADIENT_BEACON_BYTES);
	const root = LinkAddress.short(0x1234);
	encodeGradientBeacon({ sequence: 5, epoch: 7, hops: 2, cost256: 800, root }, bytes, 0);
	const beacon = `41 98 09 cd ab ff ff 02 00 ${Buffer.from(bytes).toString("hex")}`;
	const found = dissector().dissect(frame(beacon));
	t.deepEqual(found.lowpan, ["page-15", "gradient-beacon"]);
	t.deepEqual(found.gradient, { sequence: 5, epoch: 7, hops: 2, cost: 3.125, sink: "0x1234" });
	t.is(found.drop, undefined);
	t.regex(line(beacon), /0x0002 → all +gradient beacon, 2 hops, cost 3\.1, epoch 7$/);
	t.like(dissector().dissect(frame(beacon.slice(0, -2))), {
		drop: "gradient-truncated",
		gradient: undefined,
	});
	t.like(dissector().dissect(frame(beacon.replace("ff20", "ff21"))), { drop: "unsupported-dispatch" });
});

test("a datagram tells its ports, or its type and code", (t) => {
	const capture = [...openCapture(capturePath("ns3-ll-4n.pcap")).frames()];
	const each = dissector();
	const datagrams = capture
		.map((given) => each.dissect(given).datagram)
		.filter((datagram) => datagram !== undefined);
	const udp = datagrams.find(({ next }) => next === "udp")!;
	t.is(udp.udp?.dstPort, Buffer.from(udp.hex, "hex").readUInt16BE(42));
	t.is(udp.icmpv6, undefined);
	const icmpv6 = datagrams.find(({ next }) => next === "icmpv6")!;
	t.is(icmpv6.icmpv6?.type, Buffer.from(icmpv6.hex, "hex")[40]);
});

test("the contexts that are missing are those that the addresses are made from", (t) => {
	// CID extension: source context 3, destination context 5.
	const compressed = `${HEADER} 7a f7 35 3b`;
	const each = dissector();
	t.is(each.dissect(frame(compressed)).drop, "unknown-context");
	t.deepEqual([...each.missingContexts].sort(), [3, 5]);
	t.deepEqual(decodeHints(each), ["1 datagram needs a context: --context 3=PREFIX --context 5=PREFIX"]);
	t.deepEqual(decodeHints(dissector()), []);
});

test("a reassembly ends at its time-out by the clock of the capture", (t) => {
	const observer = dissector();
	observer.dissect(frame(FRAG1, 1, 5));
	observer.dissect(frame("02 00 07", 2, 60_000_004));
	t.is(observer.open, 1);
	observer.dissect(frame("02 00 07", 3, 60_000_005));
	t.is(observer.open, 0);
	t.deepEqual([...observer.abandoned], [["reassembly-timed-out", 1]]);
});

test("random frames never throw, and leave nothing behind after the time-out", (t) => {
	const payload = fc.oneof(
		fc.uint8Array({ maxLength: 40 }),
		// A fragment header that is often good, so that contexts are opened, completed and broken.
		fc
			.tuple(
				fc.constantFrom(0xc0, 0xe0),
				fc.integer({ min: 1, max: 64 }),
				fc.nat(2),
				fc.nat(8),
				fc.uint8Array(),
			)
			.map(([kind, size, tag, offset, rest]) => Uint8Array.of(kind, size, 0, tag, offset, ...rest)),
	);
	fc.assert(
		fc.property(
			fc.array(fc.tuple(payload, fc.boolean()), { maxLength: 20 }),
			fc.boolean(),
			(payloads, isNode) => {
				const each = isNode ? dissector(LinkAddress.short(1)) : dissector();
				payloads.forEach(([octets, hasHeader], i) => {
					const given = frame(
						(hasHeader ? HEADER : "") + Buffer.from(octets).toString("hex"),
						i + 1,
						i * 1000,
					);
					const found = each.dissect(given);
					t.is(found.frame, i + 1);
				});
				each.dissect(frame("02 00 07", 99, 120_000_000));
				t.is(each.open, 0);
			},
		),
	);
});

test("the line of a frame names what it is", (t) => {
	t.regex(line("02 00 07"), /^ {5}1 {5}0\.000000 +ack 7$/);
	t.regex(line("03 08 05 ff ff ff ff 07"), /- → all +command beacon-request$/);
	t.regex(line("00 80 05 cd ab 01 00 ff cf 00 00"), /0x0001 → coordinator +beacon 5$/);
	t.regex(line(FRAG1), /0x0002 → 0x0001 +frag1 tag 5 at 0 of 48 B, 1 stored \(83 %\)$/);
	t.regex(line(`${HEADER} 7a 33 3b`), /none 40 B {2}fe80::ff:fe00:2 → fe80::ff:fe00:1$/);
	t.regex(line(`${HEADER} 00 01`), /data 9 {2}refused: not-lowpan$/);
	t.regex(
		line("69 98 09 cd ab 01 00 02 00 05 01 00 00 00 aa 33 3b 00 01 02 03"),
		/secured, level 5 {2}refused: /,
	);
	t.true(makeStyle(true).red("x").startsWith("\x1b[31m"));
});

test("the summary counts what the lines showed", (t) => {
	const capture = openCapture(capturePath("ns3-ll-4n.pcap"));
	const each = dissector();
	const summary = new DecodeSummary();
	for (const given of capture.frames()) summary.add(each.dissect(given));
	t.deepEqual(summary.lines(capture.packets, each, makeStyle(false)), [
		"frames      118 in 22.656 s: 72 data, 46 ack",
		"datagrams   40, 8 of them from fragments: 32 icmpv6, 8 udp",
		"checksums   40 ok",
	]);
	t.deepEqual(new DecodeSummary().lines(2, dissector(), makeStyle(false)), [
		"frames      0; 2 other packets",
		"datagrams   0",
	]);
});
