import test from "ava";
import { LinkAddress } from "../../../../firmware/address.js";
import { parseSettings, resolveSettings } from "../../../../firmware/device/settings/parse.js";
import { motePlanOf, sensingPlanOf, sinkAddressOf } from "../../../../firmware/device/settings/plan.js";
import { SETTINGS } from "../../../../firmware/device/settings/table.js";
import { formatIpv6 } from "../../../../firmware/frames/ipv6-text.js";
import { FIRMWARE_ELECTIONS, FIRMWARE_POLICIES } from "../../../../firmware/mote/parts.js";
import type { MotePlan } from "../../../../firmware/mote/plan.js";
import { logHash } from "../../../sim/support/log-hash.js";
import { loadText } from "../../../sim/support/run-text.js";

const KEY = "00112233445566778899aabbccddeeff";

function planOf(given: Readonly<Record<string, unknown>>): MotePlan {
	return motePlanOf(resolveSettings(parseSettings({ nodeId: 3, ...given })));
}

/** The plan of node 3 of a scenario. */
async function simulatedPlan(t: Parameters<typeof loadText>[0], yaml: string): Promise<MotePlan> {
	const text = `name: field\ndurationS: 1\ntopology: {kind: uniform, nodes: 5, widthM: 60, heightM: 60}\n${yaml}`;
	const plans: MotePlan[] = [];
	logHash(await loadText(t, text), (plan) => {
		plans.push(plan);
		return undefined;
	});
	return plans.find(({ id }) => id === 3)!;
}

test("a board that is told nothing is what a node of a scenario is, keys and defence apart", async (t) => {
	const simulated = await simulatedPlan(t, "node: {routing: {kind: gradient}}\n");
	const { linkKeys, security, reassembly, ...rest } = planOf({});
	t.like(simulated, rest);
	t.is(reassembly.budgetBytes, simulated.reassembly.budgetBytes);
	t.is(security.level, simulated.security.level);
	t.deepEqual(linkKeys, { kind: "listed", keys: {} });
});

test("a board in a cluster spends its time as a node of a scenario does", async (t) => {
	const simulated = await simulatedPlan(t, "election: {kind: game}\nnode: {clockDriftPpm: 40}\nsinks: [0]\n");
	const { cluster } = planOf({ election: "game" });
	const { timing, members, options, ...rest } = cluster!;
	t.like(simulated.cluster, rest);
	t.deepEqual({ ...simulated.cluster!.timing, radiusRssiDbm: -128 }, timing);
	t.is(members, null);
	// An election that is given no options takes its own defaults.
	t.deepEqual(options, {});
});

test("settings reach the plan in its units", (t) => {
	const plan = planOf({
		role: "sink",
		addressing: "extended",
		prefix: "none",
		contexts: "1=fd00::/48",
		beaconPeriodS: 0.5,
		addressResolution: "discovery",
		securityLevel: 6,
		networkKey: KEY.toUpperCase(),
		helloPeriodS: 1.25,
		chainFormat: "chained",
		reassemblyBytes: 2560,
		txPowerDbm: -7,
	});
	t.like(plan, {
		id: 3,
		shortAddress: 0xfffe,
		extendedHigh: 0x024c4700,
		extendedLow: 4,
		isSink: true,
		prefix: null,
		contexts: { "1": "fd00::/48" },
		routing: { kind: "gradient", beaconPeriodUs: 500_000 },
		resolvesAddresses: true,
		security: { level: 6, key: KEY },
		txPowerDbm: -7,
		cluster: null,
	});
	t.deepEqual(plan.chain, { format: "chained", tokenBytes: 8, keyedTokenBytes: 4, helloPeriodUs: 1_250_000 });
	t.is(plan.reassembly.budgetBytes, 2560);
});

test("a defence that is left to the board is keyed where it has keys", (t) => {
	t.is(planOf({}).reassembly.policy, "predictive-csm-open");
	const keyed = planOf({ pairKeys: `0X0002=${KEY}`.replace("X", "x") });
	t.is(keyed.reassembly.policy, "predictive-csm-keyed");
	t.deepEqual(keyed.linkKeys, { kind: "listed", keys: { "0x0002": KEY } });
	t.is(planOf({ defence: "rfc4944", pairKeys: `0x0002=${KEY}` }).reassembly.policy, "rfc4944");
});

test("keys are found by the address as it is written on the air, however it was typed", (t) => {
	const typed = `0xA=${KEY},02:4C:47:00:00:00:00:05=${KEY}`;
	const { linkKeys } = planOf({ pairKeys: typed });
	t.deepEqual(Object.keys((linkKeys as { keys: object }).keys), [
		LinkAddress.short(10).toString(),
		LinkAddress.extended(0x024c4700, 5).toString(),
	]);
});

test("routes follow from numbers, and so does where readings go", (t) => {
	t.deepEqual(planOf({ routing: "static", nextHopId: 0 }).routing, {
		kind: "static",
		routes: [{ via: "0x0001" }],
	});
	const address = (given: Readonly<Record<string, unknown>>): string =>
		sinkAddressOf(resolveSettings(parseSettings({ nodeId: 3, ...given })));
	t.is(address({}), "2001:db8::ff:fe00:1");
	t.is(address({ sinkId: 9, prefix: "none" }), "fe80::ff:fe00:a");
	t.is(address({ addressing: "extended", sinkId: 1 }), "2001:db8::4c:4700:0:2");
	t.is(address({ sinkAddress: "fd00::1" }), "fd00::1");
});

test("a sensor makes readings at its period, others none", (t) => {
	const sensing = (given: Readonly<Record<string, unknown>>) =>
		sensingPlanOf(resolveSettings(parseSettings({ nodeId: 3, ...given })));
	const plan = sensing({ sensePeriodS: 2.5, readingsPerPack: 4 })!;
	t.like(plan, { periodUs: 2_500_000, readingsPerPack: 4, baseName: "n3:" });
	t.is(formatIpv6(plan.sink), "2001:db8::ff:fe00:1");
	t.true(plan.firstUs >= 0 && plan.firstUs < 2_500_000);
	t.is(sensing({ role: "sink" }), null);
	t.is(sensing({ sensePeriodS: 0 }), null);
});

test("every policy and election that boards have can be set", (t) => {
	const named = (expected: string): string[] => expected.replace("one of ", "").split(", ");
	t.deepEqual(named(SETTINGS.defence.expected), ["auto", ...FIRMWARE_POLICIES.map(({ name }) => name)]);
	t.deepEqual(named(SETTINGS.election.expected), ["none", ...FIRMWARE_ELECTIONS.map(({ name }) => name)]);
});
