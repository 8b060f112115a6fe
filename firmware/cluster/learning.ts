import { putU16be, u16be } from "../bytes.js";
import { fcs16 } from "../frames/fcs.js";
import type { Random } from "../ports.js";
import type { Situation, TermOutcome } from "./election.js";

/** States that {@link stateOf} tells apart: 4 of charge, 3 of degree, 2 of having served, 2 of having been covered. */
export const STATES = 48;
/** What can be chosen in each. */
export const ACTIONS = 5;

/** 1 in Q8.8. */
const ONE = 256;
/** Learning rate 1/8, discount 7/8. */
const RATE_SHIFT = 3;
const DISCOUNT_SHIFT = 3;
const MOST = 0x7fff;
const LEAST = -0x8000;

/** Exploration, in 1/64: 8 at first, one less each time so many elections have passed, down to 1. */
const EXPLORATION_STEPS = 64;
const FIRST_EXPLORATION = 8;
const ELECTIONS_PER_STEP = 16;

/** A term costs at most so many times what the neighbours spent; more heads than this in range are no worse. */
const COST_MOST = 8;
const EXTRA_HEADS_MOST = 4;

/** First octets of a saved table: what it is, and how it is laid out. */
const MAGIC = 0x5147;
const HEADER_BYTES = 6;
const CHECK_BYTES = 2;
/** Octets of a saved table: magic (2), elections (4), values (480), check (2). */
export const LEARNING_BYTES = HEADER_BYTES + 2 * STATES * ACTIONS + CHECK_BYTES;

/** The state of a node, 0 to {@link STATES} - 1. `wasCovered`: whether a head covered it in the last term. */
export function stateOf(situation: Situation, wasCovered: boolean): number {
	const { charge, claimedCharge, neighbours, sinceLed } = situation;
	// Charge against the mean of the neighbours, both times their number: no division, and none by zero.
	const own = charge * neighbours;
	const level =
		10 * own < 9 * claimedCharge ? 0 : own < claimedCharge ? 1 : 10 * own < 11 * claimedCharge ? 2 : 3;
	const degree = neighbours < 6 ? 0 : neighbours < 16 ? 1 : 2;
	const servedLately = sinceLed > 0 && 2 * sinceLed <= neighbours ? 1 : 0;
	return ((level * 3 + degree) * 2 + servedLately) * 2 + (wasCovered ? 1 : 0);
}

/**
 * What a term was worth to a node, in Q8.8: 1 for being covered, less its share of what the neighbours spent, 1/2 for
 * each head in range beyond the first, and 1 for having served with less than 0.9 of the neighbours' charge.
 */
export function rewardOf(outcome: TermOutcome): number {
	const { spent256, neighboursSpent256 } = outcome;
	const cost = neighboursSpent256 > 0 ? Math.floor((spent256 * ONE) / neighboursSpent256) : ONE;
	const exploited = outcome.led && 10 * outcome.charge < 9 * outcome.neighboursCharge;
	return (
		(outcome.covered ? ONE : 0) -
		Math.max(0, Math.min(cost, COST_MOST * ONE)) -
		Math.min(outcome.extraHeads, EXTRA_HEADS_MOST) * (ONE / 2) -
		(exploited ? ONE : 0)
	);
}

/**
 * Q-learning of one node (Watkins 1989) in 16-bit fixed point: {@link STATES} times {@link ACTIONS} values in Q8.8,
 * learning rate 1/8, discount 7/8, exploration from 1/8 down to 1/64. Values saturate.
 */
export class Learner {
	readonly #random: Random;
	readonly #values = new Int16Array(STATES * ACTIONS);
	readonly #firstChoice: number;
	#elections = 0;
	/** Place of the value of what was chosen last, -1 for none. */
	#chosen = -1;
	#reward = 0;
	#isRewarded = false;

	/** Among actions of equal value `firstChoice` is taken. */
	constructor(random: Random, firstChoice: number) {
		this.#random = random;
		this.#firstChoice = firstChoice;
	}

	/** The value of an action in a state, in Q8.8. */
	value(state: number, action: number): number {
		return this.#values[state * ACTIONS + action]!;
	}

	/** Tells what came of the last choice, in Q8.8. */
	reward(reward: number): void {
		this.#reward = reward;
		this.#isRewarded = this.#chosen >= 0;
	}

	/** Learns from the last choice that this state came of it, and chooses an action, 0 to {@link ACTIONS} - 1. */
	choose(state: number): number {
		if (this.#isRewarded) this.learn(this.value(state, this.best(state)));
		this.#isRewarded = false;
		// What was just learnt may be of this very state.
		const action =
			this.#random.below(EXPLORATION_STEPS) < this.exploration()
				? this.#random.below(ACTIONS)
				: this.best(state);
		this.#chosen = state * ACTIONS + action;
		if (this.#elections < 0xffffffff) this.#elections++;
		return action;
	}

	/** The table, {@link LEARNING_BYTES} octets. */
	save(): Uint8Array {
		const blob = new Uint8Array(LEARNING_BYTES);
		putU16be(blob, 0, MAGIC);
		putU16be(blob, 2, this.#elections >>> 16);
		putU16be(blob, 4, this.#elections);
		for (let i = 0; i < this.#values.length; i++) putU16be(blob, HEADER_BYTES + 2 * i, this.#values[i]!);
		putU16be(blob, LEARNING_BYTES - CHECK_BYTES, fcs16(blob, 0, LEARNING_BYTES - CHECK_BYTES));
		return blob;
	}

	/** Takes a saved table; returns whether it was one: anything else is passed over. */
	restore(blob: Uint8Array): boolean {
		const end = LEARNING_BYTES - CHECK_BYTES;
		if (blob.length !== LEARNING_BYTES || u16be(blob, 0) !== MAGIC) return false;
		if (u16be(blob, end) !== fcs16(blob, 0, end)) return false;
		this.#elections = u16be(blob, 2) * 0x10000 + u16be(blob, 4);
		for (let i = 0; i < this.#values.length; i++) this.#values[i] = u16be(blob, HEADER_BYTES + 2 * i);
		this.#chosen = -1;
		this.#isRewarded = false;
		return true;
	}

	private exploration(): number {
		return Math.max(1, FIRST_EXPLORATION - Math.floor(this.#elections / ELECTIONS_PER_STEP));
	}

	private best(state: number): number {
		const values = this.#values;
		const from = state * ACTIONS;
		let best = from + this.#firstChoice;
		for (let at = from; at < from + ACTIONS; at++) if (values[at]! > values[best]!) best = at;
		return best - from;
	}

	private learn(next: number): void {
		const old = this.#values[this.#chosen]!;
		const error = this.#reward + next - (next >> DISCOUNT_SHIFT) - old;
		// Rounded to nearest: a plain shift would pull every value down for ever.
		const value = old + ((error + (1 << (RATE_SHIFT - 1))) >> RATE_SHIFT);
		this.#values[this.#chosen] = Math.max(LEAST, Math.min(MOST, value));
	}
}
