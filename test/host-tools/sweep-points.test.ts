import test, { type ExecutionContext } from "ava";
import { parseAssignment, pathText, ScenarioDocument } from "../../host-tools/scenario/document.js";
import { validate } from "../../host-tools/scenario/validate.js";
import { matches, pointsOf, type SweepPoint } from "../../host-tools/sweep/points.js";
import { SWEEP_SCHEMA, type Sweep } from "../../host-tools/sweep/schema.js";

function points(yaml: string, ...set: string[]): readonly SweepPoint[] {
	const document = new ScenarioDocument("s.yaml", `name: s\nscenario: star\n${yaml}`, "a sweep");
	validate(document, [], document.value, SWEEP_SCHEMA);
	return pointsOf(document, document.value as unknown as Sweep, set.map(parseAssignment));
}

/** What a point sets, as `--set` would say it. */
function sets({ assignments }: SweepPoint): string[] {
	return assignments.map(({ path, value }) => `${pathText(path)}=${JSON.stringify(value)}`);
}

function refuses(t: ExecutionContext, yaml: string, message: string | RegExp): void {
	t.throws(() => points(yaml), { name: "UserError", message });
}

test("all combinations, the first axis outermost, values in the order of the file", (t) => {
	const all = points("axes: { size: [500, 100], defence: [riot, ns3], durationS: [7] }");
	t.deepEqual(
		all.map(({ values }) => values),
		[
			{ size: 500, defence: "riot", durationS: 7 },
			{ size: 500, defence: "ns3", durationS: 7 },
			{ size: 100, defence: "riot", durationS: 7 },
			{ size: 100, defence: "ns3", durationS: 7 },
		],
	);
	t.deepEqual(sets(all[1]!), ["traffic[0].payloadBytes=500", 'reassembly.policy="ns3"', "durationS=7"]);
});

test("set comes before the axes, override and --set after them", (t) => {
	const yaml = `
set: { durationS: 1, node.queueLength: 9 }
override: { durationS: 3 }
axes:
  durationS: [2]
  variant:
    large: { reassembly.budgetBytes: 9000, durationS: 2.5 }`;
	t.deepEqual(sets(points(yaml, "durationS=4")[0]!), [
		"durationS=1",
		"node.queueLength=9",
		"durationS=2",
		"reassembly.budgetBytes=9000",
		"durationS=2.5",
		"durationS=3",
		"durationS=4",
	]);
});

test("attack: none leaves no attack, whatever else says something about one", (t) => {
	const yaml = `
set: { "attacks[0].startS": 0 }
axes:
  attack: [none, header-replay]
  rate: [5]
  place: { leaf: { "attacks[0].at": leaf, durationS: 9 } }`;
	const [none, replay] = points(yaml, "attacks[0].x=1");
	t.deepEqual(sets(none!), ["durationS=9", "attacks=[]"]);
	t.deepEqual(sets(replay!), [
		"attacks[0].startS=0",
		'attacks[0].kind="header-replay"',
		"attacks[0].ratePerS=5",
		'attacks[0].at="leaf"',
		"durationS=9",
		"attacks[0].x=1",
	]);
});

test("points are left out by what they match, and compared with the one that the baseline names", (t) => {
	const yaml = `
axes: { defence: [rfc4944, riot, ns3], size: [100, 200, 300] }
except: [{ defence: riot, size: [100, 300] }, { defence: rfc4944, size: 200 }]
baseline: { defence: rfc4944 }`;
	const all = points(yaml);
	t.deepEqual(
		all.map(({ index, values, baseline }) => [index, values["defence"], values["size"], baseline]),
		[
			[0, "rfc4944", 100, undefined],
			[1, "rfc4944", 300, undefined],
			[2, "riot", 200, undefined],
			[3, "ns3", 100, 0],
			[4, "ns3", 200, undefined],
			[5, "ns3", 300, 1],
		],
	);
	t.true(matches({ a: [1, 2], b: null }, { b: null }));
	t.false(matches({ a: "1" }, { a: 1 }));
});

test("errors name the place, what was expected and what was found", (t) => {
	const axes = "axes: { defence: [rfc4944, riot] }";
	refuses(
		t,
		"axes: { defense: [riot] }",
		/^s\.yaml:3:9: axes\.defense: unknown axis; .*; did you mean defence\?$/,
	);
	refuses(
		t,
		"axes: { size: [1, 2, 1] }",
		"s.yaml:3:22: axes.size[2]: expected different values, found 1 again",
	);
	refuses(
		t,
		"axes: { size: [] }",
		/^s\.yaml:3:9: axes\.size: expected a list that is not empty, or at least one key, found \[\]$/,
	);
	refuses(t, "axes: { size: 5 }", "s.yaml:3:9: axes.size: expected a list, or keys and values, found 5");
	refuses(t, "axes: {}", /^s\.yaml:3:1: axes: expected at least one key, found \{\}$/);
	refuses(t, "axis: { size: [1] }", /^s\.yaml:3:1: axis: unknown key; .*; did you mean axes\?$/);
	refuses(t, `${axes}\nexept: []`, /^s\.yaml:4:1: exept: unknown key; .*; did you mean except\?$/);
	refuses(
		t,
		"axes: { mine: { a: { '1 2': 3 } } }",
		"s.yaml:3:22: axes.mine.a.1 2: expected a scenario path such as traffic[0].periodS",
	);
	refuses(
		t,
		`${axes}\nexcept: [{ defence: riott }]`,
		's.yaml:4:12: except[0].defence: expected one of rfc4944, riot, found "riott"; did you mean riot?',
	);
	refuses(
		t,
		`${axes}\nbaseline: { defence: [riot] }`,
		's.yaml:4:13: baseline.defence: expected one of rfc4944, riot, found ["riot"]',
	);
	refuses(t, `${axes}\nbaseline: { size: 1 }`, "s.yaml:4:13: baseline.size: unknown axis; expected defence");
	refuses(
		t,
		`${axes}\nexcept: [{ defence: [riot, rfc4944] }]`,
		/^s\.yaml:4:1: except: expected to leave at least one/,
	);
	refuses(
		t,
		`${axes}\ntables: [{ title: x, rows: defence, metric: a, where: { size: 1 } }]`,
		"s.yaml:4:57: tables[0].where.size: unknown axis; expected defence",
	);
	refuses(
		t,
		`${axes}\ntables: [{ title: x, rows: size, metric: a }]`,
		"s.yaml:4:22: tables[0].rows: unknown axis size; expected defence",
	);
});
