import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LogReader } from "../../../host-tools/trace/log-reader.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { lowguard, scratchFolder } from "../run-cli.js";
import { requireTshark, tsharkFields } from "../tshark.js";
import { CabledBench } from "./board-on-cable.js";
import { requireSocat } from "./pty-cable.js";
import { RunningCli } from "./running-cli.js";

const SINK = { nodeId: 0, role: "sink", beaconPeriodS: 2 } as const;
const SENSOR = { nodeId: 1, sensePeriodS: 5 } as const;

test("events come as lines and as a log that other commands read", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const sink = await bench.plugIn(t, { build: SINK });
	bench.add({ build: SENSOR });
	const out = join(scratchFolder(t), "watched");
	const monitor = new RunningCli(t, ["firmware", "monitor", "--port", sink.path, "--out", out]);
	await bench.until(monitor.says(/Lowguard/));
	await bench.until(monitor.says(/readingCollected/));
	await bench.until(monitor.says(/counters {2}framesReceived/));
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
	const lines = monitor.stdout.toString();
	t.regex(
		lines,
		/Lowguard 1\.2\.3-test, running; node 0, sink; radio 154; channel 26; PAN 0xabcd; started by power-on/,
	);
	t.regex(lines, / {2}node 0 {2}readingCollected {2}name n1:temp, unit Cel, value 21\.5, atS [\d.]+\n/);
	t.is(monitor.stderr, "");
	const log = new LogReader(join(out, "events.cbor"), SIM_EVENTS);
	const events = [...log.events()];
	t.is(log.unknown, 0);
	t.true(events.some(({ type, name }) => type === "readingCollected" && name === "n1:temp"));
	const converted = lowguard("trace", join(out, "events.cbor"), "--to", "jsonl");
	t.is(converted.code, 0, converted.stderr);
	t.is(converted.stdout.toString().trimEnd().split("\n").length, events.length);
});

test("frames of the node go into a capture and into the log, and Wireshark reads them", async (t) => {
	if (!requireSocat(t) || !requireTshark(t)) return;
	const bench = new CabledBench();
	const sink = await bench.plugIn(t, { build: SINK });
	bench.add({ build: SENSOR });
	const folder = scratchFolder(t);
	const pcap = join(folder, "own.pcap");
	const log = join(folder, "own.cbor");
	const args = ["firmware", "monitor", "--port", sink.path, "--pcap", pcap, "--out", log, "--json"];
	const monitor = new RunningCli(t, args);
	await bench.until(monitor.says(/"type":"frame","timeUs":\d+,"isSent":false/));
	await bench.until(monitor.says(/"type":"frame","timeUs":\d+,"isSent":true/));
	await bench.until(monitor.says(/"type":"readingCollected"/));
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
	const told = monitor.stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as { type: string; psdu?: string })
		.filter(({ type }) => type === "frame");
	const fields = ["wpan.fcs_ok", "wpan-tap.ch_num", "frame.len", "wpan-tap.rss", "frame.time_epoch"];
	const rows = tsharkFields(pcap, fields);
	t.is(rows.length, told.length);
	for (const row of rows) {
		t.is(row["wpan-tap.ch_num"], "26");
		t.true(Number(row["frame.time_epoch"]) > 1e9);
	}
	const frames = [...new LogReader(log, SIM_EVENTS).events()].filter(({ type }) => type === "frameOnAir");
	t.deepEqual(
		frames.map(({ psdu }) => Buffer.from(psdu as Uint8Array).toString("hex")),
		told.map(({ psdu }) => psdu),
	);
});

test("all frames of a channel go down a pipe as they come, and the board's node runs again at the end", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	bench.add({ build: SINK });
	bench.add({ build: SENSOR });
	const sniffer = await bench.plugIn(t, { build: { nodeId: 9 } });
	const monitor = new RunningCli(t, ["firmware", "monitor", "--port", sniffer.path, "--all", "--pcap", "-"]);
	await bench.until(monitor.notes(/heard .*ack/));
	const before = monitor.stdout.length;
	t.true(before > 24 + 16);
	t.is(monitor.stdout.readUInt32LE(0), 0xa1b2c3d4);
	t.is(monitor.stdout.readUInt32LE(20), 283);
	await bench.until(monitor.shows(() => monitor.stdout.length > before));
	t.is(sniffer.starts, 1);
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
	t.is(sniffer.starts, 2);
	const file = join(scratchFolder(t), "piped.pcap");
	writeFileSync(file, monitor.stdout);
	const decoded = lowguard("decode", file);
	t.is(decoded.code, 0, decoded.stderr);
	t.regex(decoded.stdout.toString(), /ack \d+/);
});

test("a datagram that is asked for goes from one board to another in fragments", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const sink = bench.add({ build: SINK });
	const sensor = await bench.plugIn(t, { build: { nodeId: 1, sensePeriodS: 0 } });
	bench.clock.advanceBy(5_000_000);
	const args = ["--port", sensor.path, "--send", "2001:db8::ff:fe00:1,500"];
	const monitor = new RunningCli(t, ["firmware", "monitor", ...args]);
	await bench.until(monitor.says(/node 1 {2}datagramSent .*bytes 548/));
	await bench.until(monitor.notes(/the node sends a datagram of 500 octets/));
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
	bench.clock.advanceBy(2_000_000);
	const delivered = sink.records(2).filter(([event]) => (event as unknown[])[0] === 2);
	t.is(delivered.length, 1);
});

test("a reader that goes away ends the monitor, and the board's node runs again", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	bench.add({ build: SINK });
	bench.add({ build: SENSOR });
	const sniffer = await bench.plugIn(t, { build: { nodeId: 9 } });
	const monitor = new RunningCli(t, ["firmware", "monitor", "--port", sniffer.path, "--all", "--pcap", "-"]);
	await bench.until(monitor.notes(/the board shows all frames/));
	monitor.child.stdout!.destroy();
	t.is(await bench.until(monitor.ended), 0, monitor.stderr);
	t.is(sniffer.starts, 2);
});

test("what a ROM prints is shown as text, garbage is counted, and records around it are whole", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const board = await bench.plugIn(t, { build: SINK });
	const monitor = new RunningCli(t, ["firmware", "monitor", "--port", board.path]);
	await bench.until(monitor.says(/Lowguard/));
	board.say(
		Buffer.from("ESP-ROM:esp32c6-20220919\r\n\x1b[0;32mI (23) boot: \x1b[31mESP-IDF v6.0\x1b[0m\r\n"),
	);
	board.say(Uint8Array.of(0xc0, 0x01, 0x02, 0xff, 0xfe, 0x80, 0xc0, 0x82, 0x05, 0x05, 0xc0));
	board.switchOn();
	await bench.until(monitor.says(/boot: ESP-IDF v6\.0\n(.*\n)*.*Lowguard/));
	await bench.until(monitor.says(/counters/));
	t.is(await bench.until(monitor.stop()), 0);
	t.regex(monitor.stdout.toString(), / {14}ESP-ROM:esp32c6-20220919\n {14}I \(23\) boot: ESP-IDF v6\.0\n/);
	t.false(monitor.stdout.includes(0x1b));
	t.regex(monitor.stderr, /2 pieces of the line were neither records nor text/);
});

test("a board that is unplugged is waited for, and what it tells afterwards comes later on the same line of time", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const board = await bench.plugIn(t, { build: SINK });
	bench.add({ build: SENSOR });
	const log = join(scratchFolder(t), "two-lives.cbor");
	const args = [
		"firmware",
		"monitor",
		"--port",
		board.path,
		"--out",
		log,
		"--pcap",
		join(scratchFolder(t), "f.pcap"),
	];
	const monitor = new RunningCli(t, args);
	await bench.until(monitor.says(/readingCollected/));
	board.unplug();
	await bench.until(monitor.notes(/the board is gone; waiting for it to come back/));
	await board.plug();
	board.switchOn();
	await bench.until(monitor.notes(/back again/));
	const { length } = monitor.stdout;
	await bench.until(
		monitor.shows(() => /sent(.|\n)*readingCollected/.test(monitor.stdout.subarray(length).toString())),
	);
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
	const times = [...new LogReader(log, SIM_EVENTS).events()]
		.filter(({ type }) => type === "readingCollected")
		.map(({ timeUs }) => timeUs);
	t.deepEqual(
		times,
		[...times].sort((a, b) => a - b),
	);
});

test("nothing is overwritten, and a port that there is not is told with those that there are", (t) => {
	const folder = scratchFolder(t);
	const log = join(folder, "log.cbor");
	writeFileSync(log, "mine");
	const refused = lowguard("firmware", "monitor", "--port", "/dev/null", "--out", log);
	t.is(refused.code, 2);
	t.regex(
		refused.stderr,
		/log\.cbor: expected a new file, found one that exists; nothing was overwritten\n$/,
	);
	t.is(readFileSync(log, "utf8"), "mine");
	const capture = join(folder, "new.pcap");
	const absent = lowguard("firmware", "monitor", "--port", join(folder, "ttyUSB7"), "--pcap", capture);
	t.is(absent.code, 3);
	t.regex(absent.stderr, /ttyUSB7: expected a serial port, found none; (found|no serial port was found)/);
	t.false(existsSync(capture), "a capture of nothing stays behind");
	const none = lowguard("firmware", "monitor");
	t.true(none.code === 2 || none.code === 3);
	t.regex(none.stderr, /--port: expected a serial port; (found|no serial port was found)/);
	const other = lowguard("firmware", "monitor", "--port", "/dev/null");
	t.is(other.code, 3);
	t.regex(other.stderr, /\/dev\/null: expected a serial port, found something else/);
});

test("options that do not go together are named", (t) => {
	const wrong: [string[], RegExp][] = [
		[["--channel", "26"], /--channel: expected --all with it, found none/],
		[["--all", "--channel", "27"], /--channel: expected an integer from 11 to 26, found '27'/],
		[["--pcap", "-", "--json"], /--pcap -: expected stdout free, found --json there/],
		[["--baud", "fast"], /--baud: expected an integer from 300 to 10000000, found 'fast'/],
		[["--send", "fe80::1"], /--send: expected an IPv6 address and a number of octets, as fe80::1,500, found/],
		[["extra"], /expected options, found 'extra'/],
	];
	for (const [args, line] of wrong) {
		const { code, stderr } = lowguard("firmware", "monitor", ...args);
		t.is(code, 2, stderr);
		t.regex(stderr, line);
	}
});

test("a monitor that waits for its board ends when it is told to", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const board = await bench.plugIn(t, { build: SINK });
	const monitor = new RunningCli(t, ["firmware", "monitor", "--port", board.path]);
	await bench.until(monitor.says(/Lowguard/));
	board.unplug();
	await bench.until(monitor.notes(/waiting for it to come back/));
	t.is(await bench.until(monitor.stop()), 0, monitor.stderr);
});
