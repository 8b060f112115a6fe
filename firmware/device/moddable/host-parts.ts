import type { Battery, Clock, Radio, Random, Sensor } from "../../ports.js";
import type { Settings } from "../settings/parse.js";

/** What every host brings; `host/` names those of the host that a build is for. */
export interface Chip {
	/** For messages, such as `esp32`. */
	readonly name: string;
	/** The shortest time that a timer of the host can be set for. */
	readonly shortestAlarmMs: number;
	/** Whole microseconds since the host started. */
	nowUs(): number;
	/** Fills all of `into` with random octets. */
	fillRandom(into: Uint8Array): void;
	/** Starts the firmware anew; does not return. */
	restart(): void;
	/** Settings of this one device beside those of its build, as `key=value`. */
	ownSettings(): readonly string[];
}

/** Sensors, as a setting names them. */
export type OpenSensors = (kind: string, clock: Clock, random: Random) => Sensor[];

/** What is known of a battery from the settings of a build. */
export interface BatterySettings {
	/** Pin of the ADC; undefined for mains. */
	readonly pin: number | undefined;
	readonly divider: number;
	readonly emptyMillivolts: number;
	readonly fullMillivolts: number;
}

export type OpenBattery = (settings: BatterySettings, nowUs: () => number) => Battery;

/** Opens the radio that `settings.radio` names. Throws an Error where a build has none of this name. */
export type OpenRadio = (settings: Settings, clock: Clock) => Radio;
