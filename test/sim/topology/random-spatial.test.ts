import test from "ava";
import {
	degreeCounts,
	degreeMoments,
	largestComponent,
	transitivity,
} from "../../../sim/topology/graph-measures.js";
import { degreesOf, graphOf, lengthsOf, mean, network, variance } from "./networks.js";

const KERNELS = ["gaussian", "exponential", "power-law", "disc", "uniform"];
const FIELD = { nodes: 6000, torus: true, scaleM: 40 };

for (const kernel of KERNELS) {
	test(`${kernel}: with equal expected degrees, degrees are Poisson`, (t) => {
		const degrees = degreesOf(graphOf({ ...FIELD, kernel, meanDegree: 6 }));
		// The mean of 18,000 edges has a deviation of 0.045.
		t.true(Math.abs(mean(degrees) - 6) < 0.16, `${mean(degrees)}`);
		t.true(Math.abs(variance(degrees) / 6 - 1) < 0.1, `${variance(degrees)}`);
		let poisson = Math.exp(-6);
		for (let k = 0; k <= 12; poisson *= 6 / ++k) {
			const share = degrees.filter((degree) => degree === k).length / degrees.length;
			t.true(Math.abs(share - poisson) < 0.015, `${k}: ${share}, ${poisson}`);
		}
	});
}

test("each node has as many links as expected of it: by class, with a given list, all kernels", (t) => {
	const expectedDegrees = Array.from({ length: 6000 }, (_, node) => [0, 2, 8, 40][node % 4]!);
	for (const kernel of KERNELS) {
		const degrees = degreesOf(graphOf({ ...FIELD, scaleM: 120, kernel, expectedDegrees }));
		for (const [group, expected] of [0, 2, 8, 40].entries()) {
			const found = mean(degrees.filter((_, node) => node % 4 === group));
			t.true(Math.abs(found - expected) <= 0.05 * expected, `${kernel} ${expected}: ${found}`);
		}
	}
});

test("exponential degrees are geometric, and power-law ones have the mean, the bound and the exponent asked for", (t) => {
	const { excess, mean: geometric } = degreeMoments(
		degreeCounts(graphOf({ ...FIELD, nodes: 20000, degrees: "exponential" })),
	);
	t.true(Math.abs(geometric - 8) < 0.25, `${geometric}`);
	// Mixed Poisson: <k(k-1)>/<k> = <κ²>/<κ> = 2 means.
	t.true(Math.abs(excess / 16 - 1) < 0.06, `${excess}`);

	const law = {
		...FIELD,
		nodes: 20000,
		degrees: "power-law",
		degreeExponent: 2.5,
		maxDegree: 200,
		kernel: "uniform",
	};
	const degrees = degreesOf(graphOf(law));
	t.true(Math.abs(mean(degrees) - 8) < 0.5, `${mean(degrees)}`);
	t.true(Math.max(...degrees) < 260);
	// P(κ > x) falls as x^-1.5 - 200^-1.5: between 20 and 60.
	const above = (x: number): number => degrees.filter((degree) => degree > x).length;
	const expected = (20 ** -1.5 - 200 ** -1.5) / (60 ** -1.5 - 200 ** -1.5);
	t.true(Math.abs(above(20) / above(60) / expected - 1) < 0.2, `${above(20) / above(60)}, ${expected}`);
});

test("lengths of links follow the kernel, 3 % at most apart in any of its parts", (t) => {
	const scaleM = 20;
	const within: Readonly<Record<string, (r: number) => number>> = {
		gaussian: (r) => 1 - Math.exp((-r * r) / (2 * scaleM * scaleM)),
		exponential: (r) => 1 - (1 + r / scaleM) * Math.exp(-r / scaleM),
		"power-law": (r) => 1 - (1 + (r / scaleM) ** 2) ** -1,
		disc: (r) => Math.min(1, (r / scaleM) ** 2),
	};
	for (const [kernel, share] of Object.entries(within)) {
		// An exponent of 4 leaves less than 0.2 % of the power law beyond the field, which the torus spreads over the rest.
		const lengths = lengthsOf(network({ ...FIELD, scaleM, kernel, kernelExponent: 4 }));
		for (const r of [5, 10, 20, 40, 80, 300]) {
			const found = lengths.filter((length) => length <= r).length / lengths.length;
			t.true(Math.abs(found - share(r)) < 0.015, `${kernel} ${r}: ${found}, ${share(r)}`);
		}
	}
});

test("in a field with borders, those near them have fewer links, a half at a side and a quarter in a corner", (t) => {
	const topology = network({ nodes: 20000, scaleM: 30, meanDegree: 12 });
	const degrees = degreesOf(topology.contacts!);
	const { x, y } = topology.positions;
	const meanOf = (isIn: (x: number, y: number) => boolean): number =>
		mean(degrees.filter((_, node) => isIn(x[node]!, y[node]!)));
	const middle = meanOf((a, b) => a > 150 && a < 850 && b > 150 && b < 850);
	const side = meanOf((a, b) => a < 3 && b > 100 && b < 900);
	t.true(Math.abs(middle / 12 - 1) < 0.03, `${middle}`);
	t.true(side / middle > 0.45 && side / middle < 0.6, `${side / middle}`);
	t.true(meanOf((a, b) => a + b < 20) < 0.5 * middle);
});

test("clustering is chance: two neighbours are linked as often as the kernel lets nodes at their distance be", (t) => {
	// Two of a node's neighbours lie two steps of the kernel apart, so that the mean chance is κ/ρ times the density at 0 of three.
	for (const nodes of [5000, 20000]) {
		const found = transitivity(graphOf({ ...FIELD, nodes, scaleM: 50 }));
		const expected = 8 / (nodes / 1e6) / (2 * Math.PI * 3 * 50 * 50);
		t.true(Math.abs(found / expected - 1) < 0.1, `${nodes}: ${found}, ${expected}`);
	}
	// Without distance there is next to none.
	t.true(transitivity(graphOf({ ...FIELD, kernel: "uniform" })) < 0.002);
});

test("the giant component has the size that theory gives a Poisson graph: S = 1 - exp(-c S)", (t) => {
	for (const [meanDegree, size] of [
		[0.8, 0],
		[1.5, 0.5828],
		[2, 0.7968],
		[4, 0.9802],
	] as const) {
		const nodes = 20000;
		const found = largestComponent(graphOf({ ...FIELD, nodes, kernel: "uniform", meanDegree })) / nodes;
		t.true(Math.abs(found - size) < 0.03, `${meanDegree}: ${found}, ${size}`);
	}
});

test("disc graphs have a giant component from a mean degree of about 4.5 on", (t) => {
	const share = (meanDegree: number, nodes: number): number => {
		const scaleM = Math.sqrt((meanDegree / (Math.PI * nodes)) * 1e6);
		const options = { nodes, torus: true, kernel: "disc", meanDegree, scaleM };
		return mean([1, 2, 3].map((seed) => largestComponent(graphOf(options, seed)) / nodes));
	};
	// Below, the largest component's share falls as the field grows; above, it does not.
	const below = share(4.1, 20000);
	t.true(below < 0.2 && below < 0.6 * share(4.1, 2000), `${below}`);
	const above = share(4.9, 20000);
	t.true(above > 0.85 && above > 0.93 * share(4.9, 2000), `${above}`);
});

test("links go both ways, are sorted, bear the ratio asked for, and are the same as the flat arrays", (t) => {
	const topology = network({ nodes: 500, scaleM: 60, prr: 0.75 });
	const { start, to } = topology.contacts!;
	const links = topology.links!;
	t.is(links.length, to.length);
	const listed = new Set(links.map(({ from, to: other }) => `${from} ${other}`));
	t.is(listed.size, links.length);
	for (const { from, to: other, prr } of links) {
		t.true(listed.has(`${other} ${from}`));
		t.not(from, other);
		t.is(prr, 0.75);
	}
	for (let node = 0; node < 500; node++)
		for (let i = start[node]! + 1; i < start[node + 1]!; i++) t.true(to[i - 1]! < to[i]!);
});

test("the same seed, the same network; another seed, another one; other edges at the same places under another kernel", (t) => {
	const one = network({ nodes: 300 });
	t.deepEqual(network({ nodes: 300 }).links, one.links);
	t.notDeepEqual(network({ nodes: 300 }, 2).links, one.links);
	const other = network({ nodes: 300, kernel: "exponential" });
	t.deepEqual(other.positions, one.positions);
	t.notDeepEqual(other.links, one.links);
});

test("few nodes, none expected to have a link, and certain links do no harm", (t) => {
	t.is(network({ nodes: 1 }).links!.length, 0);
	t.is(graphOf({ nodes: 2, expectedDegrees: [0, 0] }).to.length, 0);
	// So dense that every chance is 1.
	t.is(graphOf({ nodes: 20, meanDegree: 1e5, scaleM: 1e4 }).to.length, 20 * 19);
});

test("options that do not fit each other are named", (t) => {
	t.throws(() => network({ nodes: 3, expectedDegrees: [1, 2] }), {
		instanceOf: RangeError,
		message: "expectedDegrees: expected 3 of them, one a node, got 2",
	});
	t.throws(() => network({ degrees: "power-law", maxDegree: 8 }), {
		instanceOf: RangeError,
		message: "maxDegree: expected more than the mean, 8, got 8",
	});
});
