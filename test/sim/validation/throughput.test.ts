import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { CSMA_DEFAULTS, Csma } from "../../../firmware/mac/csma.js";
import { type PhyTimes, STANDARD_TIMES } from "../../../sim/channel/transceivers.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { told } from "../../firmware/support/told.js";
import { bothWays, dataFrame, graphOf, RadioBench } from "../support/radio-bench.js";

/** The published analysis counts neither the assessment nor the turnaround before a frame. */
const NO_TIMES: PhyTimes = { ccaUs: 0, turnaroundUs: 0 };

/** Time per frame of a sender that always has another frame of 127 octets, in microseconds. */
function periodUs(times: PhyTimes, ack: boolean, minBe: number, frames: number): number {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])), {}, times);
	const psdu = dataFrame({ ack, bytes: 127 });
	const options = { ...CSMA_DEFAULTS, minBe };
	const csma = new Csma(bench.radios[0]!, bench.queue, new RandomStream(1, "mac", 0), options);
	let left = frames;
	let sent = 0;
	let lastUs = 0;
	const next = (): void => {
		lastUs = bench.queue.nowUs();
		if (left-- > 0)
			csma.send(
				psdu,
				told((outcome) => {
					if (outcome === "sent") sent++;
					next();
				}),
			);
	};
	next();
	bench.queue.run(frames * 20_000);
	if (sent !== frames) throw new Error(`expected ${frames} frames, sent ${sent}`);
	// The interframe space after the last frame is not waited for.
	return (lastUs + 640) / frames;
}

test("without backoffs, a frame takes exactly what the standard's times add up to", (t) => {
	const frameUs = 4256;
	const lifsUs = 640;
	const ackUs = 192 + 352;
	t.is(periodUs(NO_TIMES, false, 0, 100), frameUs + lifsUs);
	t.is(periodUs(NO_TIMES, true, 0, 100), frameUs + ackUs + lifsUs);
	t.is(periodUs(STANDARD_TIMES, false, 0, 100), 128 + 192 + frameUs + lifsUs);
	t.is(periodUs(STANDARD_TIMES, true, 0, 100), 128 + 192 + frameUs + ackUs + lifsUs);
});

/**
 * Frame of 127 octets: 3 of header and 2 of FCS leave 122, and short addresses with one PAN identifier take
 * 6 more. The frame on the air is equally long, so that one run serves both.
 */
const CASES: readonly (readonly [string, PhyTimes, boolean, number, number])[] = [
	["case 1: no acknowledgement", NO_TIMES, false, 122, 162.2],
	["case 2: with acknowledgement", NO_TIMES, true, 122, 148.8],
	["case 2: with acknowledgement and short addresses", NO_TIMES, true, 116, 141.5],
	["case 3: assessment and turnaround counted, no acknowledgement", STANDARD_TIMES, false, 122, 154.0],
	["case 3: assessment and turnaround counted, with acknowledgement", STANDARD_TIMES, true, 122, 141.9],
];

for (const [name, times, ack, payloadBytes, expectedKbps] of CASES) {
	test(`${name}: ${expectedKbps} kbit/s`, (t) => {
		const frames = 20_000;
		const us = periodUs(times, ack, 3, frames);
		const kbps = (payloadBytes * 8 * 1000) / us;
		// A backoff is one of 0 … 7 units of 320 us, deviation 733 us; published values are rounded to 0.1.
		const tolerance = (4 * 733 * kbps) / us / Math.sqrt(frames) + 0.05;
		t.true(Math.abs(kbps - expectedKbps) < tolerance, `${kbps} kbit/s, tolerance ${tolerance}`);
	});
}

const TRIALS = 3000;
const GAP_US = 500_000;

for (const [contenders, published] of [
	[2, 0.875],
	[5, 0.714],
	[10, 0.491],
	[20, 0.209],
] as const) {
	test(`case 4: of ${contenders} nodes that begin at once, the first shot is unique with ${published}`, (t) => {
		let formula = 0;
		for (let k = 0; k < 8; k++) formula += (contenders / 8) * ((7 - k) / 8) ** (contenders - 1);
		// Published to three digits, .491 for .4905.
		t.true(Math.abs(formula - published) < 0.001, `the formula gives ${formula}`);

		const edges = [];
		for (let a = 0; a <= contenders; a++)
			for (let b = 0; b <= contenders; b++) if (a !== b) edges.push([a, b, -60] as const);
		const bench = new RadioBench(graphOf(contenders + 1, edges));
		const senders = Array.from(
			{ length: contenders },
			(_, id) => new Csma(bench.radios[id]!, bench.queue, new RandomStream(4, "mac", id)),
		);
		const frames = senders.map((_, id) =>
			dataFrame({ bytes: 60, to: LinkAddress.short(contenders + 1), from: LinkAddress.short(id + 1) }),
		);
		let unique = 0;
		let received = 0;
		for (let trial = 0; trial < TRIALS; trial++) {
			bench.seen.length = 0;
			senders.forEach((sender, id) => {
				sender.send(frames[id]!, told());
			});
			bench.queue.run((trial + 1) * GAP_US);
			const onAir = bench.seen.filter(({ what }) => what === "air");
			const firstUs = onAir[0]!.timeUs;
			const first = onAir.filter(({ timeUs }) => timeUs === firstUs);
			if (first.length > 1) continue;
			unique++;
			const sink = bench.seen.find(({ what, node }) => what === "received" && node === contenders);
			if (sink?.from === first[0]!.node) received++;
		}
		// 4 deviations of a binomial share.
		const tolerance = 4 * Math.sqrt((formula * (1 - formula)) / TRIALS);
		t.true(Math.abs(unique / TRIALS - formula) < tolerance, `${unique / TRIALS}, not ${formula}`);
		t.is(received, unique, "a unique shot is received: all others sense it and wait");
	});
}
