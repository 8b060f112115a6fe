import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { LoopAir } from "../../../../firmware/device/radio/loop-air.js";
import { ACK_WAIT_US } from "../../../../firmware/mac/timing.js";
import type { Mote } from "../../../../firmware/mote/mote.js";
import { requireTshark, tsharkFields } from "../../../host-tools/tshark.js";
import { scratchFolder } from "../../../sim/support/run-text.js";
import { HandClock } from "../../support/hand-clock.js";
import { Recorder } from "../../support/recorder.js";
import { softwareMote } from "../support/board-motes.js";
import { ethernetAround, pcapOf } from "./support/ethernet.js";

const KEY = "00112233445566778899aabbccddeeff";
const NETWORK_KEY = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf";

/** Motes in one process on one virtual air, and the packets on it. */
class Loop {
	readonly clock = new HandClock();
	readonly air = new LoopAir();
	readonly recorder = new Recorder();
	readonly packets: Uint8Array[] = [];
	readonly motes: Mote[] = [];

	constructor(boards: readonly Readonly<Record<string, unknown>>[]) {
		this.air.join().onDatagram((bytes, length) => this.packets.push(bytes.slice(0, length)));
		for (const given of boards) {
			const air = { datagrams: this.air.join(), clock: this.clock, ackWaitUs: ACK_WAIT_US };
			this.motes.push(softwareMote(given, air, this.recorder.sink));
		}
		for (const mote of this.motes) mote.start();
	}
}

const CASES: Readonly<Record<string, readonly [Record<string, unknown>, Record<string, unknown>]>> = {
	plain: [{ defence: "rfc4944" }, { defence: "rfc4944" }],
	chained: [{}, {}],
	keyed: [{ pairKeys: `0x0002=${KEY}` }, { pairKeys: `0x0001=${KEY}` }],
	"keyed and sealed, with EUI-64s": [
		{
			addressing: "extended",
			pairKeys: `02:4c:47:00:00:00:00:02=${KEY}`,
			securityLevel: 5,
			networkKey: NETWORK_KEY,
		},
		{
			addressing: "extended",
			pairKeys: `02:4c:47:00:00:00:00:01=${KEY}`,
			securityLevel: 5,
			networkKey: NETWORK_KEY,
		},
	],
};

function exchange(t: ExecutionContext, name: string): Loop {
	const [sink, sensor] = CASES[name]!;
	const loop = new Loop([
		{ nodeId: 0, role: "sink", beaconPeriodS: 2, helloPeriodS: 2, ...sink },
		{ nodeId: 1, sensePeriodS: 0, beaconPeriodS: 2, helloPeriodS: 2, ...sensor },
	]);
	loop.clock.advanceTo(20_000_000);
	const payload = Uint8Array.from({ length: 400 }, (_, i) => i);
	loop.motes[1]!.sendUdp(loop.motes[0]!.global!, payload, payload.length);
	loop.clock.advanceTo(30_000_000);
	const [sent] = loop.recorder.of("datagramSent", 1);
	const delivered = loop.recorder.of("datagramDelivered", 0);
	t.deepEqual(
		delivered.map(({ ident, digest, bytes }) => [ident, digest, bytes]),
		[[sent!["ident"], sent!["digest"], 448]],
	);
	t.true(loop.packets.length > 12);
	return loop;
}

for (const name of Object.keys(CASES)) {
	test(`a fragmented datagram crosses the virtual air: ${name}`, (t) => {
		exchange(t, name);
	});
}

test("the same settings give the same frames at the same times", (t) => {
	t.deepEqual(exchange(t, "chained").packets, exchange(t, "chained").packets);
});

test("boards in a cluster elect a head and bring their readings to the sink", (t) => {
	const cluster = { election: "game", roundS: 4, forwardMs: 500, sections: 8, sensePeriodS: 4 };
	const loop = new Loop(
		[0, 1, 2, 3].map((nodeId) => ({ nodeId, role: nodeId === 0 ? "sink" : "sensor", ...cluster })),
	);
	loop.clock.advanceTo(120_000_000);
	t.true(loop.recorder.values("roleTaken", "role").includes("head"));
	const origins = new Set(loop.recorder.values("readingArrived", "origin", 0));
	t.deepEqual([...origins].sort(), ["0x0002", "0x0003", "0x0004"]);
});

test("Wireshark reads the virtual air: every frame, its FCS, and the datagram put together again", async (t) => {
	if (!requireTshark(t)) return;
	const { packets } = exchange(t, "plain");
	const file = join(await scratchFolder(t), "air.pcap");
	writeFileSync(file, pcapOf(packets.map(ethernetAround)));
	const rows = tsharkFields(file, [
		"zep.version",
		"zep.channel_id",
		"zep.device_id",
		"zep.seqno",
		"wpan.fcs_ok",
		"6lowpan.reassembled.length",
		"udp.checksum.status",
	]);
	t.is(rows.length, packets.length);
	for (const row of rows) {
		t.is(row["zep.version"], "2");
		t.is(row["zep.channel_id"], "26");
		t.true(row["wpan.fcs_ok"] === "1" || row["wpan.fcs_ok"] === "True");
	}
	t.deepEqual([...new Set(rows.map((row) => row["zep.device_id"]))].sort(), ["0", "1"]);
	t.true(rows.some((row) => row["6lowpan.reassembled.length"] === "448"));
});

test("among boards with keys nobody without one leads", (t) => {
	const cluster = { election: "game", roundS: 4, forwardMs: 500, sections: 8, sensePeriodS: 4 };
	const keysOf = (nodeId: number): string =>
		[1, 2, 3]
			.filter((low) => low !== nodeId + 1)
			.map((low) => `0x000${low}=${KEY}`)
			.join(",");
	const keyed = [0, 1, 2].map((nodeId) => ({
		nodeId,
		role: nodeId === 0 ? "sink" : "sensor",
		pairKeys: keysOf(nodeId),
		...cluster,
	}));
	const loop = new Loop([...keyed, { nodeId: 3, ...cluster }, { nodeId: 4, ...cluster }]);
	loop.clock.advanceTo(240_000_000);
	const taken = loop.recorder.of("roleTaken");
	const strangers = ["0x0004", "0x0005"];
	t.true(
		taken.some(({ node, role }) => Number(node) > 2 && role === "head"),
		"strangers announce themselves",
	);
	t.deepEqual(
		taken.filter(({ node, head }) => Number(node) <= 2 && strangers.includes(String(head))),
		[],
	);
	t.true(taken.some(({ node, role }) => Number(node) <= 2 && role === "head"));
});
