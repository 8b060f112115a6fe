import { loadScenario, shippedScenarios } from "../../../host-tools/scenario/load.js";

/** Names of the scenarios that ship and have frames. */
export async function packetScenarios(): Promise<readonly string[]> {
	const loaded = await Promise.all((await shippedScenarios()).map((name) => loadScenario(name)));
	return loaded.flatMap(({ scenario }) => (scenario.fidelity === "packets" ? [scenario.name] : []));
}
