import { chFinding } from "../cluster/ch-finding.js";
import type { ElectionFactory } from "../cluster/election.js";
import { game } from "../cluster/game.js";
import type { PolicyFactory } from "../fragments/policy.js";
import { predictiveCsm, predictiveCsmKeyed, predictiveCsmOpen } from "../fragments/predictive-variants.js";
import { rfc4944 } from "../fragments/rfc4944.js";
import type { NodeProfile } from "../node-config.js";

/** What the names in a {@link MotePlan} stand for. */
export interface MoteParts {
	/** The reassembly policy of this name; undefined where there is none. */
	policy(name: string): PolicyFactory | undefined;
	/** The election of this name; undefined where there is none. */
	election(name: string): ElectionFactory | undefined;
	/** What the plan says that all motes of this machine have in common, made once by `profileOf`. */
	readonly profile?: NodeProfile;
}

/** The policies that a board can be given. */
export const FIRMWARE_POLICIES: readonly PolicyFactory[] = [
	rfc4944,
	predictiveCsm,
	predictiveCsmOpen,
	predictiveCsmKeyed,
];

/** The elections that a board can be given. */
export const FIRMWARE_ELECTIONS: readonly ElectionFactory[] = [game, chFinding];

/** What a board has in it. */
export const FIRMWARE_PARTS: MoteParts = {
	policy: (name) => FIRMWARE_POLICIES.find((factory) => factory.name === name),
	election: (name) => FIRMWARE_ELECTIONS.find((factory) => factory.name === name),
};
