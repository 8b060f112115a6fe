import test, { type ExecutionContext } from "ava";
import { decodeLowpan, type LowpanKind } from "../../../firmware/frames/lowpan.js";
import { decodeMacHeader } from "../../../firmware/frames/mac-frame.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { packetCost } from "../../firmware/support/chains.js";
import { runText } from "../support/run-text.js";

/*
 * Nobody attacks: what chains cost is what their formula says, and nothing is delivered less often for any other reason.
 *
 * Two pairs of nodes out of each other's range, and a busy network whose losses come from collisions; compared are the
 * frames that carry fragments, each transmission counted.
 */

const PAYLOAD_BYTES = 980;
const PACKET_BYTES = PAYLOAD_BYTES + 48;
/** Octets of a MAC payload between short addresses. */
const ROOM = 116;
const FRAGMENTS: ReadonlySet<LowpanKind> = new Set(["frag1", "fragn", "chained-frag1", "chained-fragn"]);

const VARIANTS = [
	["predictive-csm-open", { keyed: false, tokenBytes: 8 }],
	["predictive-csm-keyed", { keyed: true, tokenBytes: 4 }],
] as const;

interface Air {
	readonly airUs: number;
	readonly frames: number;
	readonly sent: number;
	readonly delivered: number;
}

async function measure(t: ExecutionContext, yaml: string, policy: string): Promise<Air> {
	let airUs = 0;
	let frames = 0;
	const { summary } = await runText(t, yaml, [`reassembly.policy=${policy}`], {
		sinks: [
			{
				frameOnAir: (_timeUs, _node, _channel, _rssiDbm, psdu) => {
					const header = decodeMacHeader(psdu, 0, psdu.length - 2);
					if (typeof header === "string" || header.next >= header.end) return;
					const headers = decodeLowpan(psdu, header.next, header.end);
					if (typeof headers === "string" || !FRAGMENTS.has(headers.kind)) return;
					airUs += airtimeUs(psdu.length);
					frames++;
				},
			},
		],
	});
	const { sent, delivered } = summary.datagrams;
	return { airUs, frames, sent, delivered };
}

const QUIET = `
name: quiet-pair
durationS: 402
topology: { kind: line, nodes: 2, spacingM: 20 }
node: { routing: { kind: static }, chain: { helloPeriodS: 1000 } }
sinks: [0]
traffic: [{ kind: periodic, periodS: 2, startS: 2, stopS: 400, payloadBytes: ${PAYLOAD_BYTES}, to: sink }]
`;

for (const [policy, shape] of VARIANTS) {
	test(`${policy}: fragments and airtime are those of the formula, nothing is lost`, async (t) => {
		const plain = await measure(t, QUIET, "rfc4944");
		const chained = await measure(t, QUIET, policy);
		for (const { sent, delivered } of [plain, chained]) t.is(delivered, sent);
		t.is(chained.sent, plain.sent);
		const expected = packetCost(PACKET_BYTES, ROOM, shape);
		const base = packetCost(PACKET_BYTES, ROOM);
		t.is(chained.frames, chained.sent * expected.fragments);
		t.is(plain.frames, plain.sent * base.fragments);
		// Compressed headers differ from packet to packet by an octet or two.
		const ratio = chained.airUs / plain.airUs;
		const formula = expected.airtimeUs / base.airtimeUs;
		t.true(Math.abs(ratio - formula) < 0.01 * formula, `measured ${ratio}, formula ${formula}`);
	});
}

const DATAGRAMS = 2000;
const PRR = 0.7;
const RETRIES = 3;
const HOPS = 3;

/** Frames towards the sink survive with PRR, all others always; nobody else is on the air. */
const LOSSY = `
name: lossy-line
durationS: ${DATAGRAMS + 12}
topology:
  kind: links
  symmetric: false
  links: [${Array.from({ length: HOPS }, (_, i) => `[${i}, ${i + 1}, 1], [${i + 1}, ${i}, ${PRR}]`).join(", ")}]
node: { routing: { kind: static }, csma: { maxRetries: ${RETRIES} } }
reassembly: { policy: rfc4944, timeoutS: 0.8, budgetBytes: 100000 }
sinks: [0]
traffic:
  - { kind: periodic, from: [${HOPS}], to: sink, payloadBytes: ${PAYLOAD_BYTES}, periodS: 1, phase: aligned, startS: 10, stopS: ${DATAGRAMS + 10} }
`;

for (const [policy, shape] of [["rfc4944", undefined], ...VARIANTS] as const) {
	test(`${policy}: on a lossy line as much is delivered as its fragments let through, and no less`, async (t) => {
		const { sent, delivered } = await measure(t, LOSSY, policy);
		t.is(sent, DATAGRAMS);
		const perFragment = 1 - (1 - PRR) ** (RETRIES + 1);
		const formula = perFragment ** (packetCost(PACKET_BYTES, ROOM, shape).fragments * HOPS);
		// Half a point, and 3 deviations of a binomial share.
		const tolerance = 0.005 + 3 * Math.sqrt((formula * (1 - formula)) / DATAGRAMS);
		t.true(
			Math.abs(delivered / sent - formula) < tolerance,
			`delivered ${delivered / sent}, formula ${formula}`,
		);
	});
}
