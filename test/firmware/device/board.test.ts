import test from "ava";
import fc from "fast-check";
import { CommandCode, SniffMode } from "../../../firmware/device/serial/records.js";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { parseIpv6 } from "../../../firmware/frames/ipv6-text.js";
import { frameRecord } from "../../../host-tools/device/record-stream.js";
import { dataFrame } from "../../sim/support/radio-bench.js";
import { BoardBench, memoryStore } from "./support/board-bench.js";

const SINK = { nodeId: 0, role: "sink", beaconPeriodS: 2 } as const;
const SENSOR = { nodeId: 1, sensePeriodS: 5 } as const;
const KEY = "00112233445566778899aabbccddeeff";

test("a board greets, its node speaks with others, and their events come down the line", (t) => {
	const bench = new BoardBench();
	const sink = bench.add({ build: SINK });
	const sensor = bench.add({ build: SENSOR });
	t.deepEqual(sink.port.records[0], [
		1,
		[1, "1.2.3-test", "running", null, 0, "sink", "154", 26, 0xabcd, 0, "power-on", 0],
	]);
	bench.clock.advanceTo(20_000_000);
	const collected = sink.records(2).filter(([event]) => (event as unknown[])[0] === 11);
	t.true(collected.length >= 2, `${collected.length} readings`);
	const [first] = collected as unknown as [unknown[]][];
	t.deepEqual(first![0]!.slice(2, 6), [0, "n1:temp", "Cel", 21.5]);
	t.true(sensor.records(2).some(([event]) => (event as unknown[])[0] === 1));
});

test("counters come every ten seconds and when asked for", (t) => {
	const bench = new BoardBench();
	const sink = bench.add({ build: SINK });
	bench.add({ build: SENSOR });
	bench.clock.advanceTo(30_000_000);
	const told = sink.records(3);
	t.deepEqual(
		told.map(([timeUs]) => timeUs),
		[10_000_000, 20_000_000, 30_000_000],
	);
	const [timeUs, received, sent, , , overflows, lost, spoiled, peak, budget, chunks] = told[2]!;
	t.is(timeUs, 30_000_000);
	t.true(Number(received) > 0 && Number(sent) > 0);
	t.deepEqual([overflows, lost, spoiled, budget, chunks], [0, 0, 0, 5120, null]);
	t.is(typeof peak, "number");
	t.deepEqual(sink.ask(t, CommandCode.counters), [0, told[2]]);
});

test("settings are kept only when all of them go together, and count from the next start on", (t) => {
	const store = memoryStore();
	const bench = new BoardBench();
	const restarts: number[] = [];
	const board = bench.add({ build: SENSOR, store, onRestart: () => restarts.push(bench.clock.nowUs()) });
	t.deepEqual(board.ask(t, CommandCode.getSetting, "channel"), [0, [26, "default"]]);
	t.deepEqual(board.ask(t, CommandCode.getSetting, "nodeId"), [0, [1, "build"]]);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "channel", "15"), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "securityLevel", "5"), [0, null]);
	const [status, reason] = board.ask(t, CommandCode.saveSettings);
	t.is(status, 1);
	t.regex(String(reason), /networkKey: expected one under securityLevel 5, got none/);
	t.deepEqual(board.ask(t, CommandCode.getSetting, "channel"), [0, [26, "default"]]);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "networkKey", KEY), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.saveSettings), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.getSetting, "channel"), [0, [15, "stored"]]);
	t.is(board.board.mote!.node.profile.channel, 26);
	t.deepEqual(board.ask(t, CommandCode.restart), [0, null]);
	t.deepEqual(restarts, [0]);
	const again = bench.add({ build: SENSOR, store });
	t.is(again.board.mote!.node.profile.channel, 15);
	t.deepEqual(again.ask(t, CommandCode.setSetting, "channel"), [0, null]);
	t.deepEqual(again.ask(t, CommandCode.saveSettings), [0, null]);
	t.deepEqual(again.ask(t, CommandCode.getSetting, "channel"), [0, [26, "default"]]);
	t.deepEqual(again.ask(t, CommandCode.getSetting, "securityLevel"), [0, [5, "stored"]]);
});

test("keys go in, in pieces where they are long, and never come out", (t) => {
	const store = memoryStore();
	const bench = new BoardBench();
	const board = bench.add({ build: SENSOR, store });
	const line: number[] = [];
	const { write } = board.port;
	board.port.write = (bytes, offset, end) => {
		line.push(...bytes.subarray(offset, end));
		return write.call(board.port, bytes, offset, end);
	};
	const pairs = Array.from({ length: 20 }, (_, i) => `0x${(i + 10).toString(16).padStart(4, "0")}=${KEY}`);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "pairKeys", pairs.slice(0, 4).join(",")), [0, null]);
	for (let i = 4; i < 20; i += 4) {
		t.deepEqual(board.ask(t, CommandCode.appendSetting, "pairKeys", `,${pairs.slice(i, i + 4).join(",")}`), [
			0,
			null,
		]);
	}
	t.deepEqual(board.ask(t, CommandCode.setSetting, "networkKey", KEY), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.saveSettings), [0, null]);
	for (const key of ["pairKeys", "networkKey", "wifiPassword"]) board.ask(t, CommandCode.getSetting, key);
	t.is(board.ask(t, CommandCode.setSetting, "networkKey", `${KEY}0`)[0], 1);
	t.is(board.ask(t, CommandCode.appendSetting, "networkKey", KEY)[0], 1);
	const said = Buffer.from(line).toString("latin1");
	t.false(said.includes(KEY.slice(0, 8)), "a key stands on the line");
	t.false(said.includes(Buffer.from(KEY, "hex").toString("latin1").slice(0, 4)), "a key stands on the line");
	t.deepEqual(bench.add({ build: SENSOR, store }).ask(t, CommandCode.getSetting, "pairKeys"), [
		0,
		["20 keys, not shown", "stored"],
	]);
});

test("a board whose settings allow no node says why, and takes others", (t) => {
	const store = memoryStore();
	const bench = new BoardBench();
	const board = bench.add({ build: {}, store });
	const [, info] = board.port.records[0]! as [number, unknown[]];
	t.deepEqual(info.slice(2, 5), [
		"unconfigured",
		"nodeId: expected an integer from 0 to 65532, got none",
		null,
	]);
	t.deepEqual(board.records(5)[0]!.slice(1), [1, "nodeId: expected an integer from 0 to 65532, got none"]);
	t.deepEqual(board.ask(t, CommandCode.sendDatagram, new Uint8Array(16), 10), [
		2,
		"expected a node that runs",
	]);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "nodeId", "7"), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.saveSettings), [0, null]);
	t.is(bench.add({ build: {}, store }).board.mote?.node.id, 7);
});

test("settings that were spoiled on flash leave the console, and new ones mend them", (t) => {
	const store = memoryStore();
	const bench = new BoardBench();
	store.set("settings", Uint8Array.of(0xff, 0, 1));
	const board = bench.add({ build: SENSOR, store });
	t.is(board.board.state, "unconfigured");
	t.regex(board.board.fault ?? "", /provision the device again/);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "channel", "20"), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.saveSettings), [0, null]);
	t.is(bench.add({ build: SENSOR, store }).board.mote?.node.profile.channel, 20);
});

test("a setting that there is not is told as such, whatever is asked of it", (t) => {
	const board = new BoardBench().add({ build: SENSOR });
	const reply = [1, "chanel: there is no such setting"];
	t.deepEqual(board.ask(t, CommandCode.setSetting, "chanel", "1"), reply);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "chanel"), reply);
	t.deepEqual(board.ask(t, CommandCode.appendSetting, "chanel", "1"), reply);
	t.deepEqual(board.ask(t, CommandCode.getSetting, "chanel"), reply);
});

test("packs that no datagram holds, and a counter that was spoiled, leave the console as any other fault", (t) => {
	const store = memoryStore();
	const bench = new BoardBench();
	const board = bench.add({ build: { ...SENSOR, readingsPerPack: 64, maxPacketBytes: 128 }, store });
	const [, info] = board.port.records[0]! as [number, unknown[]];
	t.is(info[2], "unconfigured");
	t.regex(String(info[3]), /expected readingsPerPack to fit 80 octets, got 64/);
	bench.clock.advanceTo(20_000_000);
	t.is(board.board.radio.sent, 0);
	t.deepEqual(board.ask(t, CommandCode.setSetting, "readingsPerPack", "1"), [0, null]);
	t.deepEqual(board.ask(t, CommandCode.saveSettings), [0, null]);
	t.is(bench.add({ build: SENSOR, store }).board.state, "running");
	store.set("boots", new Uint8Array(0));
	const spoiled = bench.add({ build: SENSOR, store });
	const [, then] = spoiled.port.records[0]! as [number, unknown[]];
	t.is(then[2], "unconfigured");
	t.regex(String(then[3]), /expected boots to hold 4 octets, got 0/);
	bench.clock.advanceTo(60_000_000);
	t.is(spoiled.board.radio.sent, 0);
	t.is(spoiled.ask(t, CommandCode.counters)[0], 0);
});

test("a build whose own settings are wrong runs no node on what was provisioned: security may be among them", (t) => {
	const store = memoryStore();
	const bench = new BoardBench();
	const first = bench.add({ build: {}, store });
	t.deepEqual(first.ask(t, CommandCode.setSetting, "nodeId", "7"), [0, null]);
	t.deepEqual(first.ask(t, CommandCode.saveSettings), [0, null]);
	const board = bench.add({ build: {}, store, buildFault: "chanel: there is no such setting" });
	t.is(board.board.state, "unconfigured");
	t.is(board.board.fault, "chanel: there is no such setting");
	t.is(board.board.resolved, undefined);
});

test("a build without injection refuses frames, and says which build would take them", (t) => {
	const bench = new BoardBench();
	const board = bench.add({ build: SENSOR });
	const [status, reason] = board.ask(t, CommandCode.inject, 0, false, dataFrame({ bytes: 30 }));
	t.is(status, 2);
	t.regex(String(reason), /build that may inject/);
});

test("injected frames go on the air at their times, and each is replied to when it has left", (t) => {
	const bench = new BoardBench();
	const board = bench.add({ build: { nodeId: 1, sensePeriodS: 0 }, canInject: true });
	const heard: number[] = [];
	bench.air.join().onDatagram(() => heard.push(bench.clock.nowUs()));
	const frame = dataFrame({ bytes: 30 });
	const times = [1_000_000, 1_000_000 + 2_000, 1_500_000, 2_000_000];
	const ids = times.map((atUs) => board.send(CommandCode.inject, atUs, false, frame));
	t.deepEqual(board.ask(t, CommandCode.inject, 0, false, frame), [2, "expected at most 4 frames to wait"]);
	t.deepEqual(
		ids.flatMap((id) => board.repliesTo(id)),
		[],
	);
	const before = heard.length;
	bench.clock.advanceTo(3_000_000);
	t.deepEqual(
		heard.slice(before).filter((timeUs) => times.includes(timeUs)),
		times,
	);
	for (const [i, id] of ids.entries()) {
		const [[status, result]] = board.repliesTo(id) as [[number, [string, number]]];
		t.is(status, 0);
		t.is(result[0], "sent");
		t.is(result[1], times[i]!);
		t.is(board.repliesTo(id).length, 1);
	}
});

test("an injected frame for long after is refused: it would keep its place from others", (t) => {
	const board = new BoardBench().add({ build: SENSOR, canInject: true });
	t.is(board.ask(t, CommandCode.inject, 11_000_000, false, dataFrame({ bytes: 30 }))[0], 2);
	t.is(board.ask(t, CommandCode.inject, 0, false, new Uint8Array(4))[0], 2);
	t.is(board.ask(t, CommandCode.inject, 0, false, new Uint8Array(128))[0], 2);
});

test("frames of the node are shown while it runs on", (t) => {
	const bench = new BoardBench();
	const sink = bench.add({ build: SINK });
	bench.add({ build: SENSOR });
	t.deepEqual(sink.ask(t, CommandCode.startSniffing, SniffMode.own, 0), [0, null]);
	bench.clock.advanceTo(20_000_000);
	const frames = sink.records(4);
	const directions = new Set(frames.map(([, direction]) => direction));
	t.deepEqual([...directions].sort(), [0, 1]);
	for (const [timeUs, direction, channel, rssi, lqi, psdu] of frames) {
		t.true(Number.isInteger(timeUs));
		t.is(channel, 26);
		t.is(rssi === null && lqi === null, direction === 1);
		t.true(hasGoodFcs(psdu as Uint8Array));
	}
	t.deepEqual(sink.ask(t, CommandCode.stopSniffing), [0, false]);
	const { length } = sink.records(4);
	bench.clock.advanceTo(40_000_000);
	t.is(sink.records(4).length, length);
});

test("a sniffer shows all frames on its channel and is silent; at the end it starts anew", (t) => {
	const bench = new BoardBench();
	let restarts = 0;
	bench.add({ build: SINK });
	bench.add({ build: SENSOR });
	const sniffer = bench.add({ build: { nodeId: 9, role: "sink" }, onRestart: () => restarts++ });
	bench.clock.advanceTo(3_000_000);
	t.deepEqual(sniffer.ask(t, CommandCode.startSniffing, SniffMode.all, 0), [0, null]);
	const events = sniffer.records(2).length;
	const before = sniffer.board.radio.sent;
	bench.clock.advanceTo(30_000_000);
	const lengths = sniffer.records(4).map(([, , , , , psdu]) => (psdu as Uint8Array).length);
	t.true(lengths.includes(5), "acknowledgements between others");
	t.true(
		lengths.some((length) => length > 40),
		"data between others",
	);
	t.is(sniffer.board.radio.sent, before);
	t.is(sniffer.records(2).length, events);
	t.is(restarts, 0);
	t.deepEqual(sniffer.ask(t, CommandCode.stopSniffing), [0, true]);
	t.is(restarts, 1);
});

test("a datagram that the console asks for arrives, fragmented where it is long", (t) => {
	const bench = new BoardBench();
	const sink = bench.add({ build: SINK });
	const sensor = bench.add({ build: { nodeId: 1, sensePeriodS: 0 } });
	bench.clock.advanceTo(5_000_000);
	const destination = parseIpv6("2001:db8::ff:fe00:1")!;
	t.deepEqual(sensor.ask(t, CommandCode.sendDatagram, destination, 500), [0, null]);
	t.is(sensor.ask(t, CommandCode.sendDatagram, destination, 1233)[0], 2);
	bench.clock.advanceTo(7_000_000);
	const delivered = sink.records(2).filter(([event]) => (event as unknown[])[0] === 2);
	t.is(delivered.length, 1);
	t.is((delivered[0]![0] as unknown[])[5], 548);
});

/** CBOR of all kinds, most of it near to commands. */
const ITEM: fc.Arbitrary<number[]> = fc.oneof(
	fc.nat(23).map((value) => [value]),
	fc.nat(255).map((value) => [0x18, value]),
	fc.nat(31).map((value) => [0x20 | value]),
	fc.uint8Array({ maxLength: 20 }).map((bytes) => [0x40 | bytes.length, ...bytes]),
	fc.constantFrom("nodeId", "channel", "pairKeys", "26", "\u00e4").map((text) => {
		const octets = Buffer.from(text);
		return [0x60 | octets.length, ...octets];
	}),
	fc.constantFrom(0xf4, 0xf5, 0xf6, 0x80, 0xa0, 0xfb, 0x9f, 0xff).map((octet) => [octet]),
);

/** Whether a piece is a whole command in a frame: garbage of the test has no END. */
function isFrame(piece: readonly number[]): boolean {
	return piece[0] === 0xc0;
}

test("whatever comes over the line, nothing throws, each command has one reply, and the board goes on", (t) => {
	fc.assert(
		fc.property(
			fc.array(
				fc.oneof(
					fc.uint8Array({ maxLength: 60 }).map((bytes) => [...bytes].filter((octet) => octet !== 0xc0)),
					fc
						.tuple(fc.integer({ min: 60, max: 78 }), fc.nat(200), fc.array(ITEM, { maxLength: 4 }))
						.map(([code, id, items]) => [
							...frameRecord(Uint8Array.from([0x82 + items.length, 0x18, code, 0x18, id, ...items.flat()])),
						]),
				),
				{ maxLength: 20 },
			),
			(pieces) => {
				const bench = new BoardBench();
				const board = bench.add({ build: SENSOR, canInject: true });
				const commands = pieces.filter((piece) => isFrame(piece)).length;
				for (const piece of pieces) board.port.send(Uint8Array.from(piece));
				bench.clock.advanceTo(11_000_000);
				t.is(board.records(6).length, commands);
				board.port.send(Uint8Array.of(0xc0));
				t.is(board.ask(t, CommandCode.info)[0], 0);
			},
		),
	);
});
