import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { AddressMode, type LinkAddress } from "../../../firmware/address.js";
import {
	decodeMacHeader,
	encodeMacHeader,
	FrameType,
	MacHeader,
} from "../../../firmware/frames/mac-frame.js";
import type { KeyIdMode } from "../../../firmware/frames/mac-security-header.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));

function decoded(t: ExecutionContext, input: Uint8Array, into?: MacHeader): MacHeader {
	const header = decodeMacHeader(input, 0, input.length, into);
	t.not(typeof header, "string", `refused as ${header}`);
	return header as MacHeader;
}

/** Table 7-2 of IEEE 802.15.4-2020: destination, source, PAN ID compression, PAN IDs in the frame. */
const TABLE_7_2: readonly (readonly [string, string, 0 | 1, boolean, boolean])[] = [
	["none", "none", 0, false, false],
	["none", "none", 1, true, false],
	["short", "none", 0, true, false],
	["extended", "none", 0, true, false],
	["short", "none", 1, false, false],
	["extended", "none", 1, false, false],
	["none", "short", 0, false, true],
	["none", "extended", 0, false, true],
	["none", "short", 1, false, false],
	["none", "extended", 1, false, false],
	["extended", "extended", 0, true, false],
	["extended", "extended", 1, false, false],
	["short", "short", 0, true, true],
	["short", "extended", 0, true, true],
	["extended", "short", 0, true, true],
	["short", "extended", 1, true, false],
	["extended", "short", 1, true, false],
	["short", "short", 1, true, false],
];

/** 7.2.2.6 for versions 0 and 1: each address with its PAN ID, unless both are there and compressed. */
const BEFORE_VERSION_2: typeof TABLE_7_2 = [
	...TABLE_7_2.filter((row) => row[2] === 0 && row[0] !== "extended"),
	["extended", "none", 0, true, false],
	["extended", "short", 0, true, true],
	["extended", "extended", 0, true, true],
	...TABLE_7_2.filter((row) => row[2] === 1 && row[0] !== "none" && row[1] !== "none").map(
		(row) => [row[0], row[1], 1, true, false] as const,
	),
];

const MODE = { none: 0, short: 2, extended: 3 } as Record<string, AddressMode>;

function setAddress(address: LinkAddress, mode: AddressMode, high: number, low: number): void {
	if (mode === AddressMode.none) address.setNone();
	else if (mode === AddressMode.short) address.setShort(low);
	else address.setExtended(high, low);
}

for (const [version, table] of [
	[0, BEFORE_VERSION_2],
	[1, BEFORE_VERSION_2],
	[2, TABLE_7_2],
] as const) {
	for (const [destination, source, compression, destinationPan, sourcePan] of table) {
		const title = `version ${version}: ${destination} from ${source}, compression ${compression}`;
		test(`PAN IDs, ${title}`, (t) => {
			const [to, from] = [MODE[destination]!, MODE[source]!];
			const octets = { none: "", short: "3412", extended: "8877665544332211" };
			const control = 0x01 | (compression << 6) | (to << 10) | (version << 12) | (from << 14);
			const input = bytes(
				[
					(control & 0xff).toString(16).padStart(2, "0"),
					(control >>> 8).toString(16).padStart(2, "0"),
					"2a",
					destinationPan ? "cdab" : "",
					octets[destination as "none"],
					sourcePan ? "0df0" : "",
					octets[source as "none"].replace("3412", "7856"),
					"c0ffee",
				].join(""),
			);
			const header = decoded(t, input);
			t.is(header.destinationPan, destinationPan ? 0xabcd : -1);
			t.is(header.sourcePan, sourcePan ? 0xf00d : -1);
			t.is(header.destination.mode, to);
			t.is(header.source.mode, from);
			if (to === AddressMode.short) t.is(header.destination.low, 0x1234);
			if (to === AddressMode.extended) t.is(header.destination.toString(), "11:22:33:44:55:66:77:88");
			if (from === AddressMode.short) t.is(header.source.low, 0x5678);
			if (from === AddressMode.extended) t.is(header.source.toString(), "11:22:33:44:55:66:77:88");
			t.is(header.seq, 0x2a);
			t.deepEqual(input.slice(header.next, header.end), bytes("c0ffee"));

			const output = new Uint8Array(input.length);
			t.is(encodeMacHeader(header, output, 0), header.next);
			t.deepEqual(output.slice(0, header.next), input.slice(0, header.next));

			for (let end = 0; end < header.next; end++) {
				t.is(decodeMacHeader(input, 0, end), "mac-truncated", `end ${end}`);
			}
		});
	}
}

test("every other combination is reserved below version 2", (t) => {
	for (const version of [0, 1]) {
		for (const [to, from] of [
			[0, 0],
			[0, 2],
			[0, 3],
			[2, 0],
			[3, 0],
		] as const) {
			const header = new MacHeader();
			header.version = version;
			header.panIdCompression = true;
			setAddress(header.destination, to, 1, 2);
			setAddress(header.source, from, 3, 4);
			header.destinationPan = to === 0 ? -1 : 1;
			t.throws(() => encodeMacHeader(header, new Uint8Array(30), 0), { instanceOf: RangeError });
			const input = new Uint8Array(30);
			input[0] = 0x41;
			input[1] = (to << 2) | (version << 4) | (from << 6);
			t.is(decodeMacHeader(input, 0, 30), "mac-reserved");
		}
	}
});

test("reserved frame types, versions and addressing modes", (t) => {
	const input = new Uint8Array(40);
	const refusal = (control: number): unknown => {
		input[0] = control;
		input[1] = control >>> 8;
		return decodeMacHeader(input, 0, 40);
	};
	t.is(refusal(0x0004), "mac-reserved");
	t.is(refusal(0x0005), "mac-unsupported-type");
	t.is(refusal(0x0006), "mac-unsupported-type");
	t.is(refusal(0x0007), "mac-unsupported-type");
	t.is(refusal(0x3001), "mac-reserved");
	t.is(refusal(0x0401), "mac-reserved");
	t.is(refusal(0x4001), "mac-reserved");
});

test("flags, one bit each, and reserved bits are not looked at", (t) => {
	const flags = (hex: string) => {
		const header = decoded(t, bytes(hex));
		return [header.type, header.framePending, header.ackRequest, header.securityEnabled];
	};
	t.deepEqual(flags("1200 07"), [FrameType.ack, true, false, false]);
	t.deepEqual(flags("2300 07"), [FrameType.command, false, true, false]);
	t.deepEqual(flags("0900 07"), [FrameType.data, false, false, true]);
	// Bits 7 to 9 of a 2003 frame: no suppressed sequence number, no IEs.
	const header = decoded(t, bytes("8103 07 aa"));
	t.is(header.seq, 7);
	t.false(header.iePresent);
	t.is(header.next, 3);
});

test("a 2006 security header always has its counter: bits 5 and 6 are reserved there", (t) => {
	const input = bytes("4998 01 cdab 0200 0100 6d 04030201 09 aa 11223344");
	const { security, next, end } = decoded(t, input);
	t.is(security.frameCounter, 0x01020304);
	t.false(security.asnInNonce);
	t.is(security.keyIndex, 9);
	t.deepEqual(input.slice(next, end), bytes("aa"));
	// The same octets in version 2: no counter, key index 4.
	input[1] = 0xa8;
	const later = decoded(t, input);
	t.is(later.security.frameCounter, -1);
	t.true(later.security.asnInNonce);
	t.is(later.security.keyIndex, 4);
});

test("version 2 without a sequence number", (t) => {
	// Frame control 0xa941: data, PAN ID compression, suppressed, short addresses, version 2.
	const input = bytes("41a9 cdab 0200 0100 7777");
	const header = decoded(t, input);
	t.true(header.sequenceSuppressed);
	t.is(header.seq, -1);
	t.is(header.destinationPan, 0xabcd);
	t.is(header.destination.low, 2);
	t.is(header.source.low, 1);
	t.is(header.next, 8);
	const output = new Uint8Array(8);
	t.is(encodeMacHeader(header, output, 0), 8);
	t.deepEqual(output, input.slice(0, 8));
});

test("an enhanced acknowledgement with a CSL IE, secured", (t) => {
	// 0xaa0a: ack, security, IEs, destination short, version 2, source short;
	// PAN IDs both (compression 0), level 5, key index 1, counter 7, CSL IE (id 0x1a, 4 octets).
	const input = bytes("0aaa 11 cdab 0200 0df0 0100 0d 07000000 01 040d a0b0c0d0 11223344");
	const header = decoded(t, input);
	t.is(header.type, FrameType.ack);
	t.is(header.security.level, 5);
	t.is(header.security.frameCounter, 7);
	t.is(header.security.keyIndex, 1);
	t.is(header.micLength, 4);
	t.is(header.headerIes, 17);
	t.is(header.next, 23);
	t.is(header.end, 23);
	t.is(decodeMacHeader(input, 0, input.length - 1), "mac-truncated");
});

test("effective source PAN", (t) => {
	t.is(decoded(t, bytes("4188 01 cdab 0200 0100")).effectiveSourcePan, 0xabcd);
	t.is(decoded(t, bytes("0188 01 cdab 0200 0df0 0100")).effectiveSourcePan, 0xf00d);
	t.is(decoded(t, bytes("0200 01")).effectiveSourcePan, -1);
});

interface Fields {
	type: number;
	version: number;
	modes: readonly [AddressMode, AddressMode];
	numbers: readonly number[];
	flags: readonly boolean[];
	level: number;
	keyIdMode: number;
}

/** Any header that the standard allows: PAN IDs as the tables above say. */
function headerOf(fields: Fields): MacHeader | undefined {
	const [to, from] = fields.modes;
	const [high, low, counter, index, sourceHigh, sourceLow] = fields.numbers as [
		number,
		number,
		number,
		number,
		number,
		number,
	];
	const header = new MacHeader();
	header.type = fields.type as FrameType;
	header.version = fields.version;
	header.framePending = fields.flags[0]!;
	header.ackRequest = fields.flags[1]!;
	header.panIdCompression = fields.flags[2]!;
	header.securityEnabled = fields.flags[3]! && fields.version > 0;
	header.sequenceSuppressed = fields.flags[4]! && fields.version === 2;
	header.seq = header.sequenceSuppressed ? -1 : low & 0xff;
	setAddress(header.destination, to, high, low);
	setAddress(header.source, from, low, high);
	const table = fields.version === 2 ? TABLE_7_2 : BEFORE_VERSION_2;
	const row = table.find(
		(candidate) =>
			MODE[candidate[0]] === to &&
			MODE[candidate[1]] === from &&
			(candidate[2] === 1) === header.panIdCompression,
	);
	if (row === undefined) return undefined;
	if (row[3]) header.destinationPan = high & 0xffff;
	if (row[4]) header.sourcePan = counter & 0xffff;
	if (header.securityEnabled) {
		const { security } = header;
		security.level = fields.level;
		security.keyIdMode = fields.keyIdMode as KeyIdMode;
		security.frameCounter = fields.flags[5]! && fields.version === 2 ? -1 : counter >>> 0;
		security.asnInNonce = fields.flags[6]! && fields.version === 2;
		if (fields.keyIdMode > 0) security.keyIndex = index & 0xff;
		if (fields.keyIdMode > 1) security.keySourceLow = sourceLow;
		if (fields.keyIdMode > 2) security.keySourceHigh = sourceHigh;
	}
	return header;
}

const anyMode = fc.constantFrom<AddressMode>(0, 2, 3);
const anyFields: fc.Arbitrary<Fields> = fc.record({
	type: fc.integer({ min: 0, max: 3 }),
	version: fc.integer({ min: 0, max: 2 }),
	modes: fc.tuple(anyMode, anyMode),
	numbers: fc.array(fc.integer(), { minLength: 6, maxLength: 6 }),
	flags: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
	level: fc.integer({ min: 0, max: 7 }),
	keyIdMode: fc.integer({ min: 0, max: 3 }),
});

/** The fields that have a meaning in this frame. */
function meaning(header: MacHeader): unknown {
	const { security, headerIes, headerEnd, next, end, micLength, payloadIesPresent, ...fields } = header;
	const { next: _, ...secured } = security;
	return { ...fields, security: header.securityEnabled && header.version > 0 ? secured : undefined };
}

test("what is encoded is decoded again, into a used header, at any offset", (t) => {
	const into = new MacHeader();
	fc.assert(
		fc.property(
			anyFields,
			fc.nat({ max: 5 }),
			fc.uint8Array({ maxLength: 40 }),
			(fields, offset, payload) => {
				const header = headerOf(fields);
				fc.pre(header !== undefined);
				const psdu = new Uint8Array(120);
				const next = encodeMacHeader(header, psdu, offset);
				psdu.set(payload, next);
				const mic = [0, 4, 8, 16][fields.level & 3]!;
				const end = next + payload.length + (header.securityEnabled ? mic : 0);
				const before = psdu.slice();
				const result = decodeMacHeader(psdu, offset, end, into);
				t.is(result, into);
				t.deepEqual(psdu, before);
				t.deepEqual(meaning(into), meaning(header));
				t.is(into.next, next);
				t.is(into.headerEnd, next);
				t.is(into.end, next + payload.length);
				t.is(into.micLength, end - into.end);
				for (let short = offset; short < next; short++) {
					t.is(decodeMacHeader(psdu, offset, short), "mac-truncated");
				}
			},
		),
		{ numRuns: 400 },
	);
});

test("random octets never throw, and every position lies within them", (t) => {
	const into = new MacHeader();
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 127 }), fc.nat({ max: 0xffff }), (input, control) => {
			if (input.length > 1) {
				input[0] = control & 0xfb;
				input[1] = control >>> 8;
			}
			const header = decodeMacHeader(input, 0, input.length, into);
			if (typeof header === "string") return;
			t.true(header.headerIes <= header.headerEnd);
			t.true(header.headerEnd <= header.next);
			t.true(header.next <= header.end);
			t.is(header.end + header.micLength, input.length);
		}),
		{ numRuns: 3000 },
	);
});

test("a caller's mistake is named", (t) => {
	const broken = (change: (header: MacHeader) => void, message: RegExp, room = 60) => {
		const header = new MacHeader();
		header.panIdCompression = true;
		header.destinationPan = 0xabcd;
		header.destination.setShort(1);
		header.source.setShort(2);
		change(header);
		t.throws(() => encodeMacHeader(header, new Uint8Array(room), 0), { instanceOf: RangeError, message });
	};
	broken((header) => void (header.seq = 256), /seq 0 to 255, got 256/);
	broken((header) => void (header.seq = -1), /seq/);
	broken((header) => void (header.version = 3), /version 0 to 2, got 3/);
	broken((header) => void (header.type = FrameType.multipurpose), /type 0 to 3, got 5/);
	broken((header) => void (header.destinationPan = -1), /destinationPan/);
	broken((header) => void (header.destinationPan = 0x10000), /destinationPan/);
	broken((header) => void (header.sourcePan = 0x1234), /sourcePan -1/);
	broken((header) => void (header.panIdCompression = false), /sourcePan 0 to 0xffff/);
	broken((header) => void (header.iePresent = true), /version 2/);
	broken((header) => void (header.sequenceSuppressed = true), /version 2/);
	broken((header) => void (header.source.setExtended(1, 2).mode = 1), /addressing mode/);
	broken(() => {}, /room/, 8);
	broken((header) => {
		header.securityEnabled = true;
		header.version = 0;
	}, /version 1 or 2/);
	broken((header) => {
		header.securityEnabled = true;
		header.security.frameCounter = -1;
	}, /version 2/);
	broken((header) => {
		header.securityEnabled = true;
		header.security.level = 8;
	}, /level: expected 0 to 7, got 8/);
});
