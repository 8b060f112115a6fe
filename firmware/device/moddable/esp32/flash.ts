import Preference from "preference";
import type { Flash } from "../../storage/flash.js";

/** Namespace of NVS that all blobs are in. */
const DOMAIN = "lowguard";

/** ESP-IDF's non-volatile storage, by way of Moddable's preferences. */
class NonVolatileStorage implements Flash {
	read(name: string): Uint8Array | undefined {
		const value = Preference.get(DOMAIN, name);
		return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
	}

	write(name: string, bytes: Uint8Array): void {
		const fills = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
		Preference.set(DOMAIN, name, (fills ? bytes : bytes.slice()).buffer as ArrayBuffer);
	}

	remove(name: string): void {
		Preference.delete(DOMAIN, name);
	}
}

export function openFlash(): Flash {
	return new NonVolatileStorage();
}
