import test from "ava";
import fc from "fast-check";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { CSMA_DEFAULTS, Csma, type CsmaOptions } from "../../../firmware/mac/csma.js";
import { HandClock } from "../support/hand-clock.js";
import { GreatestRandom, SeededRandom } from "../support/random.js";
import { told } from "../support/told.js";
import { Wire } from "../support/wire.js";

const UNIT_US = 320;

/** A frame of `length` octets from 0x0001 to 0x0002 with a good FCS. */
function frame(length: number, ackRequest = true): Uint8Array {
	const psdu = new Uint8Array(length);
	psdu.set([ackRequest ? 0x61 : 0x41, 0x98, 1, 0xcd, 0xab, 2, 0, 1, 0]);
	putFcs(psdu, length);
	return psdu;
}

/** A sender, a receiver that acknowledges, and what became of the sender's frames. */
function bench(options: CsmaOptions = CSMA_DEFAULTS, random = new GreatestRandom()) {
	const clock = new HandClock();
	const wire = new Wire(clock);
	const radio = wire.radio();
	const peer = wire.radio();
	peer.configure({
		channel: 26,
		panId: 0xabcd,
		shortAddress: 2,
		extendedHigh: 0,
		extendedLow: 0,
		txPowerDbm: 0,
		promiscuous: false,
		panCoordinator: false,
	});
	peer.receive(true);
	const csma = new Csma(radio, clock, random, options);
	const outcomes: (readonly [string, number])[] = [];
	const send = (psdu: Uint8Array, wait = true): void => {
		csma.send(
			psdu,
			told((outcome, transmissions) => outcomes.push([outcome, transmissions])),
		);
		if (wait) clock.advanceBy(1_000_000);
	};
	return { clock, wire, csma, random, outcomes, send };
}

test("a frame that is acknowledged was on the air once, after a backoff of 0 to 7 units", (t) => {
	const { wire, random, outcomes, send, csma } = bench();
	send(frame(60));
	t.deepEqual(outcomes, [["sent", 1]]);
	t.deepEqual(random.bounds, [8]);
	t.deepEqual(wire.assessedUs, [7 * UNIT_US]);
	t.false(csma.busy);
});

test("a busy channel widens the backoff from 8 to 16 to 32 units and no further, five assessments in all", (t) => {
	const { wire, random, outcomes, send } = bench();
	wire.isBusy = () => true;
	send(frame(60));
	t.deepEqual(outcomes, [["mac-channel-busy", 0]]);
	t.deepEqual(random.bounds, [8, 16, 32, 32, 32]);
	// Each backoff begins when the assessment before it, 128 µs long, is over.
	let atUs = 0;
	const expected = random.bounds.map((bound, i) => (atUs += (bound - 1) * UNIT_US + (i === 0 ? 0 : 128)));
	t.deepEqual(wire.assessedUs, expected);
	t.is(wire.frames.length, 0);
});

test("the fourth busy assessment is survived", (t) => {
	const { wire, outcomes, send } = bench();
	wire.isBusy = (assessment) => assessment < 4;
	send(frame(60));
	t.deepEqual(outcomes, [["sent", 1]]);
	t.is(wire.assessedUs.length, 5);
});

test("without an acknowledgement a frame is on the air four times, the same octets each time", (t) => {
	const { wire, random, outcomes, send } = bench();
	wire.isAckLost = () => true;
	const psdu = frame(60);
	send(psdu);
	t.deepEqual(outcomes, [["mac-retries", 4]]);
	t.deepEqual(
		wire.frames.map((sent) => sent.psdu),
		new Array(4).fill(psdu),
	);
	t.deepEqual(random.bounds, [8, 8, 8, 8]);
});

test("the third retry still counts", (t) => {
	const { wire, outcomes, send } = bench();
	wire.isLost = (index) => index < 3;
	send(frame(60));
	t.deepEqual(outcomes, [["sent", 4]]);
});

test("each retry begins with a fresh exponent and a fresh count of busy assessments", (t) => {
	const { wire, random, outcomes, send } = bench();
	// Four busy assessments before each of four transmissions: sixteen in all, none the fifth in a row.
	wire.isBusy = (assessment) => assessment % 5 < 4;
	wire.isAckLost = (index) => index < 3;
	send(frame(60));
	t.deepEqual(outcomes, [["sent", 4]]);
	t.deepEqual(random.bounds, Array.from({ length: 4 }, () => [8, 16, 32, 32, 32]).flat());
});

test("a channel that stays busy during a retry ends the frame with the transmissions that there were", (t) => {
	const { wire, outcomes, send } = bench();
	wire.isAckLost = () => true;
	wire.isBusy = (assessment) => assessment > 0;
	send(frame(60));
	t.deepEqual(outcomes, [["mac-channel-busy", 1]]);
});

test("the next frame keeps a short space after up to 18 octets and a long one after more", (t) => {
	const spaces: [length: number, ackRequest: boolean, spaceUs: number][] = [
		[18, true, 192],
		[19, true, 640],
		[127, true, 640],
		[18, false, 192],
		[19, false, 640],
	];
	for (const [length, ackRequest, spaceUs] of spaces) {
		const { wire, outcomes, csma, clock } = bench({ ...CSMA_DEFAULTS, minBe: 0 });
		const psdu = frame(length, ackRequest);
		let endUs = 0;
		csma.send(
			psdu,
			told((outcome) => {
				endUs = clock.nowUs();
				t.is(outcome, "sent");
				csma.send(
					frame(30),
					told((second, transmissions) => outcomes.push([second, transmissions])),
				);
			}),
		);
		clock.advanceBy(1_000_000);
		t.deepEqual(outcomes, [["sent", 1]]);
		// CCA 128, turnaround 192, 6 + n octets; an acknowledgement adds turnaround and 11 octets.
		t.is(endUs, 320 + (6 + length) * 32 + (ackRequest ? 192 + 11 * 32 : 0));
		t.is(wire.assessedUs[1], endUs + spaceUs, `after ${length} octets`);
	}
});

test("the space is over for a frame that comes later", (t) => {
	const { wire, clock, send } = bench({ ...CSMA_DEFAULTS, minBe: 0 });
	send(frame(60));
	const nowUs = clock.nowUs();
	send(frame(60));
	t.is(wire.assessedUs[1], nowUs);
});

test("a second frame before the first is done is the caller's mistake", (t) => {
	const { csma, send, outcomes, clock } = bench();
	send(frame(60), false);
	t.true(csma.busy);
	t.throws(() => csma.send(frame(60), told()), { message: /under way/ });
	clock.advanceBy(1_000_000);
	t.deepEqual(outcomes, [["sent", 1]]);
});

test("whatever the channel does, a frame ends once, within the limits of its options", (t) => {
	const cases = fc.record({
		minBe: fc.integer({ min: 0, max: 5 }),
		maxBe: fc.integer({ min: 5, max: 8 }),
		maxBackoffs: fc.integer({ min: 0, max: 5 }),
		maxRetries: fc.integer({ min: 0, max: 7 }),
		seed: fc.nat(),
	});
	fc.assert(
		fc.property(cases, ({ seed, ...options }) => {
			const chance = new SeededRandom(seed);
			const { wire, outcomes, clock, csma } = bench(options);
			wire.isBusy = () => chance.below(2) === 0;
			wire.isAckLost = () => chance.below(2) === 0;
			csma.send(
				frame(40),
				told((outcome, transmissions) => outcomes.push([outcome, transmissions])),
			);
			clock.advanceBy(10_000_000);
			t.is(outcomes.length, 1);
			const [outcome, transmissions] = outcomes[0]!;
			t.is(wire.frames.length, transmissions);
			t.true(transmissions <= options.maxRetries + 1);
			t.true(wire.assessedUs.length - transmissions <= (options.maxRetries + 1) * (options.maxBackoffs + 1));
			t.is(outcome === "sent", wire.frames.at(-1)?.acknowledged === true);
			if (outcome === "mac-retries") t.is(transmissions, options.maxRetries + 1);
			t.is(clock.pending, 0);
		}),
		{ numRuns: 200 },
	);
});
