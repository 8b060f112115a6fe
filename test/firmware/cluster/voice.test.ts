import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { Voice } from "../../../firmware/cluster/voice.js";
import { CSMA_DEFAULTS } from "../../../firmware/mac/csma.js";
import { LinkLayer } from "../../../firmware/mac/link-layer.js";
import { NeighbourTable } from "../../../firmware/trust/neighbours.js";
import { HandClock } from "../support/hand-clock.js";
import { SeededRandom } from "../support/random.js";
import { Recorder } from "../support/recorder.js";
import { Wire } from "../support/wire.js";

/** Where a payload begins behind a header with two short addresses. */
const PAYLOAD_AT = 9;

function bench() {
	const clock = new HandClock();
	const wire = new Wire(clock);
	const random = new SeededRandom(1);
	const link = new LinkLayer({
		node: 0,
		radio: wire.radio(),
		clock,
		random,
		sink: new Recorder().sink,
		neighbours: new NeighbourTable(4),
		csma: CSMA_DEFAULTS,
		panId: 0xabcd,
		address: LinkAddress.short(1),
		protection: undefined,
		owner: { receiveFrame() {}, noteDelivery() {} },
	});
	let sequence = 0;
	const told: string[] = [];
	const voice = new Voice({
		link,
		clock,
		random,
		nextBroadcast: () => ++sequence,
		onControl: (kind, transmissions) => told.push(`${kind} ${transmissions}`),
		onIdle: () => {},
	});
	const sfds: number[] = [];
	/** Says one octet and the number of the broadcast. */
	const say = (atUs: number, untilUs: number, outcomes: boolean[], octet = 1): void =>
		voice.say(
			"sync",
			atUs,
			untilUs,
			(bytes, offset, number, sfdUs) => {
				sfds.push(sfdUs);
				bytes.set([octet, number], offset);
				return offset + 2;
			},
			(sent) => outcomes.push(sent),
		);
	return { clock, wire, link, voice, told, sfds, say };
}

test("a broadcast begins at its instant, and knows when its delimiter ends", (t) => {
	const { clock, wire, told, sfds, say } = bench();
	const outcomes: boolean[] = [];
	say(10_000, 20_000, outcomes);
	clock.advanceBy(50_000);
	t.deepEqual(outcomes, [true]);
	t.is(wire.frames[0]!.atUs, 10_000);
	// CCA 128, turnaround 192, preamble and delimiter 160.
	t.deepEqual(sfds, [10_480]);
	t.deepEqual(told, ["sync 1"]);
});

test("on a busy channel it is made anew for a later instant under the same number, until its time is over", (t) => {
	const { clock, wire, sfds, say } = bench();
	const outcomes: boolean[] = [];
	wire.isBusy = (assessment) => assessment < 2;
	say(10_000, 40_000, outcomes);
	clock.advanceBy(50_000);
	t.deepEqual(outcomes, [true]);
	t.deepEqual(
		sfds,
		wire.assessedUs.map((atUs) => atUs + 480),
	);
	t.is(wire.frames[0]!.psdu[PAYLOAD_AT + 1], 1);
	wire.isBusy = () => true;
	say(60_000, 80_000, outcomes);
	clock.advanceBy(50_000);
	t.deepEqual(outcomes, [true, false]);
	t.true(wire.assessedUs.at(-1)! <= 80_000);
});

test("two things that are due at once are said one after the other, with numbers in order", (t) => {
	const { clock, wire, say } = bench();
	const outcomes: boolean[] = [];
	say(10_000, 40_000, outcomes, 7);
	say(10_000, 40_000, outcomes, 8);
	clock.advanceBy(50_000);
	t.deepEqual(outcomes, [true, true]);
	t.deepEqual(
		wire.frames.map(({ psdu }) => [...psdu.subarray(PAYLOAD_AT, PAYLOAD_AT + 2)]),
		[
			[7, 1],
			[8, 2],
		],
	);
});

test("what is let be at the last moment takes no number: gaps look like losses", (t) => {
	const { clock, wire, voice, say } = bench();
	const outcomes: boolean[] = [];
	voice.say(
		"sync",
		10_000,
		20_000,
		() => -1,
		(sent) => outcomes.push(sent),
	);
	say(15_000, 20_000, outcomes);
	clock.advanceBy(50_000);
	t.deepEqual(outcomes, [false, true]);
	t.is(wire.frames[0]!.psdu[PAYLOAD_AT + 1], 1);
});

test("while another frame is under way it waits, and what it holds is bounded", (t) => {
	const { clock, wire, link, say } = bench();
	const outcomes: boolean[] = [];
	const at = link.begin(LinkAddress.short(2));
	let isOver = false;
	link.commit(at + 50, {
		noteSent: () => {
			isOver = true;
		},
	});
	say(0, 200_000, outcomes);
	clock.advanceBy(300_000);
	t.true(isOver);
	t.deepEqual(outcomes, [true]);
	t.is(wire.frames.at(-1)!.psdu[PAYLOAD_AT], 1);
	for (let i = 0; i < 40; i++) say(400_000, 900_000, outcomes);
	t.is(outcomes.filter((sent) => !sent).length, 16);
});
