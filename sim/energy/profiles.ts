/** One row of a data sheet: what the transceiver draws at an output power. */
export interface TxLevel {
	readonly powerDbm: number;
	readonly currentMa: number;
}

/**
 * What a node draws, at the voltage that its data sheets measure at (3 V, 3.3 V for the ESP32-C6).
 *
 * Radio currents come from the data sheet of the transceiver, CPU currents from that of the controller it
 * usually goes with. A current marked "recall" below was not read again in its data sheet.
 */
export interface EnergyProfile {
	readonly name: string;
	/** Where the figures come from. */
	readonly source: string;
	/** Ascending by power; currents between two rows are interpolated. */
	readonly txLevels: readonly TxLevel[];
	/** Receiver on, whether or not a frame arrives. */
	readonly rxMa: number;
	/** Radio off, CPU asleep, memory kept, a timer running. */
	readonly sleepMa: number;
	/** What a running CPU draws on top. */
	readonly cpuMa: number;
	readonly cpuMhz: number;
	/** The weakest signal of which 1 % of 20-octet frames is lost, in dBm. */
	readonly sensitivityDbm: number;
}

/** Names of the profiles that ship. */
export type ProfileName = "cc2420" | "at86rf233" | "nrf52840" | "esp32-c6";

/** The profiles that ship, by name. */
export const ENERGY_PROFILES: Readonly<Record<ProfileName, EnergyProfile>> = {
	cc2420: {
		name: "cc2420",
		source:
			"TI CC2420 data sheet SWRS041, output power settings and electrical characteristics; MSP430F1611 at " +
			"4 MHz: 1.8 mA active, 5.1 uA LPM3 (recall); CC2420 power-down 20 uA (recall)",
		txLevels: [
			{ powerDbm: -25, currentMa: 8.5 },
			{ powerDbm: -15, currentMa: 9.9 },
			{ powerDbm: -10, currentMa: 11.2 },
			{ powerDbm: -7, currentMa: 12.5 },
			{ powerDbm: -5, currentMa: 13.9 },
			{ powerDbm: -3, currentMa: 15.2 },
			{ powerDbm: -1, currentMa: 16.5 },
			{ powerDbm: 0, currentMa: 17.4 },
		],
		rxMa: 18.8,
		sleepMa: 0.0251,
		cpuMa: 1.8,
		cpuMhz: 4,
		sensitivityDbm: -95,
	},
	at86rf233: {
		name: "at86rf233",
		source:
			"Atmel AT86RF233 data sheet 8351, current consumption (0 and -17 dBm: recall); deep sleep 0.02 uA; " +
			"SAM R21's Cortex-M0+ at 48 MHz: 6.5 mA active, 4 uA standby (recall)",
		txLevels: [
			{ powerDbm: -17, currentMa: 7.2 },
			{ powerDbm: 0, currentMa: 11.8 },
			{ powerDbm: 4, currentMa: 13.8 },
		],
		rxMa: 11.8,
		sleepMa: 0.004,
		cpuMa: 6.5,
		cpuMhz: 48,
		sensitivityDbm: -101,
	},
	nrf52840: {
		name: "nrf52840",
		source:
			"Nordic nRF52840 product specification, current consumption, DC/DC at 3 V: 6.40 mA at 0 dBm and 6.53 mA " +
			"receiving in IEEE 802.15.4 mode, 16.40 mA at +8 dBm and 3.83 mA at -40 dBm in Bluetooth mode; CPU: 8.6 mA " +
			"with the receiver on less 6.26 mA for it; System ON with RTC 1.5 uA (recall)",
		txLevels: [
			{ powerDbm: -40, currentMa: 3.83 },
			{ powerDbm: 0, currentMa: 6.4 },
			{ powerDbm: 8, currentMa: 16.4 },
		],
		rxMa: 6.53,
		sleepMa: 0.0015,
		cpuMa: 2.34,
		cpuMhz: 64,
		sensitivityDbm: -100,
	},
	"esp32-c6": {
		name: "esp32-c6",
		source:
			"Espressif ESP32-C6 data sheet, RF power consumption in IEEE 802.15.4 mode at 3.3 V, peak values; CPU at " +
			"160 MHz 27 mA, light sleep 180 uA, sensitivity (recall)",
		txLevels: [
			{ powerDbm: -15, currentMa: 92 },
			{ powerDbm: 0, currentMa: 119 },
			{ powerDbm: 12, currentMa: 187 },
			{ powerDbm: 20, currentMa: 305 },
		],
		rxMa: 74,
		sleepMa: 0.18,
		cpuMa: 27,
		cpuMhz: 160,
		sensitivityDbm: -103,
	},
};

/**
 * Current while transmitting, in mA, interpolated between the rows of the data sheet.
 *
 * Throws a RangeError for a power that the data sheet does not reach.
 */
export function txCurrentMa(profile: EnergyProfile, powerDbm: number): number {
	const levels = profile.txLevels;
	const least = levels[0]!;
	const most = levels[levels.length - 1]!;
	if (!(powerDbm >= least.powerDbm && powerDbm <= most.powerDbm)) {
		throw new RangeError(
			`txPowerDbm: expected ${least.powerDbm} to ${most.powerDbm} dBm for ${profile.name}, got ${powerDbm}`,
		);
	}
	let below = least;
	for (const level of levels) {
		if (level.powerDbm >= powerDbm) {
			if (level.powerDbm === powerDbm) return level.currentMa;
			const share = (powerDbm - below.powerDbm) / (level.powerDbm - below.powerDbm);
			return below.currentMa + share * (level.currentMa - below.currentMa);
		}
		below = level;
	}
	return most.currentMa;
}
