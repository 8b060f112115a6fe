import type { Chip } from "../host-parts.js";

/** The chip of this build: `esp32/chip.ts` or `lin/chip.ts`, under this name by the manifest. */
export declare const chip: Chip;
