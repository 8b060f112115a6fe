import type { RestingChip } from "../../rest.js";

/** Sleep and watchdog of this build's host. */
export declare const restingChip: RestingChip;
