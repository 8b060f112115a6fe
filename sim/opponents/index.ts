import type { PolicyFactory } from "../../firmware/fragments/policy.js";
import {
	predictiveCsm,
	predictiveCsmKeyed,
	predictiveCsmOpen,
} from "../../firmware/fragments/predictive-variants.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import { chainOnly } from "./chain-only.js";
import { contentChaining } from "./content-chaining.js";
import { contikiNg } from "./contiki-ng.js";
import { linkSecurity } from "./link-security.js";
import { ns3 } from "./ns3.js";
import { oldestEviction } from "./oldest-eviction.js";
import { openthread } from "./openthread.js";
import { reputation } from "./reputation.js";
import { riot } from "./riot.js";
import { scoreOnly } from "./score-only.js";
import { splitBuffer } from "./split-buffer.js";
import { timeout3s } from "./timeout-3s.js";

const FACTORIES: readonly PolicyFactory[] = [
	rfc4944,
	riot,
	contikiNg,
	openthread,
	ns3,
	timeout3s,
	oldestEviction,
	splitBuffer,
	contentChaining,
	reputation,
	linkSecurity,
	chainOnly,
	scoreOnly,
	predictiveCsm,
	predictiveCsmOpen,
	predictiveCsmKeyed,
];

/** The reassembly policies that ship, by the name that a scenario gives them. */
export const REASSEMBLY_POLICIES: ReadonlyMap<string, PolicyFactory> = new Map(
	FACTORIES.map((factory) => [factory.name, factory]),
);
