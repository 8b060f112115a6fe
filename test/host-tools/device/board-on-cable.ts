import { closeSync, constants, openSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { Board } from "../../../firmware/device/board.js";
import type { SerialPort } from "../../../firmware/device/serial/serial-port.js";
import {
	BoardBench,
	type BoardSetup,
	boardOptions,
	memoryStore,
} from "../../firmware/device/support/board-bench.js";
import { scratchFolder } from "../run-cli.js";
import { layCable, type PtyCable } from "./pty-cable.js";

/** Boards live so much faster here than a test waits. */
const HASTE = 5;
/** On a machine with much to do they live slower, so that what they have to do never piles up. */
const MOST_MS = 20;

/** Something that runs a board with its serial line, until it is to start anew. */
export interface BoardRunner {
	/** Octets that came over the line. */
	receive(octets: Uint8Array): void;
	/** Its power is gone. */
	switchOff(): void;
}

/** Makes a runner for the first start and each further one; `send` puts octets on the line, `restart` asks for a start. */
export type StartBoard = (send: (octets: Uint8Array) => void, restart: () => void) => BoardRunner;

/** A board at the end of a cable that a command line can open, be unplugged from and be plugged into again. */
export class CabledBoard {
	/** What `--port` names. */
	readonly path: string;
	/** How often the board was started. */
	starts = 0;
	readonly #t: ExecutionContext;
	readonly #folder: string;
	readonly #start: StartBoard;
	#cable: PtyCable | undefined;
	#runner: BoardRunner | undefined;
	#held = -1;

	private constructor(t: ExecutionContext, folder: string, start: StartBoard) {
		this.#t = t;
		this.#folder = folder;
		this.#start = start;
		this.path = `${folder}/computer`;
		t.teardown(() => this.#letGo());
	}

	/** Plugs a board in and switches it on. */
	static async plugIn(t: ExecutionContext, start: StartBoard): Promise<CabledBoard> {
		const cabled = new CabledBoard(t, scratchFolder(t), start);
		await cabled.plug();
		cabled.switchOn();
		return cabled;
	}

	/** Lays the cable; the board may already be on. */
	async plug(): Promise<void> {
		const cable = await layCable(this.#t, this.#folder);
		// A terminal whose last user is gone would end the cable, unlike a real one.
		this.#held = openSync(this.path, constants.O_RDWR | constants.O_NOCTTY);
		this.#cable = cable;
		cable.board.on("data", (octets: Buffer) => this.#runner?.receive(octets));
	}

	unplug(): void {
		this.#letGo();
		this.#cable?.unplug();
		this.#cable = undefined;
	}

	/** Starts the board, for the first time or anew. */
	switchOn(): void {
		this.switchOff();
		this.starts++;
		this.#runner = this.#start(
			(octets) => this.say(octets),
			() => this.switchOn(),
		);
	}

	/** Takes the board's power. */
	switchOff(): void {
		this.#runner?.switchOff();
		this.#runner = undefined;
	}

	/** Hands octets to the board as if they had come over the line. */
	receive(octets: Uint8Array): void {
		this.#runner?.receive(octets);
	}

	/** Puts octets on the line as the chip's ROM might. */
	say(octets: Uint8Array): void {
		const board = this.#cable?.board;
		if (board?.isOpen === true) board.write(Buffer.from(octets));
	}

	#letGo(): void {
		if (this.#held >= 0) closeSync(this.#held);
		this.#held = -1;
	}
}

/** Boards on this engine, on one virtual air, whose clock runs while a test waits. */
export class CabledBench extends BoardBench {
	#next = 100;

	/** A board on a cable; its store outlives its restarts. */
	plugIn(t: ExecutionContext, setup: BoardSetup): Promise<CabledBoard> {
		const store = setup.store ?? memoryStore();
		const device = this.#next++;
		return CabledBoard.plugIn(t, (send, restart) => {
			const port = new LinePort(send);
			const options = boardOptions({ ...setup, store, onRestart: restart }, this.air, this.clock, device);
			const board = new Board({ ...options, serial: port });
			board.start();
			return {
				receive: (octets) => port.receive(octets),
				switchOff: () => {
					port.isDead = true;
					board.mote?.stop();
				},
			};
		});
	}

	/** Throws when boards have come to an end that a test waits for in vain. */
	protected check(): void {}

	/** Lets time pass until something has happened; `haste` 1 for boards that live as fast as the host. */
	async until<T>(event: Promise<T>, haste = HASTE): Promise<T> {
		let isOver = false;
		const over = event.finally(() => {
			isOver = true;
		});
		// The failure is told by the promise that is returned.
		over.catch(() => {});
		let beforeMs = performance.now();
		while (!isOver) {
			await wait(1);
			this.check();
			const nowMs = performance.now();
			this.clock.advanceBy(Math.round(Math.min(nowMs - beforeMs, MOST_MS) * 1000 * haste));
			beforeMs = nowMs;
		}
		return over;
	}
}

/** The serial port of a board, which takes all that it is given. */
class LinePort implements SerialPort {
	isDead = false;
	readonly #send: (octets: Uint8Array) => void;
	#handler: ((bytes: Uint8Array, offset: number, end: number) => void) | undefined;

	constructor(send: (octets: Uint8Array) => void) {
		this.#send = send;
	}

	write(bytes: Uint8Array, offset: number, end: number): number {
		if (!this.isDead) this.#send(bytes.slice(offset, end));
		return end - offset;
	}

	onBytes(handler: (bytes: Uint8Array, offset: number, end: number) => void): void {
		this.#handler = handler;
	}

	onWritable(): void {}

	receive(octets: Uint8Array): void {
		this.#handler?.(octets, 0, octets.length);
	}
}
