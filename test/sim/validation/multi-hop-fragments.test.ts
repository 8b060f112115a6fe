import test from "ava";
import { runText } from "../support/run-text.js";

const DATAGRAMS = 800;
const FRAGMENTS = 13;
const HOPS = 5;

/**
 * A line of 6 nodes. Frames towards the sink survive with `prr`, those back always, so that no
 * acknowledgement is lost: a fragment fails when 4 transmissions in a row do. Datagrams are far enough apart to
 * have the line for themselves, and memory for those that never complete is plenty.
 */
function scenario(prr: number): string {
	const links = Array.from({ length: HOPS }, (_, i) => `[${i}, ${i + 1}, 1], [${i + 1}, ${i}, ${prr}]`);
	return `
name: line-of-six
durationS: ${DATAGRAMS * 3 + 1}
topology: { kind: links, symmetric: false, links: [${links.join(", ")}] }
node: { addressing: extended, routing: { kind: static }, csma: { maxRetries: 3 } }
reassembly: { policy: rfc4944, timeoutS: 2, budgetBytes: 100000 }
sinks: [0]
traffic:
  - { kind: periodic, from: [${HOPS}], to: sink, payloadBytes: 1192, periodS: 3, phase: aligned, stopS: ${DATAGRAMS * 3 - 1} }
`;
}

for (const [prr, published] of [
	[0.7, 0.589],
	[0.8, 0.901],
	[0.9, 0.994],
] as const) {
	test(`case 15: ${FRAGMENTS} fragments over ${HOPS} hops with 3 retries at PRR ${prr}: ${published}`, async (t) => {
		const formula = (1 - (1 - prr) ** 4) ** (FRAGMENTS * HOPS);
		t.true(Math.abs(formula - published) < 0.0005, `the formula gives ${formula}`);
		const { summary } = await runText(t, scenario(prr));
		const { datagrams, frames, hops, reassembly } = summary;
		t.is(datagrams.sent, DATAGRAMS);
		t.is(hops.max, HOPS);
		// 4 deviations of a binomial share.
		const tolerance = 4 * Math.sqrt((formula * (1 - formula)) / DATAGRAMS);
		t.true(Math.abs(summary.deliveryRatio - formula) < tolerance, `${summary.deliveryRatio}, not ${formula}`);
		// Nothing but luck on the links is at work.
		t.is(datagrams.sent, datagrams.delivered + Object.values(datagrams.lost).reduce((a, b) => a + b, 0));
		t.deepEqual(Object.keys(frames.lost), ["noise"]);
		t.deepEqual(reassembly.refused, {});
		t.is(datagrams.duplicates, 0);
		// Every acknowledgement follows a frame that survived: their share is the reception ratio.
		const share = frames.acks / frames.data;
		t.true(Math.abs(share - prr) < 4 * Math.sqrt((prr * (1 - prr)) / frames.data), `${share}`);
	});
}

test("case 15: the datagram has as many fragments as the formula counts", async (t) => {
	const { summary } = await runText(t, scenario(1));
	t.is(summary.datagrams.delivered, DATAGRAMS);
	t.is(summary.frames.data, DATAGRAMS * FRAGMENTS * HOPS);
});
