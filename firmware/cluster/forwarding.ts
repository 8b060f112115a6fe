import { LinkAddress } from "../address.js";
import { AS_INTERMEDIARY, encodeJoin, INTERMEDIARY_JOIN_BYTES, Join } from "../frames/cluster-join.js";
import type { Leading } from "./leading.js";
import type { ClusterParts } from "./parts.js";
import { Listening } from "./radio-duty.js";
import { round16 } from "./round-clock.js";

/** JOINs to one intermediary, each with all its retransmissions, before another is asked. */
const ATTEMPTS = 3;
/** Turns of the phase at most: those of the sections, modulo this. */
const MOST_TURNS = 32;
/** Share of the phase that turns have: the rest is for what is late. */
const TURNS_SHARE = 7 / 8;
/** Heads of one turn begin within this. */
const JITTER_US = 3000;
/** After such a silence an intermediary believes that a datagram has come to its end. */
const QUIET_US = 30_000;
const JOIN_TAIL_US = 6000;

/**
 * The phase in which heads send what they collected, and intermediaries pass it on. Each head has its turn, by its section;
 * an intermediary listens in the turns of those who send over it, and sleeps in the others.
 */
export class Forwarding {
	readonly #parts: ClusterParts;
	readonly #leading: Leading;
	readonly #join = new Join();
	readonly #message = new Uint8Array(INTERMEDIARY_JOIN_BYTES);
	readonly #turns: number;
	/** Who agreed to pass on what we send, and in which turns. */
	readonly #recruited = new LinkAddress();
	#toldTurns = 0;
	#isAsking = false;
	#attempts = 0;
	#heardUs = 0;
	#heardInTurn = false;
	/** When the turn began that we listen in. */
	#turnAt = 0;

	constructor(parts: ClusterParts, leading: Leading) {
		this.#parts = parts;
		this.#leading = leading;
		this.#turns = Math.min(MOST_TURNS, parts.config.sections);
	}

	begin(): void {
		this.#recruited.setNone();
		this.#toldTurns = 0;
		this.#isAsking = false;
		this.#attempts = 0;
	}

	/** Our own turn, -1 when we lead no section. */
	private get ownTurn(): number {
		const { firstSection } = this.#leading;
		return firstSection < 0 ? -1 : firstSection % this.#turns;
	}

	/** The turns in which we send, one a bit. */
	private get sendTurns(): number {
		const own = this.ownTurn;
		return this.#leading.childrenTurns | (own < 0 ? 0 : 1 << own) | 0;
	}

	/** Whether the next hop is awake when we send. */
	get isReady(): boolean {
		const { ways } = this.#parts;
		return ways.hasWay && (ways.hops <= 1 || ways.next.equals(this.#recruited));
	}

	/** A head asks at some instant of the beginning of the JOIN phase. */
	planRecruiting(): void {
		const { agenda, timeline, config, random } = this.#parts;
		const spanUs = Math.max(1, config.joinUs >> 2);
		agenda.at(timeline.secondWindowEndUs + random.below(spanUs), () => this.recruit());
	}

	/** In the JOIN phase: asks the next hop to be awake in the turns in which we send; a sink always is. */
	recruit(): void {
		const { rounds, timeline } = this.#parts;
		if (timeline.hasElection(rounds.round)) this.ask(timeline.joinEndUs);
	}

	/** Asks until the next hop agrees, or `untilElapsedUs`. */
	private ask(untilElapsedUs: number): void {
		const { ways, rounds, clock, voice, random, agenda } = this.#parts;
		if (this.#isAsking || !ways.hasWay || ways.hops <= 1) return;
		const turns = this.sendTurns;
		if (ways.next.equals(this.#recruited) && turns === this.#toldTurns) return;
		if (rounds.elapsedAt(clock.nowUs()) + JOIN_TAIL_US > untilElapsedUs) return;
		const next = ways.next.clone();
		const round = rounds.round;
		const again = (): void => {
			const waitUs = 1 + random.below(JOIN_TAIL_US << Math.min(2, this.#attempts));
			agenda.at(rounds.elapsedAt(clock.nowUs()) + waitUs, () => {
				this.#isAsking = false;
				this.ask(untilElapsedUs);
			});
		};
		this.#isAsking = true;
		this.#join.flags = AS_INTERMEDIARY;
		this.#join.charge = this.#parts.charge();
		this.#join.round = round16(round);
		this.#join.turns = turns;
		const length = encodeJoin(this.#join, this.#message, 0);
		const begun = voice.tell("join", next, this.#message, length, (acknowledged) => {
			if (rounds.round !== round) return;
			if (acknowledged) {
				this.#isAsking = false;
				this.#recruited.set(next);
				this.#toldTurns = turns;
				this.ask(untilElapsedUs);
				return;
			}
			if (++this.#attempts >= ATTEMPTS) this.avoid(next);
			again();
		});
		if (!begun) again();
	}

	private avoid(next: LinkAddress): void {
		const { neighbourhood, rounds, timeline, ways } = this.#parts;
		const view = neighbourhood.viewOf(next);
		if (view !== undefined) view.avoidedUntil = rounds.round + timeline.roundsPerElection;
		this.#attempts = 0;
		ways.choose();
	}

	/** Plans the phase in this round. `leads`: we have a cluster whose readings are to be sent. */
	plan(leads: boolean): void {
		const { isSink, rounds, timeline, agenda } = this.#parts;
		this.#isAsking = false;
		const turns = this.#leading.childrenTurns;
		if (!leads && turns === 0 && !isSink) return;
		const at = timeline.forwardAt(rounds.round);
		const end = timeline.forwardEnd(rounds.round);
		agenda.at(at, () => this.open(end));
		agenda.at(end, () => this.#parts.window.close());
		if (isSink) return;
		this.planLateRecruiting();
		const turnUs = Math.floor((timeline.config.forwardUs * TURNS_SHARE) / this.#turns);
		if (leads) this.planOwn(at + this.ownTurn * turnUs, end);
		for (let turn = 0; turn < this.#turns; turn++) {
			if (((turns >>> turn) & 1) === 1) this.planTurn(at + turn * turnUs, turnUs, end);
		}
		if (turns !== 0) agenda.at(end, () => this.#parts.duty.end(Listening.forward));
	}

	/** A head whose next hop is gone asks another head for its help, in the slot in which that listens for newcomers. */
	private planLateRecruiting(): void {
		const { ways, neighbourhood, agenda, timeline, rounds, random, config } = this.#parts;
		if (this.isReady || !ways.hasWay) return;
		const view = neighbourhood.viewOf(ways.next);
		if (view === undefined || !view.leads || view.section >= config.sections) return;
		const at = timeline.newcomersAt(rounds.round, view.section);
		agenda.at(at + random.below(config.slotUs >> 1), () => this.ask(at + config.slotUs + JOIN_TAIL_US));
	}

	private open(end: number): void {
		const { rounds, window, ways, isSink, neighbourhood } = this.#parts;
		window.open(rounds.at(end), (destination) => {
			if (!isSink && destination.equals(ways.next)) return this.isReady;
			// Intermediaries are awake in some turns: answers may go the other way.
			return neighbourhood.viewOf(destination)?.leads === true;
		});
	}

	private planOwn(at: number, end: number): void {
		const { random, agenda, rounds } = this.#parts;
		agenda.at(at + random.below(JITTER_US), () => {
			if (this.isReady) this.#parts.client()?.onForward(rounds.at(end));
		});
	}

	private planTurn(at: number, turnUs: number, end: number): void {
		const { rounds, agenda, duty } = this.#parts;
		agenda.at(at - rounds.networkGuardUs(rounds.at(at)), () => {
			duty.begin(Listening.forward);
			this.#heardInTurn = false;
			this.#turnAt = at;
		});
		// Half of the turn is over: whoever had little to send is done.
		agenda.at(at + (turnUs >> 1), () => this.look(at, turnUs, end));
	}

	/** Sleeps when what was to come in a turn came, or did not; looks again if it is still coming. */
	private look(at: number, turnUs: number, end: number): void {
		if (this.#turnAt !== at) return;
		const { clock, rounds, agenda, duty } = this.#parts;
		const nowUs = clock.nowUs();
		const elapsedUs = rounds.elapsedAt(nowUs);
		const isQuiet = nowUs - this.#heardUs >= QUIET_US;
		const isOver = elapsedUs >= at + turnUs;
		if (isQuiet && (this.#heardInTurn || isOver)) duty.end(Listening.forward);
		else if (elapsedUs + QUIET_US < end)
			agenda.at(elapsedUs + Math.min(QUIET_US, turnUs >> 2), () => this.look(at, turnUs, end));
	}

	/** A frame to us came from a neighbour. */
	noteFrame(nowUs: number): void {
		this.#heardUs = nowUs;
		this.#heardInTurn = true;
	}
}
