import { createCipheriv } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { Cmac } from "../../../firmware/mac/cmac.js";
import { hostCipher } from "../../../host-tools/crypto.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

const KEY = bytes("2b7e1516 28aed2a6 abf71588 09cf4f3c");
const MESSAGE = bytes(
	"6bc1bee2 2e409f96 e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51" +
		"30c81c46 a35ce411 e5fbc119 1a0a52ef f69f2445 df4f9b17 ad2b417b e66c3710",
);

test("the examples of RFC 4493, section 4", (t) => {
	const cmac = new Cmac(hostCipher.key(KEY));
	const examples: readonly (readonly [length: number, tag: string])[] = [
		[0, "bb1d6929e95937287fa37d129b756746"],
		[16, "070a16b46b4d4144f79bdd9dd04a287c"],
		[40, "dfa66747de9ae63030ca32611497c827"],
		[64, "51f0bebf7e3b9d92fc49741779363cfe"],
	];
	for (const [length, tag] of examples) t.is(hex(cmac.compute(MESSAGE, 0, length)), tag);
});

/** CMAC as the last block of CBC over a message whose end was masked (NIST SP 800-38B, section 6.2). */
function cmacByCbc(key: Uint8Array, message: Uint8Array): string {
	const encrypt = (mode: string, iv: Buffer | null, data: Buffer): Buffer => {
		const cipher = createCipheriv(`aes-128-${mode}`, key, iv).setAutoPadding(false);
		return Buffer.concat([cipher.update(data), cipher.final()]);
	};
	const double = (block: bigint): bigint =>
		(block << 1n) & (1n << 128n) ? ((block << 1n) ^ 0x87n) & ((1n << 128n) - 1n) : block << 1n;
	const subkey = double(BigInt(`0x${encrypt("ecb", null, Buffer.alloc(16)).toString("hex")}`));
	const isWhole = message.length > 0 && message.length % 16 === 0;
	const padding = Buffer.alloc(16 - (message.length % 16));
	padding[0] = 0x80;
	const padded = isWhole ? Buffer.from(message) : Buffer.concat([message, padding]);
	const last = padded.subarray(-16);
	const masked = BigInt(`0x${last.toString("hex")}`) ^ (isWhole ? subkey : double(subkey));
	last.write(masked.toString(16).padStart(32, "0"), "hex");
	return encrypt("cbc", Buffer.alloc(16), padded).subarray(-16).toString("hex");
}

test("any key, any message, anywhere in its buffer: as computed with CBC", (t) => {
	const octets = (most: number) => fc.uint8Array({ maxLength: most });
	const keys = fc.uint8Array({ minLength: 16, maxLength: 16 });
	fc.assert(
		fc.property(keys, octets(160), octets(20), octets(20), (key, message, before, after) => {
			const cmac = new Cmac(hostCipher.key(key));
			const buffer = Uint8Array.of(...before, ...message, ...after);
			const end = before.length + message.length;
			// Twice: nothing of one message may be left in the next.
			cmac.compute(buffer, 0, buffer.length);
			t.is(hex(cmac.compute(buffer, before.length, end)), cmacByCbc(key, message));
		}),
		{ numRuns: 300 },
	);
});
