import type { LinkAddress } from "../address.js";
import type { Neighbour } from "../trust/neighbours.js";
import type { Candidacy } from "./candidacy.js";
import type { ClusterView } from "./neighbourhood.js";
import type { ClusterParts } from "./parts.js";

/** A link that needs no more transmissions than this, times 256, hears well. */
const GOOD_LINK256 = 2 * 256;
/** No term. */
const NEVER = -2;
/** Classes of heads, better ones lower. */
const Class = { covers: 0, goodSink: 1, beyond: 2, clashes: 3, weakSink: 4, none: 5 } as const;

/**
 * Whom to join: the best head that covers us, else a sink that is heard well, else any head, else any sink. Before the last
 * come heads of which two have the same section: between them neither is heard well.
 */
export class HeadChoice {
	readonly #parts: ClusterParts;
	readonly #candidacy: Candidacy;

	constructor(parts: ClusterParts, candidacy: Candidacy) {
		this.#parts = parts;
		this.#candidacy = candidacy;
	}

	/** The best of those who lead in this term and have not refused us; undefined when there is none. */
	best(): Neighbour | undefined {
		const { neighbourhood, clock } = this.#parts;
		const nowUs = clock.nowUs();
		let best: Neighbour | undefined;
		let bestClass: number = Class.none;
		neighbourhood.forEach(nowUs, (neighbour, view) => {
			const its = this.classOf(neighbour, view);
			if (its === Class.none || its > bestClass) return;
			if (its === bestClass && !this.isBetter(neighbour, view, best!, nowUs)) return;
			best = neighbour;
			bestClass = its;
		});
		return best;
	}

	private classOf(neighbour: Neighbour, view: ClusterView): number {
		const term = this.#parts.term();
		if (view.refusedTerm === term || view.isFull) return Class.none;
		if (this.isSink(view)) {
			return neighbour.expectedTransmissions256() <= GOOD_LINK256 ? Class.goodSink : Class.weakSink;
		}
		if (!view.leads || view.term !== term) return Class.none;
		if (this.clashes(neighbour.address)) return Class.clashes;
		const covers = this.#candidacy.isWithin(view.rssiDbm) && view.leadHops < 255;
		return covers ? Class.covers : Class.beyond;
	}

	/** Whether a neighbour is a sink that was heard lately. */
	isSink(view: ClusterView): boolean {
		const { timeline, rounds } = this.#parts;
		return view.hops === 0 && rounds.round - view.waveRound <= 2 * timeline.roundsPerElection;
	}

	private isBetter(a: Neighbour, view: ClusterView, b: Neighbour, nowUs: number): boolean {
		const other = b.cluster!;
		const gate = this.#parts.gate();
		const byTrust = Number(gate.isProven(a.address, nowUs)) - Number(gate.isProven(b.address, nowUs));
		if (byTrust !== 0) return byTrust > 0;
		if (this.#candidacy.hasPreference) return this.#candidacy.prefers(view, other);
		return view.rssiDbm > other.rssiDbm;
	}

	/** Whether another head that is heard has the section of this one. */
	clashes(address: LinkAddress): boolean {
		const { neighbourhood, clock } = this.#parts;
		const term = this.#parts.term();
		const own = neighbourhood.viewOf(address);
		if (own === undefined || this.isSink(own)) return false;
		let found = false;
		neighbourhood.forEach(clock.nowUs(), (_neighbour, view) => {
			if (view !== own && view.leads && view.term === term && view.section === own.section) found = true;
		});
		return found;
	}

	/** A head does not answer while many ask: others are asked in its place in this term, if there are any. */
	passOver(address: LinkAddress): void {
		this.refuse(address);
		const view = this.#parts.neighbourhood.viewOf(address);
		if (view !== undefined && this.best() === undefined) view.refusedTerm = NEVER;
	}

	/** A head did not take us, though we asked. */
	refuse(address: LinkAddress): void {
		const view = this.#parts.neighbourhood.viewOf(address);
		if (view !== undefined) view.refusedTerm = this.#parts.term();
	}
}
