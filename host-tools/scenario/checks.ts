import type { ElectionOptions, Omniscience } from "../../firmware/cluster/election.js";
import { parseIpv6Prefix } from "../../firmware/frames/ipv6-text.js";
import type { AttackEntry } from "../../sim/attacks/common-options.js";
import { ELECTION_ATTACKS } from "../../sim/attacks/index.js";
import { ENERGY_PROFILES, type ProfileName, txCurrentMa } from "../../sim/energy/profiles.js";
import { ELECTIONS, NONE } from "../../sim/opponents/elections/index.js";
import { chargeFactors } from "../../sim/rounds/initial-charges.js";
import { optionsOf, type Scenario, type ScenarioModules } from "../../sim/scenario/scenario.js";
import { givesLinks } from "../../sim/topology/contact-graph.js";
import type { Topology } from "../../sim/topology/topology.js";
import { HEADER_BYTES } from "../../sim/traffic/flow.js";
import { TRAFFIC_MODELS } from "../../sim/traffic/index.js";
import { checkClusters } from "./cluster-checks.js";
import { oneOf, show } from "./describe.js";
import type { Path, ScenarioDocument } from "./document.js";
import { messageOf } from "./extension.js";
import { checkFidelity } from "./fidelity.js";
import { moduleFault, type UserModule } from "./user-module.js";

/** For elections that are only built to see whether they accept their options. */
const NO_RANDOM = { int32: () => 0, below: () => 0 };
const ONE_NODE: Omniscience = {
	nodes: 1,
	ownFactor: 1,
	meanFactor: 1,
	lifetimeRounds: 1,
	round: () => 0,
	alive: () => 1,
	richer: () => 0,
	charge: () => 1,
	meanCharge: () => 1,
	neighbourCharges: () => [],
	players: () => 1,
	plays: () => true,
};

/**
 * What no schema can say: values that must fit each other, and models that must accept their options. Returns the number
 * of nodes.
 *
 * Throws a UserError.
 */
export function checkScenario(
	document: ScenarioDocument,
	scenario: Scenario,
	modules: ScenarioModules,
	userModules: readonly UserModule[],
): number {
	const build = <T>(
		path: Path,
		section: Readonly<Record<string, unknown>>,
		create: (options: Readonly<Record<string, unknown>>) => T,
	): T => buildModel(document, path, section, create, userModules);
	checkFidelity(document, scenario);
	checkNode(document, scenario);
	const topology = build(["topology"], scenario.topology, (options) =>
		modules.topology.create(options, scenario.seed),
	);
	build(["channel", "propagation"], scenario.channel.propagation, (options) =>
		modules.propagation.create(options as Readonly<Record<string, number>>, scenario.seed),
	);
	build(["reassembly"], scenario.reassembly, (options) =>
		modules.policy.create(options as Readonly<Record<string, number | string | boolean>>),
	);
	build(["election"], scenario.election, (options) =>
		modules.election?.create(options as ElectionOptions, {
			node: 0,
			random: NO_RANDOM,
			omniscience: knowledgeOf(scenario),
		}),
	);
	checkRounds(document, scenario, topology);
	checkWorm(document, scenario, topology);
	if (typeof scenario.sinks !== "string") checkNumbers(document, ["sinks"], scenario.sinks, topology.nodes);
	checkTraffic(document, scenario, modules, topology);
	checkLifecycle(document, scenario, topology);
	checkAttacks(document, scenario, topology);
	if (modules.election !== undefined && scenario.fidelity === "packets")
		checkClusters(document, scenario, topology);
	return topology.nodes;
}

/** What elections are told that no node could know: where frames are real, no formula says how long charge lasts. */
function knowledgeOf({ fidelity, rounds }: Scenario): Omniscience | undefined {
	if (fidelity === "packets") return { ...ONE_NODE, lifetimeRounds: undefined };
	return rounds.omniscience ? ONE_NODE : undefined;
}

function checkRounds(
	document: ScenarioDocument,
	{ fidelity, election, rounds, seed }: Scenario,
	topology: Topology,
): void {
	if (fidelity !== "rounds") return;
	if (election.kind === NONE) {
		const names = oneOf([...ELECTIONS.keys()]);
		throw document.error(
			["election", "kind"],
			`expected an election with fidelity rounds, ${names}, or the path of a module, found ${election.kind}`,
		);
	}
	if (givesLinks(topology)) {
		throw document.error(
			["topology", "kind"],
			"expected a topology with places with fidelity rounds, found one of links",
		);
	}
	try {
		chargeFactors(topology.nodes, rounds.levels, seed);
	} catch (error) {
		throw document.error(["rounds", "levels"], messageOf(error).replace("levels: ", ""));
	}
}

function checkWorm(document: ScenarioDocument, { fidelity, worm }: Scenario, topology: Topology): void {
	if (fidelity !== "graph") return;
	if (!givesLinks(topology)) {
		throw document.error(
			["topology", "kind"],
			"expected a topology of links with fidelity graph, such as random-spatial, found one of places",
		);
	}
	if (worm.initial > topology.nodes) {
		throw document.error(
			["worm", "initial"],
			`expected at most the ${topology.nodes} nodes that there are, found ${worm.initial}`,
		);
	}
}

function checkAttacks(document: ScenarioDocument, scenario: Scenario, topology: Topology): void {
	(scenario.attacks as readonly AttackEntry[]).forEach((entry, i) => {
		const { kind, victim, place, txPowerDbm, startS, stopS, nodes } = entry;
		const path = ["attacks", i];
		if (ELECTION_ATTACKS.has(kind) && scenario.election.kind === NONE)
			throw document.error([...path, "kind"], `expected a scenario with an election for ${kind}, found none`);
		if (Array.isArray(nodes)) checkNumbers(document, [...path, "nodes"], nodes as number[], topology.nodes);
		if (typeof victim === "number") checkNumbers(document, [...path, "victim"], [victim], topology.nodes);
		if (typeof place === "object" && "node" in place)
			checkNumbers(document, [...path, "place", "node"], [place.node], topology.nodes);
		if (typeof txPowerDbm === "number")
			checkPower(document, [...path, "txPowerDbm"], scenario.radio.profile, txPowerDbm);
		if (stopS !== null && stopS < startS)
			throw document.error(
				[...path, "stopS"],
				`expected at least startS, which is ${startS}, found ${stopS}`,
			);
	});
}

function checkLifecycle(
	document: ScenarioDocument,
	{ lifecycle, election }: Scenario,
	topology: Topology,
): void {
	if (lifecycle.deaths.among === "heads" && election.kind === NONE) {
		throw document.error(
			["lifecycle", "deaths", "among"],
			"expected somebody else than heads in a scenario whose election.kind is none, found heads",
		);
	}
	for (const name of ["lateJoiners", "reboots", "deaths"] as const) {
		const { fromS, toS, among } = lifecycle[name];
		if (toS !== null && toS < fromS) {
			throw document.error(
				["lifecycle", name, "toS"],
				`expected at least fromS, which is ${fromS}, found ${toS}`,
			);
		}
		if (typeof among !== "string")
			checkNumbers(document, ["lifecycle", name, "among"], among, topology.nodes);
	}
}

function checkNode(document: ScenarioDocument, { node, radio }: Scenario): void {
	checkPrefix(document, ["node", "prefix"], node.prefix);
	for (const [number, prefix] of Object.entries(node.contexts))
		checkPrefix(document, ["node", "contexts", number], prefix);
	const { minBe, maxBe } = node.csma;
	if (minBe > maxBe) {
		throw document.error(
			["node", "csma", "minBe"],
			`expected at most maxBe, which is ${maxBe}, found ${minBe}`,
		);
	}
	checkPower(document, ["radio", "txPowerDbm"], radio.profile, radio.txPowerDbm);
}

function checkPower(document: ScenarioDocument, path: Path, profile: ProfileName, powerDbm: number): void {
	try {
		txCurrentMa(ENERGY_PROFILES[profile], powerDbm);
	} catch (error) {
		throw document.error(path, messageOf(error).replace("txPowerDbm: ", ""));
	}
}

function checkPrefix(document: ScenarioDocument, path: Path, prefix: string | null): void {
	if (prefix === null || parseIpv6Prefix(prefix) !== undefined) return;
	throw document.error(path, `expected an IPv6 prefix such as 2001:db8::/64, found ${show(prefix)}`);
}

/** Builds a model once, so that options which do not fit each other are found before the run. */
function buildModel<T>(
	document: ScenarioDocument,
	path: Path,
	section: Readonly<Record<string, unknown>>,
	create: (options: Readonly<Record<string, unknown>>) => T,
	userModules: readonly UserModule[],
): T {
	try {
		return create(optionsOf(section));
	} catch (error) {
		// Options that do not fit are a RangeError; anything else that a user's module throws is its failure.
		const fault = error instanceof RangeError ? undefined : moduleFault(error, userModules);
		if (fault !== undefined) throw fault;
		const message = messageOf(error);
		const [, option, rest] = /^(\w+): (.*)$/.exec(message) ?? [];
		if (option !== undefined && rest !== undefined && option in section)
			throw document.error([...path, option], rest);
		throw document.error(path, message);
	}
}

function checkTraffic(
	document: ScenarioDocument,
	{ traffic, sinks, node }: Scenario,
	modules: ScenarioModules,
	topology: Topology,
): void {
	const hasSinks = sinks !== "none" && sinks.length > 0;
	traffic.forEach((options, i) => {
		const path = ["traffic", i];
		const model = modules.traffic[i];
		const isShipped = model !== undefined && TRAFFIC_MODELS.get(model.name) === model;
		if (model === undefined ? !hasSinks : isShipped && options["to"] === "sink" && !hasSinks) {
			const at = model === undefined ? [...path, "kind"] : [...path, "to"];
			throw document.error(at, "expected sinks to send to, found a scenario without any");
		}
		if (!isShipped) return;
		if (Array.isArray(options["from"])) {
			checkNumbers(document, [...path, "from"], options["from"] as number[], topology.nodes);
		}
		if (typeof options["to"] === "number") {
			checkNumbers(document, [...path, "to"], [options["to"]], topology.nodes);
		}
		const payloadBytes = options["payloadBytes"] as number;
		if (payloadBytes + HEADER_BYTES > node.maxPacketBytes) {
			const room = node.maxPacketBytes - HEADER_BYTES;
			const reason = `node.maxPacketBytes is ${node.maxPacketBytes}`;
			throw document.error(
				[...path, "payloadBytes"],
				`expected at most ${room}, as ${reason}, found ${payloadBytes}`,
			);
		}
	});
}

function checkNumbers(
	document: ScenarioDocument,
	path: Path,
	numbers: readonly number[],
	nodes: number,
): void {
	const wrong = numbers.find((number) => number >= nodes);
	if (wrong !== undefined) {
		throw document.error(path, `expected node numbers below ${nodes}, found ${wrong}`);
	}
}
