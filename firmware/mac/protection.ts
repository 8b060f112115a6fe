import type { LinkAddress } from "../address.js";
import type { MacHeader } from "../frames/mac-frame.js";

/** Why a frame was refused by link-layer security. */
export type ProtectionDrop =
	| "mac-security-unsupported"
	| "mac-security-missing"
	| "mac-security-failed"
	| "mac-security-unknown-key"
	| "mac-security-replayed";

/** Link-layer security of a node's data frames (IEEE 802.15.4-2020, clause 9). */
export interface FrameProtection {
	/** Octets that security adds to a frame: auxiliary header and MIC. */
	overheadBytes(destination: LinkAddress): number;
	/** Sets the security fields of a header that is about to be encoded. */
	prepare(header: MacHeader): void;
	/** Protects the payload `frame[offset..end)` in place and appends the MIC; returns the new end. */
	protect(header: MacHeader, frame: Uint8Array, offset: number, end: number): number;
	/** Verifies and decrypts: returns the frame with its payload in the clear at the same offsets. */
	unprotect(header: MacHeader, psdu: Uint8Array): Uint8Array | ProtectionDrop;
}
