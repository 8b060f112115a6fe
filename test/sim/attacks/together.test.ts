import test from "ava";
import { runScenario } from "../../../host-tools/run/run.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { LabMetrics } from "../../../sim/measure/lab-metrics.js";

/*
 * Framing, reservation and two kinds of forgery in the names of honest neighbours, all at once beside the sink of lab-25:
 * who does not trust addresses blames nobody for it; who does blocks those whom he needs.
 */

const KINDS = ["framing", "buffer-reservation", "early-injection", "header-replay"];
const ATTACKS = KINDS.map((kind) => `{kind: ${kind}, ratePerS: 10, identity: spoofed}`).join(", ");

async function underAttack(policy: string, seed: number) {
	const loaded = await loadScenario("lab-25", {
		seed,
		set: [`attacks=[${ATTACKS}]`, `reassembly.policy=${policy}`, "durationS=60", "traffic[0].stopS=58"],
	});
	const lab = new LabMetrics();
	const { summary } = runScenario(loaded, { sinks: [lab.sink] });
	return { ...lab.summary(), deliveryRatio: summary.deliveryRatio };
}

for (const policy of ["predictive-csm-open", "predictive-csm-keyed"]) {
	test(`${policy}: no honest neighbour is blocked, put on probation, or scored below 0.5`, async (t) => {
		for (const seed of [1, 2]) {
			const { blocks, falseDelivered, deliveryRatio } = await underAttack(policy, seed);
			t.like(blocks, { false: 0, falseProbations: 0, falseDoubts: 0 }, `seed ${seed}`);
			t.is(falseDelivered.total, 0, `seed ${seed}`);
			t.true(deliveryRatio > 0.9, `seed ${seed}: ${deliveryRatio}`);
		}
	});
}

test("predictive-csm, which trusts the address on a frame, is framed: its known limit", async (t) => {
	const { blocks, deliveryRatio } = await underAttack("predictive-csm", 1);
	t.true(blocks.false > 0);
	t.true(deliveryRatio < 0.5);
});
