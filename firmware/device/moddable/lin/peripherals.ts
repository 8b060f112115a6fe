import { MAINS } from "../../battery.js";
import { syntheticSensors } from "../../sensors.js";
import type { OpenBattery, OpenSensors } from "../host-parts.js";

/** A Linux build has no sensor: its values are made up. */
export const openSensors: OpenSensors = (kind, clock, random) =>
	kind === "none" ? [] : syntheticSensors(clock, random);

export const openBattery: OpenBattery = () => MAINS;
