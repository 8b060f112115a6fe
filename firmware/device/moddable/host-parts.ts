import type { Battery, Clock, Radio, Random, Sensor } from "../../ports.js";
import type { Settings } from "../settings/parse.js";

/** What every host brings; `host/` names those of the host that a build is for. */
export interface Chip {
	/** The shortest time that a timer of the host can be set for. */
	readonly shortestAlarmMs: number;
	/** Whole microseconds since the host started. */
	nowUs(): number;
	/** Fills all of `into` with random octets. */
	fillRandom(into: Uint8Array): void;
	/** Starts the firmware anew; does not return. */
	restart(): void;
	/** Why the firmware was started, such as `power-on`. */
	startReason(): string;
	/** Settings of this one device beside those of its build, as `key=value`. */
	ownSettings(): readonly string[];
}

/** Opens the sensors that `settings.sensor` names. Throws an Error where the one that is named does not answer. */
export type OpenSensors = (settings: Settings, clock: Clock, random: Random) => Sensor[];

/** Opens what measures the battery, as settings say. */
export type OpenBattery = (settings: Settings, nowUs: () => number) => Battery;

/** A radio, and what a port does not tell. */
export interface OpenedRadio {
	readonly radio: Radio;
	/** Whether it neither sends nor listens. */
	isIdle(): boolean;
	/** Frames that it received and had no room for. */
	overflows(): number;
}

/** Opens the radio that `settings.radio` names. Throws an Error where a build has none of this name. */
export type OpenRadio = (settings: Settings, clock: Clock) => OpenedRadio;
