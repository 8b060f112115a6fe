import { createCipheriv } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import {
	decodeMacHeader,
	encodeMacHeader,
	FrameType,
	MacHeader,
} from "../../../firmware/frames/mac-frame.js";
import { encodeHeaderIe, encodePayloadIe } from "../../../firmware/frames/mac-ie.js";
import {
	requestSecurity,
	SecurityKey,
	SecurityPeer,
	secureFrame,
	unsecureFrame,
} from "../../../firmware/mac/frame-security.js";
import { hostCipher } from "../../../host-tools/crypto.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

const KEY = bytes("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf");
const HIGH = 0xacde4800 | 0;
const LOW = 1;
const lenient = new SecurityKey(hostCipher, KEY, { minimumMicLength: 0 });

/** A data frame from the sender above, and what it takes to send it. */
function makeFrame(key: SecurityKey, level: number, counter: number, payload: Uint8Array, version = 1) {
	const header = new MacHeader();
	header.version = version;
	header.panIdCompression = true;
	header.destinationPan = 0xabcd;
	header.destination.setShort(2);
	header.source.setExtended(HIGH, LOW);
	requestSecurity(header, key, level, counter);
	const psdu = new Uint8Array(160);
	const at = encodeMacHeader(header, psdu, 0);
	psdu.set(payload, at);
	const end = secureFrame(header, psdu, 0, at, at + payload.length, key, HIGH, LOW);
	if (typeof end === "string") throw new Error(end);
	return psdu.slice(0, end);
}

function receive(psdu: Uint8Array, keys: readonly SecurityKey[], peer: SecurityPeer | undefined) {
	const clear = new Uint8Array(psdu.length);
	const header = decodeMacHeader(psdu, 0, psdu.length);
	if (typeof header === "string") throw new Error(header);
	const result = unsecureFrame(header, psdu, 0, keys, peer, clear);
	return typeof result === "string" ? result : hex(clear.subarray(result.next, result.end));
}

/** IEEE 802.15.4-2006 and later, annex C.2: frame, payload in clear, octets of header. */
const ANNEX_C = [
	[
		"beacon",
		"08d0842143010000000048deac 0205000000 55cf000051525354 223bc1ec841ab553",
		"55cf000051525354",
		18,
	],
	["data", "69dc842143020000000048deac010000000048deac 0405000000 d43e022b", "61626364", 26],
	["command", "2bdc842143020000000048deacffff010000000048deac 0605000000 01 d8 4fde529061f9c6f1", "01ce", 28],
] as const;

for (const [name, frame, payload, headerEnd] of ANNEX_C) {
	test(`annex C, ${name}, both ways`, (t) => {
		const psdu = bytes(frame);
		t.is(receive(psdu, [lenient], new SecurityPeer(HIGH, LOW)), payload);

		const header = decodeMacHeader(psdu, 0, psdu.length) as MacHeader;
		t.is(header.headerEnd, headerEnd);
		t.is(header.security.frameCounter, 5);
		const sealed = new Uint8Array(psdu.length);
		t.is(encodeMacHeader(header, sealed, 0), headerEnd);
		sealed.set(bytes(payload), headerEnd);
		const end = headerEnd + payload.length / 2;
		t.is(secureFrame(header, sealed, 0, headerEnd, end, lenient, HIGH, LOW), psdu.length);
		t.is(hex(sealed), hex(psdu));
	});
}

test("every level and key identifier mode, into both versions", (t) => {
	for (let level = 0; level <= 7; level++) {
		for (const keyIdMode of [0, 1, 2, 3] as const) {
			const key = new SecurityKey(hostCipher, KEY, {
				minimumMicLength: 0,
				keyIdMode,
				keyIndex: keyIdMode === 0 ? 0 : 7,
				keySourceLow: keyIdMode < 2 ? 0 : 0x11223344,
				keySourceHigh: keyIdMode < 3 ? 0 : 0x55667788,
			});
			for (const version of [1, 2]) {
				const psdu = makeFrame(key, level, 9, bytes("c0ffee"), version);
				const mic = [0, 4, 8, 16][level & 3]!;
				t.is(psdu.length, 15 + 5 + [0, 1, 5, 9][keyIdMode]! + 3 + mic);
				t.is(hex(psdu).includes("c0ffee"), level < 4);
				t.is(receive(psdu, [lenient, key], new SecurityPeer(HIGH, LOW)), "c0ffee");
			}
		}
	}
});

test("an independent CCM opens what the nonce says", (t) => {
	// Level 5 over node's own CCM: nonce from EUI-64, counter and level; the header is associated data.
	const psdu = makeFrame(lenient, 5, 0x01020304, bytes("00112233445566778899aabbccddeeff"));
	const nonce = bytes("acde480000000001 01020304 05");
	const peer = createCipheriv("aes-128-ccm", KEY, nonce, { authTagLength: 4 });
	peer.setAAD(psdu.slice(0, 20), { plaintextLength: 16 });
	const text = peer.update(bytes("00112233445566778899aabbccddeeff"));
	peer.final();
	t.is(hex(psdu.slice(20)), hex(text) + hex(peer.getAuthTag()));
});

test("in version 2 a command identifier is encrypted, in version 1 it stays in clear", (t) => {
	const octet = (version: number) => {
		const header = new MacHeader();
		header.type = FrameType.command;
		header.version = version;
		requestSecurity(header, lenient, 5, 1);
		const psdu = new Uint8Array(40);
		const at = encodeMacHeader(header, psdu, 0);
		psdu[at] = 4;
		secureFrame(header, psdu, 0, at, at + 1, lenient, HIGH, LOW);
		return psdu[at];
	};
	t.is(octet(1), 4);
	t.not(octet(2), 4);
});

test("header IEs stay in clear, payload IEs are encrypted and found after decryption", (t) => {
	const header = new MacHeader();
	header.version = 2;
	header.iePresent = true;
	header.source.setExtended(HIGH, LOW);
	header.sourcePan = 1;
	requestSecurity(header, lenient, 6, 3);
	const psdu = new Uint8Array(80);
	let at = encodeMacHeader(header, psdu, 0);
	at = encodeHeaderIe(0x1a, bytes("01020304"), psdu, at);
	at = encodeHeaderIe(0x7e, new Uint8Array(0), psdu, at);
	let end = encodePayloadIe(1, bytes("aabbccdd"), psdu, at);
	end = encodePayloadIe(15, new Uint8Array(0), psdu, end);
	psdu.set(bytes("c0ffee"), end);
	const sealed = secureFrame(header, psdu, 0, at, end + 3, lenient, HIGH, LOW) as number;
	const frame = psdu.slice(0, sealed);
	t.true(hex(frame).includes("01020304003f"));
	t.false(hex(frame).includes("aabbccdd"));
	t.is(receive(frame, [lenient], new SecurityPeer(HIGH, LOW)), "c0ffee");
});

test("a replayed frame is refused, a skipped counter is not", (t) => {
	const key = new SecurityKey(hostCipher, KEY);
	const peer = new SecurityPeer(HIGH, LOW);
	const frames = [3, 4, 9].map((counter) => makeFrame(key, 5, counter, bytes("aa")));
	t.is(receive(frames[0]!, [key], peer), "aa");
	t.is(receive(frames[0]!, [key], peer), "mac-counter-replayed");
	t.is(receive(frames[2]!, [key], peer), "aa");
	t.is(receive(frames[1]!, [key], peer), "mac-counter-replayed");
	t.is(peer.nextCounter(key), 10);
	peer.forget(key);
	t.is(receive(frames[1]!, [key], peer), "aa", "a new key starts anew");
});

test("counters of several keys are kept, changed and forgotten as in a map", (t) => {
	const keys = [0, 1, 2].map(() => new SecurityKey(hostCipher, KEY));
	const step = fc.tuple(fc.nat({ max: 2 }), fc.option(fc.nat({ max: 0xffffffff })));
	fc.assert(
		fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
			const peer = new SecurityPeer(HIGH, LOW);
			const model = new Map<number, number>();
			for (const [which, counter] of steps) {
				if (counter === null) {
					peer.forget(keys[which]!);
					model.delete(which);
				} else {
					peer.setNextCounter(keys[which]!, counter);
					model.set(which, counter);
				}
				t.deepEqual(
					keys.map((key) => peer.nextCounter(key)),
					[0, 1, 2].map((i) => model.get(i) ?? 0),
				);
			}
		}),
	);
});

test("a forged frame moves no counter, whatever it claims", (t) => {
	const key = new SecurityKey(hostCipher, KEY);
	const other = new SecurityKey(hostCipher, new Uint8Array(16));
	const peer = new SecurityPeer(HIGH, LOW);
	t.is(receive(makeFrame(other, 5, 0xfffffffe, bytes("aa")), [key], peer), "mac-security-failed");
	t.is(peer.nextCounter(key), 0);
	t.is(receive(makeFrame(key, 5, 0, bytes("aa")), [key], peer), "aa");
	t.is(peer.nextCounter(key), 1);
});

test("a frame that nobody can verify moves no counter either", (t) => {
	const peer = new SecurityPeer(HIGH, LOW);
	for (const level of [0, 4]) {
		t.is(receive(makeFrame(lenient, level, 77, bytes("aa")), [lenient], peer), "aa");
		t.is(peer.nextCounter(lenient), 0);
	}
});

test("the weakest level that a key takes", (t) => {
	const key = new SecurityKey(hostCipher, KEY, { minimumMicLength: 8, requireEncryption: true });
	const results = [0, 1, 2, 3, 4, 5, 6, 7].map((level) =>
		receive(makeFrame(key, level, 1, bytes("aa")), [key], new SecurityPeer(HIGH, LOW)),
	);
	t.deepEqual(
		results.map((result) => result === "aa"),
		[false, false, false, false, false, false, true, true],
	);
	t.deepEqual(new Set(results), new Set(["mac-security-level", "aa"]));
});

test("the last frame counter is never accepted", (t) => {
	const psdu = makeFrame(lenient, 5, 0xfffffffe, bytes("aa"));
	psdu.fill(0xff, 16, 20);
	t.is(receive(psdu, [lenient], new SecurityPeer(HIGH, LOW)), "mac-counter-exhausted");
});

test("keys are told apart by mode, index and source", (t) => {
	const make = (octet: number, index: number) =>
		new SecurityKey(hostCipher, new Uint8Array(16).fill(octet), { keyIdMode: 1, keyIndex: index });
	const [one, two] = [make(1, 1), make(2, 2)];
	const peer = new SecurityPeer(HIGH, LOW);
	t.is(receive(makeFrame(two, 5, 1, bytes("aa")), [one, two], peer), "aa");
	t.is(receive(makeFrame(one, 5, 1, bytes("bb")), [one, two], peer), "bb", "counters are kept by key");
	t.is(receive(makeFrame(two, 5, 2, bytes("aa")), [one], peer), "mac-security-key-unknown");
});

test("key sources are compared whole", (t) => {
	const make = (keySourceHigh: number, keySourceLow: number) =>
		new SecurityKey(hostCipher, KEY, { keyIdMode: 3, keySourceHigh, keySourceLow });
	const psdu = makeFrame(make(1, 2), 5, 1, bytes("aa"));
	const peer = new SecurityPeer(HIGH, LOW);
	t.is(receive(psdu, [make(0, 2)], peer), "mac-security-key-unknown");
	t.is(receive(psdu, [make(1, 0)], peer), "mac-security-key-unknown");
	t.is(receive(psdu, [make(1, 2)], peer), "aa");
});

test("who sent it", (t) => {
	const psdu = makeFrame(lenient, 5, 1, bytes("aa"));
	t.is(receive(psdu, [lenient], undefined), "mac-security-device-unknown");
	t.is(receive(psdu, [lenient], new SecurityPeer(HIGH, LOW + 1)), "mac-security-device-unknown");
	// With a short source address the nonce still holds the EUI-64 of the peer that the caller knows.
	const header = new MacHeader();
	header.source.setShort(5);
	header.sourcePan = 1;
	requestSecurity(header, lenient, 5, 1);
	const short = new Uint8Array(40);
	const at = encodeMacHeader(header, short, 0);
	const end = secureFrame(header, short, 0, at, at + 2, lenient, HIGH, LOW) as number;
	t.is(receive(short.slice(0, end), [lenient], new SecurityPeer(HIGH, LOW)), "0000");
	t.is(receive(short.slice(0, end), [lenient], new SecurityPeer(HIGH, LOW + 1)), "mac-security-failed");
});

test("what is not secured, or not in a way of today, is told apart", (t) => {
	const peer = new SecurityPeer(HIGH, LOW);
	t.is(receive(bytes("4188 01 cdab 0200 0100 aa"), [lenient], peer), "mac-security-level");
	t.is(receive(bytes("4988 01 cdab 0200 0100 aabbccdd"), [lenient], peer), "mac-security-legacy");
	const suppressed = "49a8 01 cdab 0200 0100 25 aa 11223344";
	t.is(receive(bytes(suppressed), [lenient], peer), "mac-security-unsupported");
	const noSource = "0918 01 cdab 0200 05 01000000 aa 11223344";
	t.is(receive(bytes(noSource), [lenient], peer), "mac-security-unsupported");
	// A beacon, a command, without what must stay in clear.
	t.is(
		receive(bytes("08d0 01 cdab 0100000000 48deac 05 01000000 11223344"), [lenient], peer),
		"mac-truncated",
	);
	t.is(
		receive(bytes("0bd0 01 cdab 0100000000 48deac 05 01000000 11223344"), [lenient], peer),
		"mac-truncated",
	);
});

test("one flipped bit anywhere, or a truncation, is never delivered", (t) => {
	const key = new SecurityKey(hostCipher, KEY);
	fc.assert(
		fc.property(
			fc.constantFrom(1, 2, 3, 5, 6, 7),
			fc.uint8Array({ maxLength: 60 }),
			fc.nat(),
			(level, payload, n) => {
				const psdu = makeFrame(key, level, 1, payload);
				const before = psdu.slice();
				t.is(receive(psdu, [key], new SecurityPeer(HIGH, LOW)), hex(payload));
				t.deepEqual(psdu, before, "the frame itself is left as it is");
				const bit = n % (psdu.length * 8);
				psdu[bit >>> 3] = psdu[bit >>> 3]! ^ (1 << (bit & 7));
				for (const frame of [psdu, before.slice(0, n % before.length)]) {
					const header = decodeMacHeader(frame, 0, frame.length);
					if (typeof header === "string") continue;
					const clear = new Uint8Array(frame.length);
					const result = unsecureFrame(header, frame, 0, [key], new SecurityPeer(HIGH, LOW), clear);
					t.is(typeof result, "string");
					const hidden = header.type === FrameType.data && header.security.level >= 4;
					if (result === "mac-security-failed" && hidden) {
						t.deepEqual(
							clear.slice(header.headerEnd, header.end),
							new Uint8Array(header.end - header.headerEnd),
						);
					}
				}
			},
		),
	);
});

test("random frames never throw, and never raise a counter", (t) => {
	const keys = [new SecurityKey(hostCipher, KEY), new SecurityKey(hostCipher, KEY, { keyIdMode: 1 })];
	const peer = new SecurityPeer(HIGH, LOW);
	const clear = new Uint8Array(127);
	fc.assert(
		fc.property(
			fc.uint8Array({ minLength: 12, maxLength: 127 }),
			fc.constantFrom(0x9848, 0xa848),
			(psdu, control) => {
				psdu[0] = (control & 0xf8) | (psdu[0]! & 3);
				psdu[1] = control >>> 8;
				const header = decodeMacHeader(psdu, 0, psdu.length);
				if (typeof header === "string") return;
				t.is(typeof unsecureFrame(header, psdu, 0, keys, peer, clear), "string");
			},
		),
		{ numRuns: 2000 },
	);
	for (const key of keys) t.is(peer.nextCounter(key), 0);
});

test("a caller's mistake is named", (t) => {
	const throws = (call: () => unknown, message: RegExp) =>
		t.throws(call, { instanceOf: RangeError, message });
	throws(() => new SecurityKey(hostCipher, new Uint8Array(15)), /16 octets, got 15/);
	throws(() => new SecurityKey(hostCipher, KEY, { keyIdMode: 1, keyIndex: 0 }), /keyIndex 1 to 255 .* got 0/);
	throws(() => new SecurityKey(hostCipher, KEY, { keyIndex: 1 }), /keyIndex 0 to 0/);
	throws(() => new SecurityKey(hostCipher, KEY, { keySourceLow: 1 }), /key source/);
	throws(() => new SecurityKey(hostCipher, KEY, { keyIdMode: 2, keySourceHigh: 1 }), /key source/);
	throws(() => new SecurityKey(hostCipher, KEY, { minimumMicLength: 5 }), /minimumMicLength/);
	const header = new MacHeader();
	throws(() => requestSecurity(header, lenient, 8, 0), /level 0 to 7, got 8/);
	throws(() => requestSecurity(header, lenient, 5, 0xffffffff), /frameCounter/);
	throws(() => secureFrame(header, new Uint8Array(9), 0, 3, 4, lenient, 0, 0), /securityEnabled/);
	const psdu = makeFrame(lenient, 5, 1, bytes("aa"));
	const decoded = decodeMacHeader(psdu, 0, psdu.length) as MacHeader;
	const peer = new SecurityPeer(HIGH, LOW);
	throws(() => unsecureFrame(decoded, psdu, 0, [lenient], peer, psdu), /another array/);
	throws(() => unsecureFrame(decoded, psdu, 0, [lenient], peer, new Uint8Array(9)), /at least/);
});
