import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, inflateSync } from "node:zlib";
import { SlipReader, slipPacket } from "../../../host-tools/device/slip-packets.js";

// A chip as its loader in ROM, and the flash program that is loaded through it, show it on a serial line: Espressif's
// "Serial Protocol" for esptool, and the behaviour of its esp-flasher-stub.

const SYNC = 0x08;
const WRITE_REG = 0x09;
const READ_REG = 0x0a;
const MEM_BEGIN = 0x05;
const MEM_END = 0x06;
const MEM_DATA = 0x07;
const CHANGE_BAUD = 0x0f;
export const DEFL_BEGIN = 0x10;
export const DEFL_DATA = 0x11;
const DEFL_END = 0x12;
export const FLASH_MD5 = 0x13;
const SECURITY_INFO = 0x14;
const SPI_SET_PARAMS = 0x0b;
export const ERASE_FLASH = 0xd0;

const INVALID_MESSAGE = 0x05;
const BAD_DATA_LENGTH = 0xc0;
const BAD_DATA_CHECKSUM = 0xc1;
const INVALID_COMMAND = 0xc3;
const NOT_IN_FLASH_MODE = 0xc6;
const INFLATE_ERROR = 0xc7;
const SECTOR = 0x1000;
const DETECT_REG = 0x40001000;
const READ_FLASH_ID = 0x9f;

interface Model {
	readonly imageId: number;
	readonly stub: string;
	/** What stands at the address that tells chips apart which cannot tell it themselves. */
	readonly magic: number;
	readonly knowsSecurityInfo: boolean;
	readonly macRegisters: readonly [number, number];
	readonly spi: { readonly base: number; readonly usr2: number; readonly w0: number };
}

const MODELS: Readonly<Record<string, Model>> = {
	ESP32: {
		imageId: 0,
		stub: "esp32",
		magic: 0x00f01d83,
		knowsSecurityInfo: false,
		macRegisters: [0x3ff5a004, 0x3ff5a008],
		spi: { base: 0x3ff42000, usr2: 0x24, w0: 0x80 },
	},
	"ESP32-C6": {
		imageId: 13,
		stub: "esp32c6",
		magic: 0x2ce0806f,
		knowsSecurityInfo: true,
		macRegisters: [0x600b0844, 0x600b0848],
		spi: { base: 0x60003000, usr2: 0x20, w0: 0x58 },
	},
	"ESP32-H2": {
		imageId: 16,
		stub: "esp32h2",
		magic: 0xd7b73e80,
		knowsSecurityInfo: true,
		macRegisters: [0x600b0844, 0x600b0848],
		spi: { base: 0x60003000, usr2: 0x20, w0: 0x58 },
	},
};

/** What is wrong with a chip. */
export interface Faults {
	/** What it says to each octets that come, in place of all answers. */
	readonly says?: string;
	/**
	 * Asked of each command, with how often it came before: take no notice, obey without an answer, or pull the plug.
	 */
	onCommand?(op: number, count: number): "ignore" | "mute" | "unplug" | undefined;
	/** Changes octets that the chip is sent. */
	hear?(octets: Uint8Array): Uint8Array;
	/** Spoils flash after each part that was written. */
	spoil?(flash: Uint8Array, offset: number, count: number): void;
	/** Does not answer at a raised speed until it is synchronised again. */
	readonly deafAfterBaud?: boolean;
	/** Writes answers octet by octet. */
	readonly slow?: boolean;
	/** Fuses, as the loader tells them. */
	readonly securityFlags?: number;
	readonly encryptionCount?: number;
	/** Registers that hold something else than zeros. */
	readonly registers?: readonly (readonly [address: number, value: number])[];
	/** What the flash chip says it is. */
	readonly flashId?: number;
}

interface Stub {
	readonly entry: number;
	readonly text: string;
	readonly text_start: number;
	readonly data: string;
	readonly data_start: number;
}

interface FlashWrite {
	readonly offset: number;
	readonly bytes: number;
	readonly compressed: Uint8Array[];
}

/** A chip in download mode. */
export class FakeChip {
	/** Filled with what an earlier program left. */
	readonly flash: Uint8Array;
	/** Commands that it obeyed, in order. */
	readonly commands: number[] = [];
	/** The size of its flash as it was told; 0 before. */
	flashSizeTold = 0;
	/** The speed that it was told to take. */
	baud = 115200;
	readonly #model: Model;
	readonly #faults: Faults;
	readonly #write: (data: Uint8Array) => void;
	readonly #unplug: () => void;
	readonly #slip = new SlipReader((packet) => this.#handle(packet));
	readonly #registers = new Map<number, number>();
	readonly #counts = new Map<number, number>();
	readonly #memory = new Map<number, Uint8Array>();
	#memoryAt = 0;
	#isStub = false;
	#isDeaf = false;
	#isMute = false;
	/** What went wrong after a block was taken, which the next command is answered with. */
	#carried = 0;
	#writing: FlashWrite | undefined;
	#parts = 0;

	constructor(name: string, line: { write(data: Uint8Array): void; unplug(): void }, faults: Faults = {}) {
		this.#model = MODELS[name]!;
		this.#faults = faults;
		this.#write = (data) => line.write(data);
		this.#unplug = () => line.unplug();
		this.flash = new Uint8Array(4 << 20).fill(0xa5);
		for (const [address, value] of faults.registers ?? []) this.#registers.set(address, value);
		this.#registers.set(DETECT_REG, this.#model.magic);
		this.#registers.set(this.#model.macRegisters[0], 0x05040302);
		this.#registers.set(this.#model.macRegisters[1], 0x00000600);
	}

	/** Takes what comes over the line. */
	take(octets: Uint8Array): void {
		const heard = this.#faults.hear?.(octets) ?? octets;
		if (this.#faults.says !== undefined) this.#write(Buffer.from(this.#faults.says, "latin1"));
		else this.#slip.take(heard);
	}

	#handle(packet: Uint8Array): void {
		if (packet.length < 8 || packet[0] !== 0) return;
		const view = new DataView(packet.buffer, packet.byteOffset);
		const op = packet[1]!;
		const count = this.#counts.get(op) ?? 0;
		this.#counts.set(op, count + 1);
		if (op === SYNC) this.#isDeaf = false;
		if (this.#isDeaf) return;
		const fate = this.#faults.onCommand?.(op, count);
		if (fate === "unplug") this.#unplug();
		if (fate === "ignore" || fate === "unplug") return;
		this.#isMute = fate === "mute";
		const data = packet.subarray(8);
		if (view.getUint16(2, true) !== data.length) {
			this.#answer(op, 0, [], BAD_DATA_LENGTH);
			return;
		}
		this.commands.push(op);
		const checksum = view.getUint32(4, true);
		if (this.#isStub) this.#handleInStub(op, data, checksum);
		else this.#handleInRom(op, data, checksum);
	}

	#handleInRom(op: number, data: Uint8Array, checksum: number): void {
		const words = wordsOf(data);
		switch (op) {
			case SYNC:
				for (let i = 0; i < 8; i++) this.#answer(op, 0x20120707);
				break;
			case READ_REG:
			case WRITE_REG:
				this.#accessRegister(op, words);
				break;
			case SECURITY_INFO:
				if (this.#model.knowsSecurityInfo) this.#answer(op, 0, this.#securityInfo());
				else for (let i = 0; i < 8; i++) this.#answer(0, 0, [], INVALID_MESSAGE);
				break;
			case MEM_BEGIN:
				this.#memoryAt = words[3]!;
				this.#memory.set(this.#memoryAt, new Uint8Array(words[0]!));
				this.#answer(op, 0);
				break;
			case MEM_DATA: {
				const block = data.subarray(16);
				if (block.length !== words[0] || checksumOf(block) !== checksum) {
					this.#answer(op, 0, [], INVALID_MESSAGE);
					break;
				}
				this.#memory.get(this.#memoryAt)!.set(block, words[1]! * 0x1800);
				this.#answer(op, 0);
				break;
			}
			case MEM_END:
				this.#answer(op, 0);
				this.#startProgramInMemory(words[1]!);
				break;
			default:
				// Flash commands in ROM differ from those of the flash program, and nothing here may use them.
				for (let i = 0; i < 8; i++) this.#answer(0, 0, [], INVALID_MESSAGE);
		}
	}

	#handleInStub(op: number, data: Uint8Array, checksum: number): void {
		const words = wordsOf(data);
		if (this.#carried !== 0) {
			this.#answer(op, 0, [], this.#carried);
			this.#carried = 0;
			return;
		}
		switch (op) {
			case SYNC:
				for (let i = 0; i < 8; i++) this.#answer(op, 0);
				break;
			case SPI_SET_PARAMS:
				this.flashSizeTold = words[1]!;
				this.#answer(op, 0, [], words.length === 6 ? 0 : BAD_DATA_LENGTH);
				break;
			case READ_REG:
			case WRITE_REG:
				this.#accessRegister(op, words);
				break;
			case CHANGE_BAUD:
				this.#answer(op, 0);
				this.baud = words[0]!;
				if (this.#faults.deafAfterBaud === true) {
					this.#isDeaf = true;
					this.#isStub = false;
					this.#memory.clear();
				}
				break;
			case ERASE_FLASH:
				this.flash.fill(0xff);
				this.#answer(op, 0);
				break;
			case DEFL_BEGIN: {
				const [bytes, , , offset] = words as [number, number, number, number];
				this.#writing = { offset, bytes, compressed: [] };
				this.flash.fill(0xff, offset, offset + Math.ceil(bytes / SECTOR) * SECTOR);
				this.#answer(op, 0);
				break;
			}
			case DEFL_DATA:
				this.#takeBlock(data.subarray(16), words[0]!, checksum);
				break;
			case DEFL_END:
				this.#finishWrite();
				break;
			case FLASH_MD5: {
				const [offset, bytes] = words as [number, number];
				const md5 = createHash("md5").update(this.flash.subarray(offset, offset + bytes));
				this.#answer(op, 0, [...md5.digest()]);
				break;
			}
			default:
				this.#answer(op, 0, [], INVALID_COMMAND);
		}
	}

	#takeBlock(block: Uint8Array, length: number, checksum: number): void {
		if (this.#writing === undefined) this.#answer(DEFL_DATA, 0, [], NOT_IN_FLASH_MODE);
		else if (block.length !== length) this.#answer(DEFL_DATA, 0, [], BAD_DATA_LENGTH);
		else if (checksumOf(block) !== checksum) this.#answer(DEFL_DATA, 0, [], BAD_DATA_CHECKSUM);
		else {
			// Taken is answered before it is inflated and written.
			this.#answer(DEFL_DATA, 0);
			this.#writing.compressed.push(Uint8Array.from(block));
			const content = inflated(this.#writing);
			if (content === undefined) this.#carried = INFLATE_ERROR;
			else this.flash.set(content, this.#writing.offset);
		}
	}

	#finishWrite(): void {
		const writing = this.#writing;
		if (writing === undefined) this.#answer(DEFL_END, 0, [], NOT_IN_FLASH_MODE);
		else if (inflated(writing)?.length !== writing.bytes) this.#answer(DEFL_END, 0, [], BAD_DATA_LENGTH);
		else {
			this.#writing = undefined;
			this.#faults.spoil?.(this.flash, writing.offset, this.#parts++);
			this.#answer(DEFL_END, 0);
		}
	}

	/** The flash program runs only when every octet of it is where it belongs. */
	#startProgramInMemory(entry: number): void {
		const path = createRequire(import.meta.url).resolve(
			`esptool-js/lib/targets/stub_flasher/${this.#model.stub}.json`,
		);
		const stub = JSON.parse(readFileSync(path, "utf8")) as Stub;
		const isThere = (at: number, text: string) =>
			Buffer.from(text, "base64").equals(this.#memory.get(at) ?? new Uint8Array());
		if (entry !== stub.entry || !isThere(stub.text_start, stub.text) || !isThere(stub.data_start, stub.data))
			return;
		this.#isStub = true;
		this.#send(Buffer.from("OHAI"));
	}

	#accessRegister(op: number, words: readonly number[]): void {
		const { base, usr2, w0 } = this.#model.spi;
		const address = words[0]!;
		if (op === READ_REG) {
			this.#answer(op, this.#registers.get(address) ?? 0);
			return;
		}
		if (address === base) {
			const command = (this.#registers.get(base + usr2) ?? 0) & 0xff;
			if (command === READ_FLASH_ID) this.#registers.set(base + w0, this.#faults.flashId ?? 0x16_40_20);
		} else this.#registers.set(address, words[1]!);
		this.#answer(op, 0);
	}

	#securityInfo(): number[] {
		const info = new DataView(new ArrayBuffer(20));
		info.setUint32(0, this.#faults.securityFlags ?? 0, true);
		info.setUint8(4, this.#faults.encryptionCount ?? 0);
		info.setUint32(12, this.#model.imageId, true);
		return [...new Uint8Array(info.buffer)];
	}

	#answer(op: number, value: number, data: readonly number[] = [], status = 0): void {
		// The loader in ROM ends with two more octets that mean nothing.
		const tail = [status === 0 ? 0 : 1, status, ...(this.#isStub ? [] : [0, 0])];
		const packet = new DataView(new ArrayBuffer(8 + data.length + tail.length));
		packet.setUint8(0, 1);
		packet.setUint8(1, op);
		packet.setUint16(2, data.length + tail.length, true);
		packet.setUint32(4, value, true);
		const octets = new Uint8Array(packet.buffer);
		octets.set([...data, ...tail], 8);
		this.#send(octets);
	}

	#send(data: Uint8Array): void {
		if (this.#isMute) return;
		const packet = slipPacket(data);
		if (this.#faults.slow !== true) this.#write(packet);
		else for (const octet of packet) this.#write(Uint8Array.of(octet));
	}
}

/** What came so far, inflated; undefined when it is no stream that can be. */
function inflated({ compressed }: FlashWrite): Uint8Array | undefined {
	try {
		return inflateSync(Buffer.concat(compressed), { finishFlush: constants.Z_SYNC_FLUSH });
	} catch {
		return undefined;
	}
}

function wordsOf(data: Uint8Array): number[] {
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	return Array.from({ length: data.length >> 2 }, (_, i) => view.getUint32(i * 4, true));
}

function checksumOf(data: Uint8Array): number {
	return data.reduce((sum, octet) => sum ^ octet, 0xef);
}
