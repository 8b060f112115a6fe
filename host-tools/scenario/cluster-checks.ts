import { ACK_WAIT_US, airtimeUs, CCA_US, MAX_PSDU_BYTES, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { Scenario } from "../../sim/scenario/scenario.js";
import { resolveSinks } from "../../sim/scenario/sinks.js";
import type { Topology } from "../../sim/topology/topology.js";
import { READINGS } from "../../sim/traffic/index.js";
import type { ScenarioDocument } from "./document.js";

/** What does not fit nodes that form clusters. Throws a UserError. */
export function checkClusters(document: ScenarioDocument, scenario: Scenario, topology: Topology): void {
	const { sinks, node, traffic } = scenario;
	const found = resolveSinks(sinks, topology).length;
	// Its clock is the network's, and only it knows what arrived.
	if (found !== 1) {
		throw document.error(
			["sinks"],
			`expected one sink, as election.kind asks for clusters, found ${found || "none"}`,
		);
	}
	traffic.forEach(({ kind }, i) => {
		if (kind === READINGS) return;
		throw document.error(
			["traffic", i, "kind"],
			`expected ${READINGS}, all that clusters carry, as election.kind asks for them, found "${kind}"`,
		);
	});
	if (node.prefix === null) {
		throw document.error(
			["node", "prefix"],
			"expected a prefix, as heads send to the sink over several hops, found null",
		);
	}
	if (node.addressResolution !== "derived") {
		throw document.error(
			["node", "addressResolution"],
			`expected derived, as nobody answers while clusters sleep, found "${node.addressResolution}"`,
		);
	}
	checkTimes(document, scenario);
}

function checkTimes(document: ScenarioDocument, { cluster }: Scenario): void {
	const { syncMs, receiptMs, electionMs, joinMs, slotMs, forwardMs } = cluster;
	const frameUs = CCA_US + TURNAROUND_US + airtimeUs(MAX_PSDU_BYTES) + ACK_WAIT_US;
	if (slotMs * 1000 < frameUs) {
		throw document.error(
			["cluster", "slotMs"],
			`expected at least ${frameUs / 1000}, which the longest frame and its acknowledgement take, found ${slotMs}`,
		);
	}
	const slots = cluster.sinkSlots + cluster.sections * cluster.slotsPerSection;
	const needsMs = syncMs + receiptMs + 2 * electionMs + joinMs + slots * slotMs + forwardMs;
	if (needsMs <= cluster.roundS * 1000) return;
	throw document.error(
		["cluster", "roundS"],
		`expected at least ${needsMs / 1000}, as election, ${slots} slots of ${slotMs} ms and forwarding take so long, ` +
			`found ${cluster.roundS}`,
	);
}
