import { MAINS } from "../../battery.js";
import { syntheticSensors } from "../../sensors.js";
import type { OpenBattery, OpenSensors } from "../host-parts.js";

/** A Linux build has no sensor: its values are made up. */
export const openSensors: OpenSensors = ({ sensor }, clock, random) => {
	if (sensor === "none") return [];
	if (sensor !== "auto" && sensor !== "synthetic") {
		throw new Error(`sensor: expected auto, synthetic or none on this host, got ${sensor}`);
	}
	return syntheticSensors(clock, random);
};

export const openBattery: OpenBattery = () => MAINS;
