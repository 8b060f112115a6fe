import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { decodeMacHeader, type MacHeader } from "../../../firmware/frames/mac-frame.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { Transmitter } from "../../../sim/attacks/transmitter.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { bothWays, dataFrame, graphOf, PAN, RadioBench } from "../support/radio-bench.js";

function bench(control = false) {
	const air = new RadioBench(graphOf(2, bothWays([[0, 1, -60]])));
	const ours = new Set<Uint8Array>();
	const transmitter = new Transmitter({
		radio: air.radios[0]!,
		clock: air.queue,
		random: new RandomStream(1, "test", 0),
		panId: PAN,
		finish: (psdu) => psdu,
		control,
		ours,
	});
	return { air, transmitter, ours };
}

test("polite frames wait for a clear channel and are not tried again; more than the queue holds is dropped", (t) => {
	const { air, transmitter, ours } = bench();
	air.send(1, 0, dataFrame({ bytes: 127, to: LinkAddress.short(9) }));
	air.queue.run(500);
	const outcomes: string[] = [];
	const frame = dataFrame({ bytes: 30, ack: true, to: LinkAddress.short(77) });
	for (let i = 0; i < 40; i++) transmitter.send(frame.slice(), { done: (outcome) => outcomes.push(outcome) });
	t.is(transmitter.dropped, 40 - 33, "one under way, 32 that wait");
	t.is(transmitter.waiting, 33);
	air.queue.run(2_000_000);
	t.true(air.times("air", 0).every((line) => Number.parseInt(line, 10) > airtimeUs(127)));
	t.is(outcomes.length, 33);
	t.true(outcomes.every((outcome) => outcome === "no-ack" || outcome === "channel-busy"));
	t.is(air.times("air", 0).length, outcomes.filter((outcome) => outcome === "no-ack").length);
	t.is(transmitter.waiting, 0);
	t.is(ours.size, 0, "nothing is under way any more");
});

test("an urgent frame goes first, one short space after the acknowledgement of what was heard", (t) => {
	const { air, transmitter } = bench();
	air.queue.at(10_000, () => {
		transmitter.noteHeard(true);
		transmitter.send(dataFrame({ bytes: 40 }), {});
		transmitter.send(dataFrame({ bytes: 50 }), {});
		transmitter.send(dataFrame({ bytes: 20 }), { urgent: true });
	});
	air.queue.run(60_000);
	const sent = air.seen.filter(({ what }) => what === "air");
	// The first polite one was under way already; the urgent one went before the second.
	t.deepEqual(
		sent.map(({ psdu }) => psdu!.length),
		[40, 20, 50],
	);
	const alone = bench();
	alone.air.queue.at(10_000, () => {
		alone.transmitter.noteHeard(true);
		alone.transmitter.send(dataFrame(), { urgent: true });
	});
	alone.air.queue.at(30_000, () => {
		alone.transmitter.noteHeard(false);
		alone.transmitter.send(dataFrame(), { urgent: true });
	});
	alone.air.queue.run(60_000);
	// Turnaround and acknowledgement, then the space; nothing to wait for where none follows.
	t.deepEqual(
		alone.air.seen.filter(({ what }) => what === "air").map(({ timeUs }) => timeUs),
		[10_000 + 192 + airtimeUs(5) + 192, 30_000 + 192],
	);
});

test("a burst lasts until its time and is nobody's frame", (t) => {
	const { air, transmitter } = bench();
	let isDone = false;
	air.queue.at(1000, () => transmitter.jam(4000, () => void (isDone = true)));
	air.queue.run(10_000);
	const [burst] = air.seen.filter(({ what }) => what === "air");
	t.is(burst!.timeUs, 1192);
	const endUs = burst!.timeUs + airtimeUs(burst!.psdu!.length);
	t.true(endUs <= 4000 && endUs > 3960, `${endUs}`);
	t.true(isDone);
	t.deepEqual(air.times("handled"), []);
	// Too late for even the shortest one.
	let isOver = false;
	transmitter.jam(air.queue.nowUs() + 500, () => void (isOver = true));
	air.queue.run(20_000);
	t.true(isOver);
	t.is(air.times("air").length, 1);
});

test("the control sends the same frames at the same times to a foreign PAN, and acknowledges nothing", (t) => {
	const lines: string[][] = [];
	for (const control of [false, true]) {
		const { air, transmitter } = bench(control);
		const data = dataFrame({ bytes: 60 });
		const ack = Uint8Array.of(2, 0, 7, 0, 0);
		const before = data.slice();
		air.queue.at(100, () => {
			transmitter.send(data, {});
			transmitter.send(ack, { atUs: 20_000 });
		});
		air.queue.run(50_000);
		t.deepEqual(data, before, "what was handed over stays as it is");
		const sent = air.seen.filter(({ what }) => what === "air");
		lines.push(sent.map(({ timeUs, psdu }) => `${timeUs} ${psdu!.length}`));
		t.is(air.times("handled").length, control ? 0 : 1);
		if (!control) continue;
		const header = decodeMacHeader(sent[0]!.psdu!, 0, 58) as MacHeader;
		t.is(header.destinationPan, PAN ^ 1);
		t.true(sent.every(({ psdu }) => hasGoodFcs(psdu!)));
		t.is(sent[1]!.psdu![0]! & 7, 4, "a reserved type");
	}
	t.deepEqual(lines[0], lines[1]);
});
