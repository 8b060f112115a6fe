import type { LinkAddress } from "../../firmware/address.js";

/** One vector of the conformance files; the fields that its kind does not use are absent. */
export interface MacVector {
	readonly input?: string;
	readonly fcs?: string;
	readonly crypto?: {
		readonly key: string;
		readonly nonce?: string;
		readonly plaintext: string;
		readonly srcEui64?: string;
	};
	readonly expect: Readonly<Record<string, unknown>>;
}

/** An address as the vectors write it: 2 or 8 octets in hex, network order; null for none. */
export function addressHex(address: LinkAddress): string | null {
	const text = address.toString();
	return text === "" ? null : text.replace(/^0x|:/g, "");
}
