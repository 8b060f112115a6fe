import type { OpenRadio } from "../host-parts.js";

/** The radios of this build: `air-154/open-radio.ts` or `air-udp/open-radio.ts`, under this name by the manifest. */
export declare const openRadio: OpenRadio;
