import test from "ava";
import fc from "fast-check";
import { RandomStream } from "../../../sim/kernel/random.js";
import { drawEdges, type WeightedPoints } from "../../../sim/topology/spatial-edges.js";

const NONE = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

function keys(
	points: WeightedPoints,
	chance: (product: number, distance: number) => number,
	seed = 1,
): string[] {
	const { from, to, count } = drawEdges(points, chance, new RandomStream(seed, "edges", 0));
	return Array.from({ length: count }, (_, e) => {
		const [a, b] = [from[e]!, to[e]!].sort((first, second) => first - second);
		return `${a} ${b}`;
	});
}

function allPairs(points: number): string[] {
	const pairs: string[] = [];
	for (let a = 0; a < points; a++) for (let b = a + 1; b < points; b++) pairs.push(`${a} ${b}`);
	return pairs;
}

const place = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(0, 50, 99.999));
const points = fc
	.array(fc.tuple(place, place, fc.double({ min: 0.01, max: 500, noNaN: true })), { maxLength: 90 })
	.map((rows) => ({
		x: Float64Array.from(rows, ([x]) => x),
		y: Float64Array.from(rows, ([, y]) => y),
		weight: Float64Array.from(rows, ([, , weight]) => weight),
	}));

test("each pair is looked at once, whatever the places, weights and borders: certain edges are all there, none twice", (t) => {
	fc.assert(
		fc.property(points, fc.boolean(), (field, isTorus) => {
			const found = keys({ ...field, period: isTorus ? [100, 100] : NONE }, () => 1);
			t.deepEqual(found.sort(), allPairs(field.x.length).sort());
		}),
		{ numRuns: 200 },
	);
});

test("edges that distance alone decides are those of the disc graph, also across the border of a torus", (t) => {
	fc.assert(
		fc.property(
			points,
			fc.boolean(),
			fc.double({ min: 1, max: 80, noNaN: true }),
			(field, isTorus, radius) => {
				const period = isTorus ? ([100, 100] as const) : NONE;
				const expected = allPairs(field.x.length).filter((pair) => {
					const [a, b] = pair.split(" ").map(Number) as [number, number];
					const dx = Math.abs(field.x[a]! - field.x[b]!);
					const dy = Math.abs(field.y[a]! - field.y[b]!);
					return Math.hypot(Math.min(dx, period[0] - dx), Math.min(dy, period[1] - dy)) < radius;
				});
				const found = keys({ ...field, period }, (_product, distance) => (distance < radius ? 1 : 0));
				t.deepEqual(found.sort(), expected.sort());
			},
		),
		{ numRuns: 200 },
	);
});

test("each pair is an edge as often as its own chance says, light and heavy, near and far, on a torus", (t) => {
	const random = new RandomStream(7, "places", 0);
	const size = 40;
	const field = {
		x: Float64Array.from({ length: size }, () => random.uniform() * 100),
		y: Float64Array.from({ length: size }, () => random.uniform() * 100),
		weight: Float64Array.from({ length: size }, () => Math.exp(random.gaussian() * 1.5)),
		period: [100, 100] as const,
	};
	const chance = (product: number, distance: number): number =>
		Math.min(1, (product * 3) / (1 + distance * distance));
	const draws = 4000;
	const counts = new Map<string, number>();
	for (let seed = 0; seed < draws; seed++)
		for (const key of keys(field, chance, seed)) counts.set(key, (counts.get(key) ?? 0) + 1);
	let chiSquare = 0;
	let tested = 0;
	for (const key of allPairs(size)) {
		const [a, b] = key.split(" ").map(Number) as [number, number];
		const dx = Math.abs(field.x[a]! - field.x[b]!);
		const dy = Math.abs(field.y[a]! - field.y[b]!);
		const own = chance(
			field.weight[a]! * field.weight[b]!,
			Math.hypot(Math.min(dx, 100 - dx), Math.min(dy, 100 - dy)),
		);
		const found = (counts.get(key) ?? 0) / draws;
		if (own === 1) t.is(found, 1, key);
		else {
			const z = (found - own) / Math.sqrt((own * (1 - own)) / draws);
			// Rare pairs are hardly normal, so their bound is wide.
			t.true(Math.abs(z) < 6, `${key}: ${found} for ${own}`);
			chiSquare += z * z;
			tested++;
		}
	}
	t.true(tested > 700);
	t.true(Math.abs(chiSquare / tested - 1) < 0.15, `${chiSquare / tested}`);
});
