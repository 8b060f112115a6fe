import type { CborWriter } from "../../frames/cbor.js";
import type { CborReader } from "../../frames/cbor-reader.js";
import type { TransmitOutcome } from "../../ports.js";
import type { Console } from "./console.js";
import type { Injection } from "./injection.js";
import { COUNTERS, CommandCode, ReplyStatus, SniffMode } from "./records.js";
import type { StagedSettings } from "./staged-settings.js";

/** Octets of an IPv6 address. */
const ADDRESS_BYTES = 16;
const FIRST_CHANNEL = 11;
const LAST_CHANNEL = 26;

/** What commands are about. A method that returns a text did nothing, for the reason that it tells. */
export interface CommandTarget {
	readonly settings: StagedSettings;
	/** Sends frames of others; undefined in a build that does not. */
	readonly injection: Injection | undefined;
	/** Writes one array: the board's `info`. */
	writeInfo(cbor: CborWriter): void;
	/** Writes the counters behind their time, as items of an array. */
	writeCounters(cbor: CborWriter): void;
	/** Shows frames; `channel` is undefined for that of the settings. */
	startSniffing(all: boolean, channel: number | undefined): string | undefined;
	/** Shows none any more; returns whether the board must start anew for its node to run again. */
	stopSniffing(): boolean;
	/** Sends a UDP datagram whose payload has so many octets. */
	sendDatagram(destination: Uint8Array, bytes: number): string | undefined;
	/** Starts the board anew. */
	restart(): void;
}

/** Carries out the commands of a console, and replies to each one once. */
export class Commands {
	readonly #console: Console;
	readonly #target: CommandTarget;

	constructor(console: Console, target: CommandTarget) {
		this.#console = console;
		this.#target = target;
	}

	/** Carries out the command `code`; `args` stands before its `count` arguments. */
	execute(code: number, id: number, args: CborReader, count: number): void {
		try {
			this.ownExecute(code, id, args, count);
		} catch (error) {
			// What commands and settings say of an argument that they do not take.
			if (!(error instanceof RangeError)) throw error;
			this.#console.refuse(id, ReplyStatus.bad, error.message);
		}
	}

	/** Tells what became of the frame that command `id` gave, and when its transmission was to begin. */
	tellInjected(id: number, outcome: TransmitOutcome, beganUs: number): void {
		const cbor = this.#console.beginReply(id);
		cbor.array(2);
		cbor.text(outcome);
		cbor.number(beganUs);
		this.#console.endReply();
	}

	private ownExecute(code: number, id: number, args: CborReader, count: number): void {
		switch (code) {
			case CommandCode.info:
				this.#target.writeInfo(this.#console.beginReply(id));
				this.#console.endReply();
				break;
			case CommandCode.counters: {
				const cbor = this.#console.beginReply(id);
				cbor.array(1 + COUNTERS.length);
				this.#target.writeCounters(cbor);
				this.#console.endReply();
				break;
			}
			case CommandCode.restart:
				this.#console.done(id);
				this.restart();
				break;
			case CommandCode.startSniffing:
				this.startSniffing(id, args);
				break;
			case CommandCode.stopSniffing: {
				const restarts = this.#target.stopSniffing();
				this.#console.beginReply(id).boolean(restarts);
				this.#console.endReply();
				if (restarts) this.restart();
				break;
			}
			case CommandCode.inject:
				this.inject(id, args);
				break;
			case CommandCode.sendDatagram:
				this.sendDatagram(id, args);
				break;
			default:
				this.executeOnSettings(code, id, args, count);
		}
	}

	private restart(): void {
		this.#console.output.whenEmpty(() => this.#target.restart());
	}

	private startSniffing(id: number, args: CborReader): void {
		const mode = args.int();
		const channel = args.int();
		const isMode = mode === SniffMode.own || mode === SniffMode.all;
		const isChannel = channel === 0 || (channel >= FIRST_CHANNEL && channel <= LAST_CHANNEL);
		if (args.failed || !isMode || !isChannel) {
			throw new RangeError("expected mode 0 or 1, and channel 0 or 11 to 26");
		}
		const isAll = mode === SniffMode.all;
		this.answer(id, this.#target.startSniffing(isAll, channel === 0 ? undefined : channel));
	}

	private inject(id: number, args: CborReader): void {
		const atUs = args.int();
		const cca = args.boolean();
		const psdu = args.bytes();
		const { injection } = this.#target;
		if (args.failed || psdu === undefined) {
			throw new RangeError("expected a time, true or false, and octets");
		}
		if (injection === undefined) {
			this.answer(id, "expected a build that may inject frames: build one with injection=true");
		} else {
			// A frame that is taken has its reply when it has left.
			const reason = injection.add(id, atUs, cca, psdu);
			if (reason !== undefined) this.answer(id, reason);
		}
	}

	private sendDatagram(id: number, args: CborReader): void {
		const destination = args.bytes();
		const bytes = args.int();
		if (args.failed || destination?.length !== ADDRESS_BYTES || bytes < 0) {
			throw new RangeError(`expected an address of ${ADDRESS_BYTES} octets, and a number of octets`);
		}
		this.answer(id, this.#target.sendDatagram(destination, bytes));
	}

	private executeOnSettings(code: number, id: number, args: CborReader, count: number): void {
		const { settings } = this.#target;
		switch (code) {
			case CommandCode.saveSettings:
				settings.save();
				break;
			case CommandCode.discardSettings:
				settings.discard();
				break;
			case CommandCode.setSetting:
			case CommandCode.appendSetting:
				this.stage(code, args, count);
				break;
			case CommandCode.getSetting:
				this.tellSetting(id, args.text());
				return;
			default:
				throw new RangeError(`there is no command ${code}`);
		}
		this.#console.done(id);
	}

	private stage(code: number, args: CborReader, count: number): void {
		const { settings } = this.#target;
		const key = args.text();
		const text = count < 2 ? undefined : args.text();
		if (args.failed) throw new RangeError("expected texts: a key, and what it is to be");
		if (code === CommandCode.setSetting) settings.set(key, text);
		else settings.append(key, text ?? "");
	}

	private tellSetting(id: number, key: string): void {
		const { value, source } = this.#target.settings.tell(key);
		const cbor = this.#console.beginReply(id);
		cbor.array(2);
		if (value === null) cbor.null();
		else if (typeof value === "string") cbor.text(value);
		else if (typeof value === "boolean") cbor.boolean(value);
		else cbor.number(value);
		cbor.text(source);
		this.#console.endReply();
	}

	private answer(id: number, reason: string | undefined): void {
		if (reason === undefined) this.#console.done(id);
		else this.#console.refuse(id, ReplyStatus.refused, reason);
	}
}
