import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { Mote } from "../../../firmware/mote/mote.js";
import { nodeConfigOf } from "../../../firmware/mote/node-config-of.js";
import { FIRMWARE_PARTS } from "../../../firmware/mote/parts.js";
import type { MotePlan } from "../../../firmware/mote/plan.js";
import type { Ports } from "../../../firmware/ports.js";
import { Workspace } from "../../../firmware/workspace.js";
import { logHash } from "../../sim/support/log-hash.js";
import { loadText } from "../../sim/support/run-text.js";

const POOL = new Workspace(2048);
const FIELD = "name: field\ndurationS: 90\ntopology: {kind: uniform, nodes: 12, widthM: 60, heightM: 60}\n";
const CASES: Readonly<Record<string, string>> = {
	"plain, static routes": "traffic: [{kind: periodic, periodS: 5, payloadBytes: 400}]\n",
	"chained, learnt routes":
		"node: {routing: {kind: gradient}, addressing: extended}\nreassembly: {policy: predictive-csm-open}\n" +
		"traffic: [{kind: readings, periodS: 4, readingsPerPack: 4}]\n",
	"keyed, clusters, reboots, a sealed network":
		"election: {kind: game}\nreassembly: {policy: predictive-csm-keyed}\nnode: {security: {level: 5}}\n" +
		"lifecycle: {reboots: {ratePerHour: 200}}\ntraffic: [{kind: readings, periodS: 10, readingsPerPack: 1}]\n",
};

for (const [name, yaml] of Object.entries(CASES)) {
	test(`a mote is all in its plan, which is data: ${name}`, async (t) => {
		const loaded = await loadText(t, FIELD + yaml);
		let made = 0;
		const read = logHash(loaded, (plan, ports) => {
			made++;
			return new Mote(JSON.parse(JSON.stringify(plan)) as MotePlan, ports, POOL, FIRMWARE_PARTS);
		});
		t.is(read, logHash(loaded));
		t.true(made >= 12);
	});
}

/** The plan of one mote of a scenario. */
async function planned(
	t: Parameters<typeof loadText>[0],
	yaml: string,
): Promise<{ plan: MotePlan; ports: Ports }> {
	let found: { plan: MotePlan; ports: Ports } | undefined;
	const loaded = await loadText(t, FIELD + yaml);
	logHash(loaded, (plan, ports) => {
		found = { plan, ports };
		return undefined;
	});
	return found!;
}

test("a plan that cannot be is refused by the name of its key", async (t) => {
	const { plan, ports } = await planned(t, "election: {kind: game}\n");
	const wrong: readonly [Partial<MotePlan>, RegExp][] = [
		[{ reassembly: { ...plan.reassembly, policy: "magic" } }, /^reassembly\.policy: .*magic/],
		[{ cluster: { ...plan.cluster!, election: "lot" } }, /^cluster\.election: .*lot/],
		[{ cluster: { ...plan.cluster!, sink: "here" } }, /^cluster\.sink: expected an IPv6 address, got here/],
		[{ prefix: "2001:db8::" }, /^prefix: expected a prefix/],
		[{ contexts: { "3": "x/64" } }, /^contexts\.3: expected a prefix/],
		[
			{ cluster: null, routing: { kind: "static", routes: [{ via: "7" }] } },
			/^routes\.via: expected 0x0002 or .*, got 7/,
		],
	];
	for (const [changes, message] of wrong) {
		t.throws(() => new Mote({ ...plan, ...changes }, ports, POOL, FIRMWARE_PARTS), {
			instanceOf: RangeError,
			message,
		});
	}
});

test("listed keys serve as derived ones do", async (t) => {
	const yaml =
		"reassembly: {policy: predictive-csm-keyed}\nnode: {routing: {kind: gradient}}\n" +
		"traffic: [{kind: readings, periodS: 4, readingsPerPack: 4}]\n";
	const loaded = await loadText(t, FIELD + yaml);
	const listed = logHash(loaded, (plan, ports) => {
		const { linkKeyOf } = nodeConfigOf(plan, ports, FIRMWARE_PARTS);
		const keys: Record<string, string> = {};
		for (let low = 1; low <= 12; low++) {
			const address = `0x${low.toString(16).padStart(4, "0")}`;
			const key = linkKeyOf!(LinkAddress.short(low));
			if (key !== undefined) keys[address] = Buffer.from(key).toString("hex");
		}
		return new Mote({ ...plan, linkKeys: { kind: "listed", keys } }, ports, POOL, FIRMWARE_PARTS);
	});
	t.is(listed, logHash(loaded));
});
