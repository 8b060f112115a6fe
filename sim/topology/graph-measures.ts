import type { ContactGraph } from "./contact-graph.js";

/** How many nodes have each number of links: index k for k links. */
export function degreeCounts({ nodes, start }: ContactGraph): number[] {
	const counts: number[] = [];
	for (let node = 0; node < nodes; node++) {
		const degree = start[node + 1]! - start[node]!;
		while (counts.length <= degree) counts.push(0);
		counts[degree]!++;
	}
	return counts;
}

/** Mean degree ⟨k⟩, and mean number of further links of whom a link leads to, (⟨k²⟩ - ⟨k⟩) / ⟨k⟩; 0 without links. */
export function degreeMoments(counts: readonly number[]): { readonly mean: number; readonly excess: number } {
	let nodes = 0;
	let links = 0;
	let pairs = 0;
	counts.forEach((count, degree) => {
		nodes += count;
		links += count * degree;
		pairs += count * degree * (degree - 1);
	});
	return { mean: nodes === 0 ? 0 : links / nodes, excess: links === 0 ? 0 : pairs / links };
}

/** Nodes in the largest part of the graph in which each reaches each, links taken as going both ways. */
export function largestComponent({ nodes, start, to }: ContactGraph): number {
	const parent = Int32Array.from({ length: nodes }, (_, node) => node);
	const rootOf = (node: number): number => {
		let at = node;
		while (parent[at] !== at) {
			parent[at] = parent[parent[at]!]!;
			at = parent[at]!;
		}
		return at;
	};
	for (let node = 0; node < nodes; node++) {
		for (let i = start[node]!; i < start[node + 1]!; i++) parent[rootOf(to[i]!)] = rootOf(node);
	}
	const sizes = new Int32Array(nodes);
	let largest = 0;
	for (let node = 0; node < nodes; node++) largest = Math.max(largest, ++sizes[rootOf(node)]!);
	return largest;
}

/** Share of pairs of a node's neighbours that are linked themselves (transitivity), for links that go both ways; 0 without pairs. */
export function transitivity({ nodes, start, to }: ContactGraph): number {
	const mark = new Int32Array(nodes).fill(-1);
	let closed = 0;
	let pairs = 0;
	for (let node = 0; node < nodes; node++) {
		const from = start[node]!;
		const end = start[node + 1]!;
		pairs += (end - from) * (end - from - 1);
		for (let i = from; i < end; i++) mark[to[i]!] = node;
		for (let i = from; i < end; i++) {
			const neighbour = to[i]!;
			for (let j = start[neighbour]!; j < start[neighbour + 1]!; j++) if (mark[to[j]!] === node) closed++;
		}
	}
	return pairs === 0 ? 0 : closed / pairs;
}
