import { unsafe } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import test from "ava";
import fc from "fast-check";
import { i32le, putI32le } from "../../firmware/bytes.js";
import { HostCipher } from "../../host-tools/aes.js";
import { HostDigest } from "../../host-tools/sha256.js";
import { bytesOf } from "../firmware/frames/bytes-of.js";

const message = fc.uint8Array({ maxLength: 200 });
const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Few values, so that blocks come again and differ in single octets. */
const block = fc.array(fc.constantFrom(0, 1, 0x80, 0xff), { minLength: 16, maxLength: 16 });

test("a hash is that of @noble/hashes, first and remembered, whatever was hashed in between", (t) => {
	const digest = new HostDigest(1);
	fc.assert(
		fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
			for (const bytes of [...messages, ...messages]) {
				t.deepEqual(Uint8Array.from(digest.sha256(bytes, 0, bytes.length)), sha256(bytes));
			}
		}),
	);
});

test("messages of every length around the ends of blocks, at an offset", (t) => {
	const digest = new HostDigest();
	const bytes = Uint8Array.from({ length: 260 }, (_, i) => 3 * i);
	for (let length = 0; length < 250; length++) {
		const expected = sha256(bytes.subarray(5, 5 + length));
		t.deepEqual(Uint8Array.from(digest.sha256(bytes, 5, 5 + length)), expected, `${length} octets`);
	}
});

test("what was hashed just before is not hashed again, what differs in one octet is", (t) => {
	const digest = new HostDigest();
	const crowded = new HostDigest(1);
	const bytes = new Uint8Array(119).fill(7);
	const expected = Uint8Array.from(digest.sha256(bytes, 0, 119));
	t.is(digest.computed, 1);
	t.deepEqual(Uint8Array.from(digest.sha256(bytes.slice(), 0, 119)), expected);
	t.is(digest.computed, 1);
	for (let i = 0; i < 119; i++) {
		crowded.sha256(bytes, 0, 119);
		bytes[i] = 6;
		t.deepEqual(Uint8Array.from(digest.sha256(bytes, 0, 119)), sha256(bytes));
		t.deepEqual(Uint8Array.from(crowded.sha256(bytes, 0, 119)), sha256(bytes));
		bytes[i] = 7;
	}
	t.is(digest.computed, 120);
	digest.sha256(bytes, 0, 118);
	t.is(digest.computed, 121, "a shorter one is another one");
});

test("a block is enciphered as FIPS 197, appendix B, does", (t) => {
	const bytes = bytesOf("3243f6a8885a308d313198a2e0370734");
	new HostCipher().key(bytesOf("2b7e151628aed2a6abf7158809cf4f3c")).encrypt(bytes, 0);
	t.deepEqual(bytes, bytesOf("3925841d02dc09fbdc118597196a0b32"));
});

test("blocks are those of @noble/ciphers, first and remembered, under keys that take turns", (t) => {
	const cipher = new HostCipher(1);
	fc.assert(
		fc.property(
			fc.array(key, { minLength: 1, maxLength: 3 }),
			fc.array(block, { maxLength: 6 }),
			(keys, plain) => {
				for (const octets of [...plain, ...plain]) {
					for (const each of keys) {
						const bytes = Uint8Array.from([9, ...octets, 9]);
						cipher.key(each).encrypt(bytes, 1);
						t.deepEqual(bytes, Uint8Array.from([9, ...encipher(each, octets), 9]));
					}
				}
			},
		),
	);
});

test("a block that differs in one octet is another one, and so is one under another key", (t) => {
	const crowded = new HostCipher(1);
	const plain = new Uint8Array(16).fill(7);
	const octets = new Uint8Array(16).fill(3);
	const check = () => {
		const bytes = plain.slice();
		crowded.key(octets).encrypt(bytes, 0);
		t.deepEqual(bytes, encipher(octets, [...plain]));
	};
	for (const changed of [plain, octets]) {
		for (let i = 0; i < 16; i++) {
			check();
			changed[i] = 6;
			check();
			changed[i] = 7;
		}
		changed.fill(3);
	}
});

test("both ends of a link have one key, and what one of them enciphered the other one need not", (t) => {
	const cipher = new HostCipher();
	const octets = new Uint8Array(16).fill(3);
	const ours = cipher.key(octets);
	octets.fill(4);
	const others = cipher.key(octets);
	const theirs = cipher.key(new Uint8Array(16).fill(3));
	t.is(ours, theirs, "and whoever changes his octets has another one");
	for (const end of [ours, theirs, others]) end.encrypt(new Uint8Array(16), 0);
	t.is(cipher.computed, 2);
});

function encipher(octets: Uint8Array, plain: readonly number[]): Uint8Array {
	const bytes = Uint8Array.from(plain);
	const column = (i: number) => i32le(bytes, 4 * i);
	const keys = unsafe.expandKeyLE(Uint8Array.from(octets));
	const { s0, s1, s2, s3 } = unsafe.encrypt(keys, column(0), column(1), column(2), column(3));
	for (const [i, word] of [s0, s1, s2, s3].entries()) putI32le(bytes, 4 * i, word);
	return bytes;
}
