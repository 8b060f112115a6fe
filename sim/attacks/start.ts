import type { LinkAddress } from "../../firmware/address.js";
import { parseIpv6Prefix } from "../../firmware/frames/ipv6-text.js";
import { contextTable } from "../../firmware/mote/node-config-of.js";
import type { Cipher, Digest } from "../../firmware/ports.js";
import type { SimSink } from "../events.js";
import { numberOf } from "../network.js";
import type { ScenarioModules } from "../scenario/scenario.js";
import type { World } from "../world.js";
import { Attacker } from "./attacker.js";
import type { AttackEntry } from "./common-options.js";
import { spoofedOf } from "./placement.js";
import { wireOf } from "./wire.js";

/** Sets up the attacks of a scenario: every radio of every entry. */
export function startAttacks(
	world: World,
	modules: ScenarioModules,
	{ cipher, digest }: { readonly cipher: Cipher; readonly digest: Digest },
	sink: Pick<SimSink, "attackPlanned" | "nodeCaptured">,
	durationUs: number,
): void {
	const { scenario, attackers, firstAttacker, topology, queue, captures } = world;
	if (attackers.length === 0) return;
	const { paths } = world;
	captures.nodes.forEach((nodes, entry) => {
		for (const node of nodes) sink.nodeCaptured(0, node, entry);
	});
	const ours = new Set<Uint8Array>();
	const { prefix, contexts } = scenario.node;
	const shared = {
		scenario,
		durationUs,
		queue,
		positions: topology.positions,
		sinkOf: (node: number) => (paths.sink[node]! < 0 ? node : paths.sink[node]!),
		contexts: contextTable(contexts),
		prefix: prefix === null ? undefined : parseIpv6Prefix(prefix)?.prefix,
		cluster: world.clusters?.config,
		cipher,
		digest,
		wire: wireOf(scenario, modules.policy),
		isMember: (address: LinkAddress) => (numberOf(address) ?? topology.nodes) < topology.nodes,
		ours,
		radioOf: (node: number) => world.radioOf(node),
	};
	attackers.forEach((placed, i) => {
		const entry = scenario.attacks[placed.entry] as AttackEntry;
		const number = firstAttacker + i;
		const radio = world.outsiders[number - topology.nodes]!;
		const { kind, control, ...options } = entry;
		const { victim } = placed;
		sink.attackPlanned(
			0,
			number,
			placed.entry,
			kind,
			victim,
			spoofedOf(placed, entry),
			control ? "airtime" : "",
		);
		modules.attacks[placed.entry]!.create(
			{ ...options, control },
			new Attacker({ ...shared, placed, number, entry, radio, captured: captures.nodes[placed.entry]! }),
		);
	});
}
