import { type EnergyProfile, txCurrentMa } from "./profiles.js";

/** How long a node spent in each state, in microseconds. */
export interface StateTimes {
	readonly txUs: number;
	/** Receiver on and locked to a frame. */
	readonly rxUs: number;
	/** Receiver on, no frame. */
	readonly listenUs: number;
	/** Radio off. */
	readonly sleepUs: number;
	/** CPU running; runs beside the radio's states and is no part of them. */
	readonly cpuUs: number;
}

/** What a node used in each state, in microjoules. */
export interface EnergyUse {
	txUj: number;
	rxUj: number;
	listenUj: number;
	sleepUj: number;
	cpuUj: number;
}

/**
 * Work of a CPU for one frame that it sends or receives: copying, checking, header compression, timers.
 *
 * An assumption, not a measurement: some 130 cycles an octet. Tens of thousands of cycles more or less change
 * no result, as a receiver that is on costs more than the CPU.
 */
export const CYCLES_PER_FRAME = 16_000;

/** CPU time of a node that handled so many frames, in microseconds. */
export function cpuTimeUs(profile: EnergyProfile, frames: number): number {
	return (frames * CYCLES_PER_FRAME) / profile.cpuMhz;
}

/** Power in each state, in milliwatts: multiply by microseconds, and nanojoules come out. */
export interface StatePowers {
	readonly txMw: number;
	readonly rxMw: number;
	readonly sleepMw: number;
	readonly cpuMw: number;
}

/** Powers of a profile at one output power and supply voltage. Throws a RangeError as {@link txCurrentMa} does. */
export function statePowers(profile: EnergyProfile, txPowerDbm: number, voltageV: number): StatePowers {
	return {
		txMw: txCurrentMa(profile, txPowerDbm) * voltageV,
		rxMw: profile.rxMa * voltageV,
		sleepMw: profile.sleepMa * voltageV,
		cpuMw: profile.cpuMa * voltageV,
	};
}

/**
 * Energy by state, in microjoules: current times voltage times time.
 *
 * The few microamperes of a sleeping CPU beside a radio that is on are left out.
 */
export function energyUj(
	powers: StatePowers,
	times: StateTimes,
	into: EnergyUse = { txUj: 0, rxUj: 0, listenUj: 0, sleepUj: 0, cpuUj: 0 },
): EnergyUse {
	into.txUj = (powers.txMw * times.txUs) / 1000;
	into.rxUj = (powers.rxMw * times.rxUs) / 1000;
	into.listenUj = (powers.rxMw * times.listenUs) / 1000;
	into.sleepUj = (powers.sleepMw * times.sleepUs) / 1000;
	into.cpuUj = (powers.cpuMw * times.cpuUs) / 1000;
	return into;
}

/** Sum over all states, in microjoules. */
export function totalUj(use: Readonly<EnergyUse>): number {
	return use.txUj + use.rxUj + use.listenUj + use.sleepUj + use.cpuUj;
}
