import type { LinkAddress } from "../address.js";
import type { MacHeader } from "../frames/mac-frame.js";
import type { SecurityDrop } from "./frame-security.js";

/** Link-layer security of a node's data frames (IEEE 802.15.4-2020, clause 9). */
export interface FrameProtection {
	/** Octets that security adds to a frame: auxiliary header and MIC. */
	readonly overheadBytes: number;
	/** Sets the security fields of a header that is about to be encoded; false when no counter is left. */
	prepare(header: MacHeader): boolean;
	/** Protects the payload `frame[offset..end)` in place and appends the MIC; returns the new end. */
	protect(header: MacHeader, frame: Uint8Array, offset: number, end: number): number;
	/**
	 * Verifies and decrypts into `clear`, which has room for any frame: returns `clear` or `psdu`, whichever has the payload
	 * in the clear at the same offsets, or why the frame was refused.
	 */
	unprotect(header: MacHeader, psdu: Uint8Array, clear: Uint8Array): Uint8Array | SecurityDrop;
}

/** The EUI-64 of whoever has a link-layer address, for nonces; undefined when it is not known. */
export type Eui64Of = (address: LinkAddress) => LinkAddress | undefined;
