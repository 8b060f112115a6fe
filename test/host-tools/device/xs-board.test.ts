import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LogReader } from "../../../host-tools/trace/log-reader.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { capturePath, scratchFolder } from "../run-cli.js";
import { requireTshark, tsharkFields } from "../tshark.js";
import { XsBench } from "./board-on-xs.js";
import { requireSocat } from "./pty-cable.js";
import { RunningCli } from "./running-cli.js";

// The board's whole firmware runs on XS within the memory of a chip; the command line meets it over a pseudo-terminal.

const NETWORK = "f0e0d0c0b0a090807060504030201000";

test("two boards on XS: one is watched, its frames are captured, and Wireshark reads them", async (t) => {
	if (!requireSocat(t) || !requireTshark(t)) return;
	const bench = await XsBench.start(t);
	if (bench === undefined) return;
	await bench.plugInXs(t, { nodeId: 1, sensePeriodS: 5 });
	const sink = await bench.plugInXs(t, { nodeId: 0, role: "sink", beaconPeriodS: 2 });
	const folder = scratchFolder(t);
	const pcap = join(folder, "own.pcap");
	const log = join(folder, "own.cbor");
	const monitor = new RunningCli(t, [
		"firmware",
		"monitor",
		"--port",
		sink.path,
		"--pcap",
		pcap,
		"--out",
		log,
	]);
	await bench.until(monitor.says(/Lowguard 1\.2\.3-xs, running; node 0, sink/));
	await bench.until(
		monitor.says(/heard.*\n(.*\n)*.*readingCollected {2}name n1:temp, unit Cel, value 21\.5/),
	);
	await bench.until(monitor.says(/counters/));
	sink.unplug();
	await bench.until(monitor.notes(/the board is gone; waiting for it to come back/));
	await sink.plug();
	await bench.until(monitor.notes(/back again/));
	const { length } = monitor.stdout;
	await bench.until(monitor.shows(() => /heard.*/.test(monitor.stdout.subarray(length).toString())));
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
	t.is(sink.starts, 1);
	t.deepEqual(bench.ends, []);
	const rows = tsharkFields(pcap, ["wpan-tap.ch_num", "wpan.fcs"]);
	const frames = [...new LogReader(log, SIM_EVENTS).events()].filter(({ type }) => type === "frameOnAir");
	t.is(rows.length, frames.length);
	t.true(rows.length > 0);
	const { chunks, slots } = bench.stats;
	t.log(`chunks ${JSON.stringify(chunks)}, slots ${JSON.stringify(slots)}`);
});

test("a bare board on XS is provisioned over its line, starts anew and still has it after that", async (t) => {
	if (!requireSocat(t)) return;
	const bench = await XsBench.start(t);
	if (bench === undefined) return;
	const board = await bench.plugInXs(t, {});
	const keys = join(mkdtempSync(join(scratchFolder(t), "k")), "keys");
	writeFileSync(keys, `masterKey=${NETWORK}\nnetworkKey=${NETWORK}\n`, { mode: 0o600 });
	const args = [
		"--id",
		"3",
		"--pan",
		"0x1234",
		"--set",
		"securityLevel=5",
		"--keys",
		keys,
		"--neighbours",
		"0-24",
	];
	const provision = new RunningCli(t, ["firmware", "provision", "--port", board.path, ...args]);
	t.is(await bench.until(provision.ended), 0, provision.stderr);
	t.is(board.starts, 2);
	t.regex(provision.stdout.toString(), /^pairKeys +24 keys, not shown {2}\(stored\)$/m);
	t.regex(provision.stderr, /running; node 3, sensor; .*PAN 0x1234/);
	const again = new RunningCli(t, ["firmware", "provision", "--port", board.path, "--json"]);
	t.is(await bench.until(again.ended), 0, again.stderr);
	const told = JSON.parse(again.stdout.toString()) as Record<string, unknown>;
	t.deepEqual(told["panId"], { value: 0x1234, source: "stored" });
	t.deepEqual(bench.ends, []);
});

test("a recorded trace goes out through a board on XS, while garbage on its line does it no harm", async (t) => {
	if (!requireSocat(t)) return;
	const bench = await XsBench.start(t);
	if (bench === undefined) return;
	let datagrams = 0;
	bench.air.join().onDatagram(() => datagrams++);
	const build = { nodeId: 4, sensePeriodS: 0, routing: "static", nextHopId: 0, defence: "rfc4944" } as const;
	const board = await bench.plugInXs(t, build, true);
	board.receive(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3));
	const args = ["--port", board.path, "--only", "all,frames=1-6", "--json"];
	const replay = new RunningCli(t, ["firmware", "replay", capturePath("riot-ping-500.pcap"), ...args]);
	t.is(await bench.until(replay.ended, 1), 0, replay.stderr);
	const report = JSON.parse(replay.stdout.toString()) as { sent: Record<string, number> };
	t.deepEqual(report.sent, { sent: 6 });
	t.is(datagrams, 6);
	t.deepEqual(bench.ends, []);
});
