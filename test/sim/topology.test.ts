import test from "ava";
import fc from "fast-check";
import { type FileTopologyFactory, isTextFault } from "../../sim/topology/file-topology.js";
import { TOPOLOGIES } from "../../sim/topology/index.js";
import { links } from "../../sim/topology/links.js";
import { positions } from "../../sim/topology/positions.js";
import type { Options, Topology } from "../../sim/topology/topology.js";

function create(name: string, options: Readonly<Record<string, unknown>>, seed = 1): Topology {
	const factory = TOPOLOGIES.get(name)!;
	const defaults = Object.fromEntries(
		Object.entries(factory.options).map(([option, schema]) => [option, schema["default"]]),
	);
	return factory.create({ ...defaults, ...options }, seed);
}

/** What a text stands for; throws where the factory refuses it. */
function read(factory: FileTopologyFactory, text: string): Options {
	const result = factory.fromText(text);
	if (isTextFault(result)) throw new Error(`line ${result.line}: ${result.message}`);
	return result;
}

function places(topology: Topology): readonly (readonly [number, number])[] {
	const { x, y } = topology.positions;
	return Array.from(x, (value, i) => [value, y[i]!] as const);
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
	return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

for (const [name, factory] of TOPOLOGIES) {
	test(`${name}: bears its name, and every option has a default and a description`, (t) => {
		t.is(factory.name, name);
		for (const schema of Object.values(factory.options)) {
			t.true("default" in schema);
			t.is(typeof schema["description"], "string");
		}
	});
}

test("grid: rows from the lower left, a short last row", (t) => {
	t.deepEqual(places(create("grid", { nodes: 7, spacingM: 30 })), [
		[0, 0],
		[30, 0],
		[60, 0],
		[0, 30],
		[30, 30],
		[60, 30],
		[0, 60],
	]);
});

test("grid: jitter moves every node by at most its size, and both ways", (t) => {
	const exact = places(create("grid", { nodes: 100, spacingM: 30 }));
	const moved = places(create("grid", { nodes: 100, spacingM: 30, jitterM: 4 }));
	const shifts = moved.flatMap(([x, y], i) => [x - exact[i]![0], y - exact[i]![1]]);
	t.true(shifts.every((shift) => Math.abs(shift) <= 4 && shift !== 0));
	t.true(Math.min(...shifts) < -3 && Math.max(...shifts) > 3);
});

test("line: on the x axis in order", (t) => {
	t.deepEqual(places(create("line", { nodes: 3, spacingM: 12.5 })), [
		[0, 0],
		[12.5, 0],
		[25, 0],
	]);
});

test("uniform: fills the field, and keeps the minimum distance at any seed", (t) => {
	fc.assert(
		fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 80 }), (seed, nodes) => {
			const field = { nodes, widthM: 300, heightM: 150, minDistanceM: 12 };
			const all = places(create("uniform", field, seed));
			t.is(all.length, nodes);
			for (const [x, y] of all) t.true(x >= 0 && x <= 300 && y >= 0 && y <= 150);
			for (let i = 0; i < nodes; i++) {
				for (let j = 0; j < i; j++) t.true(distance(all[i]!, all[j]!) >= 12);
			}
		}),
		{ numRuns: 30 },
	);
	const many = places(create("uniform", { nodes: 2000, widthM: 300, heightM: 100 }));
	const mean = [0, 1].map((axis) => many.reduce((sum, place) => sum + place[axis]!, 0) / many.length);
	// The mean of 2,000 uniform draws deviates by width / sqrt(12 * 2,000): 1.9 m and 0.65 m; four times that.
	t.true(Math.abs(mean[0]! - 150) < 8 && Math.abs(mean[1]! - 50) < 2.6);
});

test("uniform: refuses a field without room, and names the option", (t) => {
	const options = { nodes: 100, widthM: 50, heightM: 50, minDistanceM: 10 };
	t.throws(() => create("uniform", options), { instanceOf: RangeError, message: /^minDistanceM: / });
});

test("clustered: members lie around their centre, inside the field", (t) => {
	const topology = create("clustered", { nodes: 400, clusters: 4, widthM: 1000, heightM: 1000, spreadM: 10 });
	const all = places(topology);
	for (const [x, y] of all) t.true(x >= 0 && x <= 1000 && y >= 0 && y <= 1000);
	for (let cluster = 0; cluster < 4; cluster++) {
		const members = all.filter((_, i) => i % 4 === cluster);
		for (const axis of [0, 1] as const) {
			const mean = members.reduce((sum, place) => sum + place[axis], 0) / members.length;
			const variance = members.reduce((sum, place) => sum + (place[axis] - mean) ** 2, 0) / members.length;
			// A chi-square of 99 degrees: four deviations are within 0.7 to 1.3; less near the edge of the field.
			t.true(Math.sqrt(variance) < 13 && Math.sqrt(variance) > 4);
		}
	}
});

test("the same seed gives the same places, another seed others, and more nodes do not move the first ones", (t) => {
	for (const name of ["uniform", "clustered"]) {
		const size = { nodes: 20, widthM: 100, heightM: 100 };
		const one = places(create(name, size, 7));
		t.deepEqual(places(create(name, size, 7)), one);
		t.notDeepEqual(places(create(name, size, 8)), one);
		t.notDeepEqual(places(create(name, size, 7 + 2 ** 33)), one);
		t.deepEqual(places(create(name, { ...size, nodes: 40 }, 7)).slice(0, 20), one);
	}
});

test("positions: a list, or the same as text", (t) => {
	const text = "# x y\r\n0 0\r\n  12.5,\t-3  # the far one\n\n1e2 0";
	const options = read(positions, text);
	t.deepEqual(options, {
		positionsM: [
			[0, 0],
			[12.5, -3],
			[100, 0],
		],
	});
	t.deepEqual(places(create("positions", options)), [
		[0, 0],
		[12.5, -3],
		[100, 0],
	]);
	t.throws(() => create("positions", {}), { instanceOf: RangeError });
});

test("positions: a wrong line is named", (t) => {
	for (const [text, line] of [
		["0 0\n1", 2],
		["0 0 0", 1],
		["0 north", 1],
		["0 0\n\n# no\n1 Infinity", 4],
		["", 1],
		["# only this", 1],
	] as const) {
		const fault = positions.fromText(text);
		if (!isTextFault(fault)) return t.fail(`accepted ${JSON.stringify(text)}`);
		t.is(fault.line, line);
		t.regex(fault.message, /^expected two numbers `x y` in metres, got /);
	}
	return t.pass();
});

test("links: symmetric unless the other direction is listed too", (t) => {
	const options = read(links, "0 1\n1 2 0.5 # weak\n2 1 0.25\n");
	t.deepEqual(options, {
		links: [
			[0, 1],
			[1, 2, 0.5],
			[2, 1, 0.25],
		],
	});
	const both = create("links", options);
	t.is(both.nodes, 3);
	const asText = (topology: Topology) =>
		topology.links!.map(({ from, to, prr }) => `${from} ${to} ${prr}`).sort();
	t.deepEqual(asText(both), ["0 1 1", "1 0 1", "1 2 0.5", "2 1 0.25"]);
	t.deepEqual(asText(create("links", { ...options, symmetric: false })), ["0 1 1", "1 2 0.5", "2 1 0.25"]);
	t.is(both.positions.x.length, 3);
});

test("links: a node to itself, a fraction of a node and a ratio above 1 are refused", (t) => {
	for (const row of ["1 1", "0.5 1", "0 1 1.5", "0 -1", "0", "0 1 1 1", "0 9999999"]) {
		t.true(isTextFault(links.fromText(row)), row);
	}
	t.throws(() => create("links", { links: [[1, 1]] }), { instanceOf: RangeError });
});
