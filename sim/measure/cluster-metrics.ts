import type { LinkAddress } from "../../firmware/address.js";
import { completeSink } from "../../firmware/events.js";
import { type StatePowers, statePowers } from "../energy/energy.js";
import { ENERGY_PROFILES } from "../energy/profiles.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import type { Scenario } from "../scenario/scenario.js";
import { ClusterRoles, type RoleSummary } from "./cluster-roles.js";
import { ControlOverhead, type OctetsOnAir } from "./control-overhead.js";
import { ReadingLedger, type ReadingSummary } from "./reading-ledger.js";
import { type Spread, spreadOf } from "./spread.js";

/** How charge is spread over all nodes but sinks, dead ones included, as shares of a full one. */
export interface ChargeSpread extends Spread {
	atS: number;
}

/** What a run of clustered nodes comes to, from its events alone. Sinks count nowhere but as receivers. */
export interface ClusterSummary extends RoleSummary {
	/** When the first, the middle and the last node died, and the rounds that were over by then; null where none did. */
	lifetime: {
		fndS: number | null;
		hndS: number | null;
		lndS: number | null;
		fndRounds: number | null;
		hndRounds: number | null;
		lndRounds: number | null;
	};
	readings: ReadingSummary;
	/** Energy of all nodes for each reading that arrived; null where none did. */
	energyPerReadingMj: number | null;
	/** Share of their life that nodes had their radio on. */
	dutyCycle: number;
	control: {
		octets: OctetsOnAir;
		/** Octets of the clusters' own protocol, of all senders; for each reading that arrived, null where none did. */
		total: number;
		octetsPerReading: number | null;
		/** Energy of nodes to transmit them. */
		txMj: number;
		/** Energy of nodes while all listen in rounds with an election, in whatever state, and its share of all. */
		electionMj: number;
		electionShare: number;
	};
	/** Null where batteries have no end. Mid-life is half the time to the first death, or half of the run without one. */
	charge: { midLife: ChargeSpread | null; fnd: ChargeSpread | null };
}

/** Rounds in which a reading may still be on its way. */
const GRACE_ROUNDS = 3;
/** Looks at charges that are kept; beyond that every other one is forgotten. */
const MOST_LOOKS = 4096;

interface Used {
	atUs: number;
	uj: number;
	onUs: number;
}

/** Listens to the events of one run of clustered nodes. */
export class ClusterMetrics {
	readonly sink: SimSink;
	readonly #roles = new ClusterRoles();
	readonly #ledger = new ReadingLedger();
	readonly #control = new ControlOverhead();
	readonly #numbers = new Map<string, number>();
	readonly #isSink: boolean[] = [];
	readonly #isAttacker: boolean[] = [];
	readonly #nodes: number[] = [];
	readonly #deathsUs: number[] = [];
	/** What each node had used when it was looked at last, and at the end. */
	readonly #usedUj: number[] = [];
	readonly #total = new Map<number, Used>();
	readonly #electionBeganUj: (number | undefined)[] = [];
	#electionUj = 0;
	#looks: ChargeSpread[] = [];
	#lookEvery = 1;
	#looked = 0;
	#moment = "";
	#momentUs = -1;
	#fndCharge: ChargeSpread | null = null;
	#roundUs = 1;
	#buffered = 0;
	#capacityUj: number | null = null;
	#powers: StatePowers | undefined;
	#endUs = 0;

	constructor() {
		const ledger = this.#ledger;
		const roles = this.#roles;
		this.sink = completeSink(SIM_EVENTS, {
			runStarted: (_timeUs, scenario) => this.#begin(JSON.parse(scenario) as Scenario),
			nodePlaced: (_timeUs, node, _x, _y, role, address) => this.#place(node, role, address),
			frameOnAir: (_timeUs, node, _channel, _rssiDbm, psdu) => {
				if (this.#isAttacker[node] !== true) this.#control.note(psdu, this.#isSink[node] === true);
			},
			roleTaken: (timeUs, node, _round, role, head) => {
				if (this.#isSink[node] !== true) roles.take(timeUs, node, role, this.#numbers.get(String(head)));
			},
			readingAccepted: (timeUs, node, sequence) => ledger.accept(timeUs, node, sequence),
			readingArrived: (timeUs, _node, origin, sequence, _via, again) =>
				ledger.arrive(timeUs, this.#numbers.get(String(origin)), sequence, again !== 0),
			readingConfirmed: (_timeUs, node, sequence) => ledger.confirm(node, sequence),
			readingAbandoned: (_timeUs, node, sequence, reason) => ledger.abandon(node, sequence, reason),
			energySampled: (timeUs, node, moment, usedUj) => this.#sample(timeUs, node, moment, usedUj),
			nodeStopped: (timeUs, node) => {
				roles.power(timeUs, node, false);
				ledger.restart(node);
				this.#electionBeganUj[node] = undefined;
			},
			nodeStarted: (timeUs, node) => roles.power(timeUs, node, true),
			nodeDied: (timeUs, node) => {
				roles.power(timeUs, node, false);
				ledger.die(node);
				if (this.#isSink[node] !== true) this.#deathsUs.push(timeUs);
			},
			nodeEnergy: (timeUs, node, txUj, rxUj, listenUj, sleepUj, cpuUj) =>
				this.#noteEnergy(timeUs, node, txUj, rxUj + listenUj, sleepUj + cpuUj),
			runEnded: (timeUs) => {
				this.#endUs = timeUs;
				this.#endMoment();
				roles.advance(timeUs);
			},
		});
	}

	/** The sums; complete after the run has ended. */
	summary(): ClusterSummary {
		const endUs = this.#endUs;
		const readings = this.#ledger.finish(endUs, GRACE_ROUNDS * this.#roundUs, this.#buffered);
		let uj = 0;
		let onUs = 0;
		let lifeUs = 0;
		for (const used of this.#total.values()) {
			uj += used.uj;
			onUs += used.onUs;
			lifeUs += used.atUs;
		}
		const { octets, controlOctets, airUs } = this.#control;
		const perReading = (value: number): number | null =>
			readings.arrived === 0 ? null : value / readings.arrived;
		return {
			lifetime: this.#lifetime(),
			...this.#roles.summary(),
			readings,
			energyPerReadingMj: perReading(uj / 1000),
			dutyCycle: lifeUs === 0 ? 0 : onUs / lifeUs,
			control: {
				octets: { ...octets },
				total: controlOctets,
				octetsPerReading: perReading(controlOctets),
				txMj: (airUs * (this.#powers?.txMw ?? 0)) / 1e6,
				electionMj: this.#electionUj / 1000,
				electionShare: uj === 0 ? 0 : this.#electionUj / uj,
			},
			charge: { midLife: this.#midLife(), fnd: this.#fndCharge },
		};
	}

	#begin({ cluster, battery, radio }: Scenario): void {
		this.#roundUs = Math.round(cluster.roundS * 1e6);
		this.#buffered = cluster.bufferedReadings;
		this.#capacityUj = battery.capacityJ === null ? null : battery.capacityJ * 1e6;
		this.#powers = statePowers(ENERGY_PROFILES[radio.profile], radio.txPowerDbm, battery.voltageV);
		this.#roles.begin(this.#roundUs);
	}

	#place(node: number, role: string, address: LinkAddress): void {
		this.#isSink[node] = role === "sink";
		this.#isAttacker[node] = role !== "sink" && role !== "node";
		if (role !== "node") return;
		this.#numbers.set(String(address), node);
		this.#nodes.push(node);
		this.#roles.place(node);
	}

	#sample(timeUs: number, node: number, moment: string, usedUj: number): void {
		if (timeUs !== this.#momentUs || moment !== this.#moment) {
			this.#endMoment();
			this.#moment = moment;
			this.#momentUs = timeUs;
		}
		this.#roles.power(timeUs, node, true);
		this.#usedUj[node] = usedUj;
		if (moment === "election") this.#electionBeganUj[node] = usedUj;
		if (moment !== "slots") return;
		const beganUj = this.#electionBeganUj[node];
		if (beganUj !== undefined) this.#electionUj += usedUj - beganUj;
		this.#electionBeganUj[node] = undefined;
	}

	/** All nodes that live were looked at: notes how their charge is spread. */
	#endMoment(): void {
		const moment = this.#moment;
		this.#moment = "";
		if (this.#capacityUj === null || (moment !== "election" && moment !== "death")) return;
		const capacityUj = this.#capacityUj;
		const charges = this.#nodes.map((node) => Math.max(0, 1 - (this.#usedUj[node] ?? 0) / capacityUj));
		const look = { atS: this.#momentUs / 1e6, ...spreadOf(charges) };
		if (moment === "death") {
			this.#fndCharge = look;
			return;
		}
		if (this.#looked++ % this.#lookEvery !== 0) return;
		this.#looks.push(look);
		if (this.#looks.length < MOST_LOOKS) return;
		this.#looks = this.#looks.filter((_, i) => i % 2 === 0);
		this.#lookEvery *= 2;
	}

	#noteEnergy(timeUs: number, node: number, txUj: number, receiverUj: number, otherUj: number): void {
		if (this.#isSink[node] !== false || this.#isAttacker[node] !== false) return;
		if (timeUs !== this.#momentUs) this.#endMoment();
		const uj = txUj + receiverUj + otherUj;
		this.#usedUj[node] = uj;
		const { txMw, rxMw } = this.#powers!;
		// Microjoules over milliwatts are milliseconds.
		this.#total.set(node, { atUs: timeUs, uj, onUs: 1000 * (txUj / txMw + receiverUj / rxMw) });
	}

	#midLife(): ChargeSpread | null {
		const middleS = (this.#deathsUs[0] ?? this.#endUs) / 2e6;
		let best: ChargeSpread | null = null;
		for (const look of this.#looks) {
			if (best === null || Math.abs(look.atS - middleS) < Math.abs(best.atS - middleS)) best = look;
		}
		return best;
	}

	#lifetime(): ClusterSummary["lifetime"] {
		const count = this.#nodes.length;
		const at = (death: number): number | null => {
			const timeUs = count === 0 ? undefined : this.#deathsUs[death - 1];
			return timeUs === undefined ? null : timeUs / 1e6;
		};
		const rounds = (atS: number | null): number | null =>
			atS === null ? null : Math.floor((atS * 1e6) / this.#roundUs);
		const fndS = at(1);
		const hndS = at(Math.ceil(count / 2));
		const lndS = at(count);
		return {
			fndS,
			hndS,
			lndS,
			fndRounds: rounds(fndS),
			hndRounds: rounds(hndS),
			lndRounds: rounds(lndS),
		};
	}
}
