import test, { type ExecutionContext } from "ava";
import { XsProcess } from "../../host-tools/xs/process.js";
import { MOTE_MODULE, motesIn } from "../../host-tools/xs/xs-run.js";
import { logged, same } from "./support/equality.js";

/** One process with all of XS, and one with built-ins frozen and stripped as on the chip; tests take turns. */
let xs: XsProcess;
let chip: XsProcess;
test.before(async () => {
	xs = await XsProcess.start({ modules: [MOTE_MODULE], firmware: false });
	chip = await XsProcess.start({ modules: [MOTE_MODULE], firmware: false, asChip: true });
});
test.after.always(() => {
	xs?.close();
	chip?.close();
});

const ALL = Array.from({ length: 25 }, (_, node) => node);
const SOME = [0, 7, 12];

/** Runs a scenario on V8, with all nodes on XS, and with all and some of them on the chip's XS: in its memory. */
async function equal(
	t: ExecutionContext,
	name: string,
	set: readonly string[],
	events: readonly string[] = [],
): Promise<void> {
	const v8 = await logged(name, set);
	same(t, await logged(name, set, motesIn(xs, new Set(ALL))), v8, events);
	same(t, await logged(name, set, motesIn(chip, new Set(ALL))), v8);
	same(t, await logged(name, set, motesIn(chip, new Set(SOME))), v8);
}

/** What never runs on a chip need not fit one. */
const ROOMY = { slots: 20_000, chunkBytes: 300_000 };

/** Runs a scenario of what never runs on a chip on V8, and with all nodes on XS. */
async function equalOffChip(
	t: ExecutionContext,
	name: string,
	set: readonly string[],
	events: readonly string[],
): Promise<void> {
	const v8 = await logged(name, set);
	same(t, await logged(name, set, motesIn(xs, new Set(ALL), ROOMY)), v8, events);
}

const CLUSTERS = [
	"topology.nodes=25",
	"topology.widthM=130",
	"topology.heightM=130",
	"durationS=200",
	"lifecycle.reboots.count=3",
];

test.serial(
	"25 nodes elect heads under attack: the same log on XS, all of them and three of them",
	async (t) => {
		const set = [
			...CLUSTERS,
			"attacks=[{kind: greyhole-head, startS: 30, volunteers: false, share: 0.2}, {kind: early-injection, ratePerS: 5, startS: 30}]",
		];
		await equal(t, "cluster-field", set, [
			"roleTaken head",
			"roleTaken member",
			"fragmentStored",
			"fragmentRefused fragment-unauthenticated",
			"serviceChanged",
			"readingConfirmed",
			"nodeStarted",
		]);
	},
);

const LAB = ["durationS=40", "traffic[0].stopS=38"];

test.serial("25 nodes under link keys are attacked: the same log on XS", async (t) => {
	const set = [
		...LAB,
		"reassembly.policy=predictive-csm-keyed",
		"reassembly.budgetBytes=1000",
		"node.routing.kind=gradient",
		"node.addressResolution=discovery",
		"attacks=[{kind: early-injection, ratePerS: 30}]",
	];
	await equal(t, "lab-25", set, [
		"contextClosed completed",
		"contextClosed reassembly-evicted",
		"controlSent neighbour-discovery",
		"reportReceived",
		"nodeStarted",
	]);
});

test.serial("nodes that judge each other without keys do so alike on XS", async (t) => {
	const set = [
		...LAB,
		"reassembly.policy=predictive-csm",
		"lifecycle.reboots.count=6",
		"attacks=[{kind: header-replay, ratePerS: 10}, {kind: buffer-reservation, ratePerS: 10}]",
	];
	await equal(t, "lab-25", set, [
		"standingChanged blocked",
		"standingChanged probation",
		"contextClosed reassembly-evicted",
		"contextClosed reassembly-timed-out",
		"nodeStopped reboot",
	]);
});

test.serial("clocks that drift, batteries that end and nodes that come late change nothing", async (t) => {
	const set = [
		...CLUSTERS,
		"attacks=[{kind: energy-lie, volunteers: false, startS: 60}]",
		"battery.capacityJ=0.14",
		"lifecycle.lateJoiners.count=4",
		"election.kind=ch-finding",
	];
	await equal(t, "cluster-field", set, ["nodeDied battery", "nodeStarted", "nodeStopped reboot"]);
});

const POLICIES = [
	"riot",
	"contiki-ng",
	"openthread",
	"split-buffer",
	"content-chaining",
	"reputation",
	"link-security",
];
for (const policy of POLICIES) {
	test.serial(`${policy} is the same on XS`, async (t) => {
		const set = [
			"durationS=12",
			"traffic[0].stopS=11",
			"traffic[0].periodS=4",
			`reassembly.policy=${policy}`,
		];
		await equalOffChip(t, "lab-25", set, ["fragmentStored"]);
	});
}

for (const election of ["leach", "heed", "lgca", "direct"]) {
	test.serial(`${election} is the same on XS`, async (t) => {
		const set = [...CLUSTERS, "durationS=130", "attacks=[]", `election.kind=${election}`];
		await equalOffChip(t, "cluster-field", set, ["readingArrived"]);
	});
}
