import type { Scenario } from "../../sim/scenario/scenario.js";
import { SCENARIO_SCHEMA } from "../../sim/scenario/schema.js";
import { CLUSTER_SCHEMA } from "../../sim/scenario/schema-cluster.js";
import type { ScenarioDocument } from "./document.js";

/** What `packets` and `rounds` have in common: of the scenario, and of its section `cluster`. */
const COMMON: ReadonlySet<string> = new Set([
	"name",
	"description",
	"seed",
	"fidelity",
	"topology",
	"election",
	"cluster",
]);
const COMMON_CLUSTER: ReadonlySet<string> = new Set(["roundS", "roundsPerElection", "radiusM"]);

/** All else says something about frames, radios and their nodes, and nothing about the first-order model. */
const OF_PACKETS = (Object.keys(SCENARIO_SCHEMA.properties) as (keyof Scenario)[]).filter(
	(key) => !COMMON.has(key) && key !== "rounds" && key !== "worm",
);
const CLUSTER_OF_PACKETS = Object.keys(CLUSTER_SCHEMA.properties).filter((key) => !COMMON_CLUSTER.has(key));

/** Sections that a worm on a graph knows nothing of. */
const NOT_OF_GRAPH: readonly (keyof Scenario)[] = [
	...OF_PACKETS.filter((key) => key !== "durationS"),
	"election",
	"cluster",
	"rounds",
];

/** Whose a section is that another fidelity refuses; packets' where it is not listed. */
const OWNERS: Readonly<Record<string, string>> = {
	rounds: "rounds",
	worm: "graph",
	election: "packets and rounds",
};

/** Paths of a scenario that mean nothing under a fidelity. */
export function foreignKeys(fidelity: Scenario["fidelity"]): readonly (readonly string[])[] {
	if (fidelity === "packets") return [["rounds"], ["worm"]];
	if (fidelity === "graph") return NOT_OF_GRAPH.map((key) => [key]);
	return [...OF_PACKETS.map((key) => [key]), ...CLUSTER_OF_PACKETS.map((key) => ["cluster", key]), ["worm"]];
}

/** Refuses what the user wrote although the scenario's fidelity knows nothing of it. Throws a UserError. */
export function checkFidelity(document: ScenarioDocument, { fidelity }: Scenario): void {
	for (const path of foreignKeys(fidelity)) {
		if (!document.has(path)) continue;
		const owner = OWNERS[path[0]!] ?? "packets";
		throw document.error(path, `expected nothing here with fidelity ${fidelity}; it belongs to ${owner}`);
	}
}
