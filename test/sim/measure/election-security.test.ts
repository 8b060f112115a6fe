import test, { type ExecutionContext } from "ava";
import type { LinkAddress } from "../../../firmware/address.js";
import { addressOf } from "../../../firmware/mote/addresses.js";
import { ElectionSecurity } from "../../../sim/measure/election-security.js";
import { loadText } from "../support/run-text.js";

const S = 1_000_000;
const SINK = 0;
const CAPTURED = 3;
const at = (node: number): LinkAddress => addressOf(node, "short");
const INVENTED = addressOf(500, "short");

/** A sink, nodes 1 to 4 of which 3 is captured, an attacker; rounds of ten seconds, converged after 50 of 100. */
async function measured(t: ExecutionContext): Promise<ElectionSecurity> {
	const { scenario } = await loadText(
		t,
		"name: synthetic\ndurationS: 100\ntopology: { kind: grid, nodes: 9, spacingM: 10 }\ncluster: { roundS: 10 }\n",
	);
	const found = new ElectionSecurity();
	found.sink.runStarted(0, JSON.stringify(scenario), 1, "packets", 5);
	for (let node = 0; node <= 5; node++)
		found.sink.nodePlaced(0, node, 0, 0, node === SINK ? "sink" : node === 5 ? "attacker" : "node", at(node));
	found.sink.nodeCaptured(0, CAPTURED, 0);
	return found;
}

test("head-rounds count heads with honest members, once a round, and only those", async (t) => {
	const found = await measured(t);
	const { sink } = found;
	// Rounds 0 to 4: 1 leads 2, 3 (captured) leads 4. The captured node's own head counts nowhere.
	sink.roleTaken(1 * S, 1, 0, "head", at(1));
	sink.roleTaken(1 * S, 2, 0, "member", at(1));
	sink.roleTaken(1 * S, 3, 0, "head", at(3));
	sink.roleTaken(1 * S, 4, 0, "member", at(3));
	// From round 5 on 4 goes to 1 as well, from round 9 on to an invented head; nobody is left under 3.
	sink.roleTaken(51 * S, 4, 5, "member", at(1));
	sink.roleTaken(51 * S, 3, 5, "member", at(1));
	sink.roleTaken(91 * S, 4, 9, "member", INVENTED);
	sink.runEnded(100 * S, 0);
	const { captured, whole, converged, clearedS, convergedS, overTime } = found.summary();
	t.deepEqual([captured, convergedS, clearedS], [1, 50, null]);
	t.is(whole.headRounds, 5 * 2 + 4 * 1 + 2);
	t.is(whole.compromisedHeadRounds, 5 + 1);
	t.is(whole.headShare, 6 / 16);
	t.is(whole.memberShare, 6 / 20);
	t.is(converged.headShare, 1 / 6);
	t.deepEqual(
		overTime.map(({ fromS, headShare }) => [fromS, headShare]),
		[0, 10, 20, 30, 40, 50, 60, 70, 80, 90].map((fromS, i) => [fromS, i < 5 || i === 9 ? 1 / 2 : 0]),
	);
});

test("who believes that an attacker is the sink is led by it; the sink itself leads nobody astray", async (t) => {
	const found = await measured(t);
	found.sink.roleTaken(1 * S, 1, 0, "direct", at(SINK));
	found.sink.roleTaken(1 * S, 2, 0, "direct", INVENTED);
	found.sink.runEnded(20 * S, 0);
	const { whole } = found.summary();
	t.deepEqual([whole.headRounds, whole.compromisedHeadRounds], [2, 2]);
});

test("a head is cleared when its last honest member has left for good", async (t) => {
	const found = await measured(t);
	const { sink } = found;
	sink.roleTaken(1 * S, 1, 0, "member", at(3));
	sink.roleTaken(21 * S, 1, 2, "uncovered", at(1));
	sink.roleTaken(31 * S, 2, 3, "member", at(3));
	sink.nodeDied(42 * S, 2, "battery");
	sink.runEnded(100 * S, 0);
	t.is(found.summary().clearedS, 45);
});

test("readings: those of honest nodes, by who acknowledged them, and whether they arrived", async (t) => {
	const found = await measured(t);
	const { sink } = found;
	const send = (
		timeUs: number,
		node: number,
		sequence: number,
		head: LinkAddress,
		arrives: boolean,
	): void => {
		sink.readingAccepted(timeUs, node, sequence);
		sink.readingHandedOver(timeUs + 1, node, sequence, head);
		if (!arrives) return;
		sink.readingArrived(timeUs + 2, SINK, at(node), sequence, head, 0);
		sink.readingArrived(timeUs + 3, SINK, at(node), sequence, head, 1);
	};
	send(1 * S, 1, 0, at(3), false);
	send(2 * S, 2, 0, at(1), true);
	send(2 * S, 4, 0, INVENTED, false);
	// What captured nodes say of themselves does not count.
	send(3 * S, CAPTURED, 0, at(1), false);
	send(51 * S, 1, 1, at(2), true);
	send(51 * S, 2, 1, at(3), false);
	// Accepted before, arrived after: counts in the whole only.
	sink.readingArrived(60 * S, SINK, at(1), 0, at(2), 0);
	// Still on its way at the end: nobody's fault.
	send(99 * S, 1, 2, at(2), false);
	sink.runEnded(100 * S, 0);
	const { whole, converged } = found.summary();
	t.deepEqual([whole.accepted, converged.accepted], [6, 3]);
	t.is(whole.readingShare, 3 / 6);
	t.is(converged.readingShare, 1 / 3);
	t.is(whole.deliveryRatio, 3 / 5);
	t.is(converged.deliveryRatio, 1 / 2);
});

test("dismissals by honest nodes, of whom and by how many", async (t) => {
	const found = await measured(t);
	const { sink } = found;
	sink.serviceChanged(1, 1, at(2), 100, 0);
	sink.serviceChanged(2, 4, at(2), 100, 0);
	sink.serviceChanged(3, 1, at(2), 40_000, 1);
	sink.serviceChanged(4, 1, at(3), 100, 0);
	sink.serviceChanged(5, 2, INVENTED, 100, 0);
	// What a captured node thinks is its own affair.
	sink.serviceChanged(6, CAPTURED, at(1), 0, 0);
	sink.runEnded(100 * S, 0);
	t.deepEqual(found.summary().dismissed, {
		honest: 2,
		honestNodes: 1,
		compromised: 2,
		compromisedNames: 2,
	});
});

test("energy and deaths of honest and of captured nodes apart, the sink with neither", async (t) => {
	const found = await measured(t);
	const { sink } = found;
	for (const [node, usedUj] of [7000, 1000, 3000, 9000, 2000].entries())
		sink.nodeEnergy(100 * S, node, usedUj, 0, 0, 0, 0);
	sink.nodeDied(40 * S, 4, "battery");
	sink.nodeDied(30 * S, CAPTURED, "battery");
	sink.runEnded(100 * S, 0);
	const { honest, compromised } = found.summary();
	t.deepEqual(honest, { meanEnergyMj: 2, died: 1, fndS: 40 });
	t.deepEqual(compromised, { meanEnergyMj: 9, died: 1, fndS: 30 });
});
