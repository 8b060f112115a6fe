import test from "ava";
import fc from "fast-check";
import { hostCipher, hostDigest } from "../../host-tools/crypto.js";
import type { XsProcess } from "../../host-tools/xs/process.js";
import { ascii, startXs } from "./support/machines.js";

const ENTRY = "test/xs/machine/primitives";

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}

function ask(xs: XsProcess, bytes: Uint8Array): Uint8Array {
	let answer = new Uint8Array();
	const outcome = xs.call(1, bytes, bytes.length, {
		post: (said) => {
			answer = said.slice();
		},
		query: () => new Uint8Array(),
	});
	if ("dead" in outcome) throw new Error(outcome.dead);
	return answer;
}

async function start(t: Parameters<typeof startXs>[0]): Promise<XsProcess | undefined> {
	const xs = await startXs(t, { firmware: false, modules: [ENTRY] });
	xs?.create(1, ENTRY);
	return xs;
}

test("SHA-256 in C gives the published digests, and those of the simulator's", async (t) => {
	const xs = await start(t);
	if (!xs) return;
	const sha256 = (message: Uint8Array) => hex(ask(xs, Uint8Array.of(1, ...message)));
	// FIPS 180-4, examples of the Computer Security Resource Center.
	t.is(sha256(ascii("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	t.is(
		sha256(ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	);
	// Around the two lengths at which padding takes another block.
	for (let length = 0; length <= 260; length++) {
		const message = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
		t.is(sha256(message), hex(hostDigest.sha256(message, 0, length)), `${length} octets`);
	}
});

test("AES-128 in C gives the published block, and those of the simulator's", async (t) => {
	const xs = await start(t);
	if (!xs) return;
	const aes = (key: Uint8Array, block: Uint8Array) => ask(xs, Uint8Array.of(2, ...key, ...block));
	// FIPS 197, appendices B and C.1.
	for (const [key, block, encrypted] of [
		[
			"2b7e151628aed2a6abf7158809cf4f3c",
			"3243f6a8885a308d313198a2e0370734",
			"3925841d02dc09fbdc118597196a0b32",
		],
		[
			"000102030405060708090a0b0c0d0e0f",
			"00112233445566778899aabbccddeeff",
			"69c4e0d86a7b0430d8cdb78070b4c55a",
		],
	] as const)
		t.is(hex(aes(Buffer.from(key, "hex"), Buffer.from(block, "hex"))), encrypted);
	const octets = fc.uint8Array({ minLength: 16, maxLength: 16 });
	fc.assert(
		fc.property(octets, octets, octets, (key, first, second) => {
			const expected = Uint8Array.of(...first, ...second);
			const cipher = hostCipher.key(key);
			cipher.encrypt(expected, 0);
			cipher.encrypt(expected, 16);
			return hex(aes(key, Uint8Array.of(...first, ...second))) === hex(expected);
		}),
	);
});
