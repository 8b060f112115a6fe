import type { RadioStates } from "../channel/radio-states.js";
import { cpuTimeUs, type EnergyUse, energyUj, type StatePowers, statePowers, totalUj } from "./energy.js";
import { ENERGY_PROFILES, type EnergyProfile, type ProfileName } from "./profiles.js";

/** The transceiver of every node, as a scenario gives it. */
export interface MeteredRadio {
	readonly profile: ProfileName;
	readonly txPowerDbm: number;
}

/** Reads what nodes have used since the start of the run from the times that their radios spent in each state. */
export class EnergyMeter {
	readonly powers: StatePowers;
	readonly #profile: EnergyProfile;
	readonly #states: RadioStates;
	readonly #use: EnergyUse = { txUj: 0, rxUj: 0, listenUj: 0, sleepUj: 0, cpuUj: 0 };
	readonly #times = { txUs: 0, rxUs: 0, listenUs: 0, sleepUs: 0, cpuUs: 0 };

	/** `voltageV` is the supply voltage. Throws a RangeError for a power that the profile does not have. */
	constructor(states: RadioStates, radio: MeteredRadio, voltageV = 3) {
		this.#states = states;
		this.#profile = ENERGY_PROFILES[radio.profile];
		this.powers = statePowers(this.#profile, radio.txPowerDbm, voltageV);
	}

	/** Energy by state up to now, in microjoules; valid until the next call. */
	read(node: number, nowUs: number): Readonly<EnergyUse> {
		const states = this.#states;
		states.book(node, nowUs);
		const times = this.#times;
		times.txUs = states.txUs(node);
		times.rxUs = states.rxUs(node);
		times.listenUs = states.onUs(node) - times.rxUs;
		times.sleepUs = nowUs - states.onUs(node) - times.txUs;
		times.cpuUs = cpuTimeUs(this.#profile, states.handled(node));
		return energyUj(this.powers, times, this.#use);
	}

	/** Energy in all states up to now, in microjoules. */
	totalUj(node: number, nowUs: number): number {
		return totalUj(this.read(node, nowUs));
	}
}
