import test, { type ExecutionContext } from "ava";
import type { Summary } from "../../sim/measure/metrics.js";
import { nodesOf } from "./support/nodes-of.js";
import { runText } from "./support/run-text.js";

function total(counts: Readonly<Record<string, number>>): number {
	return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** Runs a scenario in which datagrams get lost for one reason, and checks that the sums hold. */
async function losses(t: ExecutionContext, yaml: string): Promise<Summary> {
	const { summary, simulation } = await runText(t, `name: losses\n${yaml}`);
	const { sent, delivered, lost } = summary.datagrams;
	t.true(sent > 0);
	t.is(sent, delivered + total(lost));
	const { reassembly } = summary;
	t.is(
		reassembly.opened,
		reassembly.completed + reassembly.timedOut + total(reassembly.closed) + reassembly.open,
	);
	let open = 0;
	for (const node of nodesOf(simulation)) open += node.reassembler.contexts.length;
	t.is(reassembly.open, open, "the log tells what memory holds");
	return summary;
}

test("queue-full: a burst that is longer than the queue", async (t) => {
	const { datagrams } = await losses(
		t,
		`
durationS: 5
topology: { kind: links, links: [[0, 1]] }
node: { queueLength: 3 }
sinks: [0]
traffic: [{ kind: burst, count: 10, gapS: 0, periodS: 10, phase: aligned, payloadBytes: 300, to: sink }]
`,
	);
	t.is(datagrams.sent, 10);
	t.is(datagrams.delivered, 3);
	t.deepEqual(datagrams.lost, { "queue-full": 7 });
});

test("no-route: a node from which no way leads to the sink", async (t) => {
	const { datagrams } = await losses(
		t,
		`
durationS: 10
topology: { kind: links, links: [[0, 1], [2, 3]] }
sinks: [0]
traffic: [{ kind: periodic, periodS: 2, phase: aligned, to: sink }]
`,
	);
	t.is(datagrams.sent, 15);
	t.is(datagrams.delivered, 5);
	t.deepEqual(datagrams.lost, { "no-route": 10 });
});

test("mac-retries: a neighbour that hears nothing", async (t) => {
	const { datagrams, frames } = await losses(
		t,
		`
durationS: 10
topology: { kind: links, symmetric: false, links: [[0, 1, 0], [1, 0, 1]] }
sinks: none
traffic: [{ kind: periodic, from: [0], to: 1, periodS: 2, phase: aligned, payloadBytes: 300 }]
`,
	);
	t.deepEqual(datagrams.lost, { "mac-retries": 5 });
	// The first frame of each datagram four times; the rest of it is not sent at all.
	t.is(frames.data, 20);
	t.is(frames.macDropped, 5);
});

test("mac-channel-busy: more contenders than their backoffs can part", async (t) => {
	const links = Array.from({ length: 30 }, (_, a) =>
		Array.from({ length: a }, (_, b) => `[${a}, ${b}]`),
	).flat();
	const { datagrams, frames } = await losses(
		t,
		`
durationS: 4
topology: { kind: links, links: [${links.join(", ")}] }
node: { csma: { maxBackoffs: 0, maxRetries: 7 } }
sinks: [0]
traffic: [{ kind: periodic, periodS: 4, phase: aligned, to: sink }]
`,
	);
	t.true(datagrams.lost["mac-channel-busy"]! > 10);
	t.is(frames.macDropped, datagrams.lost["mac-channel-busy"]! + (datagrams.lost["mac-retries"] ?? 0));
});

test("reassembly-full: a second datagram while the first holds the only context", async (t) => {
	const { datagrams, reassembly } = await losses(
		t,
		`
durationS: 4
topology: { kind: links, links: [[0, 1], [0, 2], [1, 2]] }
node: { csma: { maxBackoffs: 5 } }
reassembly: { policy: rfc4944, budgetBytes: 1280 }
sinks: [0]
traffic:
  - { kind: periodic, from: [1], periodS: 4, phase: aligned, to: sink, payloadBytes: 1000 }
  - { kind: periodic, from: [2], periodS: 4, startS: 0.03, phase: aligned, to: sink, payloadBytes: 400 }
`,
	);
	t.is(datagrams.delivered, 1);
	t.deepEqual(datagrams.lost, { "reassembly-full": 1 });
	t.is(reassembly.peakBytes, 1280);
	t.true(reassembly.refused["reassembly-full"]! > 1);
});

test("hop-limit: a way that is longer than packets may travel", async (t) => {
	const { datagrams, hops } = await losses(
		t,
		`
durationS: 20
topology: { kind: line, nodes: 6, spacingM: 30 }
channel: { propagation: { maxRangeM: 35 } }
node: { hopLimit: 3 }
sinks: [0]
traffic: [{ kind: periodic, periodS: 20, to: sink }]
`,
	);
	// The two nodes that are too far away are told so (ICMPv6 time exceeded), which is no datagram of theirs.
	t.is(datagrams.sent, 5);
	t.deepEqual(datagrams.lost, { "hop-limit": 2 });
	t.is(hops.max, 3);
});

test("reassembly-timed-out: a datagram of which one fragment is missing", async (t) => {
	const { datagrams, reassembly } = await losses(
		t,
		`
durationS: 60
topology: { kind: links, symmetric: false, links: [[0, 1, 0.6], [1, 0, 1]] }
reassembly: { policy: rfc4944, timeoutS: 1 }
node: { csma: { maxRetries: 0 } }
sinks: none
traffic: [{ kind: periodic, from: [0], to: 1, periodS: 2, phase: aligned, payloadBytes: 300, stopS: 57 }]
`,
	);
	t.true(datagrams.lost["reassembly-timed-out"]! > 0 || datagrams.lost["mac-retries"]! > 0);
	t.true(reassembly.timedOut > 0);
	t.is(reassembly.open, 0);
});
