import type { ElectionOptions } from "../../firmware/cluster/election.js";
import { Captures } from "../../sim/attacks/captures.js";
import { isModulePath } from "../../sim/scenario/extensions.js";
import { optionsOf } from "../../sim/scenario/scenario.js";
import { resolveSinks } from "../../sim/scenario/sinks.js";
import { UserError } from "../errors.js";
import type { LoadedScenario } from "../scenario/load.js";

const NO_RANDOM = { int32: () => 0, below: () => 0 };

/**
 * The nodes that `text` names, `all` or numbers with commas between, which can run in machines of their own.
 *
 * Throws a UserError where one cannot: a machine has only what ships, and knows only what a node knows.
 */
export function chooseNodes(loaded: LoadedScenario, text: string): ReadonlySet<number> {
	const { scenario, modules } = loaded;
	if (scenario.fidelity !== "packets")
		throw new UserError(`--xs: expected a scenario with frames, found fidelity ${scenario.fidelity}`);
	expectShipped("a reassembly policy", scenario.reassembly.policy);
	expectShipped("an election", scenario.election.kind);
	expectOwnKnowledge(loaded);
	const topology = modules.topology.create(optionsOf(scenario.topology), scenario.seed);
	const chosen = readNodes(text, topology.nodes);
	const sinks = resolveSinks(scenario.sinks, topology);
	const captures = new Captures(scenario, modules.attacks, topology.nodes, sinks, () => 0);
	const volunteers = chosen.filter((node) => captures.volunteers(node));
	if (volunteers.length > 0) {
		const attack = captures.nodes.findIndex((nodes) => nodes.includes(volunteers[0]!));
		throw new UserError(
			`--xs: expected nodes whose election nobody replaced, found ${volunteers.join(", ")}, ` +
				`which volunteer to lead in attacks[${attack}]; leave them out, or set attacks[${attack}].volunteers=false`,
		);
	}
	return new Set(chosen);
}

function readNodes(text: string, nodes: number): number[] {
	if (text === "all") return Array.from({ length: nodes }, (_, node) => node);
	return text.split(",").map((word) => {
		const node = Number(word);
		if (/^[0-9]+$/.test(word) && node < nodes) return node;
		throw new UserError(
			`--xs: expected all, or node numbers below ${nodes} with commas between, found '${text}'`,
		);
	});
}

function expectShipped(what: string, name: string): void {
	if (!isModulePath(name)) return;
	throw new UserError(`--xs: expected ${what} that ships, as a machine holds no other code, found ${name}`);
}

function expectOwnKnowledge({ scenario, modules }: LoadedScenario): void {
	const host = { node: 0, random: NO_RANDOM, omniscience: undefined };
	try {
		modules.election?.create(optionsOf<ElectionOptions>(scenario.election), host);
	} catch {
		// Its options have been checked by now: what it lacks is omniscience.
		throw new UserError(
			`--xs: expected an election that knows no more than a node can, found ${scenario.election.kind}`,
		);
	}
}
