import type { PolicyFactory } from "../../firmware/fragments/policy.js";
import {
	predictiveCsm,
	predictiveCsmKeyed,
	predictiveCsmOpen,
} from "../../firmware/fragments/predictive-variants.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import { contikiNg } from "./contiki-ng.js";
import { ns3 } from "./ns3.js";
import { openthread } from "./openthread.js";
import { riot } from "./riot.js";

/** The reassembly policies that ship, by the name that a scenario gives them. */
export const REASSEMBLY_POLICIES: ReadonlyMap<string, PolicyFactory> = new Map(
	[rfc4944, riot, contikiNg, openthread, ns3, predictiveCsm, predictiveCsmOpen, predictiveCsmKeyed].map(
		(factory) => [factory.name, factory],
	),
);
