import { dirname, isAbsolute, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { isModulePath } from "../../sim/scenario/extensions.js";
import type { Scenario } from "../../sim/scenario/scenario.js";
import { foreignKeys } from "./fidelity.js";
import type { LoadedScenario } from "./load.js";

/**
 * A resolved scenario as YAML that loads to the same scenario again.
 *
 * `directory` is where the text will be written: paths of the user's own modules are made relative to it.
 */
export function scenarioYaml({ scenario, path }: LoadedScenario, directory: string): string {
	const moved = (name: string): string => {
		if (!isModulePath(name) || isAbsolute(name)) return name;
		return relative(directory, resolve(dirname(path), name));
	};
	const written: Partial<Record<keyof Scenario, unknown>> = {
		...scenario,
		topology: { ...scenario.topology, kind: moved(scenario.topology.kind) },
		channel: {
			...scenario.channel,
			propagation: {
				...scenario.channel.propagation,
				kind: moved(scenario.channel.propagation.kind),
			},
		},
		reassembly: { ...scenario.reassembly, policy: moved(scenario.reassembly.policy) },
		election: { ...scenario.election, kind: moved(scenario.election.kind) },
		traffic: scenario.traffic.map((flow) => ({ ...flow, kind: moved(flow.kind) })),
		attacks: scenario.attacks.map((attack) => ({ ...attack, kind: moved(attack.kind) })),
	};
	for (const path of foreignKeys(scenario.fidelity)) remove(written, path);
	return stringify(written, { lineWidth: 100, aliasDuplicateObjects: false });
}

/** Takes a key out of what is written, at any depth; sections above it are copied first. */
function remove(section: Record<string, unknown>, [key, ...rest]: readonly string[]): void {
	if (rest.length === 0) {
		delete section[key!];
		return;
	}
	const inner = { ...(section[key!] as Record<string, unknown>) };
	section[key!] = inner;
	remove(inner, rest);
}
