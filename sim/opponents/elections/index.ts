import { chFinding } from "../../../firmware/cluster/ch-finding.js";
import type { ElectionFactory } from "../../../firmware/cluster/election.js";
import { game } from "../../../firmware/cluster/game.js";
import { cross } from "./cross.js";
import { deec } from "./deec.js";
import { direct } from "./direct.js";
import { exactNe } from "./exact-ne.js";
import { heed } from "./heed.js";
import { leach } from "./leach.js";
import { lgca } from "./lgca.js";
import { oracle } from "./oracle.js";
import { sep } from "./sep.js";

/** What a scenario names in place of an election when its nodes form no clusters. */
export const NONE = "none";

/** The elections that ship, by the name that a scenario gives them: the firmware's own, and those of the literature. */
export const ELECTIONS: ReadonlyMap<string, ElectionFactory> = new Map(
	[game, chFinding, direct, leach, sep, deec, heed, cross, lgca, oracle, exactNe].map((e) => [e.name, e]),
);
