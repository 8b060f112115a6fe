import type { LinkAddress } from "../address.js";
import { LONGEST_ATTEMPT_US } from "../mac/csma.js";
import type { LinkLayer } from "../mac/link-layer.js";
import type { Outbox } from "../net/outbox.js";
import type { Clock } from "../ports.js";

/** A packet whose receiver was awake in none of so many rounds is given up. */
const MOST_ROUNDS = 4;

/** Opens the outbox while the receivers of its packets are awake, and keeps it shut else. */
export class SendWindow {
	readonly #outbox: Outbox;
	readonly #link: LinkLayer;
	readonly #clock: Clock;
	#isAwake: ((destination: LinkAddress) => boolean) | undefined;
	#untilUs = 0;

	constructor(outbox: Outbox, link: LinkLayer, clock: Clock) {
		this.#outbox = outbox;
		this.#link = link;
		this.#clock = clock;
		outbox.gate = (destination) => this.admits(destination);
	}

	/** Lets packets to those go who are awake until then: no attempt with a frame of them ends later. */
	open(untilUs: number, isAwake: (destination: LinkAddress) => boolean): void {
		this.#isAwake = isAwake;
		this.#untilUs = untilUs;
		this.#link.untilUs = untilUs;
		this.#outbox.resume();
	}

	close(): void {
		this.#isAwake = undefined;
		this.#link.untilUs = undefined;
	}

	/** Nothing waits that could go now. */
	get isQuiet(): boolean {
		return this.#outbox.length === 0;
	}

	endRound(): void {
		this.#outbox.endRound(MOST_ROUNDS);
	}

	private admits(destination: LinkAddress): boolean {
		if (this.#isAwake === undefined || !this.#isAwake(destination)) return false;
		return this.#clock.nowUs() + LONGEST_ATTEMPT_US <= this.#untilUs;
	}
}
