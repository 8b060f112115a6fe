import { LinkAddress } from "../../../../firmware/address.js";
import type { Store } from "../../../../firmware/ports.js";
import { ServiceTrust } from "../../../../firmware/trust/service.js";
import { HandClock } from "../../support/hand-clock.js";
import { SeededRandom } from "../../support/random.js";

/** Readings of a term, and the time between them. */
export const TERM_READINGS = 8;
export const ROUND_US = 20_000_000;
export const HEAD = LinkAddress.short(7);

export interface Course {
	readonly seed: number;
	readonly readings: number;
	/** What the head claims of its way, and what its way lets through, 0 to 1. */
	readonly claim: number;
	readonly completion: number;
	/** What it drops on purpose, 0 to 1. */
	readonly dropped: number;
	/** A key authenticates the receipts. */
	readonly isProven: boolean;
	/** Ends with the first dismissal. */
	readonly untilDismissed?: boolean;
}

export interface CourseOutcome {
	/** Readings that were handed over, and those in which the head was dismissed. */
	handedOver: number;
	dismissals: number;
	/** Readings handed over until the first dismissal, as receipts came in; -1 for none. */
	untilDismissed: number;
	leastScore: number;
	meanScore: number;
	/** Share of the terms in which it was led by this head. */
	ledShare: number;
}

export function trustOf(clock: HandClock, store: Store = NO_STORE): ServiceTrust {
	return new ServiceTrust({
		node: 1,
		clock,
		store,
		sink: { serviceChanged: () => {} },
		fragments: {},
	});
}

const NO_STORE: Store = { get: () => undefined, set: () => true };

/**
 * One member whose heads take turns, each as long as it is admitted, eight readings a term, whose receipts come at its end:
 * those that arrived first, as they do on the air. What is told is of the first head; the `others` are honest, claim what it
 * claims, and their ways are as good.
 */
export function runCourse(course: Course, others = 0): CourseOutcome {
	const clock = new HandClock();
	const trust = trustOf(clock);
	const random = new SeededRandom(course.seed);
	const arrives = (share: number): boolean => random.below(1e6) < share * 1e6;
	const heads = Array.from({ length: others + 1 }, (_, i) => LinkAddress.short(HEAD.low + i));
	const outcome = {
		handedOver: 0,
		dismissals: 0,
		untilDismissed: -1,
		leastScore: 1,
		meanScore: 0,
		ledShare: 0,
	};
	let terms = 0;
	let led = 0;
	for (let turn = 0; outcome.handedOver < course.readings; turn++) {
		clock.advanceBy(TERM_READINGS * ROUND_US);
		const head = heads[turn % heads.length]!;
		const isFirst = head === heads[0];
		if (isFirst) terms++;
		if (!trust.admits(head, clock.nowUs())) continue;
		let missing = 0;
		for (let i = 0; i < TERM_READINGS; i++) {
			const isLost = !arrives(course.completion) || (isFirst && arrives(course.dropped));
			if (isLost) missing++;
			else trust.noteArrived(head, clock.nowUs());
		}
		for (let i = 0; i < missing; i++) trust.noteMissing(head, course.claim, course.isProven, clock.nowUs());
		if (!isFirst) continue;
		led++;
		outcome.handedOver += TERM_READINGS;
		const score = trust.table.at(trust.table.find(HEAD, clock.nowUs())).score / 65535;
		outcome.leastScore = Math.min(outcome.leastScore, score);
		outcome.meanScore += score;
		if (trust.admits(HEAD, clock.nowUs())) continue;
		outcome.dismissals++;
		if (outcome.untilDismissed < 0) outcome.untilDismissed = outcome.handedOver;
		if (course.untilDismissed === true) break;
	}
	outcome.meanScore /= led;
	outcome.ledShare = led / terms;
	return outcome;
}
