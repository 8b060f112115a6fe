import type { LinkAddress } from "../address.js";
import { Advertisement, encodeAdvertisement, TENTATIVE } from "../frames/cluster-advertisement.js";
import { SHR_US, TURNAROUND_US } from "../mac/timing.js";
import {
	type Announcement,
	type Decision,
	type Election,
	FOLLOW,
	LEAD,
	type Situation,
	TENTATIVELY,
	TICKS,
} from "./election.js";
import { Expenses } from "./expenses.js";
import { type ClusterView, isLower } from "./neighbourhood.js";
import type { ClusterParts } from "./parts.js";
import { round16 } from "./round-clock.js";

/** No announcement begins later than this before its window ends: its frame must still fit. */
const TAIL_US = 3000;
/** Those who decide at the same instant announce themselves within this. */
const JITTER_US = 2000;
/** A head says that it leads twice, so much later at least, and within this where its window is nearly over. */
const REPEAT_AFTER_US = 2000;
const LEAST_REPEAT_US = 10_000;
/** Fragments of the datagrams that heads send, for what they promise of them. */
const USUAL_FRAGMENTS = 6;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Stage = "idle" | "undecided" | "announcing" | "leading" | "following";

/** One node's candidacy: asks its election at its instants, announces it, and hears the announcements of others. */
export class Candidacy {
	readonly #parts: ClusterParts;
	readonly #election: Election;
	readonly #transmissions: number;
	/** All announcements that are heard count, not only those within the radius. */
	readonly #reachesAll: boolean;
	readonly #situation: Mutable<Situation> = {
		election: 0,
		charge: 0,
		neighbours: 0,
		claimedCharge: 0,
		richerNeighbours: 0,
		reachCost: 0,
		sinceLed: 0,
		heads: 0,
		leastMerit: 256,
	};
	readonly #heard: Mutable<Announcement> = { charge: 0, merit: 0, tentative: false, nearness: 0 };
	readonly #advertisement = new Advertisement();
	/** The term in which each section was last heard to be taken. */
	readonly #taken: Int32Array;
	#stage: Stage = "idle";
	/** Counts what was asked: an answer to an older question is void. */
	#question = 0;
	#windowAt = 0;
	#windowEnd = 0;
	/** Number of the last election that we led in, 0 for none. */
	#ledElection = 0;
	#coveredEarly = false;
	/** It is the second window, in which we were not called yet. */
	#isCallable = false;
	readonly #expenses: Expenses;
	/** An announcement is about to leave, or is on the air. */
	#isUnderWay = false;
	section = 0;
	/** A head with a lower address took the same section: ours is to be another one. */
	hasClash = false;

	constructor(parts: ClusterParts, election: Election, reachesAll: boolean, transmissions: number) {
		this.#parts = parts;
		this.#election = election;
		this.#expenses = new Expenses(parts);
		this.#reachesAll = reachesAll;
		this.#transmissions = transmissions;
		this.#taken = new Int32Array(parts.config.sections).fill(-1);
	}

	get leads(): boolean {
		return this.#stage === "leading";
	}

	/** Whether a head, ourselves included, covers us. */
	get isCovered(): boolean {
		return this.leads || this.#situation.heads > 0;
	}

	/** A new election: tells how the last term came out, and forgets who was heard in it. */
	begin(): void {
		const s = this.#situation;
		s.election++;
		s.heads = 0;
		s.leastMerit = 256;
		this.#stage = "idle";
		this.#coveredEarly = false;
		this.#isCallable = false;
		this.#isUnderWay = false;
		this.hasClash = false;
		this.#question++;
	}

	/** The first window begins, for one who hears all of it. */
	beginFirst(): void {
		const { timeline } = this.#parts;
		this.beginWindow(timeline.receiptEndUs, timeline.firstWindowEndUs);
		this.follow(this.#election.begin(this.refresh()));
	}

	beginSecond(): void {
		const { timeline } = this.#parts;
		this.#coveredEarly = this.isCovered;
		const wasAsked = this.#stage !== "idle";
		if (this.#stage !== "leading") this.#stage = "following";
		this.beginWindow(timeline.firstWindowEndUs, timeline.secondWindowEndUs);
		this.#isCallable = wasAsked;
		if (!wasAsked || this.isCovered || this.#election.uncovered === undefined) return;
		this.follow(this.#election.uncovered(this.refresh()));
	}

	/** Both windows are over: whoever is not heard to lead by now does not. */
	end(): void {
		// On the air at this instant: whoever hears it takes us for a head.
		if (this.#isUnderWay && this.#parts.voice.isSpeaking) this.#stage = "leading";
		if (this.#stage !== "leading") this.#stage = "following";
		this.#isCallable = false;
		this.#question++;
		if (this.leads) this.#ledElection = this.#situation.election;
	}

	/** Whether an announcement counts for us, by its signal. */
	isWithin(rssiDbm: number): boolean {
		return this.#reachesAll || this.#parts.neighbourhood.isWithin(rssiDbm);
	}

	/** Whether head `a` is better than head `b` for the election; neither may be. */
	prefers(a: ClusterView, b: ClusterView): boolean {
		const { prefers } = this.#election;
		if (prefers === undefined) return false;
		return prefers.call(this.#election, announcementOf(a), announcementOf(b));
	}

	get hasPreference(): boolean {
		return this.#election.prefers !== undefined;
	}

	/** A section was heard to be taken, by whomever. */
	noteSection(section: number): void {
		if (section < this.#taken.length) this.#taken[section] = this.#parts.term();
	}

	/** A trusted neighbour announced itself, whose view tells the rest; `isNews`: for the first time in this term. */
	hear(source: LinkAddress, view: ClusterView, isNews: boolean): void {
		if (view.leads) this.noteSection(view.section);
		if (this.leads && view.leads && view.section === this.section && isLower(source, this.#parts.address))
			this.hasClash = true;
		if (!this.isWithin(view.rssiDbm)) return;
		const s = this.#situation;
		s.leastMerit = Math.min(s.leastMerit, view.merit);
		if (view.leads && isNews) s.heads++;
		const heard = this.#heard;
		heard.charge = Math.max(0, view.charge);
		heard.merit = view.merit;
		heard.tentative = !view.leads;
		heard.nearness = view.rssiDbm;
		if (this.#stage === "undecided" || this.#stage === "announcing") {
			if (this.#election.withdraws?.(this.refresh(), heard) === true) this.withdraw();
		} else if (heard.tentative && this.#stage === "following" && this.#isCallable) this.call(heard);
	}

	save(): Uint8Array | undefined {
		return this.#election.save?.();
	}

	restore(blob: Uint8Array): void {
		this.#election.restore?.(blob);
	}

	/** Number of the election, 0 before the first. */
	get number(): number {
		return this.#situation.election;
	}

	private beginWindow(at: number, end: number): void {
		this.#windowAt = at;
		this.#windowEnd = end;
	}

	private refresh(): Situation {
		const { neighbourhood, clock } = this.#parts;
		const s = this.#situation;
		s.charge = this.#parts.charge();
		s.sinceLed = this.#ledElection === 0 ? 0 : s.election - this.#ledElection;
		neighbourhood.count(s.charge, clock.nowUs(), s);
		return s;
	}

	/** Somebody whom nobody covers would rather not lead. */
	private call(heard: Announcement): void {
		if (this.#election.called === undefined) return;
		const { rounds, clock } = this.#parts;
		const elapsedUs = rounds.elapsedAt(clock.nowUs()) - this.#windowAt;
		const tick = Math.floor((elapsedUs * TICKS) / (this.#windowEnd - this.#windowAt - TAIL_US));
		const decision = this.#election.called(this.refresh(), heard, Math.max(0, Math.min(TICKS - 1, tick)));
		if (decision === FOLLOW) return;
		this.#isCallable = false;
		this.follow(decision);
	}

	private withdraw(): void {
		this.#stage = "following";
		this.#question++;
	}

	private follow(decision: Decision): void {
		this.#question++;
		if (decision === FOLLOW) {
			if (this.#stage !== "leading") this.#stage = "following";
			return;
		}
		if (decision === LEAD) {
			this.#stage = "announcing";
			this.announce(false);
			return;
		}
		this.#stage = "undecided";
		const tentatively = decision >= TENTATIVELY;
		if (tentatively) this.announce(true);
		const tick = Math.max(0, Math.min(TICKS - 1, tentatively ? decision - TENTATIVELY : decision));
		const spanUs = this.#windowEnd - this.#windowAt - TAIL_US;
		const question = this.#question;
		this.#parts.agenda.at(this.#windowAt + Math.floor((tick * spanUs) / TICKS), () => {
			if (this.#question !== question) return;
			this.follow(this.#election.decide(this.refresh(), tick));
		});
	}

	/** A section that no head was heard to take, at random; any when all are taken. */
	freeSection(): number {
		const { random } = this.#parts;
		const term = this.#parts.term();
		let free = 0;
		for (const taken of this.#taken) if (taken !== term) free++;
		let nth = random.below(free === 0 ? this.#taken.length : free);
		for (let i = 0; i < this.#taken.length; i++) {
			if (free > 0 && this.#taken[i] === term) continue;
			if (nth-- === 0) return i;
		}
		return 0;
	}

	/** As {@link freeSection}, but not our own, which a head has that we do not hear. */
	otherSection(): number {
		this.noteSection(this.section);
		return this.freeSection();
	}

	private announce(tentative: boolean): void {
		const question = this.#question;
		this.say(tentative, question, (sent) => {
			if (tentative) return;
			this.#isUnderWay = false;
			// Who withdraws while the frame is on its way was heard all the same.
			if (sent) this.lead();
			else if (this.#question === question) this.#stage = "following";
		});
	}

	private lead(): void {
		this.#stage = "leading";
		this.#question++;
		this.repeat();
	}

	/** Says it once more at some instant before the window ends: a collision must not make a head that nobody knows. */
	private repeat(): void {
		const { agenda, rounds, clock, random } = this.#parts;
		const question = this.#question;
		const nowAt = rounds.elapsedAt(clock.nowUs()) + REPEAT_AFTER_US;
		const spanUs = this.#windowEnd - TAIL_US - JITTER_US - nowAt;
		// At the end of a window the other one still hears it.
		const at = nowAt + random.below(Math.max(LEAST_REPEAT_US, spanUs));
		agenda.at(at, () => {
			if (this.#question !== question || !this.leads) return;
			const { section, hasClash } = this;
			this.say(false, -1, (sent) => {
				if (sent) return;
				this.section = section;
				this.hasClash = hasClash;
			});
		});
	}

	private say(tentative: boolean, question = -1, done?: (sent: boolean) => void): void {
		const { rounds, voice, clock, random } = this.#parts;
		const untilUs = rounds.at(this.#windowEnd);
		const atUs = clock.nowUs() + random.below(JITTER_US);
		voice.say(
			"advertisement",
			atUs,
			untilUs,
			(bytes, offset, sequence, sfdUs) => {
				if (question >= 0 && this.#question !== question) return -1;
				// When the window ends it must be known whether the channel was free.
				if (sfdUs - SHR_US - TURNAROUND_US > untilUs) return -1;
				return this.write(tentative, bytes, offset, sequence, sfdUs);
			},
			done,
		);
	}

	private write(
		tentative: boolean,
		bytes: Uint8Array,
		offset: number,
		sequence: number,
		sfdUs: number,
	): number {
		const { rounds, ways } = this.#parts;
		const ad = this.#advertisement;
		ad.time.sequence = sequence;
		ad.time.round = round16(rounds.round);
		ad.time.elapsedUs = Math.max(0, rounds.elapsedAt(sfdUs));
		ad.flags = tentative ? TENTATIVE : 0;
		ad.charge = this.#parts.charge();
		const merit = this.#election.merit?.(this.refresh()) ?? 0;
		ad.merit = Math.max(0, Math.min(255, Math.round(merit)));
		// As late as may be: others may have taken one meanwhile.
		if (!tentative && (!this.leads || this.hasClash)) {
			this.section = this.freeSection();
			this.hasClash = false;
		}
		if (!tentative && !this.leads) this.#isUnderWay = true;
		ad.section = this.section;
		ad.hops = ways.hops;
		ad.completion = ways.completion(USUAL_FRAGMENTS, this.#transmissions);
		return encodeAdvertisement(ad, bytes, offset);
	}

	/** The election learns from the term that is over; before {@link begin}. */
	learn(): void {
		const cost = this.#expenses.settle();
		const { election, heads } = this.#situation;
		if (cost === undefined || election === 0) return;
		this.#election.learn?.({
			led: this.#ledElection === election,
			covered: this.#coveredEarly,
			extraHeads: Math.max(0, heads - 1),
			...cost,
		});
	}
}

function announcementOf(view: ClusterView): Announcement {
	return {
		charge: Math.max(0, view.charge),
		merit: view.merit,
		tentative: !view.leads,
		nearness: view.rssiDbm,
	};
}
