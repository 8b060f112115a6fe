import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test from "ava";
import fc from "fast-check";
import { XsProcess } from "../../host-tools/xs/process.js";
import { MOTE_MODULE, motesIn } from "../../host-tools/xs/xs-run.js";
import { endsWithLine, lowguard, scratchFolder } from "../host-tools/run-cli.js";
import { logged, same } from "./support/equality.js";

let xs: XsProcess;
test.before(async () => {
	xs = await XsProcess.start({ modules: [MOTE_MODULE], firmware: false, asChip: true });
});
test.after.always(() => xs?.close());

const FEW = ["topology.nodes=9", "durationS=20", "traffic[0].stopS=19", "attacks=[]"];

test.serial("a node whose machine runs out dies alone, and the run goes on", async (t) => {
	const nodes = new Set([4]);
	const whole = await logged("lab-25", FEW, motesIn(xs, nodes));
	const { peak } = whole.outcome.xs![0]!.slots;
	const { counts, outcome } = await logged("lab-25", FEW, motesIn(xs, nodes, { slots: peak - 50 }));
	t.is(counts.get("nodeDied xs: out of slots"), 1);
	t.like(outcome.xs, [{ node: 4, died: "out of slots" }]);
	t.is(outcome.summary.died, 1);
	t.true(counts.get("datagramDelivered")! > 5, "the others go on");
});

test.serial("a machine that ends before its node starts is the death of that node", async (t) => {
	for (const slots of [60, 700]) {
		const { counts, outcome } = await logged("lab-25", FEW, motesIn(xs, new Set([3, 5]), { slots }));
		t.is(counts.get("nodeDied xs: out of slots"), 2);
		t.deepEqual(
			outcome.xs!.map(({ node }) => node),
			[3, 5],
		);
	}
});

test.serial("small networks of all kinds give the same log on XS", async (t) => {
	const scenario = fc.record({
		seed: fc.nat(1_000_000),
		policy: fc.constantFrom("rfc4944", "predictive-csm-open", "predictive-csm-keyed"),
		attack: fc.constantFrom("early-injection", "tiny-and-overlapping", "header-replay", "adaptive", "sybil"),
		routing: fc.constantFrom("static", "gradient"),
		resolution: fc.constantFrom("derived", "discovery"),
		addressing: fc.constantFrom("short", "extended"),
		driftPpm: fc.constantFrom(0, 100),
		budgetBytes: fc.constantFrom(1280, 5120),
		nodes: fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 9 }),
	});
	await fc.assert(
		fc.asyncProperty(scenario, async (s) => {
			const set = [
				...FEW,
				"durationS=10",
				"traffic[0].periodS=2",
				"lifecycle.lateJoiners.count=0",
				"lifecycle.reboots={count: 1, fromS: 3, toS: 6}",
				`seed=${s.seed}`,
				`reassembly={policy: ${s.policy}, budgetBytes: ${s.budgetBytes}}`,
				`attacks=[{kind: ${s.attack}}]`,
				`node.routing.kind=${s.routing}`,
				`node.addressResolution=${s.resolution}`,
				`node.addressing=${s.addressing}`,
				`node.clockDriftPpm=${s.driftPpm}`,
			];
			same(t, await logged("lab-25", set, motesIn(xs, new Set(s.nodes))), await logged("lab-25", set));
		}),
		{ numRuns: 12, seed: 1 },
	);
});

test.serial("small clusters give the same log on XS", async (t) => {
	const scenario = fc.record({
		seed: fc.nat(1_000_000),
		election: fc.constantFrom("game", "ch-finding"),
		policy: fc.constantFrom("rfc4944", "predictive-csm-open", "predictive-csm-keyed"),
		attack: fc.constantFrom("sybil-volunteers", "bad-mouthing", "hello-flood", "election-jamming"),
		driftPpm: fc.constantFrom(0, 40),
		nodes: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 8 }),
	});
	await fc.assert(
		fc.asyncProperty(scenario, async (s) => {
			const set = [
				"topology={kind: uniform, nodes: 8, widthM: 90, heightM: 90, minDistanceM: 8}",
				"durationS=130",
				"lifecycle.reboots={count: 1, fromS: 70, toS: 90}",
				`seed=${s.seed}`,
				`election.kind=${s.election}`,
				`reassembly.policy=${s.policy}`,
				`attacks=[{kind: ${s.attack}, startS: 30}]`,
				`node.clockDriftPpm=${s.driftPpm}`,
			];
			const v8 = await logged("cluster-field", set);
			same(t, await logged("cluster-field", set, motesIn(xs, new Set(s.nodes))), v8);
		}),
		{ numRuns: 5, seed: 1 },
	);
});

test.serial("sim --xs prints what machines needed, and the hash that it prints without", (t) => {
	const args = ["sim", "lab-25", ...FEW.flatMap((set) => ["--set", set]), "--hash"];
	const json = (...more: string[]) =>
		JSON.parse(lowguard(...args, "--json", ...more).stdout.toString()) as Record<string, unknown>;
	const without = json();
	const mixed = json("--xs", "8,0,2");
	t.is(mixed["eventLogSha256"], without["eventLogSha256"]);
	t.false("xs" in without);
	const uses = mixed["xs"] as { node: number; meter: number; died: string | null }[];
	t.deepEqual(
		uses.map(({ node, died }) => [node, died]),
		[
			[0, null],
			[2, null],
			[8, null],
		],
	);
	t.true(uses.every(({ meter }) => meter > 10_000));
	const text = lowguard(...args, "--xs", "all").stdout.toString();
	t.regex(text, /on XS +9 nodes, [\d.]+ million instructions; at most\n/);
	t.regex(text, /node 8: chunks [\d.]+ %, slots [\d.]+ %, stack [\d.]+ %/);
	t.regex(text, /again: lowguard sim lab-25 .* --xs all --seed 1/);
	t.true(text.includes(String(without["eventLogSha256"])));
});

const BAD: readonly (readonly [scenario: string, more: readonly string[], message: RegExp])[] = [
	[
		"lab-25",
		["--xs", "0,25"],
		/--xs: expected all, or node numbers below 25 with commas between, found '0,25'\n$/,
	],
	["lab-25", ["--xs", "1,,2"], /found '1,,2'\n$/],
	[
		"cluster-field",
		["--xs", "all"],
		/found 1, .* volunteer to lead in attacks\[0\]; leave them out, or set /,
	],
	[
		"cluster-field",
		["--xs", "1", "--set", "election.kind=oracle"],
		/--xs: expected an election that knows no more than a node can, found oracle\n$/,
	],
	["worm-field", ["--xs", "1"], /--xs: expected a scenario with frames, found fidelity graph\n$/],
	["leach-canonical", ["--xs", "1"], /--xs: expected a scenario with frames, found fidelity rounds\n$/],
];
for (const [scenario, more, message] of BAD) {
	test.serial(`sim ${scenario} ${more.join(" ")} says what was expected`, (t) => {
		endsWithLine(t, lowguard("sim", scenario, ...more), 2, message);
	});
}

const POLICY = `export const policy = { name: "mine", options: {}, create: () => ({
	name: "mine", completedMemoryUs: 0, matches: () => false, admit: () => ({ kind: "refuse" }), charge: () => 1,
	evict: () => undefined, judge: () => "store", isComplete: () => false, deadlineUs: () => 1,
}) };`;

test.serial("a policy of the user's own is not in any machine", (t) => {
	const folder = scratchFolder(t);
	const scenario = join(folder, "own.yaml");
	writeFileSync(
		scenario,
		"name: own\ntopology: { kind: line, nodes: 2, spacingM: 10 }\nreassembly: { policy: ./mine.mjs }\n",
	);
	writeFileSync(join(folder, "mine.mjs"), POLICY);
	endsWithLine(
		t,
		lowguard("sim", scenario, "--xs", "all"),
		2,
		/--xs: expected a reassembly policy that ships, as a machine holds no other code, found \.\/mine\.mjs\n$/,
	);
});

test.serial("without a compiler --xs says what to install", (t) => {
	const before = process.env["CC"];
	t.teardown(() => {
		if (before === undefined) delete process.env["CC"];
		else process.env["CC"] = before;
	});
	process.env["CC"] = "/nowhere/cc";
	endsWithLine(t, lowguard("sim", "lab-25", "--xs", "1"), 3, /expected a C compiler .* install gcc/);
});
