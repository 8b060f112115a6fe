import type { SimSink } from "../events.js";

/** Mean and deviation of the values so far, in one pass (Welford 1962). */
class Moments {
	count = 0;
	mean = 0;
	#squares = 0;

	add(value: number): void {
		this.count++;
		const before = value - this.mean;
		this.mean += before / this.count;
		this.#squares += before * (value - this.mean);
	}

	/** Over all values, not of a sample. */
	get deviation(): number {
		return this.count === 0 ? 0 : Math.sqrt(this.#squares / this.count);
	}
}

/** How unequal charges were at a moment. */
interface Moment {
	readonly round: number;
	readonly varianceJ2: number;
	readonly jain: number;
	readonly gini: number;
}

/** Columns of the rounds of a run, number 0 being the start. */
export interface PerRound {
	readonly alive: number[];
	readonly heads: number[];
	readonly uncovered: number[];
	readonly packets: number[];
	readonly readings: number[];
	/** Sent since the start. */
	readonly controlBits: number[];
	readonly meanChargeJ: number[];
	readonly chargeVarianceJ2: number[];
	readonly jain: number[];
}

/** What a run of the first-order model comes to, from its events alone. */
export class RoundsMetrics {
	readonly sink: Partial<SimSink>;
	readonly perRound: PerRound | undefined;
	#nodes = 0;
	#alive = 0;
	#rounds = 0;
	#fnd: number | null = null;
	#hnd: number | null = null;
	#lnd: number | null = null;
	#packets = 0;
	#made = 0;
	#carried = 0;
	#controlBits = 0;
	#nodeRounds = 0;
	#uncovered = 0;
	#headless = 0;
	#jain = 1;
	#variance = 0;
	readonly #heads = new Moments();
	readonly #variances = new Moments();
	#midLife: Moment | null = null;
	#firstDeath: Moment | null = null;
	#energyJ = { initial: 0, send: 0, receive: 0, aggregate: 0, controlSend: 0, controlReceive: 0, left: 0 };

	/** `keepsRounds`: whether {@link perRound} is filled, which takes memory with every round. */
	constructor(keepsRounds = false) {
		this.perRound = keepsRounds
			? {
					alive: [],
					heads: [],
					uncovered: [],
					packets: [],
					readings: [],
					controlBits: [],
					meanChargeJ: [],
					chargeVarianceJ2: [],
					jain: [],
				}
			: undefined;
		this.sink = {
			runStarted: (_timeUs, _scenario, _seed, _fidelity, nodes) => {
				this.#nodes = nodes;
			},
			roundEnded: (_timeUs, round, alive, heads, uncovered, packets, readings, controlBits) =>
				this.#take(round, alive, heads, uncovered, packets, readings, controlBits),
			chargeSpread: (_timeUs, _round, meanJ, varianceJ2, jain) => {
				this.#jain = jain;
				this.#variance = varianceJ2;
				this.#variances.add(varianceJ2);
				const columns = this.perRound;
				if (columns === undefined) return;
				columns.meanChargeJ.push(meanJ);
				columns.chargeVarianceJ2.push(varianceJ2);
				columns.jain.push(jain);
			},
			lifeMoment: (_timeUs, moment, round, varianceJ2, jain, gini) => {
				if (moment === "mid-life") this.#midLife = { round, varianceJ2, jain, gini };
				else this.#firstDeath = { round, varianceJ2, jain, gini };
			},
			chargeSpent: (_timeUs, send, receive, aggregate, controlSend, controlReceive, initial, left) => {
				this.#energyJ = { initial, send, receive, aggregate, controlSend, controlReceive, left };
			},
		};
	}

	#take(
		round: number,
		alive: number,
		heads: number,
		uncovered: number,
		packets: number,
		readings: number,
		controlBits: number,
	): void {
		if (round > 0) {
			this.#rounds = round;
			this.#nodeRounds += this.#alive;
			this.#made += this.#alive;
			if (this.#fnd === null) {
				this.#heads.add(heads);
				if (heads === 0) this.#headless++;
			}
		}
		this.#packets += packets;
		this.#carried += readings;
		this.#uncovered += uncovered;
		this.#controlBits = controlBits;
		this.#alive = alive;
		if (alive < this.#nodes) this.#fnd ??= round;
		if (2 * alive <= this.#nodes) this.#hnd ??= round;
		if (alive === 0) this.#lnd ??= round;
		const columns = this.perRound;
		if (columns === undefined) return;
		columns.alive.push(alive);
		columns.heads.push(heads);
		columns.uncovered.push(uncovered);
		columns.packets.push(packets);
		columns.readings.push(readings);
		columns.controlBits.push(controlBits);
	}

	summary() {
		const fnd = this.#fnd;
		const lnd = this.#lnd;
		return {
			nodes: this.#nodes,
			rounds: this.#rounds,
			/** Rounds in which the first node, half of all and the last one died; null where a run ended before. */
			fnd,
			hnd: this.#hnd,
			lnd,
			lndPerFnd: lnd === null || fnd === null || fnd === 0 ? null : lnd / fnd,
			packetsToSink: this.#packets,
			readings: { made: this.#made, carried: this.#carried },
			deliveryRatio: this.#made === 0 ? 1 : this.#carried / this.#made,
			controlBits: this.#controlBits,
			nodeRounds: this.#nodeRounds,
			uncoveredNodeRounds: this.#uncovered,
			/** While all nodes were alive. */
			headsPerRound: { mean: this.#heads.mean, deviation: this.#heads.deviation },
			headlessRatio: this.#heads.count === 0 ? 0 : this.#headless / this.#heads.count,
			/** Of the shares of their charge that nodes had spent when the first one died, else at the end. */
			jain: this.#firstDeath?.jain ?? this.#jain,
			gini: this.#firstDeath?.gini ?? null,
			chargeVarianceJ2: {
				midLife: this.#midLife?.varianceJ2 ?? null,
				firstDeath: this.#firstDeath?.varianceJ2 ?? null,
				end: this.#variance,
				mean: this.#variances.mean,
			},
			midLife: this.#midLife && {
				round: this.#midLife.round,
				jain: this.#midLife.jain,
				gini: this.#midLife.gini,
			},
			energyJ: this.#energyJ,
		};
	}
}

export type RoundsSummary = ReturnType<RoundsMetrics["summary"]>;
