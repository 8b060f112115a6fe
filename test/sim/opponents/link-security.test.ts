import test, { type ExecutionContext } from "ava";
import { ADDRESS_BASE } from "../../../firmware/mote/addresses.js";
import { runScenario } from "../../../host-tools/run/run.js";
import { linkSecurity } from "../../../sim/opponents/link-security.js";
import { loadText } from "../support/run-text.js";
import { F1, F2, F3, F4, other, play } from "./arrivals.js";

const SCENARIO = `
name: two-and-an-outsider
durationS: 10
topology: { kind: line, nodes: 2, spacingM: 20 }
traffic: [{ kind: periodic, periodS: 1, startS: 1, stopS: 9, to: neighbour, payloadBytes: 400 }]
`;

/** A next fragment of 80 octets in the name of node 1, as whoever has no key sends it to node 0. */
function forged(panId: number): Uint8Array {
	const header = [0x41, 0x88, 99, panId & 0xff, panId >>> 8, ADDRESS_BASE, 0, ADDRESS_BASE + 1, 0];
	return Uint8Array.from([...header, 0xe1, 0x2c, 0, 7, 12, ...new Uint8Array(80), 0, 0]);
}

/** Runs the scenario with an outsider between the nodes, who sends one forged fragment. */
async function run(t: ExecutionContext, policy: string) {
	const refused: string[] = [];
	let opened = 0;
	const loaded = await loadText(t, SCENARIO, {}, [`reassembly.policy=${policy}`]);
	const { summary } = runScenario(loaded, {
		outsiders: [{ x: 10, y: 0, txPowerDbm: 0 }],
		prepare: ({ world }) => {
			const psdu = forged(world.scenario.node.panId);
			world.outsiders[0]!.transmit(psdu, { cca: false, atUs: 500_000 }, { transmitted: () => {} });
		},
		sinks: [
			{
				frameRefused: (_timeUs, _node, _source, reason) => refused.push(reason),
				contextOpened: (timeUs) => {
					if (timeUs < 1_000_000) opened++;
				},
			},
		],
	});
	return { refused, opened, summary };
}

test("a fragment of an outsider never reaches reassembly, and those of nodes do", async (t) => {
	const { refused, opened, summary } = await run(t, "link-security");
	t.deepEqual(refused, ["mac-security-level"]);
	t.is(opened, 0);
	t.is(summary.datagrams.delivered, summary.datagrams.sent);
	t.true(summary.reassembly.completed > 10);
	// The same outsider, where nothing is secured.
	const plain = await run(t, "rfc4944");
	t.deepEqual(plain.refused, []);
	t.is(plain.opened, 1);
	t.is(plain.summary.datagrams.delivered, summary.datagrams.delivered);
});

test("whoever has the key reserves memory as under rfc4944, for three seconds", (t) => {
	t.is(linkSecurity.securityLevel, 1);
	const rows = [
		[other(20, { secured: true }), "stored", 1],
		[other(21, { secured: true }), "stored", 2],
		[other(22, { secured: true }), "stored", 3],
		[other(23, { secured: true }), "stored", 4],
		[{ ...F1, atMs: 2_999 }, "reassembly-full", 4],
		[{ ...F1, atMs: 3_000 }, "stored", 1],
		[F2, "stored", 1],
		[F3, "stored", 1],
		[F4, "completed", 0],
	] as const;
	play(t, linkSecurity, rows, { budgetBytes: 4 * 1280 });
});
