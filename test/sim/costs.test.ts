import { readFileSync } from "node:fs";
import test from "ava";
import { type AgreedCosts, COSTS_FILE, measureRunCosts, POLICIES, V8_VERSION } from "./support/run-costs.js";

/** Less than the smallest object, which takes three words of eight octets. */
const MOST_MORE_BYTES = 8;
/** Other versions of V8 lay out some objects otherwise: what they may take more or less. */
const OTHER_V8 = 0.01;
/** From what share on a gain is to be kept. */
const GAIN = 0.02;
/** What the memory of a node may change before somebody has to say that it is meant; what V8 has yet to drop varies by an eighth. */
const LIVE_CHANGE = 0.3;
/** A leak of one object a datagram is ten times as much. */
const MOST_GROWN_OBJECTS_PER_FRAME = 0.01;
const REFRESH = "npm run sim-costs if that is meant";

const agreed = JSON.parse(readFileSync(COSTS_FILE, "utf8")) as AgreedCosts;

for (const policy of POLICIES) {
	test(`what a run under ${policy} costs in events and memory is what was last agreed to`, async (t) => {
		const costs = await measureRunCosts(policy);
		const limits = agreed.policies[policy];
		t.is(costs.frames, limits.frames, `another workload than the one that was agreed to; ${REFRESH}`);
		t.is(costs.events, limits.events, `another number of events for the same frames; ${REFRESH}`);

		const allocated = costs.allocatedBytesPerFrame;
		const slack = V8_VERSION === agreed.v8 ? 0 : OTHER_V8 * limits.allocatedBytesPerFrame;
		const most = limits.allocatedBytesPerFrame + MOST_MORE_BYTES + slack;
		const least = limits.allocatedBytesPerFrame * (1 - GAIN) - slack;
		const found = `got ${allocated.toFixed(1)}; ${REFRESH}`;
		t.true(allocated <= most, `expected at most ${most} octets allocated a frame, ${found}`);
		t.true(
			allocated >= least,
			`a gain to keep: agreed to ${limits.allocatedBytesPerFrame} a frame, ${found}`,
		);

		const live = costs.liveBytesPerNode;
		const change = live / limits.liveBytesPerNode - 1;
		t.true(
			Math.abs(change) <= LIVE_CHANGE,
			`expected about ${limits.liveBytesPerNode} octets a node, got ${live.toFixed(0)}; ${REFRESH}`,
		);

		const grown = costs.grownObjects / costs.frames;
		t.true(grown <= MOST_GROWN_OBJECTS_PER_FRAME, `${costs.grownObjects} objects more are alive at the end`);
	});
}
