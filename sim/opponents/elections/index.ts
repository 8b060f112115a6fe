import { chFinding } from "../../../firmware/cluster/ch-finding.js";
import type { ElectionFactory } from "../../../firmware/cluster/election.js";
import { game } from "../../../firmware/cluster/game.js";
import { direct } from "./direct.js";
import { leach } from "./leach.js";

/** What a scenario names in place of an election when its nodes form no clusters. */
export const NONE = "none";

/** The elections that ship, by the name that a scenario gives them: the firmware's own, and those of the literature. */
export const ELECTIONS: ReadonlyMap<string, ElectionFactory> = new Map(
	[game, chFinding, direct, leach].map((e) => [e.name, e]),
);
