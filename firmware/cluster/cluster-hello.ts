import type { HelloService } from "../net/hello-service.js";
import type { ControlKind } from "../net/outbox.js";
import type { Census } from "./neighbourhood.js";
import type { ClusterParts } from "./parts.js";

/** A HELLO is due when our charge is this far from what we last told. */
const CHARGE_STEP = 16;
/** And when nobody heard of us for so many elections: after twice as many, neighbours take us for dead. */
const SILENT_ELECTIONS = 4;
/** Elections of silence after which a neighbour counts as dead. */
export const DEAD_ELECTIONS: number = 2 * SILENT_ELECTIONS;
/** No news of others make us say HELLO again before so many elections. */
const REST_ELECTIONS = 4;
/** HELLOs that one phase has room for among neighbours. */
const ROOM = 12;

/** When a clustered node says HELLO: at first, when its charge has changed, and before it would be taken for dead. */
export class ClusterHello {
	readonly #parts: ClusterParts;
	readonly #hello: HelloService;
	readonly #census: Census = { neighbours: 0, claimedCharge: 0, richerNeighbours: 0, reachCost: 0 };
	#toldCharge = -1;
	#toldRound = -1;
	/** The round of our last HELLO. */
	#saidRound = -1;

	constructor(parts: ClusterParts, hello: HelloService) {
		this.#parts = parts;
		this.#hello = hello;
	}

	/** All are awake, and nothing urgent is to be said: says HELLO if it is due, and others leave room for it. */
	offer(): void {
		const { timeline, rounds, voice, random, config, neighbourhood, clock } = this.#parts;
		if (!this.isDue()) return;
		neighbourhood.count(0, clock.nowUs(), this.#census);
		if (random.below(Math.max(ROOM, this.#census.neighbours)) >= ROOM) return;
		const untilUs = rounds.at(timeline.receiptEndUs);
		voice.say("hello", clock.nowUs() + random.below(config.receiptUs), untilUs, (bytes, offset, sequence) =>
			this.#hello.write(bytes, offset, sequence),
		);
	}

	private isDue(): boolean {
		const { rounds, timeline } = this.#parts;
		if (this.#saidRound < 0) return true;
		// Each newcomer makes all of his neighbours want to answer: not in each election.
		const isRested = rounds.round - this.#saidRound >= REST_ELECTIONS * timeline.roundsPerElection;
		if (this.#hello.isDue && isRested) return true;
		if (Math.abs(this.#parts.charge() - this.#toldCharge) >= CHARGE_STEP) return true;
		return rounds.round - this.#toldRound >= SILENT_ELECTIONS * timeline.roundsPerElection;
	}

	/** A message of ours was on the air: all but JOIN and RECEIPT tell of our charge. */
	noteSaid(kind: ControlKind): void {
		if (kind === "join" || kind === "receipt") return;
		if (kind === "hello") this.#saidRound = this.#parts.rounds.round;
		this.#toldCharge = this.#parts.charge();
		this.#toldRound = this.#parts.rounds.round;
	}
}
