import { readdirSync } from "node:fs";
import { join } from "node:path";
import { BUILD_FOLDER, xsHost } from "./host-build.js";
import { CHIP_LIMITS, decodeStats, type XsLimits, type XsStats } from "./limits.js";
import { type PipedProcess, spawnPiped } from "./pipes.js";
import { type Frame, FrameReader, FrameWriter, Op } from "./protocol.js";

/** What a machine says during a call. The octets are valid only until the handler returns. */
export interface XsHandler {
	/** Something that the machine posted. */
	post(bytes: Uint8Array): void;
	/** Something that the machine asked, and waits for. */
	query(bytes: Uint8Array): Uint8Array;
}

/** How one call ended: the instructions that it took, or why the machine is no more. */
export type XsOutcome = { readonly meter: number } | { readonly dead: string };

/** What the host holds in its root, which stands for the chip's flash. */
export interface XsRoot {
	readonly slotBytes: number;
	readonly modules: number;
	readonly slots: number;
	readonly chunkBytes: number;
	readonly keys: number;
	/** Objects and variables that a machine may change on its own. */
	readonly aliases: number;
}

/** The process ended although nobody asked it to. */
export class XsProcessError extends Error {
	override readonly name = "XsProcessError";
}

export interface XsOptions {
	/** Names of compiled modules below `build/` to load besides the firmware, such as `test/xs/machine/mote`. */
	readonly modules?: readonly string[];
	/** The folder that names are looked up in; `build/` unless given. */
	readonly folder?: string;
	/** Whether the firmware is loaded too; true unless given. */
	readonly firmware?: boolean;
	/** Whether built-ins and functions are frozen, as on the chip; false unless given. */
	readonly asChip?: boolean;
}

const NOTHING = new Uint8Array();
const LIMITS_BYTES = 28;
const REFUSING: XsHandler = {
	post: () => {},
	query: () => {
		throw new Error("XS: a machine asked for something and nobody was there to answer");
	},
};

/** Names of all modules of the firmware that need no module of Moddable's. */
export function firmwareModules(folder: string = BUILD_FOLDER): string[] {
	return readdirSync(join(folder, "firmware"), { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".js"))
		.filter((name) => name !== "device/main.js" && !name.startsWith("device/moddable/"))
		.map((name) => `firmware/${name.slice(0, -3)}`)
		.sort();
}

function createPayload(entry: string, limits: XsLimits): Uint8Array {
	const name = new TextEncoder().encode(entry);
	const payload = new Uint8Array(LIMITS_BYTES + name.length);
	const view = new DataView(payload.buffer);
	const numbers = [
		limits.chunkBytes,
		limits.slots,
		limits.stackSlots,
		limits.keys,
		limits.keyIncrement,
		limits.meterLimit,
		limits.inboxBytes,
	];
	for (const [i, value] of numbers.entries()) view.setUint32(4 * i, value, true);
	payload.set(name, LIMITS_BYTES);
	return payload;
}

/** A process in which machines run on XS. All of it is synchronous. */
export class XsProcess {
	readonly root: XsRoot;
	readonly #process: PipedProcess;
	readonly #reader: FrameReader;
	readonly #writer = new FrameWriter();
	#closed = false;
	#inExchange = false;

	private constructor(process: PipedProcess) {
		this.#process = process;
		this.#reader = new FrameReader((into, offset) => process.read(into, offset));
		this.root = this.#ready();
	}

	/**
	 * Builds the host if need be, starts it and loads the modules.
	 *
	 * @throws UserError with exit code 3 where a compiler or the sources are missing
	 * @throws XsProcessError where a module fails
	 */
	static async start(options: XsOptions = {}): Promise<XsProcess> {
		const program = await xsHost();
		const folder = options.folder ?? BUILD_FOLDER;
		const firmware = options.firmware === false ? [] : firmwareModules(folder);
		const names = [...firmware, ...(options.modules ?? [])];
		const child = spawnPiped(program, [options.asChip ? "chip" : "plain", folder, ...names]);
		try {
			return new XsProcess(child);
		} catch (error) {
			child.close();
			throw error;
		}
	}

	get pid(): number | undefined {
		return this.#process.child.pid;
	}

	/**
	 * Creates machine `id` and runs the default export of the module `entry` in it, which registers the
	 * function that takes calls.
	 */
	create(id: number, entry: string, limits: Partial<XsLimits> = {}, handler = REFUSING): XsOutcome {
		const all = { ...this.#chip(), ...limits };
		return this.#exchange(id, Op.create, createPayload(entry, all), undefined, handler);
	}

	/** Hands `bytes[0..length)` to the machine's function. */
	call(id: number, bytes: Uint8Array, length: number, handler: XsHandler = REFUSING): XsOutcome {
		return this.#exchange(id, Op.call, bytes, length, handler);
	}

	/** What a machine used; of a dead one, what it had used when it died. */
	stats(id: number): XsStats {
		return this.#use(id, Op.stats);
	}

	/** Collects a machine's garbage; returns its use after that. */
	collect(id: number): XsStats {
		return this.#use(id, Op.collect);
	}

	/** Forgets a machine, living or dead. */
	destroy(id: number): void {
		this.#exchange(id, Op.destroy, NOTHING, undefined, REFUSING);
	}

	/** The end of what the process wrote to its standard error, as `host.print` does. */
	errors(): string {
		return this.#process.errors();
	}

	/** Ends the process, with all its machines. */
	close(): void {
		this.#closed = true;
		this.#process.close();
	}

	/* With 64 bits, slots within chunks take twice the room: so does the limit, lest nothing fit. */
	#chip(): XsLimits {
		if (this.root.slotBytes === 16) return CHIP_LIMITS;
		return { ...CHIP_LIMITS, chunkBytes: 2 * CHIP_LIMITS.chunkBytes };
	}

	#ready(): XsRoot {
		const { op, payload } = this.#next();
		const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
		if (op !== Op.ready) throw new XsProcessError(`XS: ${new TextDecoder().decode(payload)}`);
		const at = (i: number) => view.getUint32(4 * i, true);
		return {
			slotBytes: at(0),
			modules: at(1),
			slots: at(2),
			chunkBytes: at(3),
			keys: at(4),
			aliases: at(5),
		};
	}

	#use(id: number, op: number): XsStats {
		this.#send(id, op, NOTHING);
		const frame = this.#next();
		if (frame.op === Op.use) return decodeStats(frame.payload);
		throw this.#unexpected(id, frame);
	}

	#exchange(
		id: number,
		op: number,
		bytes: Uint8Array,
		length: number | undefined,
		handler: XsHandler,
	): XsOutcome {
		this.#send(id, op, bytes, length);
		this.#inExchange = true;
		let refused: Error;
		try {
			const outcome = this.#answers(id, handler);
			if (!(outcome instanceof Error)) return outcome;
			refused = outcome;
		} catch (error) {
			// The other side may still wait for a reply: nothing that comes from it could be told apart.
			this.close();
			throw error;
		} finally {
			this.#inExchange = false;
		}
		throw refused;
	}

	/** Serves the handler until the call ends; an Error where the host refused it. */
	#answers(id: number, handler: XsHandler): XsOutcome | Error {
		for (;;) {
			const frame = this.#next();
			switch (frame.op) {
				case Op.post:
					handler.post(frame.payload);
					break;
				case Op.query:
					this.#write(id, Op.reply, handler.query(frame.payload));
					break;
				case Op.done:
					return { meter: new DataView(frame.payload.buffer, frame.payload.byteOffset).getUint32(0, true) };
				case Op.dead:
					return { dead: new TextDecoder().decode(frame.payload) };
				default:
					return this.#unexpected(id, frame);
			}
		}
	}

	#unexpected(id: number, frame: Frame): Error {
		if (frame.op === Op.error)
			return new RangeError(`machine ${id}: ${new TextDecoder().decode(frame.payload)}`);
		return new XsProcessError(`XS: expected an answer, found a frame of type ${frame.op}`);
	}

	#send(id: number, op: number, payload: Uint8Array, length?: number): void {
		if (this.#closed) throw new XsProcessError("XS: the process has been closed");
		if (this.#inExchange)
			throw new XsProcessError("XS: a handler asked for what only its caller may ask for");
		this.#write(id, op, payload, length);
	}

	#write(id: number, op: number, payload: Uint8Array, length?: number): void {
		const bytes = this.#writer.frame(id, op, payload, length);
		if (!this.#process.write(bytes, bytes.length)) throw this.#gone();
	}

	#next(): Frame {
		return this.#reader.next() ?? this.#raise();
	}

	#raise(): never {
		throw this.#gone();
	}

	#gone(): XsProcessError {
		const said = this.#process.errors();
		return new XsProcessError(`XS: the process ended unexpectedly${said ? `: ${said}` : ""}`);
	}
}
