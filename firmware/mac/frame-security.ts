import { AddressMode } from "../address.js";
import { copyBytes } from "../bytes.js";
import { skipBeaconFields } from "../frames/mac-beacon.js";
import { FrameType, type MacDrop, type MacHeader, passPayloadIes } from "../frames/mac-frame.js";
import { type AuxSecurityHeader, KeyIdMode, micLengthOf } from "../frames/mac-security-header.js";
import type { Cipher } from "../ports.js";
import { Ccm, NONCE_BYTES, putNonce } from "./ccm.js";

/** Why a secured frame was refused (IEEE 802.15.4-2020, 9.2.4). */
export type SecurityDrop =
	| MacDrop
	/** A secured frame of version 0: its format was withdrawn in 2006. */
	| "mac-security-legacy"
	/** The nonce would hold a slot number (TSCH), or the frame bears no source address. */
	| "mac-security-unsupported"
	/** No key matches the key identifier. */
	| "mac-security-key-unknown"
	/** The sender is not known by its EUI-64. */
	| "mac-security-device-unknown"
	/** Weaker than the key demands. */
	| "mac-security-level"
	/** The frame counter is not above the last one that was verified. */
	| "mac-counter-replayed"
	/** The frame counter has reached its end: the key must change. */
	| "mac-counter-exhausted"
	/** The MIC does not hold. */
	| "mac-security-failed";

/** The frame counter that no frame may bear. */
const COUNTER_LIMIT = 0xffffffff;

/** How a key is named on the air, and what it demands. */
export interface SecurityKeyOptions {
	/** Default: implicit. */
	readonly keyIdMode?: KeyIdMode;
	/** 1 to 255 in modes 1 to 3, else 0. */
	readonly keyIndex?: number;
	/** Key source as in {@link AuxSecurityHeader}; the high half only in mode 3. */
	readonly keySourceHigh?: number;
	readonly keySourceLow?: number;
	/**
	 * Weakest MIC that a received frame may bear: 4 (default), 8 or 16 octets, or 0 for frames that nobody
	 * can verify; their counters are checked and never kept.
	 */
	readonly minimumMicLength?: number;
	/** Refuses received frames that are not encrypted; default false. */
	readonly requireEncryption?: boolean;
}

/** A link-layer key of 16 octets with its name on the air. */
export class SecurityKey {
	readonly keyIdMode: KeyIdMode;
	readonly keyIndex: number;
	readonly keySourceHigh: number;
	readonly keySourceLow: number;
	readonly minimumMicLength: number;
	readonly requireEncryption: boolean;
	/** Scratch of {@link secureFrame} and {@link unsecureFrame}. */
	readonly ccm: Ccm;
	readonly nonce = new Uint8Array(NONCE_BYTES);

	/** Throws a RangeError for a key that is not 16 octets, or a name that the mode cannot express. */
	constructor(cipher: Cipher, key: Uint8Array, options: SecurityKeyOptions = {}) {
		if (key.length !== 16)
			throw new RangeError(`SecurityKey: expected a key of 16 octets, got ${key.length}`);
		const { keyIdMode = KeyIdMode.implicit, keySourceHigh = 0, keySourceLow = 0 } = options;
		const { keyIndex = keyIdMode === KeyIdMode.implicit ? 0 : 1, minimumMicLength = 4 } = options;
		const [low, high] = keyIdMode === KeyIdMode.implicit ? [0, 0] : [1, 255];
		if (!(keyIndex >= low && keyIndex <= high)) {
			throw new RangeError(
				`SecurityKey: expected keyIndex ${low} to ${high} in mode ${keyIdMode}, got ${keyIndex}`,
			);
		}
		if ((keyIdMode < 2 && keySourceLow !== 0) || (keyIdMode < 3 && keySourceHigh !== 0)) {
			throw new RangeError(`SecurityKey: expected no such key source in mode ${keyIdMode}`);
		}
		if (![0, 4, 8, 16].includes(minimumMicLength)) {
			throw new RangeError(`SecurityKey: expected minimumMicLength 0, 4, 8 or 16, got ${minimumMicLength}`);
		}
		this.keyIdMode = keyIdMode;
		this.keyIndex = keyIndex;
		this.keySourceHigh = keySourceHigh | 0;
		this.keySourceLow = keySourceLow | 0;
		this.minimumMicLength = minimumMicLength;
		this.requireEncryption = options.requireEncryption ?? false;
		this.ccm = new Ccm(cipher.key(key));
	}

	/** Whether a frame's security header names this key. */
	matches(security: AuxSecurityHeader): boolean {
		return (
			this.keyIdMode === security.keyIdMode &&
			this.keyIndex === security.keyIndex &&
			this.keySourceLow === security.keySourceLow &&
			this.keySourceHigh === security.keySourceHigh
		);
	}
}

/** Who sends secured frames: its EUI-64, and the frame counters that it has used. */
export class SecurityPeer {
	/** Halves of the EUI-64 in network order. */
	readonly high: number;
	readonly low: number;
	/** The lowest frame counter that is still acceptable, under one key, and by key under all others: most know one. */
	private key: SecurityKey | undefined;
	private counter = 0;
	private others: Map<SecurityKey, number> | undefined;

	constructor(high: number, low: number) {
		this.high = high | 0;
		this.low = low | 0;
	}

	/** The lowest frame counter that is still acceptable under `key`, 0 to 2^32 - 1. */
	nextCounter(key: SecurityKey): number {
		return key === this.key ? this.counter : (this.others?.get(key) ?? 0);
	}

	/** Accepts only counters of at least `counter` under `key` from now on. */
	setNextCounter(key: SecurityKey, counter: number): void {
		if (this.key === undefined && this.others?.has(key) !== true) this.key = key;
		if (key === this.key) this.counter = counter;
		else {
			this.others ??= new Map();
			this.others.set(key, counter);
		}
	}

	/** Forgets a key that is no longer in use. */
	forget(key: SecurityKey): void {
		if (key === this.key) this.key = undefined;
		else this.others?.delete(key);
	}
}

/**
 * Fills in a header's security fields before it is encoded: level 0 to 7, frame counter 0 to 2^32 - 2.
 *
 * Throws a RangeError for a level or a counter out of range. A counter must never return under a key.
 */
export function requestSecurity(
	header: MacHeader,
	key: SecurityKey,
	level: number,
	frameCounter: number,
): void {
	if (!(level >= 0 && level <= 7))
		throw new RangeError(`requestSecurity: expected level 0 to 7, got ${level}`);
	if (!(frameCounter >= 0 && frameCounter < COUNTER_LIMIT)) {
		throw new RangeError(`requestSecurity: expected frameCounter 0 to 4294967294, got ${frameCounter}`);
	}
	const { security } = header;
	header.securityEnabled = true;
	security.level = level;
	security.keyIdMode = key.keyIdMode;
	security.asnInNonce = false;
	security.frameCounter = frameCounter;
	security.keySourceHigh = key.keySourceHigh;
	security.keySourceLow = key.keySourceLow;
	security.keyIndex = key.keyIndex;
}

/**
 * Where the part that is encrypted starts, at `payload` or behind it: the beacon fields and the command
 * identifier of versions 0 and 1 stay in clear (IEEE 802.15.4-2020, table 9-1).
 */
function privatePart(header: MacHeader, bytes: Uint8Array, payload: number, end: number): number | MacDrop {
	if (header.version === 2) return payload;
	if (header.type === FrameType.beacon) return skipBeaconFields(bytes, payload, end);
	if (header.type !== FrameType.command) return payload;
	return payload < end ? payload + 1 : "mac-truncated";
}

/**
 * Secures a frame in place and returns the offset after its MIC, where the FCS belongs.
 *
 * `psdu[start..payload)` is the header that {@link requestSecurity} and the encoder made, IEs included;
 * `psdu[payload..end)` the payload in clear; room for the MIC follows. `senderHigh` and `senderLow` are
 * the sender's EUI-64. Throws a RangeError without room, `mac-truncated` comes back for a beacon or
 * command without its fields. Source: IEEE 802.15.4-2020, 9.2.2 and 9.3.
 */
export function secureFrame(
	header: MacHeader,
	psdu: Uint8Array,
	start: number,
	payload: number,
	end: number,
	key: SecurityKey,
	senderHigh: number,
	senderLow: number,
): number | SecurityDrop {
	const { level, frameCounter } = header.security;
	if (!header.securityEnabled || header.version === 0) {
		throw new RangeError("secureFrame: expected a header with securityEnabled, of version 1 or 2");
	}
	if (level === 0) return end;
	if (frameCounter < 0 || header.security.asnInNonce) return "mac-security-unsupported";
	const open = privatePart(header, psdu, payload, end);
	if (typeof open === "string") return open;
	putNonce(key.nonce, senderHigh, senderLow, frameCounter, level);
	return key.ccm.seal(key.nonce, psdu, start, level >= 4 ? open : end, end, micLengthOf(level));
}

/** The key of `keys` that a frame's security header names, if any. */
export function findKey(keys: readonly SecurityKey[], security: AuxSecurityHeader): SecurityKey | undefined {
	for (let i = 0; i < keys.length; i++) {
		const key = keys[i] as SecurityKey;
		if (key.matches(security)) return key;
	}
	return undefined;
}

/**
 * Verifies and decrypts a frame into `clear`, and returns `header`, now with the payload in `clear`.
 *
 * `header` was decoded from `psdu` at `start`; offsets into `clear` are the same as into `psdu`, which stays
 * as it is. `peer` is the sender, as the caller finds it by the source address; its frame counter rises
 * only after the MIC was verified. After `mac-security-failed` the payload in `clear` is zeros. Throws a
 * RangeError when `clear` is too small or is `psdu`. Source: IEEE 802.15.4-2020, 9.2.4.
 */
export function unsecureFrame(
	header: MacHeader,
	psdu: Uint8Array,
	start: number,
	keys: readonly SecurityKey[],
	peer: SecurityPeer | undefined,
	clear: Uint8Array,
): MacHeader | SecurityDrop {
	const { security, source, end, micLength } = header;
	const { level, frameCounter } = security;
	if (!header.securityEnabled) return "mac-security-level";
	if (header.version === 0) return "mac-security-legacy";
	if (frameCounter < 0 || security.asnInNonce || source.mode === AddressMode.none) {
		return "mac-security-unsupported";
	}
	if (clear === psdu || clear.length < end + micLength) {
		throw new RangeError(`unsecureFrame: expected another array of at least ${end + micLength} octets`);
	}
	const key = findKey(keys, security);
	if (key === undefined) return "mac-security-key-unknown";
	if (
		peer === undefined ||
		(source.mode === AddressMode.extended && (source.high !== peer.high || source.low !== peer.low))
	) {
		return "mac-security-device-unknown";
	}
	if (micLength < key.minimumMicLength || (key.requireEncryption && level < 4)) return "mac-security-level";
	if (frameCounter === COUNTER_LIMIT) return "mac-counter-exhausted";
	if (frameCounter < peer.nextCounter(key)) return "mac-counter-replayed";
	const open = privatePart(header, psdu, header.headerEnd, end);
	if (typeof open === "string") return open;
	copyBytes(psdu, start, clear, start, end + micLength - start);
	if (level > 0) {
		putNonce(key.nonce, peer.high, peer.low, frameCounter, level);
		if (!key.ccm.open(key.nonce, clear, start, level >= 4 ? open : end, end, micLength)) {
			return "mac-security-failed";
		}
	}
	if (micLength > 0) peer.setNextCounter(key, frameCounter + 1);
	return passPayloadIes(clear, header);
}
