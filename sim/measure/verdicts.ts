import type { Counts } from "./metrics.js";

/** Refusals of a frame that came before: no judgement of who sent it. */
const REPETITIONS: ReadonlySet<string> = new Set(["duplicate", "fragment-duplicate", "fragment-late"]);

/** What a node did with one frame. */
const Fate = { ignored: 0, accepted: 1, refused: 2 } as const;

/** How well nodes told attackers' frames from honest ones. */
export interface VerdictSummary {
	/** Frames of attackers that nodes received: refused, accepted, and neither. */
	attackers: { refused: number; accepted: number; ignored: number };
	/** The same of honest nodes' frames; repetitions that were refused as such count as accepted. */
	honest: { refused: number; accepted: number; ignored: number };
	/** Share of attackers' frames among those that were refused; 1 where nothing was. */
	precision: number;
	/** Share of refused ones among attackers' frames that were judged; 1 where none was. */
	recall: number;
}

/**
 * Judges each received frame by what its receiver told of it.
 *
 * A node handles a frame within one event: whatever it tells between one `frameReceived` and the next, at the same
 * time, belongs to that frame. The truth is who transmitted it.
 */
export class Verdicts {
	/** Why attackers' frames, and those of honest nodes, were refused. */
	readonly refusedAttackers: Counts = {};
	readonly refusedHonest: Counts = {};
	readonly #attackers = { refused: 0, accepted: 0, ignored: 0 };
	readonly #honest = { refused: 0, accepted: 0, ignored: 0 };
	#receiver = -1;
	#timeUs = -1;
	#isAttackers = false;
	#fate: number = Fate.ignored;

	/** A node received a frame. */
	begin(timeUs: number, node: number, isAttackers: boolean): void {
		this.end();
		this.#receiver = node;
		this.#timeUs = timeUs;
		this.#isAttackers = isAttackers;
		this.#fate = Fate.ignored;
	}

	/** Whether what a node tells now comes of a frame that an attacker sent. */
	isAttackers(timeUs: number, node: number): boolean {
		return this.#isAttackers && node === this.#receiver && timeUs === this.#timeUs;
	}

	accept(timeUs: number, node: number): void {
		if (node === this.#receiver && timeUs === this.#timeUs) this.#fate = Fate.accepted;
	}

	refuse(timeUs: number, node: number, reason: string): void {
		if (node !== this.#receiver || timeUs !== this.#timeUs) return;
		const reasons = this.#isAttackers ? this.refusedAttackers : this.refusedHonest;
		reasons[reason] = (reasons[reason] ?? 0) + 1;
		if (!this.#isAttackers && REPETITIONS.has(reason)) this.#fate = Fate.accepted;
		else if (this.#fate === Fate.ignored) this.#fate = Fate.refused;
	}

	/** Counts the frame that was handled last. */
	end(): void {
		if (this.#receiver < 0) return;
		const counts = this.#isAttackers ? this.#attackers : this.#honest;
		if (this.#fate === Fate.refused) counts.refused++;
		else if (this.#fate === Fate.accepted) counts.accepted++;
		else counts.ignored++;
		this.#receiver = -1;
	}

	summary(): VerdictSummary {
		const { refused, accepted } = this.#attackers;
		const positives = refused + this.#honest.refused;
		return {
			attackers: { ...this.#attackers },
			honest: { ...this.#honest },
			precision: positives === 0 ? 1 : refused / positives,
			recall: refused + accepted === 0 ? 1 : refused / (refused + accepted),
		};
	}
}
