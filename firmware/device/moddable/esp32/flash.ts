import Preference from "preference";
import type { Flash, FlashBanks } from "../../storage/flash.js";

/** A namespace of ESP-IDF's non-volatile storage, by way of Moddable's preferences. */
class NonVolatileStorage implements Flash {
	readonly #namespace: string;

	constructor(namespace: string) {
		this.#namespace = namespace;
	}

	read(name: string): Uint8Array | undefined {
		const value = Preference.get(this.#namespace, name);
		if (value === undefined) return undefined;
		return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(0);
	}

	write(name: string, bytes: Uint8Array): void {
		const fills = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
		Preference.set(this.#namespace, name, (fills ? bytes : bytes.slice()).buffer as ArrayBuffer);
	}

	remove(name: string): void {
		Preference.delete(this.#namespace, name);
	}
}

export function openFlash(): FlashBanks {
	return [new NonVolatileStorage("lowguard-0"), new NonVolatileStorage("lowguard-1")];
}
