import type { OpenBattery, OpenSensors } from "../host-parts.js";

/** What this build's host measures. */
export declare const openSensors: OpenSensors;
export declare const openBattery: OpenBattery;
