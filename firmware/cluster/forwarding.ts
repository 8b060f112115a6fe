import { LinkAddress } from "../address.js";
import { AS_INTERMEDIARY, encodeJoin, JOIN_BYTES, Join, PASSES_ON } from "../frames/cluster-join.js";
import type { Leading } from "./leading.js";
import type { ClusterParts } from "./parts.js";
import { Listening } from "./radio-duty.js";
import { round16 } from "./round-clock.js";

/** JOINs to one intermediary, each with all its retransmissions, before another is asked. */
const ATTEMPTS = 3;
/** Heads begin one after another, in the order of their sections, within this part of the phase. */
const SPREAD = 5 / 8;
/** And a little apart, where they share a section after all. */
const JITTER_US = 2000;
/** An intermediary looks this often in a phase whether it can sleep. */
const LOOKS = 8;
const JOIN_TAIL_US = 6000;

/** The phase in which heads send what they collected, and intermediaries pass it on. */
export class Forwarding {
	readonly #parts: ClusterParts;
	readonly #leading: Leading;
	readonly #join = new Join();
	readonly #message = new Uint8Array(JOIN_BYTES);
	/** Who agreed to pass on what we send. */
	readonly #recruited = new LinkAddress();
	/** Whether it knows that we pass on datagrams of others. */
	#toldPassing = false;
	#isAsking = false;
	#attempts = 0;
	#heardUs = 0;

	constructor(parts: ClusterParts, leading: Leading) {
		this.#parts = parts;
		this.#leading = leading;
	}

	begin(): void {
		this.#recruited.setNone();
		this.#toldPassing = false;
		this.#isAsking = false;
		this.#attempts = 0;
	}

	/** A head asks at some instant of the beginning of the JOIN phase. */
	planRecruiting(): void {
		const { agenda, timeline, config, random } = this.#parts;
		const spanUs = Math.max(1, config.joinUs >> 2);
		agenda.at(timeline.secondWindowEndUs + random.below(spanUs), () => this.recruit());
	}

	/** Asks the next hop to stay awake for us, until it agrees or the JOIN phase is over; a sink always is. */
	recruit(): void {
		const { ways, rounds, clock, timeline, voice, random, agenda } = this.#parts;
		if (this.#isAsking || !ways.hasWay || ways.hops <= 1) return;
		const isTold = this.#toldPassing || !this.#leading.isIntermediary;
		if (ways.next.equals(this.#recruited) && isTold) return;
		const elapsedUs = rounds.elapsedAt(clock.nowUs());
		if (!timeline.hasElection(rounds.round) || elapsedUs + JOIN_TAIL_US > timeline.joinEndUs) return;
		const next = ways.next.clone();
		const round = rounds.round;
		const again = (): void => {
			const waitUs = 1 + random.below(JOIN_TAIL_US << Math.min(2, this.#attempts));
			agenda.at(rounds.elapsedAt(clock.nowUs()) + waitUs, () => {
				this.#isAsking = false;
				this.recruit();
			});
		};
		this.#isAsking = true;
		const passesOn = this.#leading.isIntermediary;
		this.#join.flags = AS_INTERMEDIARY | (passesOn ? PASSES_ON : 0);
		this.#join.charge = this.#parts.charge();
		this.#join.round = round16(round);
		const length = encodeJoin(this.#join, this.#message, 0);
		const begun = voice.tell("join", next, this.#message, length, (acknowledged) => {
			if (rounds.round !== round) return;
			if (acknowledged) {
				this.#isAsking = false;
				this.#recruited.set(next);
				this.#toldPassing = passesOn;
				this.recruit();
				return;
			}
			if (++this.#attempts >= ATTEMPTS) this.#avoid(next);
			again();
		});
		if (!begun) again();
	}

	#avoid(next: LinkAddress): void {
		const { neighbourhood, rounds, timeline, ways } = this.#parts;
		const view = neighbourhood.viewOf(next);
		if (view !== undefined) view.avoidedUntil = rounds.round + timeline.roundsPerElection;
		this.#attempts = 0;
		ways.choose();
	}

	/** Plans the phase in this round. `leads`: we have a cluster whose readings are to be sent. */
	plan(leads: boolean): void {
		const { isSink, rounds, timeline, agenda, duty } = this.#parts;
		const isIntermediary = this.#leading.isIntermediary;
		if (!leads && !isIntermediary && !isSink) return;
		const at = timeline.forwardAt(rounds.round);
		const end = timeline.forwardEnd(rounds.round);
		agenda.at(at, () => this.#open(end));
		agenda.at(end, () => this.#parts.window.close());
		if (leads && !isSink) this.#planOwn(at, end);
		if (!isIntermediary || isSink) return;
		agenda.at(at - rounds.guardUs(rounds.at(at)), () => {
			duty.begin(Listening.forward);
			this.#heardUs = this.#parts.clock.nowUs();
		});
		const stepUs = Math.floor((end - at) / LOOKS);
		for (let i = 1; i < LOOKS; i++) agenda.at(at + i * stepUs, () => this.#look(stepUs));
		agenda.at(end, () => duty.end(Listening.forward));
	}

	#open(end: number): void {
		const { rounds, window, ways, isSink, neighbourhood } = this.#parts;
		window.open(rounds.at(end), (destination) => {
			if (!isSink && destination.equals(ways.next)) return true;
			// Heads and intermediaries are awake too: answers to them may go the other way.
			return neighbourhood.viewOf(destination)?.leads === true;
		});
	}

	#planOwn(at: number, end: number): void {
		const { config, random, agenda, rounds, ways, client } = this.#parts;
		const turnUs = Math.floor((config.forwardUs * SPREAD) / config.sections);
		agenda.at(at + this.#leading.section * turnUs + random.below(JITTER_US), () => {
			if (ways.hasWay) client()?.onForward(rounds.at(end));
		});
	}

	/** A frame of a neighbour came. */
	noteFrame(nowUs: number): void {
		this.#heardUs = nowUs;
	}

	/** Sleeps once everybody's datagram came, has been passed on, and nothing has come since the last look. */
	#look(stepUs: number): void {
		const { clock, duty, window, rounds } = this.#parts;
		if (!this.#leading.hasHeardAll(rounds.round) || !window.isQuiet || clock.nowUs() - this.#heardUs < stepUs)
			return;
		duty.end(Listening.forward);
	}
}
