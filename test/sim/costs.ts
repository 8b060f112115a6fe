import { writeFileSync } from "node:fs";
import process from "node:process";
import {
	type AgreedCosts,
	COSTS_FILE,
	measureRunCosts,
	POLICIES,
	type RunCosts,
	V8_VERSION,
} from "./support/run-costs.js";

// `npm run sim-costs`: counts what a run costs, and keeps it as what later versions are held to.

async function agreedFor(policy: string): Promise<Omit<RunCosts, "grownObjects">> {
	const { frames, events, allocatedBytesPerFrame, liveBytesPerNode } = await measureRunCosts(policy);
	return {
		frames,
		events,
		allocatedBytesPerFrame: Math.round(allocatedBytesPerFrame),
		liveBytesPerNode: Math.round(liveBytesPerNode),
	};
}

const costs = await Promise.all(POLICIES.map(async (policy) => [policy, await agreedFor(policy)] as const));
const agreed: AgreedCosts = {
	v8: V8_VERSION,
	policies: Object.fromEntries(costs) as AgreedCosts["policies"],
};
writeFileSync(COSTS_FILE, `${JSON.stringify(agreed, null, "\t")}\n`);
for (const [policy, { frames, events, allocatedBytesPerFrame, liveBytesPerNode }] of costs) {
	process.stdout.write(
		`${policy}: ${(events / frames).toFixed(4)} events a frame, ${allocatedBytesPerFrame} octets allocated a frame, ` +
			`${liveBytesPerNode} octets a node\n`,
	);
}
