import { LinkAddress } from "../../firmware/address.js";
import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	OpeningRelation,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	Relation,
	Verdict,
} from "../../firmware/fragments/policy.js";
import { Rfc4944, rfc4944Options } from "../../firmware/fragments/rfc4944.js";
import { numberOption } from "./options.js";

/*
 * Reputation scoring after Alyami, Alharbi and Azzedin, "Fragmentation Attacks and Countermeasures on 6LoWPAN Internet
 * of Things Networks: Survey and Simulation", Sensors 22(24):9825, 2022.
 *
 * Known of it, from its abstract: it simulates the buffer reservation attack, and a countermeasure that scores
 * reputations, which is effective. Not known to us: what changes a score and by how much, what a score decides, and any
 * figure.
 *
 * Ours, all of it, the simplest thing that deserves the name:
 * - Plain RFC 4944, contexts of one MTU, which is what a reservation takes; the time-out 3 s.
 * - A score from 0 to 100 for each address on a frame, 50 for an unknown one. A packet that is whole adds 5; one that
 *   times out, or that an overlap destroys, takes 20. So one bad packet in five is just borne.
 * - Below 20 an address is blocked for 60 s: its fragments are refused, also those of its open contexts. Then it has 20,
 *   so that the next bad packet blocks it again.
 * - A newcomer needs a score of 50 times the share of memory in use. When memory is full, the context whose address
 *   has the lowest score goes, the oldest of equals, if that score is below the newcomer's.
 * - 32 addresses are remembered. A further one takes the place of the one that changed longest ago, blocked ones last.
 *
 * Its limits are those of every score that believes addresses: whoever sends in another's name ruins it, and a made-up
 * address is as good as any unknown one.
 */

const SCORE_MOST = 100;
const SCORE_UNKNOWN = 50;
const REMEMBERED = 32;

const OPTIONS = {
	...rfc4944Options(3),
	reward: {
		type: "number",
		minimum: 0,
		maximum: SCORE_MOST,
		default: 5,
		description: "Points (of 100) that a packet adds that is whole",
	},
	penalty: {
		type: "number",
		minimum: 0,
		maximum: SCORE_MOST,
		default: 20,
		description: "Points (of 100) that a packet takes that times out, or that an overlap destroys",
	},
	blockBelow: {
		type: "number",
		minimum: 0,
		maximum: SCORE_UNKNOWN,
		default: 20,
		description: "Score below which an address is blocked, and with which it returns, in points of 100",
	},
	blockS: {
		type: "number",
		exclusiveMinimum: 0,
		default: 60,
		description: "Seconds that a block lasts",
	},
} as const satisfies PolicyFactory["options"];

class Score {
	readonly address = new LinkAddress();
	points = SCORE_UNKNOWN;
	/** End of its block, 0 for none. */
	blockedUntilUs = 0;
	changedUs = 0;
}

class Reputation extends Rfc4944 {
	readonly #scores: Score[] = [];
	readonly #reward: number;
	readonly #penalty: number;
	readonly #blockBelow: number;
	readonly #blockUs: number;

	constructor(options: PolicyOptions) {
		super("reputation", options, OPTIONS);
		this.#reward = numberOption(options, OPTIONS, "reward");
		this.#penalty = numberOption(options, OPTIONS, "penalty");
		this.#blockBelow = numberOption(options, OPTIONS, "blockBelow");
		this.#blockUs = Math.round(numberOption(options, OPTIONS, "blockS") * 1e6);
	}

	override admit(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined {
		const refusal = super.admit(fragment, memory, relation);
		if (refusal !== undefined) return refusal;
		if (this.#isBlocked(fragment.source, fragment.timeUs)) return "sender-blocked";
		const needed = memory.budgetBytes === 0 ? 0 : (SCORE_UNKNOWN * memory.bytesInUse) / memory.budgetBytes;
		return this.#pointsOf(fragment.source) < needed ? "sender-quota" : undefined;
	}

	override evict(fragment: ArrivedFragment, memory: ReassemblyMemory): ReassemblyContext | undefined {
		let least: ReassemblyContext | undefined;
		let leastPoints = this.#pointsOf(fragment.source);
		for (const context of memory.contexts) {
			const points = this.#pointsOf(context.source);
			if (points >= leastPoints) continue;
			least = context;
			leastPoints = points;
		}
		return least;
	}

	override judge(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		relation: Relation,
	): Verdict | FragmentDrop {
		if (this.#isBlocked(fragment.source, fragment.timeUs)) return "sender-blocked";
		return super.judge(context, fragment, relation);
	}

	noteCompleted(context: ReassemblyContext, timeUs: number): void {
		const score = this.#obtain(context.source, timeUs);
		score.points = Math.min(SCORE_MOST, score.points + this.#reward);
	}

	noteAbandoned(context: ReassemblyContext, reason: FragmentDrop, timeUs: number): void {
		if (reason !== "reassembly-timed-out" && reason !== "fragment-overlap") return;
		if (this.#isBlocked(context.source, timeUs)) return;
		const score = this.#obtain(context.source, timeUs);
		score.points = Math.max(0, score.points - this.#penalty);
		if (score.points < this.#blockBelow) score.blockedUntilUs = timeUs + this.#blockUs;
	}

	#find(address: LinkAddress): Score | undefined {
		return this.#scores.find((score) => score.address.equals(address));
	}

	#pointsOf(address: LinkAddress): number {
		return this.#find(address)?.points ?? SCORE_UNKNOWN;
	}

	/** Whether an address is blocked; a block that is over is ended. */
	#isBlocked(address: LinkAddress, nowUs: number): boolean {
		const score = this.#find(address);
		if (score === undefined || score.blockedUntilUs === 0) return false;
		if (nowUs < score.blockedUntilUs) return true;
		score.blockedUntilUs = 0;
		score.points = this.#blockBelow;
		return false;
	}

	#obtain(address: LinkAddress, nowUs: number): Score {
		let score = this.#find(address);
		if (score === undefined) {
			score = this.#scores.length < REMEMBERED ? new Score() : this.#takeForgotten(nowUs);
			this.#scores.push(score);
			score.address.set(address);
			score.points = SCORE_UNKNOWN;
			score.blockedUntilUs = 0;
		}
		score.changedUs = nowUs;
		return score;
	}

	/** Takes out the score that changed longest ago, of those that are not blocked if there are any. */
	#takeForgotten(nowUs: number): Score {
		const scores = this.#scores;
		let oldest = scores[0]!;
		for (const score of scores) {
			const isBlocked = score.blockedUntilUs > nowUs;
			const isOldestBlocked = oldest.blockedUntilUs > nowUs;
			if (isBlocked !== isOldestBlocked ? isOldestBlocked : score.changedUs < oldest.changedUs)
				oldest = score;
		}
		scores.splice(scores.indexOf(oldest), 1);
		return oldest;
	}
}

/** Reputation scores by address (after Alyami 2022). */
export const reputation: PolicyFactory = {
	name: "reputation",
	options: OPTIONS,
	create: (options) => new Reputation(options),
};
