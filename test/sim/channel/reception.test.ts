import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { BitErrorTable } from "../../../sim/channel/bit-error.js";
import { fromDb } from "../../../sim/kernel/math.js";
import { bothWays, configOf, dataFrame, graphOf, RadioBench } from "../support/radio-bench.js";

const TO_2 = LinkAddress.short(2);

test("a frame takes 6 octets of preamble, delimiter and length, and 32 us an octet", (t) => {
	t.is(airtimeUs(127), 4256);
	t.is(airtimeUs(5), 352);
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	bench.send(0, 1000, dataFrame({ bytes: 127 }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("air"), ["1000 0"]);
	t.deepEqual(bench.times("received"), ["5256 0> 1 -60"]);
	// The time stamp is that of the end of the start-of-frame delimiter, 5 octets after the start.
	t.deepEqual(bench.times("handled"), ["5256 1 1160"]);
	t.deepEqual(bench.times("done"), ["5256 0 sent"]);
});

test("below the sensitivity, switched off, on another channel or sending itself, nobody receives", (t) => {
	const weak = new RadioBench(graphOf(2, bothWays([[0, 1, -100.5]])), { noiseDbm: -130 });
	weak.send(0, 0, dataFrame());
	weak.queue.run(10_000);
	t.deepEqual(weak.times("lost"), [`${airtimeUs(11)} 0> 1 weak`]);

	const off = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	off.radios[1]!.receive(false);
	off.send(0, 0, dataFrame());
	// Switched on after the preamble has begun: too late.
	off.queue.at(100, () => off.radios[1]!.receive(true));
	off.queue.run(10_000);
	t.deepEqual(off.times("lost"), [`${airtimeUs(11)} 0> 1 off`]);

	const elsewhere = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	elsewhere.radios[1]!.configure(configOf(1, { channel: 25 }));
	elsewhere.send(0, 0, dataFrame());
	elsewhere.queue.run(10_000);
	t.deepEqual(elsewhere.times("lost"), []);
	t.deepEqual(elsewhere.times("received"), []);

	const both = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	both.send(0, 0, dataFrame({ bytes: 100 }));
	both.send(1, 100, dataFrame({ bytes: 20, to: LinkAddress.short(1), from: TO_2 }));
	both.queue.run(10_000);
	t.deepEqual(both.times("received"), []);
	// Node 1 has long been listening again when the frame that it missed ends.
	t.deepEqual(both.times("lost"), [
		`${100 + airtimeUs(20)} 1> 0 transmitting`,
		`${airtimeUs(100)} 0> 1 transmitting`,
	]);
});

test("a receiver that is locked to one frame misses the next, even when that outlasts it", (t) => {
	const edges = bothWays([
		[0, 2, -60],
		[1, 2, -75],
	]);
	const bench = new RadioBench(graphOf(3, edges));
	bench.send(0, 0, dataFrame({ to: LinkAddress.short(3), bytes: 40 }));
	bench.send(1, 500, dataFrame({ to: LinkAddress.short(3), from: TO_2, bytes: 100 }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("received"), [`${airtimeUs(40)} 0> 2 -60`]);
	t.deepEqual(bench.times("lost"), [`${500 + airtimeUs(100)} 1> 2 collision`]);
});

test("two frames of like strength collide, and neither survives", (t) => {
	const edges = bothWays([
		[0, 2, -60],
		[1, 2, -60],
	]);
	const bench = new RadioBench(graphOf(3, edges));
	bench.send(0, 0, dataFrame({ to: LinkAddress.short(3), bytes: 60 }));
	bench.send(1, 1000, dataFrame({ to: LinkAddress.short(3), from: TO_2, bytes: 60 }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("received"), []);
	t.deepEqual(bench.times("lost"), [
		`${airtimeUs(60)} 0> 2 collision`,
		`${1000 + airtimeUs(60)} 1> 2 collision`,
	]);
});

test("a stronger frame captures the receiver during the preamble, and only then", (t) => {
	const edges = bothWays([
		[0, 2, -70],
		[1, 2, -60],
	]);
	for (const [startUs, captured] of [
		[100, true],
		[159, true],
		[160, false],
	] as const) {
		const bench = new RadioBench(graphOf(3, edges));
		bench.send(0, 0, dataFrame({ to: LinkAddress.short(3), bytes: 60 }));
		bench.send(1, startUs, dataFrame({ to: LinkAddress.short(3), from: TO_2, bytes: 60 }));
		bench.queue.run(10_000);
		t.deepEqual(bench.times("received"), captured ? [`${startUs + airtimeUs(60)} 1> 2 -60`] : []);
	}
	// Stronger by less than captureDb is not enough.
	const bench = new RadioBench(graphOf(3, edges), { captureDb: 11 });
	bench.send(0, 0, dataFrame({ to: LinkAddress.short(3), bytes: 60 }));
	bench.send(1, 100, dataFrame({ to: LinkAddress.short(3), from: TO_2, bytes: 60 }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("received"), []);
});

test("interference counts only as long as it lasts", (t) => {
	// 100 bits at 0 dB, then silence: (1 - BER)^100 = .984 for an ideal receiver, which .5 of a whole frame is not.
	const edges = bothWays([
		[0, 2, -60],
		[1, 2, -60],
	]);
	const options = { noiseDbm: -130, implementationLossDb: 0, captureDb: 200 };
	let received = 0;
	const trials = 2000;
	for (let seed = 0; seed < trials; seed++) {
		const bench = new RadioBench(graphOf(3, edges), options, undefined, seed);
		bench.send(0, 0, dataFrame({ to: LinkAddress.short(3), bytes: 100 }));
		// 11 octets and preamble: 544 us, 136 bits.
		bench.send(1, 1000, dataFrame({ to: LinkAddress.short(3), from: TO_2, bytes: 11 }));
		bench.queue.run(10_000);
		received += bench.times("received").length;
	}
	const expected = new BitErrorTable().packetReception(1, 17);
	// 4 deviations of a binomial share.
	t.true(
		Math.abs(received / trials - expected) < 4 * Math.sqrt((expected * (1 - expected)) / trials),
		`${received}`,
	);
});

for (const [db, bytes] of [
	[-0.68, 127],
	[0, 127],
	[0, 20],
] as const) {
	test(`over noise alone, frames of ${bytes} octets at ${db} dB survive as the formula says`, (t) => {
		const noiseDbm = -95;
		const bench = new RadioBench(graphOf(2, [[0, 1, noiseDbm + db]]), {
			noiseDbm,
			implementationLossDb: 0,
			lockSinrDb: -10,
		});
		const n = 4000;
		const psdu = dataFrame({ bytes });
		for (let i = 0; i < n; i++) {
			bench.send(0, i * 5000, psdu);
			bench.queue.run((i + 1) * 5000);
		}
		// The PPDU: preamble, delimiter and length are 6 octets more.
		const expected = new BitErrorTable().packetReception(fromDb(db), bytes + 6);
		const share = bench.times("received").length / n;
		t.true(
			Math.abs(share - expected) < 4 * Math.sqrt((expected * (1 - expected)) / n),
			`${share}, not ${expected}`,
		);
		t.true(bench.times("lost").every((lost) => lost.endsWith("noise")));
	});
}

test("a listed link loses as many frames as its ratio says, and no others", (t) => {
	const bench = new RadioBench(
		graphOf(3, [
			[0, 1, -60, 0.7],
			[0, 2, -60, 1],
		]),
	);
	const n = 4000;
	for (let i = 0; i < n; i++) {
		bench.send(0, i * 5000, dataFrame({ to: LinkAddress.short(0xffff) }));
		bench.queue.run((i + 1) * 5000);
	}
	const share = bench.times("received", 1).length / n;
	t.true(Math.abs(share - 0.7) < 4 * Math.sqrt(0.21 / n), `${share}`);
	t.is(bench.times("received", 2).length, n);
	t.is(bench.times("received", 0).length, 0);
});

test("clear channel assessment senses energy in its 128 us, also of frames that nobody can receive", (t) => {
	const outcome = (dbm: number, atUs: number, frameUs = 1000): string => {
		const bench = new RadioBench(graphOf(3, [[0, 1, dbm]]), { sensitivityDbm: -80 });
		bench.send(0, frameUs, dataFrame({ bytes: 20 }));
		bench.send(1, atUs, dataFrame({ to: LinkAddress.short(3), from: TO_2 }), true);
		bench.queue.run(10_000);
		return bench.times("done", 1)[0]!;
	};
	const endUs = 1000 + airtimeUs(20);
	t.is(outcome(-89, 1100), `${1100 + 128} 1 channel-busy`);
	// Begins or ends within the assessment.
	t.is(outcome(-89, 900), `${900 + 128} 1 channel-busy`);
	t.is(outcome(-89, endUs - 1), `${endUs - 1 + 128} 1 channel-busy`);
	// Clear: 128 us of assessment, 192 us of turnaround, then the frame.
	t.is(outcome(-89, endUs + 1), `${endUs + 1 + 128 + 192 + airtimeUs(11)} 1 sent`);
	t.is(outcome(-91, 1100), `${1100 + 128 + 192 + airtimeUs(11)} 1 sent`);
	t.is(outcome(-89, 800), `${800 + 128 + 192 + airtimeUs(11)} 1 sent`);
});

test("energy of several frames adds up, and an empty channel is exactly empty again", (t) => {
	const bench = new RadioBench(
		graphOf(4, [
			[0, 3, -92],
			[1, 3, -92],
			[2, 3, -92.3],
		]),
	);
	bench.send(0, 0, dataFrame({ bytes: 100 }));
	bench.send(1, 100, dataFrame({ bytes: 50 }));
	bench.send(2, 200, dataFrame({ bytes: 70 }));
	bench.queue.run(50);
	t.false(bench.transceivers.air.isBusy(3, 50));
	bench.queue.run(150);
	t.true(bench.transceivers.air.isBusy(3, 150), "-92 dBm twice is -89 dBm");
	bench.queue.run(20_000);
	t.is(bench.transceivers.air.powerMw(3), 0);
});

test("a radio that is tuned while frames are in the air keeps no energy of them", (t) => {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	bench.send(0, 0, dataFrame({ bytes: 100 }));
	bench.queue.at(500, () => bench.radios[1]!.configure(configOf(1, { channel: 20 })));
	bench.queue.run(1000);
	t.is(bench.transceivers.air.powerMw(1), 0);
	t.is(bench.transceivers.states.mode(1), 1, "listening");
	bench.queue.run(10_000);
	t.deepEqual(bench.times("received"), []);
	// And back during another frame: busy while it lasts, empty after it.
	bench.send(0, 10_000, dataFrame({ bytes: 100 }));
	bench.queue.at(10_500, () => bench.radios[1]!.configure(configOf(1)));
	bench.queue.run(11_000);
	t.true(bench.transceivers.air.isBusy(1, 11_000));
	bench.queue.run(20_000);
	t.is(bench.transceivers.air.powerMw(1), 0);
	t.deepEqual(bench.times("received"), []);
	// A sender that changes channel ends its frame where it began it.
	bench.send(0, 20_000, dataFrame({ bytes: 100 }));
	bench.queue.at(20_500, () => bench.radios[0]!.configure(configOf(0, { channel: 20 })));
	bench.queue.run(30_000);
	t.is(bench.transceivers.air.powerMw(1), 0);
	t.is(bench.times("received").length, 1);
});
