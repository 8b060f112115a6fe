/** What a machine may use. Units as in the `creation` of a Moddable manifest. */
export interface XsLimits {
	/** Octets for strings, arrays, buffers and the like. */
	readonly chunkBytes: number;
	/** Slots of the heap; 16 octets each on the chip. */
	readonly slots: number;
	/** Slots of the stack. */
	readonly stackSlots: number;
	/** Names that are not in the firmware and are made at run time. */
	readonly keys: number;
	/** By how many the table of names grows when it is full; 0 makes `keys` a hard limit. */
	readonly keyIncrement: number;
	/** Instructions in one call; more is taken for an endless loop. */
	readonly meterLimit: number;
	/** Octets of the buffer in which calls arrive; a longer one costs a buffer of its own. */
	readonly inboxBytes: number;
}

/**
 * Moddable's target for the ESP32-C6 and the ESP32-H2 (SDK 8.2.3, `build/devices/esp32/targets/esp32c6` and
 * its base manifest). The last two are the workbench's own.
 */
export const CHIP_LIMITS: XsLimits = {
	chunkBytes: 78_848,
	slots: 4928,
	stackSlots: 512,
	keys: 32,
	keyIncrement: 32,
	meterLimit: 100_000_000,
	inboxBytes: 512,
};

/** One resource: its limit, what is in use, and the most that was. */
export interface XsUse {
	readonly limit: number;
	readonly now: number;
	readonly peak: number;
}

/**
 * Use of a heap. XS fills its heap before it collects, so `now` and `peak` come near the limit in any
 * program; what a program needs is `livePeak`, the most that was alive when a collection ended.
 */
export interface XsHeapUse extends XsUse {
	/** Alive when the last collection ended. */
	readonly live: number;
	readonly livePeak: number;
}

/** What a machine used since it was created. */
export interface XsStats {
	/** 16 where the host was built for 32 bits, as the chip is; 32 else, and then `chunks` holds more. */
	readonly slotBytes: number;
	/** In octets. */
	readonly chunks: XsHeapUse;
	readonly slots: XsHeapUse;
	/** Slots; the peak is the deepest slot that was ever written. */
	readonly stack: XsUse;
	/** Names are never forgotten, so their peak is what is in use. */
	readonly keys: XsUse;
	/** Collections; those among them that compacted chunks too. */
	readonly collections: number;
	readonly compactions: number;
	/** Instructions over all calls. */
	readonly meter: number;
}

/** Reads what the host says of a machine: u32 each, as `struct stats` in `test/xs/host/host.h` has them. */
export function decodeStats(payload: Uint8Array): XsStats {
	const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
	let at = 0;
	const next = () => {
		at += 4;
		return view.getUint32(at - 4, true);
	};
	const heap = (): XsHeapUse => {
		const limit = next();
		const now = next();
		const live = next();
		const livePeak = next();
		return { limit, now, live, livePeak, peak: next() };
	};
	const slotBytes = next();
	const chunks = heap();
	const slots = heap();
	const stack = { limit: next(), now: next(), peak: next() };
	const keyLimit = next();
	const keyCount = next();
	const collections = next();
	const compactions = next();
	const low = next();
	const meter = low + next() * 2 ** 32;
	const keys = { limit: keyLimit, now: keyCount, peak: keyCount };
	return { slotBytes, chunks, slots, stack, keys, collections, compactions, meter };
}
