import { createCipheriv, createDecipheriv } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { Ccm, putNonce } from "../../../firmware/mac/ccm.js";
import { hostCipher } from "../../../host-tools/crypto.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

interface Case {
	readonly name: string;
	readonly key: string;
	readonly nonce: string;
	readonly aad: string;
	readonly message: string;
	readonly sealed: string;
	readonly micLength: number;
}

const CASES: readonly Case[] = [
	{
		// IEEE 802.15.4-2006 and later, annex C.2.1: level 2, everything is associated data.
		name: "IEEE 802.15.4 annex C, beacon",
		key: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		nonce: "acde480000000001 00000005 02",
		aad: "08d0842143010000000048deac 0205000000 55cf0000 51525354",
		message: "",
		sealed: "223bc1ec841ab553",
		micLength: 8,
	},
	{
		// C.2.2: level 4, encryption alone.
		name: "IEEE 802.15.4 annex C, data",
		key: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		nonce: "acde480000000001 00000005 04",
		aad: "69dc842143020000000048deac010000000048deac 0405000000",
		message: "61626364",
		sealed: "d43e022b",
		micLength: 0,
	},
	{
		// C.2.3: level 6; the command identifier (01) is associated data.
		name: "IEEE 802.15.4 annex C, command",
		key: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		nonce: "acde480000000001 00000005 06",
		aad: "2bdc842143020000000048deacffff010000000048deac 0605000000 01",
		message: "ce",
		sealed: "d8 4fde529061f9c6f1",
		micLength: 8,
	},
	{
		name: "RFC 3610 packet vector 1",
		key: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		nonce: "00000003020100a0a1a2a3a4a5",
		aad: "0001020304050607",
		message: "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
		sealed: "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384 17e8d12cfdf926e0",
		micLength: 8,
	},
	{
		// The message fills its blocks exactly.
		name: "RFC 3610 packet vector 2",
		key: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		nonce: "00000004030201a0a1a2a3a4a5",
		aad: "0001020304050607",
		message: "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		sealed: "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3b a091d56e10400916",
		micLength: 8,
	},
];

for (const { name, key, nonce, aad, message, sealed, micLength } of CASES) {
	test(name, (t) => {
		const ccm = new Ccm(hostCipher.key(bytes(key)));
		const [header, text] = [bytes(aad), bytes(message)];
		const clear = new Uint8Array([...header, ...text, ...new Uint8Array(micLength)]);
		const end = header.length + text.length;
		const octets = clear.slice();
		t.is(ccm.seal(bytes(nonce), octets, 0, header.length, end, micLength), end + micLength);
		t.is(hex(octets), hex(header) + hex(bytes(sealed)));
		t.true(ccm.open(bytes(nonce), octets, 0, header.length, end, micLength));
		t.deepEqual(octets.slice(0, end), clear.slice(0, end));
	});
}

const anyCase = fc.record({
	key: fc.uint8Array({ minLength: 16, maxLength: 16 }),
	nonce: fc.uint8Array({ minLength: 13, maxLength: 13 }),
	aad: fc.uint8Array({ maxLength: 60 }),
	message: fc.uint8Array({ maxLength: 300, size: "max" }),
	micLength: fc.constantFrom(4, 6, 8, 10, 12, 14, 16),
	offset: fc.nat({ max: 3 }),
});

test("agrees with OpenSSL's CCM, both ways", (t) => {
	fc.assert(
		fc.property(anyCase, ({ key, nonce, aad, message, micLength, offset }) => {
			const options = { authTagLength: micLength };
			const peer = createCipheriv("aes-128-ccm", key, nonce, options);
			peer.setAAD(aad, { plaintextLength: message.length });
			const sealed = Buffer.concat([peer.update(message), peer.final(), peer.getAuthTag()]);

			const octets = new Uint8Array([...new Uint8Array(offset), ...aad, ...message, ...new Uint8Array(20)]);
			const start = offset + aad.length;
			const end = start + message.length;
			const ccm = new Ccm(hostCipher.key(key));
			const next = ccm.seal(nonce, octets, offset, start, end, micLength);
			t.deepEqual(octets.slice(start, next), Uint8Array.from(sealed));
			t.deepEqual(octets.slice(offset, start), aad);
			t.deepEqual(octets.slice(next), new Uint8Array(20 - micLength));

			const opener = createDecipheriv("aes-128-ccm", key, nonce, options);
			opener.setAuthTag(octets.slice(end, next));
			opener.setAAD(aad, { plaintextLength: message.length });
			t.deepEqual(Uint8Array.from(opener.update(octets.slice(start, end))), message);
			opener.final();
			t.true(ccm.open(nonce, octets, offset, start, end, micLength));
			t.deepEqual(octets.slice(start, end), message);
		}),
	);
});

test("without a MIC it is counter mode from block 1", (t) => {
	fc.assert(
		fc.property(anyCase, ({ key, nonce, message }) => {
			const peer = createCipheriv("aes-128-ctr", key, new Uint8Array([1, ...nonce, 0, 1]));
			const octets = message.slice();
			const ccm = new Ccm(hostCipher.key(key));
			t.is(ccm.seal(nonce, octets, 0, 0, octets.length, 0), octets.length);
			t.deepEqual(octets, Uint8Array.from(peer.update(message)));
			t.true(ccm.open(nonce, octets, 0, 0, octets.length, 0));
			t.deepEqual(octets, message);
		}),
	);
});

test("one flipped bit anywhere is noticed, and nothing unverified is shown", (t) => {
	fc.assert(
		fc.property(anyCase, fc.nat(), ({ key, nonce, aad, message, micLength }, flip) => {
			const octets = new Uint8Array([...aad, ...message, ...new Uint8Array(micLength)]);
			const end = aad.length + message.length;
			const ccm = new Ccm(hostCipher.key(key));
			ccm.seal(nonce, octets, 0, aad.length, end, micLength);
			const bit = flip % (octets.length * 8);
			octets[bit >>> 3] = octets[bit >>> 3]! ^ (1 << (bit & 7));
			t.false(ccm.open(nonce, octets, 0, aad.length, end, micLength));
			t.deepEqual(octets.slice(aad.length, end), new Uint8Array(message.length));
		}),
	);
});

test("the nonce: address, counter and level in network order", (t) => {
	const nonce = new Uint8Array(13);
	putNonce(nonce, 0x01020304, 0xa1b2c3d4 | 0, 0xfffffffe, 7);
	t.is(hex(nonce), "01020304a1b2c3d4fffffffe07");
});

test("a caller's mistake is named", (t) => {
	const ccm = new Ccm(hostCipher.key(new Uint8Array(16)));
	const nonce = new Uint8Array(13);
	const octets = new Uint8Array(20);
	const throws = (call: () => unknown, message: RegExp) =>
		t.throws(call, { instanceOf: RangeError, message });
	throws(() => ccm.seal(new Uint8Array(12), octets, 0, 0, 0, 4), /nonce of 13 octets, got 12/);
	throws(() => ccm.seal(nonce, octets, 0, 0, 10, 5), /micLength/);
	throws(() => ccm.open(nonce, octets, 0, 0, 10, 2), /micLength/);
	throws(() => ccm.seal(nonce, octets, 0, 0, 17, 4), /<= 16, got 0, 0, 17/);
	throws(() => ccm.open(nonce, octets, 5, 4, 10, 4), /got 5, 4, 10/);
	throws(() => hostCipher.key(new Uint8Array(15)), /16 octets, got 15/);
	const large = new Uint8Array(70000);
	throws(() => ccm.seal(nonce, large, 0, 0xff00, 0xff00, 4), /below 65280/);
	throws(() => ccm.seal(nonce, large, 0, 0, 0x10000, 4), /65536/);
});
