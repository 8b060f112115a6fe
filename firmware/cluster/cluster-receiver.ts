import type { LinkAddress } from "../address.js";
import { u16be } from "../bytes.js";
import {
	ADVERTISEMENT_TYPE,
	Advertisement,
	type AdvertisementDrop,
	decodeAdvertisement,
	TENTATIVE,
} from "../frames/cluster-advertisement.js";
import { decodeJoin, JOIN_TYPE, Join, type JoinDrop } from "../frames/cluster-join.js";
import { RECEIPT_BYTES, RECEIPT_TYPE, type ReceiptDrop } from "../frames/cluster-receipt.js";
import { decodeSchedule, SCHEDULE_TYPE, Schedule, type ScheduleDrop } from "../frames/cluster-schedule.js";
import { decodeSync, SYNC_TYPE, Sync, type SyncDrop } from "../frames/cluster-sync.js";
import { CLUSTERS, type Hello } from "../frames/hello.js";
import type { Neighbour, NeighbourTable } from "../trust/neighbours.js";
import type { ClusterMembers, ClusterService } from "./cluster-service.js";
import type { ClusterView } from "./neighbourhood.js";
import type { ClusterParts } from "./parts.js";
import { SINK_SECTION } from "./timeline.js";

/** Why a message of clusters was refused. */
export type ClusterDrop =
	| SyncDrop
	| AdvertisementDrop
	| JoinDrop
	| ScheduleDrop
	| ReceiptDrop
	/** Its time is not ours: a replay, another network, or a clock that is out of order. */
	| "cluster-time"
	/** Its sender is not trusted, or the neighbour table has no place for it. */
	| "cluster-distrusted"
	/** A section that does not exist, or in which the frame was not sent. */
	| "cluster-section"
	/** Sent to one what is for all, or to all what is for one. */
	| "cluster-destination"
	| "join-round"
	| "join-not-head";

/** The ways that a cluster message came. */
interface Arrival {
	readonly source: LinkAddress;
	readonly toAll: boolean;
	readonly rssiDbm: number;
	readonly sfdUs: number;
	readonly nowUs: number;
}

/** Takes the messages of clusters: decodes and checks them, and gives each to whom it concerns. */
export class ClusterReceiver {
	readonly #members: ClusterMembers;
	readonly #parts: ClusterParts;
	readonly #service: ClusterService;
	readonly #neighbours: NeighbourTable;
	readonly #sync = new Sync();
	readonly #advertisement = new Advertisement();
	readonly #join = new Join();
	readonly #schedule = new Schedule();
	/** Another number after each time that the receiver was off. */
	#wakefulness = 0;
	readonly #didServe = (address: LinkAddress): boolean => this.#members.leading.didServe(address);

	constructor(members: ClusterMembers, service: ClusterService, neighbours: NeighbourTable) {
		this.#members = members;
		this.#parts = members.parts;
		this.#service = service;
		this.#neighbours = neighbours;
	}

	/** The receiver was off. */
	noteSleep(): void {
		this.#wakefulness++;
	}

	/** Whether messages of a type are ours to take. */
	static takes(type: number): boolean {
		return type >= SYNC_TYPE && type <= RECEIPT_TYPE;
	}

	/** Takes the message whose type octet is at `offset`; returns why it was refused, if it was. */
	receive(bytes: Uint8Array, offset: number, end: number, arrival: Arrival): ClusterDrop | undefined {
		const type = bytes[offset]!;
		if ((type === JOIN_TYPE) === arrival.toAll) return "cluster-destination";
		const { source, nowUs } = arrival;
		const neighbour = this.#neighbours.find(source);
		const view = this.#parts.neighbourhood.viewOf(source);
		if (type === JOIN_TYPE) return this.takeJoin(bytes, offset, end, source, view);
		if (neighbour === undefined || view === undefined) return "cluster-distrusted";
		if (!this.#parts.gate().admits(source, nowUs)) {
			if (type === ADVERTISEMENT_TYPE) this.noteSection(bytes, offset, end);
			return "cluster-distrusted";
		}
		switch (type) {
			case SYNC_TYPE:
				return this.takeSync(bytes, offset, end, neighbour, view, arrival);
			case ADVERTISEMENT_TYPE:
				return this.takeAdvertisement(bytes, offset, end, neighbour, view, arrival);
			case SCHEDULE_TYPE:
				return this.takeSchedule(bytes, offset, end, neighbour, view, arrival);
			default: {
				if (!this.#service.isInTime) return "cluster-time";
				if (end - offset >= RECEIPT_BYTES - 1) {
					const sequence = u16be(bytes, offset + 1);
					this.#parts.neighbourhood.noteBroadcast(neighbour, view, sequence, this.#wakefulness);
				}
				return this.#members.receipts.hear(bytes, offset, end, this.#didServe);
			}
		}
	}

	/** Takes a HELLO of a clustered neighbour. */
	hear(source: LinkAddress, hello: Hello, nowUs: number): void {
		const view = (hello.capabilities & CLUSTERS) === 0 ? undefined : this.#parts.neighbourhood.viewOf(source);
		if (view !== undefined) this.#parts.neighbourhood.noteCharge(source, view, hello.charge, nowUs);
	}

	private takeSync(
		bytes: Uint8Array,
		offset: number,
		end: number,
		neighbour: Neighbour,
		view: ClusterView,
		arrival: Arrival,
	): ClusterDrop | undefined {
		const sync = decodeSync(bytes, offset, end, this.#sync);
		if (typeof sync === "string") return sync;
		const { time, hops } = sync;
		const { wave } = this.#members;
		const { neighbourhood, timeline } = this.#parts;
		if (!timeline.hasElection(time.round) || time.elapsedUs > timeline.receiptEndUs) return "cluster-time";
		if (!this.#service.takeTime(time, arrival.sfdUs, hops < 255, true, () => wave.isBest(hops)))
			return "cluster-time";
		neighbourhood.noteBroadcast(neighbour, view, time.sequence, this.#wakefulness);
		neighbourhood.noteCharge(arrival.source, view, sync.charge, arrival.nowUs);
		view.hops = hops;
		view.cost256 = sync.cost256;
		view.waveRound = this.#parts.rounds.round;
		this.#parts.ways.consider(neighbour, view);
		wave.hear(sync, neighbourhood.isWithin(arrival.rssiDbm));
		return undefined;
	}

	private takeAdvertisement(
		bytes: Uint8Array,
		offset: number,
		end: number,
		neighbour: Neighbour,
		view: ClusterView,
		{ source, rssiDbm, sfdUs, nowUs }: Arrival,
	): ClusterDrop | undefined {
		const ad = decodeAdvertisement(bytes, offset, end, this.#advertisement);
		if (typeof ad === "string") return ad;
		const { neighbourhood, config, timeline, rounds } = this.#parts;
		if (ad.section >= config.sections) return "cluster-section";
		const { elapsedUs, round } = ad.time;
		if (!timeline.hasElection(round) || elapsedUs > timeline.joinEndUs) return "cluster-time";
		if (!this.#service.takeTime(ad.time, sfdUs, ad.hops < 255, false, () => false)) return "cluster-time";
		neighbourhood.noteBroadcast(neighbour, view, ad.time.sequence, this.#wakefulness);
		neighbourhood.noteCharge(source, view, ad.charge, nowUs);
		const leads = (ad.flags & TENTATIVE) === 0;
		const isNews = view.term !== rounds.round || (leads && !view.leads);
		view.term = rounds.round;
		view.leads = leads;
		view.section = ad.section;
		view.merit = ad.merit;
		view.rssiDbm = rssiDbm;
		view.leadHops = ad.hops;
		view.completion = ad.completion;
		view.isFull = false;
		if (!this.#parts.isSink) this.#members.candidacy.hear(source, view, isNews);
		return undefined;
	}

	/** A section is taken even by one who is not trusted. */
	private noteSection(bytes: Uint8Array, offset: number, end: number): void {
		const ad = decodeAdvertisement(bytes, offset, end, this.#advertisement);
		if (typeof ad !== "string") this.#members.candidacy.noteSection(ad.section);
	}

	private takeJoin(
		bytes: Uint8Array,
		offset: number,
		end: number,
		source: LinkAddress,
		view: ClusterView | undefined,
	): ClusterDrop | undefined {
		const join = decodeJoin(bytes, offset, end, this.#join);
		if (typeof join === "string") return join;
		if (!this.#service.isInTime) return "cluster-time";
		const { rounds, neighbourhood, clock } = this.#parts;
		const refusal = this.#members.leading.join(source, join, rounds.round);
		if (refusal !== undefined) return refusal;
		if (view !== undefined) neighbourhood.noteCharge(source, view, join.charge, clock.nowUs());
		if (this.#members.leading.isIntermediary) this.#members.forwarding.recruit();
		return undefined;
	}

	private takeSchedule(
		bytes: Uint8Array,
		offset: number,
		end: number,
		neighbour: Neighbour,
		view: ClusterView,
		{ source, rssiDbm, sfdUs, nowUs }: Arrival,
	): ClusterDrop | undefined {
		const schedule = decodeSchedule(bytes, offset, end, this.#schedule);
		if (typeof schedule === "string") return schedule;
		const { config, neighbourhood, timeline, rounds } = this.#parts;
		const { membership } = this.#members;
		const { time, section } = schedule;
		const sentIn = timeline.sectionOf(time.round, time.elapsedUs);
		const isOfSink = section === SINK_SECTION;
		if (sentIn < 0 || (isOfSink || sentIn === SINK_SECTION ? sentIn !== section : section >= config.sections))
			return "cluster-section";
		const slot = Math.floor((time.elapsedUs - timeline.sectionAt(time.round, sentIn)) / config.slotUs);
		// A member keeps to its head's clock, whatever that is; whoever has no head to anybody's.
		const sets = (): boolean => source.equals(membership.head) || membership.isOrphan;
		if (!this.#service.takeTime(time, sfdUs, schedule.hops < 255, false, sets)) return "cluster-time";
		neighbourhood.noteBroadcast(neighbour, view, time.sequence, this.#wakefulness);
		neighbourhood.noteCharge(source, view, schedule.charge, nowUs);
		if (isOfSink) {
			if (schedule.hops > 0) return "cluster-section";
			view.hops = 0;
			view.cost256 = 0;
			view.waveRound = rounds.round;
		} else {
			view.term = this.#service.term;
			view.leads = true;
			view.section = section;
			if (section !== sentIn) view.moveRound = rounds.round;
			view.leadHops = schedule.hops;
		}
		view.completion = schedule.completion;
		if (view.rssiDbm < rssiDbm) view.rssiDbm = rssiDbm;
		view.isFull = !isOfSink && schedule.members >= config.slotsPerSection - 2;
		view.scheduleRound = rounds.round;
		if (!this.#parts.isSink) membership.hear(source, schedule, bytes, slot, sentIn);
		return undefined;
	}
}
