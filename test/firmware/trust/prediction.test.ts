import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { NeighbourTable } from "../../../firmware/trust/neighbours.js";
import {
	completion,
	failureBits,
	frameReception,
	log2,
	lowerBound,
} from "../../../firmware/trust/prediction.js";

const share = fc.double({ min: 0, max: 1, noNaN: true });

test("log2 is below the true logarithm, by less than 1/256", (t) => {
	t.is(log2(1), 0);
	t.is(log2(2), 1);
	t.is(log2(1024), 10);
	fc.assert(
		fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (x) => {
			const error = Math.log2(x) - log2(x);
			t.true(error > -1e-9 && error < 1 / 256 + 1e-9, `${x}: ${error}`);
		}),
	);
});

test("a packet completes when none of its fragments fails all its transmissions", (t) => {
	fc.assert(
		fc.property(
			share,
			fc.integer({ min: 0, max: 32 }),
			fc.integer({ min: 0, max: 7 }),
			(p, fragments, retries) => {
				const expected = (1 - (1 - p) ** (retries + 1)) ** fragments;
				t.true(Math.abs(completion(p, fragments, retries) - expected) < 1e-12);
			},
		),
	);
	// 13 fragments, 3 retries.
	t.is(completion(0.7, 13, 3).toFixed(3), "0.900");
	t.is(completion(0.6, 12, 3).toFixed(3), "0.733");
});

test("surprise: nothing where every packet fails, 7 bits at most, else the likelihood ratio", (t) => {
	t.is(failureBits(0), 0);
	t.is(failureBits(0.5).toFixed(2), "0.58");
	t.is(failureBits(1), failureBits(0.9999));
	t.true(failureBits(1) > 7 && failureBits(1) < 7.01);
	fc.assert(
		fc.property(fc.double({ min: 0, max: 0.996, noNaN: true }), (p) => {
			// A sender who loses half of what the link leaves, against one who loses nothing else.
			const expected = Math.log2((1 - p / 2) / (1 - p));
			t.true(Math.abs(failureBits(p) - expected) <= 1 / 256 + 1e-9);
		}),
	);
});

test("the lower bound of a share: a wide one for few trials, the share itself for many", (t) => {
	t.is(lowerBound(0, 0).toFixed(2), "0.13");
	t.is(lowerBound(4, 0).toFixed(2), "0.65");
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 64 }), (good, bad) => {
			const mean = (good + 1) / (good + bad + 2);
			const expected = mean - 1.28 * Math.sqrt((mean * (1 - mean)) / (good + bad + 3));
			t.is(lowerBound(good, bad), expected);
			t.true(lowerBound(good + 1, bad) > lowerBound(good, bad));
			t.true(Math.max(0, lowerBound(good, bad + 1)) <= Math.max(0, lowerBound(good, bad)));
		}),
	);
	t.true(Math.abs(lowerBound(6e6, 4e6) - 0.6) < 0.001);
});

test("reception of a full frame: what broadcasts and acknowledgements show, whichever is worse", (t) => {
	t.is(frameReception(undefined), 0.5 ** 5);
	const neighbour = new NeighbourTable(1).obtain(LinkAddress.short(1))!;
	t.is(frameReception(neighbour), 0.5 ** 5);
	for (let i = 0; i < 100; i++) neighbour.noteBroadcast(i);
	const heard = frameReception(neighbour);
	t.true(Math.abs(heard - lowerBound(100, 0) ** 5) < 1e-12);
	// Nothing that we send is acknowledged: his frames to us fare no better.
	neighbour.noteTransmissions(4, false);
	t.is(frameReception(neighbour), 0);
	neighbour.noteTransmissions(60, true);
	t.true(frameReception(neighbour) < heard);
});

test("a reception is a share, whatever was observed", (t) => {
	const event = fc.oneof(
		fc.integer({ min: 0, max: 0xffff }),
		fc.tuple(fc.integer({ min: 1, max: 8 }), fc.boolean()),
	);
	fc.assert(
		fc.property(fc.array(event, { maxLength: 300 }), (events) => {
			const neighbour = new NeighbourTable(1).obtain(LinkAddress.short(1))!;
			for (const seen of events) {
				if (typeof seen === "number") neighbour.noteBroadcast(seen);
				else neighbour.noteTransmissions(...seen);
				const reception = frameReception(neighbour);
				t.true(reception >= 0 && reception <= 1);
			}
		}),
	);
});
