import test from "ava";
import fc from "fast-check";
import { BitErrorTable } from "../../../sim/channel/bit-error.js";
import { linkReception, shortestPaths } from "../../../sim/channel/paths.js";
import { fromDb } from "../../../sim/kernel/math.js";
import { AIR, bothWays, type Edge, graphOf } from "../support/radio-bench.js";

const NODES = 9;

const edges = fc
	.uniqueArray(
		fc.tuple(
			fc.nat({ max: NODES - 1 }),
			fc.nat({ max: NODES - 1 }),
			fc.constantFrom(0.2, 0.5, 0.6, 0.8, 0.9, 1),
		),
		{ maxLength: 50, size: "max", selector: ([a, b]) => `${a} ${b}` },
	)
	.map((list) => list.filter(([a, b]) => a !== b).map(([a, b, prr]): Edge => [a, b, -60, prr]));

test("paths are those of least expected transmissions, as relaxing every link again and again finds them", (t) => {
	fc.assert(
		fc.property(
			edges,
			fc.uniqueArray(fc.nat({ max: NODES - 1 }), { minLength: 1, maxLength: 2 }),
			(list, sinks) => {
				const graph = graphOf(NODES, list);
				const paths = shortestPaths(graph, linkReception(graph, AIR), sinks);
				const prr = new Map(list.map(([a, b, , p]) => [a * NODES + b, Math.fround(p!)]));
				const costs = new Array<number>(NODES).fill(Number.POSITIVE_INFINITY);
				for (const sink of sinks) costs[sink] = 0;
				for (let round = 0; round < NODES; round++)
					for (let a = 0; a < NODES; a++)
						for (let b = 0; b < NODES; b++) {
							const there = prr.get(a * NODES + b) ?? 0;
							const back = prr.get(b * NODES + a) ?? 0;
							if (there >= 0.5 && back >= 0.5) costs[a] = Math.min(costs[a]!, costs[b]! + 1 / (there * back));
						}
				for (let node = 0; node < NODES; node++) {
					if (costs[node] === Number.POSITIVE_INFINITY) {
						t.deepEqual([paths.next[node], paths.hops[node], paths.sink[node]], [-1, -1, -1]);
						continue;
					}
					// Walk the path: it ends at its sink after as many hops as it says, and costs the least.
					let at = node;
					let cost = 0;
					let hops = 0;
					while (paths.next[at]! >= 0) {
						const next = paths.next[at]!;
						cost += 1 / (prr.get(at * NODES + next)! * prr.get(next * NODES + at)!);
						hops++;
						at = next;
						if (hops > NODES) break;
					}
					t.is(at, paths.sink[node]!);
					t.is(hops, paths.hops[node]!);
					t.true(sinks.includes(at));
					t.true(Math.abs(cost - costs[node]!) < 1e-9, `${cost}, not ${costs[node]}`);
				}
			},
		),
		{ numRuns: 300 },
	);
});

test("a link is judged by its signal where no ratio is listed", (t) => {
	const graph = graphOf(
		3,
		bothWays([
			[0, 1, -60],
			[1, 2, -101],
		]),
	);
	const [near, back, weak] = linkReception(graph, { ...AIR, sensitivityDbm: -105 });
	t.is(near, 1);
	t.is(back, 1);
	t.is(weak, new BitErrorTable().packetReception(fromDb(-101) / fromDb(-105 + 4), 133));
	// Below the sensitivity nothing arrives.
	t.is(linkReception(graph, { ...AIR, sensitivityDbm: -100 })[2], 0);
});
