import test from "ava";
import { runScenario } from "../../../host-tools/run/run.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { Histogram } from "../../../sim/measure/histogram.js";

/**
 * Measured with ns-3.37 on the workload of grid-one-hop, one row a seed from 1 to 5: datagrams sent and
 * delivered, data frames per delivered datagram, median and 95th percentile of the latency in milliseconds.
 *
 * Latencies leave out each node's first datagram, which waits until its neighbour has told its address.
 */
const NS3: Readonly<Record<number, readonly (readonly [number, number, number, number, number])[]>> = {
	100: [
		[542, 538, 5.089, 32.2, 37.0],
		[545, 544, 5.015, 31.9, 34.8],
		[550, 546, 5.048, 31.9, 35.1],
		[548, 545, 5.029, 31.9, 34.8],
		[545, 541, 5.091, 32.2, 35.1],
	],
	400: [
		[2198, 2180, 5.074, 32.2, 35.7],
		[2187, 2171, 5.051, 32.2, 35.4],
		[2205, 2181, 5.097, 32.2, 36.0],
		[2205, 2188, 5.062, 32.2, 35.1],
		[2203, 2188, 5.066, 32.2, 36.7],
	],
};

/** The same seeds with all datagrams counted: mean of the median and of the 95th percentile, in milliseconds. */
const NS3_ALL: Readonly<Record<number, { readonly p50: number; readonly p95: number }>> = {
	100: { p50: 32.38, p95: 47.0 },
	400: { p50: 32.5, p95: 47.5 },
};

interface Measured {
	readonly ratio: number;
	readonly frames: number;
	/** Without each node's first datagram. */
	readonly p50: number;
	readonly p95: number;
	/** Of all datagrams. */
	readonly allP50: number;
	readonly allP95: number;
}

/** Runs the workload once. */
async function measure(nodes: number, seed: number): Promise<Measured> {
	const loaded = await loadScenario("grid-one-hop", { seed, set: [`topology.nodes=${nodes}`] });
	const began = new Set<number>();
	const sentUs = new Map<number, number>();
	const latencies = new Histogram();
	const { summary } = runScenario(loaded, {
		sinks: [
			{
				datagramSent: (timeUs, node, ident) => {
					if (began.has(node)) sentUs.set(ident, timeUs);
					began.add(node);
				},
				datagramDelivered: (timeUs, _node, ident) => {
					const fromUs = sentUs.get(ident);
					if (fromUs !== undefined) latencies.add(timeUs - fromUs);
				},
			},
		],
	});
	const { delivered, sent } = summary.datagrams;
	const { frames, latencyMs } = summary;
	return {
		ratio: delivered / sent,
		frames: frames.data / delivered,
		p50: latencies.quantile(0.5) / 1000,
		p95: latencies.quantile(0.95) / 1000,
		allP50: latencyMs.p50,
		allP95: latencyMs.p95,
	};
}

function mean(values: readonly number[]): number {
	return values.reduce((a, b) => a + b, 0) / values.length;
}

for (const [nodes, rows] of Object.entries(NS3)) {
	test(`grid-one-hop agrees with ns-3 at ${nodes} nodes`, async (t) => {
		const ours: Measured[] = [];
		for (let seed = 1; seed <= 5; seed++) ours.push(await measure(Number(nodes), seed));
		const column = (name: keyof Measured): number => mean(ours.map((row) => row[name]));
		const [ratio, frames, p50, p95] = [column("ratio"), column("frames"), column("p50"), column("p95")];
		const all = NS3_ALL[Number(nodes)]!;
		const theirs = {
			ratio: mean(rows.map(([sent, delivered]) => delivered / sent)),
			frames: mean(rows.map((row) => row[2])),
			p50: mean(rows.map((row) => row[3])),
			p95: mean(rows.map((row) => row[4])),
		};
		const text = `delivery ${ratio}, frames ${frames}, median ${p50} ms, 95 % ${p95} ms; ns-3 ${JSON.stringify(theirs)}`;
		t.log(text);
		t.true(Math.abs(ratio - theirs.ratio) < 0.01, text);
		t.true(Math.abs(frames / theirs.frames - 1) < 0.05, text);
		t.true(Math.abs(p50 / theirs.p50 - 1) < 0.1, text);
		t.true(Math.abs(p95 / theirs.p95 - 1) < 0.2, text);
		t.log(
			`all datagrams: median ${column("allP50")} ms, 95 % ${column("allP95")} ms; ns-3 ${JSON.stringify(all)}`,
		);
		t.true(Math.abs(column("allP50") / all.p50 - 1) < 0.1);
		t.true(Math.abs(column("allP95") / all.p95 - 1) < 0.2);
	});
}
