import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../../firmware/frames/mac-frame.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import { bothWays, configOf, dataFrame, graphOf, RadioBench } from "../support/radio-bench.js";

const PAIR = graphOf(2, bothWays([[0, 1, -60]]));
/** Frame of 11 octets, 12 symbols of turnaround, acknowledgement of 5 octets. */
const FRAME_US = airtimeUs(11);
const ACKED_US = FRAME_US + 192 + 352;

test("an acknowledgement follows 12 symbols after the frame, with its sequence number", (t) => {
	const bench = new RadioBench(PAIR);
	bench.send(0, 0, dataFrame({ ack: true, seq: 200 }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("air"), ["0 0", `${FRAME_US + 192} 1`]);
	t.deepEqual(bench.times("done"), [`${ACKED_US} 0 acked`]);
	const ack = bench.seen.find(({ what, node }) => what === "air" && node === 1)!.psdu!;
	t.is(ack.length, 5);
	t.true(hasGoodFcs(ack));
	t.deepEqual([...ack.subarray(0, 3)], [0x02, 0x00, 200]);
	// The acknowledgement is for the radio alone.
	t.deepEqual(bench.times("received"), [`${FRAME_US} 0> 1 -60`]);
});

test("without one, the sender gives up exactly 54 symbols after its frame", (t) => {
	const bench = new RadioBench(graphOf(2, [[0, 1, -60]]));
	bench.send(0, 0, dataFrame({ ack: true }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("done"), [`${FRAME_US + 864} 0 no-ack`]);
});

test("an acknowledgement of another number is not ours", (t) => {
	const bench = new RadioBench(PAIR);
	bench.radios[1]!.receive(false);
	bench.send(0, 0, dataFrame({ ack: true, seq: 9 }));
	bench.send(1, FRAME_US + 192, Uint8Array.of(0x02, 0x00, 8, 0, 0));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("done", 0), [`${FRAME_US + 864} 0 no-ack`]);
});

test("a frame of version 2 gets an enhanced acknowledgement, addressed to its sender", (t) => {
	const bench = new RadioBench(PAIR);
	const frame = dataFrame({
		ack: true,
		seq: 77,
		header: (h) => {
			h.version = 2;
		},
	});
	bench.send(0, 0, frame);
	bench.queue.run(10_000);
	const ack = bench.seen.find(({ what, node }) => what === "air" && node === 1)!.psdu!;
	t.true(hasGoodFcs(ack));
	const header = decodeMacHeader(ack, 0, ack.length - 2, new MacHeader()) as MacHeader;
	t.is(header.type, FrameType.ack);
	t.is(header.version, 2);
	t.is(header.seq, 77);
	t.true(header.destination.equals(LinkAddress.short(1)));
	t.is(header.destinationPan, 0xabcd);
	t.deepEqual(bench.times("done"), [`${airtimeUs(frame.length) + 192 + airtimeUs(ack.length)} 0 acked`]);
});

test("a frame of version 2 without a sequence number is acknowledged too", (t) => {
	const bench = new RadioBench(PAIR);
	const frame = dataFrame({
		ack: true,
		header: (h) => {
			h.version = 2;
			h.sequenceSuppressed = true;
		},
	});
	bench.send(0, 0, frame);
	bench.queue.run(10_000);
	t.regex(bench.times("done")[0]!, / acked$/);
});

test("nobody acknowledges a broadcast, a frame for others, or one that did not ask", (t) => {
	for (const psdu of [
		dataFrame({ ack: true, to: LinkAddress.short(0xffff) }),
		dataFrame({ ack: true, to: LinkAddress.short(9) }),
		dataFrame({ ack: false }),
	]) {
		const bench = new RadioBench(PAIR);
		bench.send(0, 0, psdu);
		bench.queue.run(10_000);
		t.deepEqual(bench.times("air"), ["0 0"]);
	}
});

test("a promiscuous radio passes everything with a good FCS, acknowledgements too, and answers nothing", (t) => {
	const bench = new RadioBench(
		graphOf(
			3,
			bothWays([
				[0, 1, -60],
				[0, 2, -60],
				[1, 2, -60],
			]),
		),
	);
	bench.radios[2]!.configure(configOf(2, { promiscuous: true }));
	bench.send(0, 0, dataFrame({ ack: true }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("handled", 2), [`${FRAME_US} 2 160`, `${ACKED_US} 2 ${FRAME_US + 192 + 160}`]);
	t.is(bench.times("air").length, 2);
	bench.radios[1]!.configure(configOf(1, { promiscuous: true }));
	bench.send(0, 20_000, dataFrame({ ack: true }));
	bench.queue.run(30_000);
	t.regex(bench.times("done")[1]!, /no-ack$/);
});

test("a node that acknowledges finds no clear channel, and cannot send over its acknowledgement", (t) => {
	for (const cca of [true, false]) {
		const bench = new RadioBench(PAIR);
		bench.send(0, 0, dataFrame({ ack: true }));
		bench.send(1, FRAME_US + 10, dataFrame({ to: LinkAddress.short(1), from: LinkAddress.short(2) }), cca);
		bench.queue.run(20_000);
		t.deepEqual(bench.times("done", 1), [`${FRAME_US + 10 + (cca ? 128 : 0)} 1 channel-busy`]);
		t.deepEqual(bench.times("done", 0), [`${ACKED_US} 0 acked`]);
		t.is(bench.transceivers.air.powerMw(0), 0);
	}
});

test("a sender that turns around for its own frame does not acknowledge", (t) => {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -95]])));
	bench.send(0, 1000, dataFrame({ ack: true, bytes: 60 }));
	// Its assessment ends within the preamble of a signal that is below its threshold: it sends in spite of it.
	bench.send(1, 1000, dataFrame({ to: LinkAddress.short(1), from: LinkAddress.short(2) }), true);
	bench.queue.run(20_000);
	t.deepEqual(bench.times("air"), ["1000 0", "1320 1"]);
	t.regex(bench.times("done", 0)[0]!, /no-ack$/);
	t.deepEqual(bench.times("lost", 1), [`${1000 + airtimeUs(60)} 0> 1 transmitting`]);
});

test("whoever is in the middle of a frame finds the channel busy, however weak the frame is", (t) => {
	const bench = new RadioBench(graphOf(2, bothWays([[0, 1, -95]])));
	bench.send(0, 0, dataFrame({ ack: true, bytes: 60 }));
	bench.send(1, 1000, dataFrame({ to: LinkAddress.short(1), from: LinkAddress.short(2) }), true);
	bench.queue.run(20_000);
	t.deepEqual(bench.times("done", 1), ["1128 1 channel-busy"]);
	t.regex(bench.times("done", 0)[0]!, / acked$/);
});

test("a receiver that is off turns on for the acknowledgement, and off again", (t) => {
	const bench = new RadioBench(PAIR);
	bench.radios[0]!.receive(false);
	bench.send(0, 0, dataFrame({ ack: true }));
	bench.queue.run(10_000);
	t.deepEqual(bench.times("done"), [`${ACKED_US} 0 acked`]);
	t.is(bench.transceivers.states.mode(0), 0);
	t.is(bench.transceivers.states.onUs(0), ACKED_US - FRAME_US);
});

test("one transmission at a time: a second one is a caller's mistake", (t) => {
	const bench = new RadioBench(PAIR);
	bench.send(0, 0, dataFrame());
	t.throws(() => bench.send(0, 0, dataFrame()), { message: /before the last one was done/ });
});

test("a window of reception opens at its time, and closes", (t) => {
	const bench = new RadioBench(PAIR);
	bench.radios[1]!.receive(false);
	bench.radios[1]!.receiveAt(5000, 3000);
	for (const atUs of [0, 6000, 20_000]) {
		bench.queue.run(atUs);
		bench.send(0, atUs, dataFrame());
	}
	bench.queue.run(30_000);
	t.deepEqual(bench.times("received"), [`${6000 + FRAME_US} 0> 1 -60`]);
	bench.transceivers.states.book(1, 30_000);
	t.is(bench.transceivers.states.onUs(1), 3000);
});

test("windows that overlap last until the last one ends, and never close a receiver that is on for good", (t) => {
	const bench = new RadioBench(PAIR);
	const [, radio] = bench.radios;
	radio!.receive(false);
	radio!.receiveAt(1000, 3000);
	radio!.receiveAt(2000, 6000);
	bench.queue.run(20_000);
	bench.transceivers.states.book(1, 20_000);
	t.is(bench.transceivers.states.onUs(1), 7000);
	radio!.receive(true);
	radio!.receiveAt(21_000, 1000);
	bench.queue.run(30_000);
	bench.transceivers.states.book(1, 30_000);
	t.is(bench.transceivers.states.onUs(1), 7000 + 10_000);
});
