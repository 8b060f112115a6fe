import { setTimeout as wait } from "node:timers/promises";
import { INJECTION_SLOTS } from "../../firmware/device/serial/injection.js";
import { CommandCode } from "../../firmware/device/serial/records.js";
import type { ReplayFrame } from "../../sim/attacks/replay.js";
import { UserError } from "../errors.js";
import type { BoardLink } from "./board-link.js";
import { safeText } from "./plain-text.js";

/** A frame goes to the board so long before its time, to be there in time over any line. */
const LEAD_US = 1_000_000;
/** From now to the first frame: as long as the first ones take to the board. */
const START_US = 500_000;
/** How long after its time a board may tell what became of a frame. */
const REPLY_MS = 5000;
/** Between two loops, so that the last frame's acknowledgement is over. */
const LOOP_GAP_US = 10_000;

export interface BoardReplayOptions {
	readonly frames: readonly ReplayFrame[];
	/** 2 sends in half the time. */
	readonly speed: number;
	readonly loops: number;
	/** A clock of this machine that never goes back, in microseconds. */
	nowUs(): number;
	/** Called with the frames that are over so far. */
	progress(done: number): void;
}

/** What became of the frames. */
export interface BoardReplayResult {
	/** Frames by outcome. */
	readonly outcomes: Readonly<Record<string, number>>;
	/** Frames that left later than they were recorded, and by how much at most. */
	readonly late: number;
	readonly mostLateUs: number;
}

/** Sends frames through a board at their recorded times, by the board's own clock. */
export class BoardReplay {
	readonly #link: BoardLink;
	readonly #options: BoardReplayOptions;
	readonly #outcomes: Record<string, number> = {};
	#late = 0;
	#mostLateUs = 0;
	#done = 0;

	/** `link` has been greeted. */
	constructor(link: BoardLink, options: BoardReplayOptions) {
		this.#link = link;
		this.#options = options;
	}

	/** So far. */
	get result(): BoardReplayResult {
		return { outcomes: this.#outcomes, late: this.#late, mostLateUs: this.#mostLateUs };
	}

	/** Sends all; `boardUs` was the board's time when this machine's clock was `hostUs`. Throws what the link throws. */
	async run(boardUs: number, hostUs: number): Promise<void> {
		const { frames, loops, nowUs } = this.#options;
		const startUs = boardUs + (nowUs() - hostUs) + START_US;
		const underWay = new Set<Promise<void>>();
		for (let i = 0; i < frames.length * loops; i++) {
			const dueUs = startUs + this.#offsetUs(i);
			const aheadUs = dueUs - boardUs - (nowUs() - hostUs);
			if (aheadUs > LEAD_US) await this.#pause((aheadUs - LEAD_US) / 1000, underWay);
			while (underWay.size >= INJECTION_SLOTS) await Promise.race(underWay);
			const sent: Promise<void> = this.#send(frames[i % frames.length]!.psdu, dueUs).finally(() =>
				underWay.delete(sent),
			);
			// It is awaited among the others.
			sent.catch(() => {});
			underWay.add(sent);
		}
		await Promise.all(underWay);
	}

	/** Waits, unless one of the frames under way fails meanwhile. */
	async #pause(ms: number, underWay: ReadonlySet<Promise<void>>): Promise<void> {
		const cut = new AbortController();
		try {
			await Promise.race([
				wait(ms, undefined, { signal: cut.signal }),
				...[...underWay].map((sent) => sent.then(() => new Promise<never>(() => {}))),
			]);
		} finally {
			cut.abort();
		}
	}

	#offsetUs(i: number): number {
		const { frames, speed } = this.#options;
		const spanUs = frames.at(-1)!.offsetUs + LOOP_GAP_US;
		const loop = Math.floor(i / frames.length);
		return Math.round((loop * spanUs + frames[i % frames.length]!.offsetUs) / speed);
	}

	async #send(psdu: Uint8Array, atUs: number): Promise<void> {
		const limitMs = (LEAD_US + START_US) / 1000 + REPLY_MS;
		const result = await this.#link.request(CommandCode.inject, [atUs, false, psdu], limitMs);
		const [outcome, beganUs] = Array.isArray(result) ? (result as unknown[]) : [];
		if (typeof outcome !== "string" || (typeof beganUs !== "number" && typeof beganUs !== "bigint")) {
			throw new UserError(`${this.#link.port}: expected an outcome, found something else`, 1);
		}
		const name = safeText(outcome);
		this.#outcomes[name] = (this.#outcomes[name] ?? 0) + 1;
		const lateUs = Number(beganUs) - atUs;
		if (lateUs > 0) {
			this.#late++;
			this.#mostLateUs = Math.max(this.#mostLateUs, lateUs);
		}
		this.#options.progress(++this.#done);
	}
}
