import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { LabMetrics } from "../../../sim/measure/lab-metrics.js";
import { Metrics } from "../../../sim/measure/metrics.js";

const NONE = new LinkAddress();
const ONE = LinkAddress.short(2);
/** A node, a sink and an attacker with radios 1, 0 and 2. */
const NODE = 1;
const SINK = 0;
const ATTACKER = 2;

function placed(): LabMetrics {
	const lab = new LabMetrics();
	lab.sink.nodePlaced(0, SINK, 0, 0, "sink", LinkAddress.short(1));
	lab.sink.nodePlaced(0, NODE, 9, 0, "node", ONE);
	lab.sink.nodePlaced(0, ATTACKER, 1, 0, "attacker", LinkAddress.short(3));
	lab.sink.attackPlanned(0, ATTACKER, 0, "test", SINK, NODE, "");
	return lab;
}

/** The sink gets a frame and hands a datagram to its application. */
function deliver(lab: LabMetrics, timeUs: number, from: number, ident: number, digest: number): void {
	lab.sink.frameReceived(timeUs, SINK, from, -60);
	lab.sink.datagramDelivered(timeUs, SINK, ident, digest, 148, 1);
}

test("false is what was altered, what nobody sent, and what came again by an attacker's hand", (t) => {
	const lab = placed();
	for (const ident of [10, 11, 12, 13]) lab.sink.datagramSent(1000, NODE, ident, ident * 7, 148);
	deliver(lab, 5000, NODE, 10, 70);
	deliver(lab, 6000, NODE, 11, 78);
	deliver(lab, 7000, NODE, 11, 77);
	// The content is the node's own, but the attacker brought it: that must not pass for delivery.
	deliver(lab, 8000, ATTACKER, 12, 84);
	deliver(lab, 9000, NODE, 10, 70);
	deliver(lab, 10_000, ATTACKER, 10, 70);
	deliver(lab, 11_000, ATTACKER, 10, 71);
	deliver(lab, 12_000, ATTACKER, 99, 1);
	// By way of a relay: the attacker hands it to a node, which passes it on.
	deliver(lab, 13_000, NODE, 13, 91);
	lab.sink.frameReceived(14_000, NODE, ATTACKER, -60);
	lab.sink.datagramForwarded(14_000, NODE, 13);
	deliver(lab, 15_000, NODE, 13, 91);
	lab.sink.runEnded(1e6, 1);
	const { falseDelivered, repeated, goodputBytesPerS, latencyMs } = lab.summary();
	t.deepEqual(falseDelivered, { total: 6, altered: 2, foreign: 1, replayed: 3 });
	t.is(repeated, 1, "the network's own repetition");
	t.is(goodputBytesPerS, 300, "three datagrams of 100 octets, once each, in a second");
	t.is(latencyMs.p50, 6);
	t.is(latencyMs.p99, 12);
});

test("an altered copy that follows the honest one is altered, not a repetition", (t) => {
	const metrics = new Metrics();
	metrics.sink.datagramSent(0, NODE, 5, 1, 100);
	metrics.sink.datagramDelivered(1, SINK, 5, 1, 100, 1);
	metrics.sink.datagramDelivered(2, SINK, 5, 1, 100, 1);
	metrics.sink.datagramDelivered(3, SINK, 5, 2, 100, 1);
	const { delivered, duplicates, altered, foreign } = metrics.summary().datagrams;
	t.deepEqual(
		{ delivered, duplicates, altered, foreign },
		{ delivered: 1, duplicates: 1, altered: 1, foreign: 0 },
	);
});

test("memory is averaged over time, and shared out by who opened it", (t) => {
	const lab = placed();
	lab.sink.frameReceived(0, SINK, NODE, -60);
	lab.sink.contextOpened(0, SINK, ONE, 1, 500, 1000);
	lab.sink.frameReceived(250_000, SINK, ATTACKER, -60);
	lab.sink.contextOpened(250_000, SINK, ONE, 1, 500, 1200);
	// Two contexts under one name: what is freed tells which of them ended.
	lab.sink.contextClosed(750_000, SINK, ONE, 1, "timed-out", 1000);
	lab.sink.runEnded(1_000_000, 1);
	const { victims, others } = lab.summary().occupancy;
	t.deepEqual(victims.contexts, { mean: 1.5, peak: 2 });
	t.deepEqual(victims.bytes, { mean: 1100, peak: 1200 });
	t.deepEqual(victims.attackers, { mean: 0.5, peak: 1, share: 1 / 3 });
	t.deepEqual(others.contexts, { mean: 0, peak: 0 });
});

test("precision and recall: the truth is who transmitted, the verdict what the receiver told at that moment", (t) => {
	const lab = placed();
	const { sink } = lab;
	const receive = (timeUs: number, from: number, tell?: () => void): void => {
		sink.frameReceived(timeUs, SINK, from, -60);
		tell?.();
	};
	receive(1, ATTACKER, () => sink.fragmentRefused(1, SINK, ONE, 1, 0, "fragment-mismatch"));
	receive(2, ATTACKER, () => sink.fragmentStored(2, SINK, ONE, 1, 0, 96));
	receive(3, ATTACKER, () => sink.frameRefused(3, SINK, NONE, "mac-security-failed"));
	receive(4, ATTACKER);
	// A time-out of another context, and what another node tells, are no verdict on this frame.
	receive(5, ATTACKER, () => {
		sink.fragmentRefused(5, NODE, ONE, 1, 0, "reassembly-full");
		sink.fragmentRefused(6, SINK, ONE, 1, 0, "reassembly-full");
	});
	receive(7, NODE, () => sink.fragmentStored(7, SINK, ONE, 1, 0, 96));
	receive(8, NODE, () => sink.fragmentRefused(8, SINK, ONE, 1, 0, "fragment-duplicate"));
	receive(9, NODE, () => sink.fragmentRefused(9, SINK, ONE, 1, 0, "reassembly-full"));
	// A policy that starts anew refuses nothing, and a stored fragment may complete a packet that is faulty.
	receive(10, NODE, () => {
		sink.fragmentStored(10, SINK, ONE, 1, 0, 96);
		sink.frameRefused(10, SINK, NONE, "ipv6-length");
	});
	// What the attacker hears itself is nobody's verdict.
	sink.frameReceived(11, ATTACKER, NODE, -60);
	sink.runEnded(12, 1);
	const { verdicts, refused } = lab.summary();
	t.deepEqual(verdicts.attackers, { refused: 2, accepted: 1, ignored: 2 });
	t.deepEqual(verdicts.honest, { refused: 1, accepted: 3, ignored: 0 });
	t.is(verdicts.precision, 2 / 3);
	t.is(verdicts.recall, 2 / 3);
	t.deepEqual(refused.attackers, { "fragment-mismatch": 1, "mac-security-failed": 1 });
	t.deepEqual(refused.honest, { "fragment-duplicate": 1, "reassembly-full": 1, "ipv6-length": 1 });
});

test("blocks: how long after the first bad frame, and whether an honest node was hit", (t) => {
	const lab = placed();
	lab.sink.frameReceived(1_000_000, SINK, ATTACKER, -60);
	lab.sink.frameReceived(2_000_000, SINK, ATTACKER, -60);
	lab.sink.standingChanged(3_500_000, SINK, LinkAddress.short(0x4000), "blocked", 0);
	lab.sink.standingChanged(4_000_000, SINK, ONE, "blocked", 0);
	lab.sink.runEnded(5_000_000, 1);
	const { total, false: honest, meanDelayS } = lab.summary().blocks;
	t.deepEqual({ total, honest, meanDelayS }, { total: 2, honest: 1, meanDelayS: 2.5 });
});

test("energy goes by the octets that arrived: of nodes, sinks and victims apart", (t) => {
	const lab = placed();
	lab.sink.datagramSent(0, NODE, 1, 1, 148);
	deliver(lab, 5, NODE, 1, 1);
	lab.sink.nodeEnergy(10, NODE, 100, 200, 300, 9, 9);
	lab.sink.nodeEnergy(10, SINK, 10, 20, 30, 9, 9);
	lab.sink.runEnded(10, 1);
	const { energyPerByte } = lab.summary();
	t.deepEqual(energyPerByte.honest, { txUj: 1, rxUj: 2, listenUj: 3 });
	t.deepEqual(energyPerByte.sinks, { txUj: 0.1, rxUj: 0.2, listenUj: 0.3 });
	t.deepEqual(energyPerByte.victims, energyPerByte.sinks);
	t.is(placed().summary().energyPerByte.honest, null, "nothing arrived");
});

test("a long run costs no more memory than a short one", (t) => {
	const lab = placed();
	for (let i = 0; i < 60_000; i++) {
		lab.sink.datagramSent(i * 20_000, NODE, i, i, 148);
		deliver(lab, i * 20_000 + 5000, NODE, i, i);
	}
	// What was delivered 10,000 datagrams ago is forgotten: it is news that nobody sent.
	deliver(lab, 2e9, NODE, 100, 100);
	t.is(lab.summary().falseDelivered.foreign, 1);
	deliver(lab, 2e9, NODE, 59_999, 59_999);
	t.is(
		lab.summary().falseDelivered.foreign + lab.summary().repeated + lab.summary().falseDelivered.replayed,
		2,
	);
});
