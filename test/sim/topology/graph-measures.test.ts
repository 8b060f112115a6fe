import test from "ava";
import fc from "fast-check";
import {
	type ContactGraph,
	contactsOf,
	givesLinks,
	graphOfEdges,
	linksOf,
} from "../../../sim/topology/contact-graph.js";
import {
	degreeCounts,
	degreeMoments,
	largestComponent,
	transitivity,
} from "../../../sim/topology/graph-measures.js";
import { TOPOLOGIES } from "../../../sim/topology/index.js";

const PLACE = { kernel: undefined, period: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] } as const;

function graph(nodes: number, edges: readonly (readonly [number, number])[]): ContactGraph {
	const from = Int32Array.from(edges, ([a]) => a);
	const to = Int32Array.from(edges, ([, b]) => b);
	return graphOfEdges(nodes, { from, to, count: edges.length }, 1, PLACE);
}

test("a triangle with a tail, and a node alone", (t) => {
	const small = graph(5, [
		[0, 1],
		[1, 2],
		[2, 0],
		[2, 3],
	]);
	t.deepEqual(degreeCounts(small), [1, 1, 2, 1]);
	// Pairs of neighbours: 1 + 1 + 3, of which the triangle closes 3.
	t.is(transitivity(small), 3 / 5);
	t.is(largestComponent(small), 4);
	const { mean, excess } = degreeMoments(degreeCounts(small));
	t.is(mean, 8 / 5);
	t.is(excess, (2 + 2 + 6) / 8);
});

test("no links: nothing is divided by 0", (t) => {
	const empty = graph(3, []);
	t.is(transitivity(empty), 0);
	t.is(largestComponent(empty), 1);
	t.deepEqual(degreeMoments(degreeCounts(empty)), { mean: 0, excess: 0 });
});

test("measures of small graphs, against plain search over all pairs and triples", (t) => {
	const pairs = fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(9)), {
		selector: ([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`,
		maxLength: 20,
	});
	fc.assert(
		fc.property(pairs, (drawn) => {
			const edges = drawn.filter(([a, b]) => a !== b);
			const linked = (a: number, b: number): boolean =>
				edges.some(([c, d]) => (a === c && b === d) || (a === d && b === c));
			const measured = graph(10, edges);
			let closed = 0;
			let open = 0;
			for (let a = 0; a < 10; a++)
				for (let b = 0; b < 10; b++)
					for (let c = 0; c < b; c++)
						if (linked(a, b) && linked(a, c)) {
							open++;
							if (linked(b, c)) closed++;
						}
			t.is(transitivity(measured), open === 0 ? 0 : closed / open);
			let largest = 0;
			for (let a = 0; a < 10; a++) {
				const seen = new Set([a]);
				for (const node of seen) for (let b = 0; b < 10; b++) if (linked(node, b)) seen.add(b);
				largest = Math.max(largest, seen.size);
			}
			t.is(largestComponent(measured), largest);
		}),
	);
});

test("a list of links becomes flat arrays with a ratio each, and a topology of places gives none", (t) => {
	const listed = TOPOLOGIES.get("links")!.create(
		{
			links: [
				[2, 0, 0.5],
				[1, 2],
				[0, 1],
			],
			symmetric: false,
		},
		1,
	);
	const flat = contactsOf(listed)!;
	t.true(givesLinks(listed));
	t.deepEqual([...flat.start], [0, 1, 2, 3]);
	t.deepEqual([...flat.to], [1, 2, 0]);
	t.deepEqual([...flat.prr!], [1, 1, 0.5]);
	t.deepEqual(linksOf(flat), [
		{ from: 0, to: 1, prr: 1 },
		{ from: 1, to: 2, prr: 1 },
		{ from: 2, to: 0, prr: 0.5 },
	]);
	const places = TOPOLOGIES.get("grid")!.create({ nodes: 4, spacingM: 3, jitterM: 0 }, 1);
	t.false(givesLinks(places));
	t.is(contactsOf(places), undefined);
});
