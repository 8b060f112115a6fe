import test from "ava";
import { LinkAddress } from "../../firmware/address.js";
import type { SimSink } from "../../sim/events.js";
import { RandomStream } from "../../sim/kernel/random.js";
import { logHash } from "./support/log-hash.js";
import { nodesOf } from "./support/nodes-of.js";
import { bothWays, configOf, dataFrame, graphOf, RadioBench } from "./support/radio-bench.js";
import { loadText, runText } from "./support/run-text.js";

const SCENARIO = `
name: lifecycle
durationS: 100
topology: { kind: grid, nodes: 9, spacingM: 30 }
channel: { propagation: { kind: log-distance, maxRangeM: 45 } }
sinks: corner
traffic: [{ kind: periodic, periodS: 2, payloadBytes: 200 }]
`;

interface Seen {
	readonly what: string;
	readonly timeUs: number;
	readonly node: number;
}

/** Notes when nodes come, go, send and deliver. */
function observer(): { seen: Seen[]; sink: Partial<SimSink> } {
	const seen: Seen[] = [];
	const note =
		(what: string) =>
		(timeUs: number, node: number): void =>
			void seen.push({ what, timeUs, node });
	return {
		seen,
		sink: {
			nodeStarted: note("started"),
			nodeStopped: note("stopped"),
			datagramSent: note("sent"),
			frameOnAir: note("air"),
			frameReceived: note("received"),
		},
	};
}

test("a late joiner is silent and deaf until its time, then takes part", async (t) => {
	const { seen, sink } = observer();
	const set = ["lifecycle.lateJoiners={count: 3, fromS: 20, toS: 60}"];
	const { summary } = await runText(t, SCENARIO, set, { sinks: [sink] });
	const started = seen.filter(({ what }) => what === "started");
	t.is(new Set(started.map(({ node }) => node)).size, 3);
	for (const { node, timeUs } of started) {
		t.not(node, 0, "never a sink");
		t.true(timeUs >= 20e6 && timeUs < 60e6);
		const own = seen.filter((event) => event.node === node && event.what !== "started");
		t.true(
			own.every((event) => event.timeUs >= timeUs),
			`node ${node} before ${timeUs}`,
		);
		t.true(own.some(({ what }) => what === "sent"));
		t.true(own.some(({ what }) => what === "air"));
	}
	// What is due while a node is off is not counted: 50 each for those that were on.
	const dueUs = started.reduce((sum, { timeUs }) => sum + (100e6 - timeUs), 5 * 100e6);
	t.true(Math.abs(summary.datagrams.sent - dueUs / 2e6) <= 3, `${summary.datagrams.sent} of ${dueUs / 2e6}`);
});

test("a reboot takes memory and power away for a while, and the node's traffic goes on", async (t) => {
	const { seen, sink } = observer();
	const set = ["lifecycle.reboots={count: 4, fromS: 10, toS: 80, downS: 5}"];
	const { summary, simulation } = await runText(t, SCENARIO, set, { sinks: [sink] });
	const stops = seen.filter(({ what }) => what === "stopped");
	t.true(stops.length >= 3 && stops.length <= 4);
	for (const { node, timeUs } of stops) {
		const back = seen.find((e) => e.what === "started" && e.node === node && e.timeUs > timeUs)!;
		t.is(back.timeUs, timeUs + 5e6);
		const during = seen.filter(
			(e) => e.node === node && e.timeUs > timeUs + 5000 && e.timeUs < back.timeUs && e.what !== "started",
		);
		t.deepEqual(during, []);
		t.true(seen.some((e) => e.node === node && e.what === "sent" && e.timeUs > back.timeUs));
	}
	// Each pause of 5 s leaves out two or three of the node's datagrams, one every 2 s.
	const missing = 400 - summary.datagrams.sent;
	t.true(missing >= 2 * stops.length && missing <= 3 * stops.length, `${missing}`);
	t.is(summary.died, 0);
	// Whatever the nodes that went away had in their hands came back to the pool.
	let open = 0;
	for (const { reassembler } of nodesOf(simulation)) open += reassembler.contexts.length;
	for (const { outbox } of nodesOf(simulation)) open += outbox.length;
	t.is(simulation.world.workspace.pool.lent, open);
	t.true(simulation.world.workspace.link.lent <= open);
	t.is(
		simulation.world.rows.lent,
		nodesOf(simulation).length,
		"rows of the nodes that are there, of no others",
	);
});

test("readings begin anew after a reboot", async (t) => {
	const { seen, sink } = observer();
	const yaml = SCENARIO.replace(
		/traffic:.*/,
		"traffic: [{ kind: readings, periodS: 2, readingsPerPack: 4 }]",
	);
	const set = ["lifecycle.reboots={count: 1, fromS: 20, toS: 30, downS: 10, among: [4]}"];
	const { summary } = await runText(t, yaml, set, { sinks: [sink] });
	const [stop] = seen.filter(({ what }) => what === "stopped");
	t.is(stop!.node, 4);
	const after = seen.filter((e) => e.node === 4 && e.what === "sent" && e.timeUs > stop!.timeUs);
	t.true(after[0]!.timeUs > stop!.timeUs + 10e6 + 6e6, "four readings make a pack");
	t.true(after.length >= 5);
	t.true(summary.readings > 700);
});

test("reboots at a rate come as often as it says, and the log is the same each time", async (t) => {
	const { seen, sink } = observer();
	const set = ["durationS=2000", "lifecycle.reboots={ratePerHour: 36, downS: 0.1}", "traffic=[]"];
	await runText(t, SCENARIO, set, { sinks: [sink] });
	const stops = seen.filter(({ what }) => what === "stopped").length;
	// 8 nodes, 20 expected each; 4 deviations.
	t.true(Math.abs(stops - 160) < 4 * Math.sqrt(160), `${stops}`);
	const again = ["lifecycle={lateJoiners: {count: 2}, reboots: {count: 3, ratePerHour: 100}}"];
	const hash = logHash(await loadText(t, SCENARIO, {}, again));
	t.is(logHash(await loadText(t, SCENARIO, {}, again)), hash);
});

test("deaths at a rate come as often as it says, by the hour and by the round, and for good", async (t) => {
	const nodes = "topology={kind: grid, nodes: 400, spacingM: 30}";
	for (const rate of ["ratePerHour: 0.72", "ratePerRound: 0.004", "ratePerHour: 0.36, ratePerRound: 0.002"]) {
		const deaths: Seen[] = [];
		const sent: Seen[] = [];
		const sink: Partial<SimSink> = {
			nodeDied: (timeUs, node, cause) => void deaths.push({ what: cause, timeUs, node }),
			frameOnAir: (timeUs, node) => void sent.push({ what: "air", timeUs, node }),
		};
		const set = [nodes, "durationS=1000", "traffic[0].periodS=50", `lifecycle.deaths={${rate}, fromS: 100}`];
		await runText(t, SCENARIO, set, { sinks: [sink] });
		// Each of 399 lives over 900 s with a probability of exp(-0.18).
		const expected = 399 * (1 - Math.exp(-0.18));
		t.true(Math.abs(deaths.length - expected) < 4 * Math.sqrt(expected), `${rate}: ${deaths.length}`);
		t.is(new Set(deaths.map(({ node }) => node)).size, deaths.length);
		for (const { node, timeUs, what } of deaths) {
			t.not(node, 0, "never a sink");
			t.is(what, "breakdown");
			t.true(timeUs >= 100e6);
			t.true(sent.every((event) => event.node !== node || event.timeUs <= timeUs));
		}
	}
});

test("deaths that are counted befall different nodes of those named, until none is left", async (t) => {
	const died: number[] = [];
	const sink: Partial<SimSink> = { nodeDied: (_timeUs, node) => void died.push(node) };
	const some = ["lifecycle.deaths={count: 9, among: [2, 5, 7]}"];
	await runText(t, SCENARIO, some, { sinks: [sink] });
	t.deepEqual([...died].sort(), [2, 5, 7]);
	const all = await loadText(t, SCENARIO, {}, ["lifecycle.deaths={count: 3, ratePerHour: 20}"]);
	t.is(logHash(all), logHash(all));
});

for (const [stopAt, alive] of [
	["fnd", 7],
	["hnd", 4],
	["lnd", 0],
] as const) {
	test(`stopAt ${stopAt}: the run ends with that death, and nothing comes after it`, async (t) => {
		const times: number[] = [];
		let ends = 0;
		const sink: Partial<SimSink> = {
			nodeDied: (timeUs) => void times.push(timeUs),
			frameOnAir: (timeUs) => t.true(ends === 0 || timeUs <= times.at(-1)!),
			runEnded: (timeUs) => {
				ends++;
				t.is(timeUs, times.at(-1) ?? -1);
			},
		};
		const set = [`stopAt=${stopAt}`, "lifecycle.deaths={count: 8}", "durationS=5000"];
		const { summary, simulation } = await runText(t, SCENARIO, set, { sinks: [sink] });
		t.is(summary.died, 8 - alive);
		t.is(ends, 1);
		t.true(simulation.ended);
		t.true(summary.simulatedS < 5000);
		t.is(simulation.nowUs(), summary.simulatedS * 1e6);
		const loaded = await loadText(t, SCENARIO, {}, set);
		t.is(logHash(loaded), logHash(loaded));
	});
}

test("a run whose nodes live ends when it should", async (t) => {
	const { summary, simulation } = await runText(t, SCENARIO, ["stopAt=fnd", "durationS=7"]);
	t.is(summary.simulatedS, 7);
	t.false(simulation.ended);
});

test("a radio whose power comes back is a new one", (t) => {
	const random = new RandomStream(1, "power", 0);
	for (let i = 0; i < 200; i++) {
		const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
		const { transceivers, radios, queue } = bench;
		let told = 0;
		bench.send(0, 0, dataFrame({ ack: true, bytes: 60 }), i % 2 === 0);
		radios[0]!.receiveAt(300, 100_000);
		queue.at(random.below(4000), () => transceivers.kill(0));
		queue.at(10_000, () => {
			transceivers.powerOn(0);
			radios[0]!.configure(configOf(0));
			radios[0]!.onReceive({ frameReceived: () => told++ });
			radios[0]!.receive(true);
			radios[0]!.transmit(
				dataFrame({ ack: true, seq: 9 }),
				{ cca: true, atUs: 11_000 },
				{
					transmitted: (outcome) => {
						t.is(outcome, "acked");
						told += 10;
					},
				},
			);
		});
		bench.send(1, 20_000, dataFrame({ from: LinkAddress.short(2), to: LinkAddress.short(1) }));
		queue.run(200_000);
		t.is(told, 11);
		t.is(transceivers.states.mode(0), 1);
		t.deepEqual(
			[0, 1].map((id) => transceivers.air.powerMw(id)),
			[0, 0],
		);
	}
});

test("a window of reception that was open is closed by a loss of power, and one that was asked for never opens", (t) => {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	const { transceivers, radios, queue } = bench;
	radios[0]!.receive(false);
	radios[0]!.receiveAt(1000, 50_000);
	radios[0]!.receiveAt(60_000, 50_000);
	queue.at(2000, () => transceivers.kill(0));
	queue.at(20_000, () => {
		transceivers.powerOn(0);
		radios[0]!.receive(false);
		t.is(transceivers.states.mode(0), 0, "nothing is open");
	});
	queue.run(70_000);
	t.is(transceivers.states.mode(0), 0);
});

for (const [set, message] of [
	["lifecycle.lateJoiners={count: 9}", /lifecycle\.lateJoiners\.count: expected at most 8 nodes .* found 9/],
	["lifecycle.lateJoiners={count: 1, fromS: 5, toS: 4}", /toS: expected at least fromS, which is 5, found 4/],
	["lifecycle.reboots={among: [9]}", /among: expected node numbers below 9, found 9/],
	["lifecycle.reboots={downS: 0}", /downS: expected a number/],
] as const) {
	test(`refused: ${set}`, async (t) => {
		await t.throwsAsync(runText(t, SCENARIO, [set]), { message });
	});
}
