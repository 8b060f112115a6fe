import { LinkAddress } from "../address.js";
import type { HeadChoice } from "./head-choice.js";
import type { ClusterParts } from "./parts.js";
import { Listening } from "./radio-duty.js";
import { SINK_SECTION } from "./timeline.js";

/** An orphan that finds nobody listens again after as many rounds, twice as many each time. */
const MOST_GAP = 8;
/** JOINs to one head in rounds apart, before it is given up for the term. */
const LATE_ATTEMPTS = 6;
/** After each of them an orphan waits at random up to twice as many rounds, but no more than this. */
const MOST_WAIT = 8;
/** What a JOIN that begins in the last instant of a slot for newcomers may take. */
const TAIL_US = 6000;

/** How an orphan finds a head in the middle of a term: listens to the SCHEDULEs, and joins where newcomers are heard. */
export class Search {
	readonly #parts: ClusterParts;
	readonly #choice: HeadChoice;
	readonly #isOrphan: () => boolean;
	readonly #ask: (head: LinkAddress, untilElapsedUs: number) => void;
	/** The head that was found, and is joined as soon as it listens for newcomers; none for nobody. */
	readonly #wanted = new LinkAddress();
	#listenRound = 0;
	#gap = 1;
	#askRound = 0;
	#failures = 0;

	/** `ask` sends JOINs to a head until a time since the round began. */
	constructor(
		parts: ClusterParts,
		choice: HeadChoice,
		isOrphan: () => boolean,
		ask: (head: LinkAddress, untilElapsedUs: number) => void,
	) {
		this.#parts = parts;
		this.#choice = choice;
		this.#isOrphan = isOrphan;
		this.#ask = ask;
	}

	/** A node has just become an orphan: it listens from round `fromRound` on. */
	begin(fromRound: number): void {
		this.#wanted.setNone();
		this.#listenRound = fromRound;
		this.#gap = 1;
		this.#failures = 0;
	}

	/** Joins a head when it next listens for newcomers. */
	want(head: LinkAddress): void {
		this.#wanted.set(head);
		this.#askRound = this.#parts.rounds.round;
		this.planJoin();
	}

	/** No JOIN to a head was acknowledged while it listened: others want to join it, too, or it does not hear us. */
	noteFailure(head: LinkAddress): void {
		if (++this.#failures >= LATE_ATTEMPTS) {
			this.#failures = 0;
			this.#choice.refuse(head);
			return;
		}
		const { random, rounds } = this.#parts;
		this.#wanted.set(head);
		this.#askRound = rounds.round + 1 + random.below(Math.min(MOST_WAIT, 1 << this.#failures));
	}

	/** Plans what an orphan does in this round. */
	plan(): void {
		const { rounds, config, agenda } = this.#parts;
		const { round } = rounds;
		if (this.#wanted.byteLength > 0) {
			if (round >= this.#askRound) this.planJoin();
			return;
		}
		if (round < this.#listenRound) return;
		this.#listenRound = round + this.#gap;
		this.#gap = Math.min(MOST_GAP, this.#gap * 2);
		let end = 0;
		for (let i = -1; i < config.sections; i++) end = this.listen(i < 0 ? SINK_SECTION : i);
		agenda.at(end, () => {
			const best = this.#isOrphan() ? this.#choice.best() : undefined;
			if (best !== undefined) this.want(best.address);
		});
	}

	/** Listens to the first slot of a section, while we have no head; returns when that ends. */
	private listen(section: number): number {
		const { agenda, rounds, timeline, duty, config } = this.#parts;
		const at = timeline.sectionAt(rounds.round, section);
		const guardUs = rounds.networkGuardUs(rounds.at(at));
		const end = at + config.slotUs + guardUs;
		if (rounds.elapsedAt(this.#parts.clock.nowUs()) >= end) return end;
		agenda.at(at - guardUs, () => {
			if (this.#isOrphan()) duty.begin(Listening.schedule);
		});
		agenda.at(end, () => duty.end(Listening.schedule));
		return end;
	}

	/** Listens for the SCHEDULE of the head that we want, which may be gone, or in another section, then asks it. */
	private planJoin(): void {
		const { rounds, timeline, neighbourhood, random, config } = this.#parts;
		const view = neighbourhood.viewOf(this.#wanted);
		if (view === undefined) {
			this.#wanted.setNone();
			return;
		}
		const section = this.#choice.isSink(view) ? SINK_SECTION : view.section;
		this.listen(section);
		if (view.moveRound === rounds.round) return;
		const at = timeline.newcomersAt(rounds.round, section);
		this.planAsking(at + random.below(config.slotUs >> 1), at + config.slotUs);
	}

	/** The last SCHEDULE of the sink came, and gives no slots from `slot` on: it listens for newcomers in all of them. */
	hearSink(sink: LinkAddress, slot: number): void {
		const { rounds, timeline, random, config } = this.#parts;
		if (!this.#isOrphan() || !sink.equals(this.#wanted) || rounds.round < this.#askRound) return;
		const from = timeline.sectionAt(rounds.round, SINK_SECTION) + slot * config.slotUs;
		const end = timeline.newcomersAt(rounds.round, SINK_SECTION);
		if (end > from) this.planAsking(from + random.below(end - from), end);
	}

	private planAsking(at: number, end: number): void {
		const { agenda, rounds, timeline, clock, neighbourhood } = this.#parts;
		if (at <= rounds.elapsedAt(clock.nowUs())) return;
		agenda.at(at, () => {
			if (!this.#isOrphan() || this.#wanted.byteLength === 0) return;
			const head = this.#wanted.clone();
			this.#wanted.setNone();
			const view = neighbourhood.viewOf(head);
			// In the round of an election its announcement was heard.
			const isHeard = view?.scheduleRound === rounds.round || timeline.hasElection(rounds.round);
			if (isHeard && view?.isFull !== true) this.#ask(head, end + TAIL_US);
		});
	}
}
