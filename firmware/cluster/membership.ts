import { LinkAddress } from "../address.js";
import { CLASHES, encodeJoin, JOIN_BYTES, Join } from "../frames/cluster-join.js";
import { SCHEDULE_CONTINUES, type Schedule, scheduleMember } from "../frames/cluster-schedule.js";
import type { CsmaOutcome } from "../mac/csma.js";
import type { HeadChoice } from "./head-choice.js";
import type { ClusterParts, Role } from "./parts.js";
import { Listening } from "./radio-duty.js";
import { round16 } from "./round-clock.js";
import { Search } from "./search.js";
import { SINK_SECTION } from "./timeline.js";

/** SCHEDULEs in a row that are missed before a head is given up: fewer when it did not acknowledge a frame either. */
export const MISSED_SCHEDULES = 2;
/** Rounds in a row in which a head that is heard acknowledges nothing, before it is given up. */
const UNANSWERED_ROUNDS = 3;
/** JOINs to one head, each with all its retransmissions. */
const JOIN_ATTEMPTS = 3;
/** A JOIN and its acknowledgement, retransmissions included, need about this. */
const JOIN_TAIL_US = 6000;

/** The place of a node in somebody else's cluster: joins, keeps its slot, notices when its head is gone, finds another. */
export class Membership {
	readonly #parts: ClusterParts;
	readonly #choice: HeadChoice;
	readonly #onRole: (role: Role, head: LinkAddress) => void;
	readonly #join = new Join();
	readonly #message = new Uint8Array(JOIN_BYTES);
	readonly #name = new LinkAddress();
	/** Whose member we are, none for nobody's. */
	readonly head = new LinkAddress();
	#section = 0;
	/** Where it is from the next round on. */
	#nextSection = 0;
	/** Slot of the section in which our SCHEDULE comes, and our own; -1 before we were given one. */
	#scheduleSlot = 0;
	#slot = -1;
	#missed = 0;
	#heardRound = -1;
	/** Frames to the head in this round: none, acknowledged, or not. */
	#answer: "none" | "acknowledged" | "unanswered" = "none";
	#unanswered = 0;
	/** JOINs to a head that were not acknowledged. */
	readonly #asked = new LinkAddress();
	#attempts = 0;
	/** An orphan has no head, and looks for one. */
	isOrphan = false;
	readonly #search: Search;

	constructor(parts: ClusterParts, choice: HeadChoice, onRole: (role: Role, head: LinkAddress) => void) {
		this.#parts = parts;
		this.#choice = choice;
		this.#onRole = onRole;
		this.#search = new Search(
			parts,
			choice,
			() => this.isOrphan,
			(head, untilElapsedUs) => this.ask(head, untilElapsedUs, true),
		);
	}

	/** A new term: we belong to nobody, unless it is to a sink that goes on naming us. */
	begin(): void {
		this.isOrphan = false;
		this.#attempts = 0;
		this.#asked.setNone();
		if (this.head.byteLength > 0 && this.#section === SINK_SECTION && this.#slot >= 0) return;
		this.leave();
	}

	leave(): void {
		this.head.setNone();
		this.#parts.ways.head.setNone();
		this.#slot = -1;
		this.#scheduleSlot = 0;
		this.#missed = 0;
		this.#unanswered = 0;
	}

	/** The JOIN phase begins: joins the best head, at a random instant of it. */
	beginJoining(): void {
		const best = this.#choice.best();
		if (best?.address.equals(this.head) === true) {
			this.belong();
			return;
		}
		this.leave();
		const { random, agenda, timeline, config } = this.#parts;
		const spanUs = Math.max(1, config.joinUs - (config.joinUs >> 2));
		agenda.at(timeline.secondWindowEndUs + random.below(spanUs), () => this.tryJoin(timeline.joinEndUs));
	}

	/** The JOIN phase is over: whoever has no head yet looks for one from now on. */
	endJoining(): void {
		if (this.head.byteLength > 0) return;
		this.orphan();
		// Its announcement was heard: no need to listen for its SCHEDULE before the next attempt.
		const best = this.#choice.best();
		if (best === undefined) this.#search.begin(this.#parts.rounds.round);
		else this.#search.want(best.address);
	}

	/** From now on we have no head. */
	orphan(): void {
		this.leave();
		this.isOrphan = true;
		this.#search.begin(this.#parts.rounds.round + 1);
		this.#onRole("uncovered", this.head);
	}

	private tryJoin(untilElapsedUs: number): void {
		const best = this.#choice.best();
		if (best === undefined) return;
		this.ask(best.address, untilElapsedUs);
	}

	/** Asks a head to take us, again and again until `untilElapsedUs`: the best one each time, or where it is late that one. */
	private ask(address: LinkAddress, untilElapsedUs: number, isLate = false): void {
		const { voice, rounds, clock, agenda, random } = this.#parts;
		if (this.head.byteLength > 0) return;
		const elapsedUs = rounds.elapsedAt(clock.nowUs());
		if (elapsedUs + JOIN_TAIL_US > untilElapsedUs) {
			if (isLate) this.#search.noteFailure(address);
			return;
		}
		const head = address.clone();
		if (!head.equals(this.#asked)) this.#attempts = 0;
		this.#asked.set(head);
		const again = (): void => {
			const waitUs = random.below(JOIN_TAIL_US << Math.min(3, this.#attempts));
			agenda.at(rounds.elapsedAt(clock.nowUs()) + waitUs, () => {
				if (isLate) this.ask(head, untilElapsedUs, true);
				else this.tryJoin(untilElapsedUs);
			});
		};
		const round = rounds.round;
		this.#join.flags = this.#choice.clashes(head) ? CLASHES : 0;
		this.#join.charge = this.#parts.charge();
		this.#join.round = round16(round);
		const length = encodeJoin(this.#join, this.#message, 0);
		const begun = voice.tell("join", head, this.#message, length, (acknowledged) => {
			if (rounds.round !== round || this.head.byteLength > 0) return;
			if (acknowledged) {
				this.accept(head);
				return;
			}
			if (++this.#attempts >= JOIN_ATTEMPTS && !isLate) this.#choice.passOver(head);
			again();
		});
		if (!begun) again();
	}

	private accept(head: LinkAddress): void {
		const view = this.#parts.neighbourhood.viewOf(head);
		if (view === undefined) return;
		this.head.set(head);
		this.#section = this.#choice.isSink(view) ? SINK_SECTION : view.section;
		this.#nextSection = this.#section;
		this.#slot = -1;
		this.#scheduleSlot = 0;
		this.#missed = 0;
		this.#unanswered = 0;
		this.belong();
	}

	private belong(): void {
		this.isOrphan = false;
		this.#parts.ways.head.set(this.head);
		this.#onRole(this.#section === SINK_SECTION ? "direct" : "member", this.head);
	}

	/** Plans the slots of this round. */
	plan(): void {
		this.#answer = "none";
		this.#section = this.#nextSection;
		if (this.head.byteLength > 0) this.planSchedule(this.#scheduleSlot);
		else if (this.isOrphan) this.#search.plan();
	}

	/** Listens for the SCHEDULE that comes in a slot of our section. */
	private planSchedule(slot: number): void {
		const { agenda, rounds, timeline, duty, config } = this.#parts;
		const { round } = rounds;
		const at = timeline.sectionAt(round, this.#section) + slot * config.slotUs;
		const guardUs = rounds.guardUs(rounds.at(at));
		agenda.at(at - guardUs, () => duty.begin(Listening.schedule));
		agenda.at(at + config.slotUs + guardUs, () => {
			duty.end(Listening.schedule);
			if (this.#heardRound !== round && this.head.byteLength > 0) this.noteMissed();
		});
	}

	private noteMissed(): void {
		this.#missed++;
		this.#scheduleSlot = 0;
		if (this.#missed >= MISSED_SCHEDULES) {
			this.#choice.refuse(this.head);
			this.orphan();
		} else if (this.#slot >= 0) this.planSlot();
		// It took us, but where its SCHEDULE comes we do not hear it: perhaps it has gone to another section.
		else this.orphan();
	}

	/** A SCHEDULE of a trusted head came, in a slot of section `sentIn`. */
	hear(source: LinkAddress, schedule: Schedule, bytes: Uint8Array, slot: number, sentIn: number): void {
		const { rounds, duty, address } = this.#parts;
		const index = this.indexOf(address, schedule, bytes);
		// Whoever lost his head's first SCHEDULE finds himself in a later one.
		if (this.isOrphan && index >= 0) this.accept(source);
		if (sentIn === SINK_SECTION && (schedule.flags & SCHEDULE_CONTINUES) === 0)
			this.#search.hearSink(source, slot + 1 + schedule.members);
		if (!source.equals(this.head)) return;
		this.#heardRound = rounds.round;
		this.#missed = 0;
		this.#section = sentIn;
		this.#nextSection = schedule.section;
		if (index >= 0) {
			duty.end(Listening.schedule);
			this.#scheduleSlot = slot;
			this.#slot = slot + 1 + index;
			this.planSlot();
		} else if ((schedule.flags & SCHEDULE_CONTINUES) !== 0) {
			this.planSchedule(slot + 1 + schedule.members);
		} else if (this.#scheduleSlot > 0) this.#scheduleSlot = 0;
		else this.onUnlisted(source);
	}

	private indexOf(address: LinkAddress, schedule: Schedule, bytes: Uint8Array): number {
		for (let i = 0; i < schedule.members; i++) {
			if (scheduleMember(schedule, i, bytes, this.#name).equals(address)) return i;
		}
		return -1;
	}

	/** Our head does not name us: it has no room, or has forgotten us. */
	private onUnlisted(head: LinkAddress): void {
		const wasListed = this.#slot >= 0;
		const address = head.clone();
		if (!wasListed) this.#choice.refuse(head);
		this.orphan();
		const best = wasListed ? address : this.#choice.best()?.address;
		if (best !== undefined) this.#search.want(best);
	}

	private planSlot(): void {
		const { agenda, timeline, rounds, config, clock } = this.#parts;
		const at = timeline.sectionAt(rounds.round, this.#section) + this.#slot * config.slotUs;
		if (rounds.elapsedAt(clock.nowUs()) > at) return;
		agenda.at(at, () => this.openSlot(at + config.slotUs));
		agenda.at(at + config.slotUs, () => this.closeSlot());
	}

	private openSlot(endElapsedUs: number): void {
		if (this.head.byteLength === 0) return;
		const { rounds, window } = this.#parts;
		const untilUs = rounds.at(endElapsedUs);
		window.open(untilUs, (destination) => destination.equals(this.head));
		this.#parts.client()?.onSlot(this.head, untilUs);
	}

	private closeSlot(): void {
		this.#parts.window.close();
		if (this.head.byteLength === 0) return;
		if (this.#answer === "acknowledged") this.#unanswered = 0;
		if (this.#answer !== "unanswered") return;
		this.#unanswered++;
		if (this.#missed === 0 && this.#unanswered < UNANSWERED_ROUNDS) return;
		this.#choice.refuse(this.head);
		this.orphan();
	}

	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome, transmissions: number): void {
		if (!neighbour.equals(this.head)) return;
		if (outcome === "sent") this.#answer = "acknowledged";
		else if (transmissions > 0 && this.#answer === "none") this.#answer = "unanswered";
	}
}
