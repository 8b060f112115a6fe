import { LinkAddress } from "../../firmware/address.js";
import type { ElectionOptions } from "../../firmware/cluster/election.js";
import type { SimSink } from "../events.js";
import { optionsOf, type Scenario, type ScenarioModules } from "../scenario/scenario.js";
import { WholeNetwork } from "./all-knowing.js";
import { Purpose } from "./batteries.js";
import { controlBits } from "./control-costs.js";
import { ControlLedger } from "./control-ledger.js";
import { DataRound } from "./data-round.js";
import { Field } from "./field.js";
import { chargeFactors } from "./initial-charges.js";
import { RadioModel } from "./radio-model.js";
import { ChargeSpread } from "./spread.js";
import { NetworkState } from "./state.js";
import { Terms } from "./terms.js";

/** Nodes of this model have numbers only. */
const NO_ADDRESS = new LinkAddress();

/**
 * One run of a scenario with `fidelity: rounds`: {@link run} it in as many steps as you like, then {@link finish} it.
 *
 * Everything that happens is told to the sink; nothing else leaves it. Throws a RangeError for options that do not fit.
 */
export class RoundsSimulation {
	readonly scenario: Scenario;
	readonly field: Field;
	readonly radio: RadioModel;
	/** Rounds that the election's heads lead for. */
	readonly roundsPerElection: number;
	/** Whether no round is left. */
	isOver = false;
	readonly #sink: SimSink;
	readonly #state: NetworkState;
	readonly #terms: Terms;
	readonly #control: ControlLedger;
	readonly #data: DataRound;
	readonly #roundUs: number;
	readonly #initialJ: number;
	readonly #spread: ChargeSpread;
	#isPastMidLife = false;
	#hasLost = false;

	constructor(scenario: Scenario, modules: ScenarioModules, sink: SimSink) {
		const { rounds, cluster, seed } = scenario;
		const factory = modules.election;
		if (factory === undefined)
			throw new RangeError("election.kind: expected an election with fidelity rounds, got none");
		this.scenario = scenario;
		this.#sink = sink;
		const topology = modules.topology.create(optionsOf(scenario.topology), seed);
		this.field = new Field(topology.positions, placeOf(rounds.base));
		const { field } = this;
		const { radio } = rounds;
		this.radio = new RadioModel({
			electronicsJ: radio.electronicsNj * 1e-9,
			freeSpaceJ: radio.freeSpacePj * 1e-12,
			multipathJ: radio.multipathPj * 1e-12,
			aggregationJ: radio.aggregationNj * 1e-9,
		});
		const factors = chargeFactors(field.nodes, rounds.levels, seed);
		const initialJ = factors.map((factor) => factor * rounds.chargeJ);
		this.#initialJ = initialJ.reduce((sum, joules) => sum + joules, 0);
		this.#roundUs = Math.round(cluster.roundS * 1e6);
		this.roundsPerElection = cluster.roundsPerElection ?? factory.roundsPerElection;
		this.#state = new NetworkState(field, initialJ, cluster.radiusM, (node) =>
			sink.nodeDied(this.#nowUs, node, "charge"),
		);
		this.#spread = new ChargeSpread(initialJ, this.#state.batteries.chargeJ);
		const { accounting, bits, schedule, helloUnits } = rounds.control;
		this.#control = new ControlLedger(
			this.#state,
			this.radio,
			controlBits(accounting, bits),
			schedule,
			factory.reach === "all",
		);
		this.#terms = new Terms(this.#state, this.#control, {
			factory,
			options: optionsOf<ElectionOptions>(scenario.election),
			seed,
			omniscience: rounds.omniscience
				? new WholeNetwork(this.#state, factors, rounds.chargeJ, this.#expectedRounds())
				: undefined,
			isKnowledgeFree: accounting === "none",
			helloUnits,
		});
		this.#data = new DataRound(this.#state, this.radio, rounds.packetBits);
		this.#announce();
		this.isOver = this.#state.batteries.living === 0;
	}

	/** Data rounds that are over. */
	get rounds(): number {
		return this.#state.round;
	}

	get living(): number {
		return this.#state.batteries.living;
	}

	/** Joules that all nodes have left. */
	get leftJ(): number {
		return this.#state.batteries.chargeJ.reduce((sum, joules) => sum + joules, 0);
	}

	/** Runs up to so many rounds more. */
	run(rounds: number): void {
		for (let i = 0; i < rounds && !this.isOver; i++) this.#runOne();
	}

	/** Tells what was spent, and ends the log. */
	finish(): void {
		const { spentJ } = this.#state.batteries;
		this.#sink.chargeSpent(
			this.#nowUs,
			spentJ[Purpose.send]!,
			spentJ[Purpose.receive]!,
			spentJ[Purpose.aggregate]!,
			spentJ[Purpose.controlSend]!,
			spentJ[Purpose.controlReceive]!,
			this.#initialJ,
			this.leftJ,
		);
		this.#sink.runEnded(this.#nowUs, this.#state.round);
	}

	get #nowUs(): number {
		return this.#state.round * this.#roundUs;
	}

	/** How long the charge of all lasts by the formula for a round's cost, as DEEC has it. */
	#expectedRounds(): number {
		const { nodes, sideM, meanToBaseM } = this.field;
		const roundJ = this.radio.roundJ(this.scenario.rounds.packetBits, nodes, sideM, meanToBaseM);
		return roundJ > 0 ? this.#initialJ / roundJ : this.scenario.rounds.most;
	}

	#announce(): void {
		const { scenario, field } = this;
		this.#sink.runStarted(0, JSON.stringify(scenario), scenario.seed, scenario.fidelity, field.nodes);
		for (let node = 0; node < field.nodes; node++)
			this.#sink.nodePlaced(0, node, field.x[node]!, field.y[node]!, "node", NO_ADDRESS);
		this.#sink.nodePlaced(0, field.nodes, field.baseX, field.baseY, "sink", NO_ADDRESS);
		const { alive, living } = this.#state.batteries;
		for (let node = 0; node < field.nodes; node++)
			if (alive[node] === 0) this.#sink.nodeDied(0, node, "charge");
		this.#sink.roundEnded(0, 0, living, 0, 0, 0, 0, 0);
		this.#tellSpread();
	}

	#runOne(): void {
		const state = this.#state;
		if (state.round % this.roundsPerElection === 0) {
			this.#terms.elect();
			this.#data.prepare();
			this.#tellHeads();
		} else if (state.hasUnnoticedDeath) {
			this.#terms.mend();
			this.#data.prepare();
		}
		const { packets, readings } = this.#data.run();
		const { heads, uncovered } = this.#data;
		const { living } = state.batteries;
		state.round++;
		this.#sink.roundEnded(
			this.#nowUs,
			state.round,
			living,
			heads,
			uncovered,
			packets,
			readings,
			this.#control.sentBits,
		);
		this.#tellSpread();
		this.isOver = living === 0 || state.round >= this.scenario.rounds.most;
	}

	#tellHeads(): void {
		const { head, batteries, round } = this.#state;
		for (let node = 0; node < head.length; node++)
			if (head[node] === node && batteries.alive[node] === 1)
				this.#sink.headElected(this.#nowUs, node, round + 1, this.#data.members[node]!);
	}

	#tellSpread(): void {
		const spread = this.#spread;
		spread.measure();
		const { mean, variance, jain } = spread;
		const { round, field, batteries } = this.#state;
		this.#sink.chargeSpread(this.#nowUs, round, mean, variance, jain);
		const isMidLife = !this.#isPastMidLife && 2 * mean * field.nodes <= this.#initialJ;
		const isFirstDeath = !this.#hasLost && batteries.living < field.nodes;
		if (!isMidLife && !isFirstDeath) return;
		const gini = spread.gini();
		if (isMidLife) this.#sink.lifeMoment(this.#nowUs, "mid-life", round, variance, jain, gini);
		if (isFirstDeath) this.#sink.lifeMoment(this.#nowUs, "first-death", round, variance, jain, gini);
		this.#isPastMidLife ||= isMidLife;
		this.#hasLost ||= isFirstDeath;
	}
}

function placeOf(base: Scenario["rounds"]["base"]): readonly [number, number] | undefined {
	return typeof base === "string" ? undefined : [base[0]!, base[1]!];
}
