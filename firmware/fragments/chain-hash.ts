import { AddressMode, type LinkAddress } from "../address.js";
import { copyBytes, putI32be, putU16be } from "../bytes.js";
import { nonceBytes } from "../frames/chained-fragment.js";
import type { Cmac } from "../mac/cmac.js";
import { MAX_PSDU_BYTES } from "../mac/timing.js";
import type { Digest } from "../ports.js";

/** First octets of what is hashed, so that none of the three can stand for another. */
const ANCHOR = 1;
const TOKEN = 2;
const FIRST = 3;
/** Room for the fields before P, and for two tokens behind it. */
const SCRATCH_BYTES = 32 + MAX_PSDU_BYTES + 32;
const ADDRESS_BYTES = 8;

/** What all hashes of one packet have in common. */
export interface ChainFields {
	readonly flags: number;
	readonly keyed: boolean;
	readonly tokenBytes: number;
	readonly nonce: number;
	/** The link key; undefined for a chain without. */
	readonly key: Cmac | undefined;
}

/**
 * The hashes of chained fragments: SHA-256, or AES-CMAC under the link key, cut to b octets.
 *
 * tᵢ = H(2 ‖ flags ‖ nonce ‖ size ‖ offsetᵢ ‖ Pᵢ ‖ tᵢ₊₁); t₂ covers H(3 ‖ P₁) behind that, or a forger could repeat an
 * honest anchor with altered first octets. Source: `../README.md`, "Chained fragments".
 */
export class ChainHash {
	/** Hashes and codes computed so far. */
	computed = 0;
	readonly digest: Digest;
	readonly #scratch = new Uint8Array(SCRATCH_BYTES);

	constructor(digest: Digest) {
		this.digest = digest;
	}

	/** H(3 ‖ P₁) with P₁ in `bytes[from..to)`: its first b octets count; valid until the next call. */
	first({ key }: ChainFields, bytes: Uint8Array, from: number, to: number): Uint8Array {
		this.#scratch[0] = FIRST;
		copyBytes(bytes, from, this.#scratch, 1, to - from);
		return this.hash(key, 1 + to - from);
	}

	/**
	 * The token of a next fragment with P in `bytes[from..to)`, valid until the next call. `offset` in octets of the
	 * packet; `following` holds tᵢ₊₁ at `followingAt`; `first`, for the second fragment alone, what
	 * {@link ChainHash.first} gave.
	 */
	token(
		fields: ChainFields,
		size: number,
		offset: number,
		bytes: Uint8Array,
		from: number,
		to: number,
		following: Uint8Array,
		followingAt: number,
		first: Uint8Array | undefined,
	): Uint8Array {
		const { key, tokenBytes } = fields;
		const scratch = this.#scratch;
		scratch[0] = TOKEN;
		let at = putFields(fields, size, scratch, 1);
		scratch[at++] = offset >>> 3;
		copyBytes(bytes, from, scratch, at, to - from);
		at += to - from;
		copyBytes(following, followingAt, scratch, at, tokenBytes);
		at += tokenBytes;
		if (first !== undefined) {
			copyBytes(first, 0, scratch, at, tokenBytes);
			at += tokenBytes;
		}
		return this.hash(key, at);
	}

	/**
	 * μ, the code that binds a keyed anchor to its hop: CMAC(1 ‖ src ‖ dst ‖ flags ‖ nonce ‖ size ‖ tag ‖ P₁ ‖ t₂), valid
	 * until the next call. Addresses as 8 octets, see {@link putAddress}.
	 */
	anchor(
		fields: ChainFields,
		source: LinkAddress,
		destination: LinkAddress,
		size: number,
		tag: number,
		bytes: Uint8Array,
		from: number,
		to: number,
		token: Uint8Array,
		tokenAt: number,
	): Uint8Array {
		const scratch = this.#scratch;
		scratch[0] = ANCHOR;
		putAddress(source, scratch, 1);
		putAddress(destination, scratch, 1 + ADDRESS_BYTES);
		let at = putFields(fields, size, scratch, 1 + 2 * ADDRESS_BYTES);
		putU16be(scratch, at, tag);
		at += 2;
		copyBytes(bytes, from, scratch, at, to - from);
		at += to - from;
		copyBytes(token, tokenAt, scratch, at, fields.tokenBytes);
		return this.hash(fields.key, at + fields.tokenBytes);
	}

	private hash(key: Cmac | undefined, end: number): Uint8Array {
		this.computed++;
		return key === undefined ? this.digest.sha256(this.#scratch, 0, end) : key.compute(this.#scratch, 0, end);
	}
}

/** Writes flags, nonce and size; returns the offset after them. */
function putFields(
	{ flags, keyed, nonce }: ChainFields,
	size: number,
	bytes: Uint8Array,
	offset: number,
): number {
	bytes[offset] = flags;
	if (keyed) putI32be(bytes, offset + 1, nonce | 0);
	else putU16be(bytes, offset + 1, nonce);
	const at = offset + 1 + nonceBytes(keyed);
	putU16be(bytes, at, size);
	return at + 2;
}

/**
 * An address as 8 octets: an EUI-64 as it is, a short one as RFC 4944, section 6, makes 64 bits of it where no PAN
 * identifier is known (0000:00ff:fe00:XXXX).
 */
export function putAddress(address: LinkAddress, bytes: Uint8Array, offset: number): void {
	if (address.mode === AddressMode.extended) {
		putI32be(bytes, offset, address.high);
		putI32be(bytes, offset + 4, address.low);
	} else address.writeInterfaceId(bytes, offset);
}
