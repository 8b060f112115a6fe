import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { bothWays, dataFrame, graphOf, RadioBench } from "../support/radio-bench.js";

const NODES = 4;
const END_US = 60_000;
const SWITCHES = [26, 26, 25];

const step = fc.record({
	timeUs: fc.integer({ min: 0, max: 40_000 }),
	node: fc.nat({ max: NODES - 1 }),
	what: fc.constantFrom("send", "send", "send with assessment", "on", "retune", "off", "window", "kill"),
	bytes: fc.integer({ min: 11, max: 127 }),
	to: fc.nat({ max: NODES }),
	ack: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Steps that leave the receiver on all the time. */
function isOn({ what }: Step): boolean {
	return what.startsWith("send") || what === "on" || what === "retune";
}

function steps(of: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> {
	return fc.array(of, { maxLength: 40, size: "max" });
}

test("whatever happens, times in all modes add up to the time that went by, and the air ends empty", (t) => {
	const edges = bothWays([
		[0, 1, -60],
		[0, 2, -85],
		[1, 2, -70],
		[1, 3, -99],
		[2, 3, -60],
	]);
	fc.assert(
		fc.property(fc.oneof(steps(step), steps(step.filter(isOn))), fc.nat(), (played, seed) => {
			const bench = new RadioBench(graphOf(NODES, edges), {}, undefined, seed);
			const { queue, transceivers, radios } = bench;
			const { states, air } = transceivers;
			const busy = new Uint8Array(NODES);
			const dead = new Uint8Array(NODES);
			const neverOff = played.every(isOn);
			let transmissions = 0;
			for (const { timeUs, node, what, bytes, to, ack } of played) {
				queue.at(timeUs, () => {
					if (what === "on" || what === "off") radios[node]!.receive(what === "on");
					else if (what === "window") radios[node]!.receiveAt(timeUs + 500, 2000);
					else if (what === "retune") {
						radios[node]!.configure({
							channel: SWITCHES[bytes % 3]!,
							panId: 0xabcd,
							shortAddress: node + 1,
							extendedHigh: 0,
							extendedLow: 0,
							txPowerDbm: 0,
							promiscuous: false,
							panCoordinator: false,
						});
					} else if (what === "kill") {
						dead[node] = 1;
						transceivers.kill(node);
					} else if (busy[node] === 0 && dead[node] === 0) {
						busy[node] = 1;
						transmissions++;
						const destination = LinkAddress.short(to === NODES ? 0xffff : to + 1);
						const psdu = dataFrame({ to: destination, from: LinkAddress.short(node + 1), ack, bytes });
						const attempt = { cca: what !== "send", atUs: timeUs + (bytes % 50) };
						radios[node]!.transmit(psdu, attempt, {
							transmitted: () => {
								busy[node] = 0;
								transmissions--;
							},
						});
					}
				});
			}
			queue.run(END_US);
			for (let node = 0; node < NODES; node++) {
				states.book(node, END_US);
				const on = states.onUs(node);
				const tx = states.txUs(node);
				const rx = states.rxUs(node);
				t.true(on >= 0 && tx >= 0 && on + tx <= END_US, `node ${node}: on ${on}, tx ${tx}`);
				if (neverOff) t.is(on + tx, END_US);
				t.true(rx >= 0 && rx <= on, `node ${node}: received for ${rx} of ${on} us`);
				t.true([on, tx, rx].every(Number.isInteger));
				t.is(air.powerMw(node), 0);
				t.true(states.mode(node) < 2, `mode ${states.mode(node)} after everything is over`);
				if (dead[node] === 1) t.is(states.mode(node), 0);
				else t.is(states.mode(node), Number(states.isWanted(node)), "on where it is wanted");
			}
			// Whoever was asked to send is told what became of it, unless it died.
			if (!dead.includes(1)) t.is(transmissions, 0);
		}),
		{ numRuns: 400 },
	);
});

test("times of one exchange, to the microsecond", (t) => {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	bench.send(0, 1000, dataFrame({ ack: true, bytes: 50 }), true);
	bench.queue.run(20_000);
	const { states } = bench.transceivers;
	for (const node of [0, 1]) states.book(node, 20_000);
	const frameUs = airtimeUs(50);
	const ackUs = airtimeUs(5);
	// A transmitter is on from the turnaround on.
	t.is(states.txUs(0), 192 + frameUs);
	t.is(states.rxUs(0), ackUs);
	t.is(states.onUs(0), 20_000 - 192 - frameUs);
	t.is(states.txUs(1), 192 + ackUs);
	t.is(states.rxUs(1), frameUs);
	t.is(states.onUs(1), 20_000 - 192 - ackUs);
	t.deepEqual([states.handled(0), states.handled(1)], [1, 2]);
});

test("a node killed while it sends ends its frame in the others' ears, and is silent from then on", (t) => {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	bench.send(0, 0, dataFrame({ ack: true, bytes: 60 }));
	bench.queue.at(500, () => bench.transceivers.kill(0));
	bench.queue.run(20_000);
	const frameUs = airtimeUs(60);
	t.deepEqual(bench.times("received"), [`${frameUs} 0> 1 -60`]);
	t.deepEqual(bench.times("done"), []);
	t.is(bench.transceivers.states.mode(0), 0);
	t.is(bench.transceivers.air.powerMw(1), 0);
	// Neither a window that was asked for before nor a new one wakes it.
	bench.radios[0]!.receive(true);
	t.is(bench.transceivers.states.mode(0), 0);
});

test("a node killed before its frame, its acknowledgement or in its wait sends nothing more", (t) => {
	const frameUs = airtimeUs(11);
	for (const [killUs, node, onAir] of [
		[50, 0, 0],
		[200, 0, 0],
		[320 + frameUs + 100, 1, 1],
		[320 + frameUs + 400, 0, 2],
	] as const) {
		const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
		bench.send(0, 0, dataFrame({ ack: true }), true);
		bench.queue.at(killUs, () => bench.transceivers.kill(node));
		bench.queue.run(20_000);
		t.is(bench.times("air").length, onAir, `killed at ${killUs}`);
		t.is(bench.transceivers.states.mode(node), 0);
		t.deepEqual(bench.times("done", 0).length, node === 0 ? 0 : 1);
		t.deepEqual(
			[0, 1].map((id) => bench.transceivers.air.powerMw(id)),
			[0, 0],
		);
	}
});

/** What a bench of hidden and near neighbours sees of frames that overlap, with times from `fromUs` on; `detail` of times left out. */
function overlapsSeen(sends: readonly Step[], fromUs: number): string[] {
	const edges = bothWays([
		[0, 1, -60],
		[0, 2, -85],
		[1, 2, -70],
		[2, 3, -90],
	]);
	const bench = new RadioBench(graphOf(NODES, edges));
	bench.queue.run(fromUs);
	const busy = new Uint8Array(NODES);
	for (const { timeUs, node, to, ack, bytes } of sends) {
		if (busy[node] === 1) continue;
		busy[node] = 1;
		const destination = LinkAddress.short(to === NODES ? 0xffff : to + 1);
		bench.send(
			node,
			fromUs + (timeUs % 8000),
			dataFrame({ to: destination, from: LinkAddress.short(node + 1), ack, bytes }),
		);
	}
	bench.queue.run(fromUs + END_US);
	const { states } = bench.transceivers;
	const used = Array.from({ length: NODES }, (_, node) => `rx ${states.rxUs(node)}`);
	return [
		...bench.seen.map(
			({ timeUs, what, node, from, detail }) =>
				`${timeUs - fromUs} ${what} ${node} ${from} ${what === "handled" ? Number(detail) - fromUs : detail}`,
		),
		...used,
	];
}

test("frames are received and lost alike whenever they come, across the ends of 31 and 32 bits of microseconds too", (t) => {
	fc.assert(
		fc.property(steps(step), fc.integer({ min: 0, max: 9000 }), (played, beforeUs) => {
			const early = overlapsSeen(played, 10_000);
			for (const endUs of [2 ** 31, 2 ** 32, 2 ** 40])
				t.deepEqual(overlapsSeen(played, endUs - beforeUs), early);
		}),
		{ numRuns: 60 },
	);
});
