import { File } from "file";
import type { Flash, FlashBanks } from "../../storage/flash.js";
import { chip } from "./chip.js";

/**
 * The flash of a Linux build: files in the folder LOWGUARD_STORE, named as blobs with the number of their bank behind; without
 * that, nothing outlives the process.
 */
export function openFlash(): FlashBanks {
	const folder = chip.environment("LOWGUARD_STORE");
	if (folder === undefined) return [new MemoryFlash(), new MemoryFlash()];
	return [new FolderFlash(folder, ".0"), new FolderFlash(folder, ".1")];
}

class FolderFlash implements Flash {
	readonly #folder: string;
	readonly #suffix: string;

	constructor(folder: string, suffix: string) {
		this.#folder = folder;
		this.#suffix = suffix;
	}

	read(name: string): Uint8Array | undefined {
		const path = this.path(name);
		if (!File.exists(path)) return undefined;
		const file = new File(path);
		const bytes = file.read(ArrayBuffer);
		file.close();
		return new Uint8Array(bytes);
	}

	write(name: string, bytes: Uint8Array): void {
		const path = this.path(name);
		const unfinished = `${path}.new`;
		if (File.exists(unfinished)) File.delete(unfinished);
		const file = new File(unfinished, true);
		file.write(bytes.slice().buffer);
		file.close();
		File.rename(unfinished, path);
	}

	remove(name: string): void {
		const path = this.path(name);
		if (File.exists(path)) File.delete(path);
	}

	private path(name: string): string {
		return `${this.#folder}/${name}${this.#suffix}`;
	}
}

class MemoryFlash implements Flash {
	readonly #blobs = new Map<string, Uint8Array>();

	read(name: string): Uint8Array | undefined {
		return this.#blobs.get(name)?.slice();
	}

	write(name: string, bytes: Uint8Array): void {
		this.#blobs.set(name, bytes.slice());
	}

	remove(name: string): void {
		this.#blobs.delete(name);
	}
}
