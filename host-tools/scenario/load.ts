import { readdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ElectionFactory } from "../../firmware/cluster/election.js";
import type { PolicyFactory } from "../../firmware/fragments/policy.js";
import type { AttackFactory } from "../../sim/attacks/attack.js";
import type { PropagationFactory } from "../../sim/channel/propagation.js";
import { NONE } from "../../sim/opponents/elections/index.js";
import { EXTENSION_POINTS, type ExtensionPoint, isModulePath } from "../../sim/scenario/extensions.js";
import type { Scenario, ScenarioModules } from "../../sim/scenario/scenario.js";
import { SCENARIO_SCHEMA } from "../../sim/scenario/schema.js";
import type { TopologyFactory } from "../../sim/topology/topology.js";
import { READINGS } from "../../sim/traffic/index.js";
import type { TrafficFactory } from "../../sim/traffic/traffic.js";
import { fileError, UserError } from "../errors.js";
import { checkScenario } from "./checks.js";
import { oneOf, suggestion } from "./describe.js";
import { type Assignment, type Path, ScenarioDocument } from "./document.js";
import { type Extension, inlineFile, loadExtension } from "./extension.js";
import type { UserModule } from "./user-module.js";
import { inSchemaOrder, validate } from "./validate.js";

/** What the command line changes in a scenario. */
export interface LoadOptions {
	/** Takes the place of the scenario's seed. */
	readonly seed?: number | undefined;
	/** Values from elsewhere, such as a sweep's point; they come before `set`. */
	readonly override?: readonly Assignment[];
	/** `path=value` each, as given to `--set`. */
	readonly set?: readonly string[];
}

/** A scenario that can run. */
export interface LoadedScenario {
	/** Every default filled in, files inlined. */
	readonly scenario: Scenario;
	readonly modules: ScenarioModules;
	/** Nodes of its topology. */
	readonly nodes: number;
	/** The modules of the user's own among them. */
	readonly userModules: readonly UserModule[];
	/** Absolute path of the file; what the scenario's own paths are relative to is its folder. */
	readonly path: string;
	/** The file as it was read. */
	readonly text: string;
}

/** From build/host-tools/scenario/ to where the scenarios ship. */
const SHIPPED = fileURLToPath(new URL("../../../sim/scenarios/", import.meta.url));

/** Names of the scenarios that ship, in alphabetical order. */
export async function shippedScenarios(): Promise<readonly string[]> {
	const files = await readdir(SHIPPED);
	return files
		.filter((file) => file.endsWith(".yaml"))
		.map((file) => file.slice(0, -".yaml".length))
		.sort();
}

/**
 * Reads a scenario, checks it and fills its defaults in. A bare name means one that ships.
 *
 * Throws a UserError in one line: place (file, line and column, or the option of the command line), path of the
 * key, what was expected and what was found. Exit code 3 for a missing file, else 2.
 */
export async function loadScenario(nameOrPath: string, options: LoadOptions = {}): Promise<LoadedScenario> {
	const path = await locate(nameOrPath);
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		throw fileError(nameOrPath, error);
	}
	const document = new ScenarioDocument(isBareName(nameOrPath) ? `${nameOrPath}.yaml` : nameOrPath, text);
	for (const { path, value, label } of options.override ?? []) {
		// Defaults will be filled in, which are this scenario's alone.
		document.override(path, structuredClone(value), label);
	}
	for (const assignment of options.set ?? []) document.set(assignment);
	if (options.seed !== undefined) document.override(["seed"], options.seed, "--seed");
	validate(document, [], document.value, SCENARIO_SCHEMA);
	const scenario = document.value as unknown as Scenario;
	const modules = await loadModules(document, scenario, path);
	const userModules = userModulesOf(scenario, dirname(path));
	const nodes = checkScenario(document, modules.scenario, modules.modules, userModules);
	return { scenario: modules.scenario, modules: modules.modules, nodes, userModules, path, text };
}

function userModulesOf(scenario: Scenario, directory: string): readonly UserModule[] {
	const { topology, channel, reassembly, election, traffic, attacks } = scenario;
	const kinds = [
		topology.kind,
		channel.propagation.kind,
		reassembly.policy,
		election.kind,
		...traffic.map(({ kind }) => kind),
		...attacks.map(({ kind }) => kind),
	];
	return [...new Set(kinds.filter(isModulePath))].map((name) => ({ name, file: resolve(directory, name) }));
}

/** Whether it names something that ships, rather than a path. */
export function isBareName(name: string): boolean {
	return /^[\w-]+$/.test(name);
}

async function locate(nameOrPath: string): Promise<string> {
	if (!isBareName(nameOrPath)) return resolve(nameOrPath);
	const names = await shippedScenarios();
	if (names.includes(nameOrPath)) return resolve(SHIPPED, `${nameOrPath}.yaml`);
	const expected = `${oneOf(names)}, or the path of a YAML file`;
	throw new UserError(
		`${nameOrPath}: unknown scenario; expected ${expected}${suggestion(nameOrPath, names)}`,
	);
}

/** Loads what every section names, checks its options, and puts the scenario's keys in the schema's order. */
async function loadModules(
	document: ScenarioDocument,
	scenario: Scenario,
	path: string,
): Promise<{ scenario: Scenario; modules: ScenarioModules }> {
	const load = async (at: Path, section: object, point: ExtensionPoint): Promise<Extension> => {
		const values = section as Record<string, unknown>;
		const extension = await loadExtension(document, at, values, point, dirname(path));
		await inlineFile(document, at, values, extension, path);
		return extension;
	};
	const { topology, channel, reassembly, election, traffic, attacks } = scenario;
	const places = await load(["topology"], topology, EXTENSION_POINTS.topology);
	const loss = await load(["channel", "propagation"], channel.propagation, EXTENSION_POINTS.propagation);
	const policy = await load(["reassembly"], reassembly, EXTENSION_POINTS.policy);
	const vote = await load(["election"], election, EXTENSION_POINTS.election);
	const flows: Extension[] = [];
	for (const [i, flow] of traffic.entries()) {
		flows.push(await load(["traffic", i], flow, EXTENSION_POINTS.traffic));
	}
	const assaults: Extension[] = [];
	for (const [i, attack] of attacks.entries()) {
		assaults.push(await load(["attacks", i], attack, EXTENSION_POINTS.attack));
	}
	const sorted = inSchemaOrder(scenario, SCENARIO_SCHEMA);
	return {
		scenario: {
			...sorted,
			topology: inSchemaOrder(topology, places.schema),
			channel: { ...sorted.channel, propagation: inSchemaOrder(channel.propagation, loss.schema) },
			reassembly: inSchemaOrder(reassembly, policy.schema),
			election: inSchemaOrder(election, vote.schema),
			traffic: traffic.map((flow, i) => inSchemaOrder(flow, flows[i]!.schema)),
			attacks: attacks.map((attack, i) => inSchemaOrder(attack, assaults[i]!.schema)),
		},
		modules: {
			topology: places.factory as TopologyFactory,
			propagation: loss.factory as PropagationFactory,
			policy: policy.factory as PolicyFactory,
			election: election.kind === NONE ? undefined : (vote.factory as ElectionFactory),
			traffic: flows.map(({ factory }, i) =>
				traffic[i]!.kind === READINGS ? undefined : (factory as TrafficFactory),
			),
			attacks: assaults.map(({ factory }) => factory as AttackFactory),
		},
	};
}
