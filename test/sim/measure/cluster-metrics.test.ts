import test from "ava";
import { BROADCAST, LinkAddress } from "../../../firmware/address.js";
import { encodeJoin, Join } from "../../../firmware/frames/cluster-join.js";
import { encodeSync, Sync } from "../../../firmware/frames/cluster-sync.js";
import { encodeMacHeader, FrameType, MacHeader } from "../../../firmware/frames/mac-frame.js";
import { addressOf } from "../../../firmware/mote/addresses.js";
import { ClusterMetrics } from "../../../sim/measure/cluster-metrics.js";
import { loadText } from "../support/run-text.js";

const S = 1_000_000;
const SINK = 0;

/** A run of one sink, `nodes` nodes and an attacker, with rounds of ten seconds and batteries of one joule. */
async function metricsOf(t: import("ava").ExecutionContext, nodes: number): Promise<ClusterMetrics> {
	const { scenario } = await loadText(
		t,
		"name: synthetic\ntopology: { kind: grid, nodes: 9, spacingM: 10 }\ncluster: { roundS: 10, bufferedReadings: 4 }\n" +
			"battery: { capacityJ: 1 }\nradio: { profile: nrf52840 }\n",
	);
	const metrics = new ClusterMetrics();
	metrics.sink.runStarted(0, JSON.stringify(scenario), 1, "packets", nodes + 1);
	for (let node = 0; node <= nodes + 1; node++) {
		const role = node === SINK ? "sink" : node > nodes ? "attacker" : "node";
		metrics.sink.nodePlaced(0, node, 0, 0, role, addressOf(node, "short"));
	}
	return metrics;
}

function frame(payload: (bytes: Uint8Array, offset: number) => number, to: LinkAddress): Uint8Array {
	const bytes = new Uint8Array(127);
	const header = new MacHeader();
	header.type = FrameType.data;
	header.panIdCompression = true;
	header.destinationPan = 1;
	header.destination.set(to);
	header.source.set(LinkAddress.short(5));
	return bytes.subarray(0, payload(bytes, encodeMacHeader(header, bytes, 0)) + 2);
}

test("heads, coverage and head-rounds are those of the middle of each round", async (t) => {
	const metrics = await metricsOf(t, 4);
	const { sink } = metrics;
	const at = (node: number): LinkAddress => addressOf(node, "short");
	const wake = (timeUs: number) => {
		for (const node of [1, 2, 3]) sink.energySampled(timeUs, node, "election", 0);
	};
	wake(0);
	// Round 0: 1 leads 2, 3 sends to the sink, 4 is not there yet; the sink itself is no head.
	sink.roleTaken(1 * S, SINK, 0, "head", at(SINK));
	sink.roleTaken(1 * S, 1, 0, "head", at(1));
	sink.roleTaken(1 * S, 2, 0, "member", at(1));
	sink.roleTaken(1 * S, 3, 0, "direct", at(SINK));
	// Round 1: 4 joins, and 1 dies before the middle: 2 has not noticed.
	sink.nodeStarted(11 * S, 4, 0);
	sink.nodeDied(12 * S, 1, "breakdown");
	// Round 2: 2 leads itself and 4.
	sink.roleTaken(21 * S, 2, 2, "head", at(2));
	sink.roleTaken(22 * S, 4, 2, "member", at(2));
	sink.runEnded(30 * S, 0);
	const summary = metrics.summary();
	t.is(summary.rounds, 3);
	t.is(summary.nodeRounds, 3 + 3 + 3);
	t.is(summary.headsPerRound.mean, 2 / 3);
	t.true(Math.abs(summary.headsPerRound.deviation - Math.sqrt(1 / 3)) < 1e-12);
	t.deepEqual(summary.covered, { led: 4 / 9, direct: 3 / 9, orphaned: 1 / 9, uncovered: 1 / 9 });
	t.deepEqual({ ...summary.headRounds, deviation: 0 }, { mean: 2 / 4, deviation: 0, least: 0, most: 1 });
	t.is(summary.lifetime.fndS, 12);
	t.is(summary.lifetime.fndRounds, 1);
	t.is(summary.lifetime.hndS, null);
});

test("octets on the air are told apart by what they are for, attackers' left out, and energy is nodes' alone", async (t) => {
	const metrics = await metricsOf(t, 2);
	const { sink } = metrics;
	const sync = frame((bytes, offset) => encodeSync(new Sync(), bytes, offset), BROADCAST);
	const join = frame((bytes, offset) => encodeJoin(new Join(), bytes, offset), addressOf(1, "short"));
	const data = frame((_bytes, offset) => offset + 50, addressOf(1, "short"));
	const ack = Uint8Array.of(2, 0, 7, 0, 0);
	sink.frameOnAir(0, SINK, 26, -50, sync);
	sink.frameOnAir(0, 1, 26, -50, sync);
	sink.frameOnAir(0, 2, 26, -50, join);
	sink.frameOnAir(0, 1, 26, -50, ack);
	sink.frameOnAir(0, 2, 26, -50, data);
	sink.frameOnAir(0, 3, 26, -50, join);
	sink.nodeEnergy(0, SINK, 1e9, 1e9, 1e9, 1e9, 1e9);
	sink.readingAccepted(0, 2, 0);
	sink.readingArrived(S, SINK, addressOf(2, "short"), 0, addressOf(1, "short"), 0);
	sink.energySampled(0, 1, "election", 100);
	sink.energySampled(0, 2, "election", 0);
	sink.energySampled(S, 1, "slots", 400);
	// Node 2 lost its power meanwhile: what it spent since is not known.
	sink.nodeStopped(S / 2, 2, "reboot");
	sink.energySampled(S, 2, "slots", 400);
	sink.nodeEnergy(10 * S, 1, 100, 200, 300, 400, 500);
	sink.nodeEnergy(10 * S, 2, 100, 200, 300, 400, 500);
	sink.runEnded(10 * S, 0);
	const { control, energyPerReadingMj, dutyCycle } = metrics.summary();
	t.is(control.octets.sync, 2 * sync.length);
	t.is(control.octets.join, join.length);
	t.is(control.octets.data, data.length);
	t.is(control.octets.acknowledgement, 5);
	t.is(control.total, 2 * sync.length + join.length);
	t.is(control.octetsPerReading, control.total);
	t.is(energyPerReadingMj, 3);
	t.is(control.electionMj, 0.3);
	t.is(control.electionShare, 300 / 3000);
	const airUs = 2 * 192 + (sync.length + join.length) * 32;
	t.true(Math.abs(control.txMj - (airUs * 6.4 * 3) / 1e6) < 1e-12);
	const onUs = 2 * 1000 * (100 / (6.4 * 3) + 500 / (6.53 * 3));
	t.true(Math.abs(dutyCycle - onUs / (20 * S)) < 1e-12);
});

test("the spread of charge is looked at half-way to the first death, and at it; the dead have none", async (t) => {
	const metrics = await metricsOf(t, 2);
	const { sink } = metrics;
	for (let round = 0; round <= 4; round++) {
		sink.energySampled(round * 10 * S, 1, "election", round * 0.2e6);
		sink.energySampled(round * 10 * S, 2, "election", round * 0.1e6);
	}
	sink.nodeEnergy(41 * S, 1, 1e6, 0, 0, 0, 0);
	sink.nodeDied(41 * S, 1, "battery");
	sink.energySampled(41 * S, 2, "death", 0.5e6);
	sink.nodeEnergy(60 * S, 2, 0.6e6, 0, 0, 0, 0);
	sink.runEnded(60 * S, 0);
	const { charge, lifetime } = metrics.summary();
	t.is(charge.midLife?.atS, 20);
	t.true(Math.abs((charge.midLife?.mean ?? 0) - 0.7) < 1e-12);
	t.true(Math.abs((charge.midLife?.variance ?? 0) - 0.01) < 1e-12);
	t.is(charge.fnd?.atS, 41);
	t.is(charge.fnd?.mean, 0.25);
	t.is(charge.fnd?.jain, 0.5);
	t.deepEqual(lifetime, {
		fndS: 41,
		hndS: 41,
		lndS: null,
		fndRounds: 4,
		hndRounds: 4,
		lndRounds: null,
	});
});
