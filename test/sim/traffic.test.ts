import test from "ava";
import { EventQueue } from "../../sim/kernel/queue.js";
import { RandomStream } from "../../sim/kernel/random.js";
import { READINGS_OPTIONS, TRAFFIC_MODELS } from "../../sim/traffic/index.js";
import type { TrafficContext } from "../../sim/traffic/traffic.js";

interface Sending {
	readonly timeUs: number;
	readonly from: number;
	readonly to: number;
	readonly payloadBytes: number;
}

interface Flow {
	readonly kind: string;
	readonly options: Readonly<Record<string, unknown>>;
}

/** Runs flows without a network: five nodes, of which 4 is the sink, unless told otherwise. */
function play(flows: readonly Flow[], durationS: number, nodes = 5, seed = 1): readonly Sending[] {
	const queue = new EventQueue();
	const sendings: Sending[] = [];
	flows.forEach(({ kind, options }, flow) => {
		const context: TrafficContext = {
			nodes,
			sinks: [nodes - 1],
			durationUs: durationS * 1e6,
			nowUs: () => queue.nowUs(),
			at: (_node, timeUs, callback) => queue.at(timeUs, callback),
			timer: (onDue) => (node, timeUs) => queue.at(timeUs, () => onDue(node)),
			random: (node) => new RandomStream(seed, `traffic-${flow}`, node),
			send: (from, to, payloadBytes) => sendings.push({ timeUs: queue.nowUs(), from, to, payloadBytes }),
			target: (node, to) => (to === "sink" ? nodes - 1 : (node + 1) % nodes),
		};
		const model = TRAFFIC_MODELS.get(kind)!;
		const defaults = Object.fromEntries(
			Object.entries(model.options).map(([name, schema]) => [name, schema["default"]]),
		);
		model.start({ ...defaults, ...options }, context);
	});
	queue.run(durationS * 1e6);
	return sendings;
}

function timesOf(sendings: readonly Sending[], node: number): readonly number[] {
	return sendings.filter((sending) => sending.from === node).map((sending) => sending.timeUs);
}

for (const [name, model] of TRAFFIC_MODELS) {
	test(`${name}: bears its name, and every option has a default and a description`, (t) => {
		t.is(model.name, name);
		for (const schema of [...Object.values(model.options), ...Object.values(READINGS_OPTIONS)]) {
			t.true("default" in schema);
			t.is(typeof schema["description"], "string");
		}
	});
}

test("periodic: one datagram a period from a random phase, to the sink, and none from it", (t) => {
	const sendings = play([{ kind: "periodic", options: { periodS: 10, startS: 5, payloadBytes: 100 } }], 65);
	t.is(sendings.length, 24);
	const phases = new Set<number>();
	for (let node = 0; node < 4; node++) {
		const times = timesOf(sendings, node);
		t.is(times.length, 6);
		t.true(times[0]! >= 5e6 && times[0]! < 15e6);
		t.deepEqual(
			times,
			times.map((_, i) => times[0]! + i * 10e6),
		);
		phases.add(times[0]!);
	}
	t.is(phases.size, 4);
	t.true(sendings.every(({ from, to, payloadBytes }) => from !== 4 && to === 4 && payloadBytes === 100));
});

test("periodic: aligned phases, start and stop", (t) => {
	const options = { periodS: 2, phase: "aligned", startS: 1, stopS: 5, to: "neighbour" };
	const sendings = play([{ kind: "periodic", options }], 60);
	for (let node = 0; node < 5; node++) t.deepEqual(timesOf(sendings, node), [1e6, 3e6]);
	t.true(sendings.every(({ from, to }) => to === (from + 1) % 5));
});

test("periodic: lateness stays within its limit and does not add up", (t) => {
	const options = { periodS: 1, phase: "aligned", jitterS: 0.2 };
	const times = timesOf(play([{ kind: "periodic", options }], 500), 0);
	t.is(times.length, 500);
	const late = times.map((timeUs, i) => timeUs - i * 1e6);
	t.true(late.every((us) => us >= 0 && us <= 200_000));
	t.true(Math.max(...late) > 190_000 && Math.min(...late) < 10_000);
});

test("poisson: rate, and a variance equal to the mean", (t) => {
	const options = { ratePerS: 2, to: "neighbour" };
	const sendings = play([{ kind: "poisson", options }], 2000, 5);
	const counts: number[] = [];
	for (let node = 0; node < 5; node++) {
		const times = timesOf(sendings, node);
		// 4,000 expected, deviation 63; four deviations.
		t.true(Math.abs(times.length - 4000) < 253, `${times.length}`);
		for (let s = 0; s < 2000; s++) counts.push(0);
		for (const timeUs of times) counts[node * 2000 + Math.floor(timeUs / 1e6)]!++;
	}
	const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
	const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
	// The index of dispersion of 10,000 counts deviates by sqrt(2 / 10,000) = 0.014; four deviations.
	t.true(Math.abs(variance / mean - 1) < 0.057, `${variance / mean}`);
});

test("burst: count, gap and period", (t) => {
	const options = { count: 3, gapS: 0.5, periodS: 10, phase: "aligned", startS: 1 };
	const times = timesOf(play([{ kind: "burst", options }], 21), 2);
	t.deepEqual(
		times.map((us) => us / 1e6),
		[1, 1.5, 2, 11, 11.5, 12],
	);
});

test("senders: leaves, and a list that may hold the sink", (t) => {
	const senders = (options: Readonly<Record<string, unknown>>) =>
		[...new Set(play([{ kind: "periodic", options }], 10).map(({ from }) => from))].sort();
	t.deepEqual(senders({ to: "neighbour" }), [0, 1, 2, 3, 4]);
	t.deepEqual(senders({ to: "neighbour", from: "leaves" }), [0, 1, 2, 3]);
	t.deepEqual(senders({ to: "neighbour", from: [1, 4] }), [1, 4]);
	// A node that is told to send to itself has nobody to send to.
	t.deepEqual(senders({ to: 2 }), [0, 1, 3, 4]);
});

test("random targets: every other node, about equally often, never the sender", (t) => {
	const sendings = play([{ kind: "periodic", options: { periodS: 0.01, to: "random", from: [1] } }], 40);
	const counts = new Map<number, number>();
	for (const { to } of sendings) counts.set(to, (counts.get(to) ?? 0) + 1);
	t.deepEqual([...counts.keys()].sort(), [0, 2, 3, 4]);
	// 1,000 each expected of 4,000, deviation 27; four deviations.
	for (const count of counts.values()) t.true(Math.abs(count - 1000) < 110, `${count}`);
	t.is(play([{ kind: "periodic", options: { to: "random" } }], 40, 1).length, 0);
});

test("common random numbers: other flows and other nodes do not shift a node's times", (t) => {
	const flow: Flow = { kind: "poisson", options: { ratePerS: 1, to: "random" } };
	const alone = play([flow], 50).filter(({ from }) => from === 2);
	const other: Flow = { kind: "burst", options: { payloadBytes: 999, to: "random" } };
	const crowded = play([flow, other], 50).filter(
		({ from, payloadBytes }) => from === 2 && payloadBytes !== 999,
	);
	t.deepEqual(crowded, alone);
	const single = play([{ ...flow, options: { ...flow.options, from: [2] } }], 50);
	t.deepEqual(single, alone);
	t.notDeepEqual(
		play([flow], 50, 5, 2).filter(({ from }) => from === 2),
		alone,
	);
});
