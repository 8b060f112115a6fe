import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { encodeGradientBeacon, GRADIENT_BEACON_BYTES } from "../../../firmware/frames/gradient-beacon.js";
import { Gradient } from "../../../firmware/net/gradient.js";
import { gradientHost } from "../support/gradient-host.js";
import { HandClock } from "../support/hand-clock.js";
import { Recorder } from "../support/recorder.js";

/** Longer than any beacon is delayed. */
const WAVE_US = 500_000;

const SINK = LinkAddress.short(1);

/** One gradient that hears what the test says. Links are perfect: each costs 256. */
function bench(capacity = 16) {
	const clock = new HandClock();
	const recorder = new Recorder();
	/** Epoch and cost of each beacon that was sent. */
	const told: [epoch: number, cost256: number][] = [];
	const say = (beacon: Uint8Array): void =>
		void told.push([beacon[4]! * 256 + beacon[5]!, beacon[7]! * 256 + beacon[8]!]);
	const host = gradientHost(1, false, clock, recorder, say, { capacity });
	const { neighbours } = host;
	const gradient = new Gradient(host, 5_000_000);
	let sequence = 0;
	const hear = (from: number, epoch: number, cost256: number, hops = 1): void => {
		const bytes = new Uint8Array(GRADIENT_BEACON_BYTES);
		neighbours.obtain(LinkAddress.short(from))!.noteReceived(-50, clock.nowUs());
		neighbours.find(LinkAddress.short(from))!.lastBroadcast = -1;
		const end = encodeGradientBeacon({ sequence: sequence++, epoch, hops, cost256, root: SINK }, bytes, 0);
		gradient.receive(bytes, 1, end, LinkAddress.short(from));
	};
	const parent = (): number | undefined => gradient.nextHop(LinkAddress.short(0x7777))?.low;
	return { clock, recorder, told, gradient, hear, parent };
}

test("a beacon says the parent's epoch and the cost over it, once a wave", (t) => {
	const { clock, told, hear, parent } = bench();
	hear(10, 7, 512);
	hear(11, 7, 1024);
	clock.advanceBy(WAVE_US);
	hear(11, 7, 1024);
	clock.advanceBy(WAVE_US);
	t.is(parent(), 10);
	t.deepEqual(told, [[7, 768]]);
	hear(10, 8, 512);
	clock.advanceBy(WAVE_US);
	t.deepEqual(told, [
		[7, 768],
		[8, 768],
	]);
});

test("news of others does not make the parent's word fresher", (t) => {
	const { clock, told, hear } = bench();
	hear(10, 2, 512);
	hear(11, 3, 9000);
	clock.advanceBy(WAVE_US);
	t.deepEqual(told, [[2, 768]]);
});

test("a better way must be better by an eighth", (t) => {
	const { hear, parent } = bench();
	hear(10, 1, 1024);
	hear(11, 1, 1024 - 159);
	t.is(parent(), 10);
	hear(11, 1, 1024 - 160);
	t.is(parent(), 11);
});

test("a parent that missed more than four waves is left for any other", (t) => {
	const { hear, parent, recorder } = bench();
	hear(10, 1, 0);
	for (let epoch = 2; epoch <= 5; epoch++) {
		hear(11, epoch, 50_000);
		t.is(parent(), 10, String(epoch));
	}
	hear(11, 6, 50_000);
	t.is(parent(), 11);
	t.deepEqual(recorder.values("routeChanged", "nextHop"), ["0x000a", "0x000b"]);
});

test("epochs wrap: 0 follows 65,535", (t) => {
	const { clock, hear, told } = bench();
	for (const epoch of [0xfffe, 0xffff, 0, 1]) {
		hear(10, epoch, 512);
		clock.advanceBy(WAVE_US);
	}
	t.deepEqual(
		told.map(([epoch]) => epoch),
		[0xfffe, 0xffff, 0, 1],
	);
});

test("a neighbour that is farther than what we told, in the same epoch, cannot become the parent", (t) => {
	const { clock, hear, parent, gradient } = bench();
	hear(10, 1, 512);
	clock.advanceBy(WAVE_US);
	hear(12, 1, 768);
	hear(10, 1, 60_000);
	t.is(parent(), undefined);
	t.is(gradient.hops, 255);
	hear(12, 2, 768);
	t.is(parent(), 12);
});

test("a way back is learnt from those who are farther from the sink, not from those closer", (t) => {
	const { clock, hear, gradient } = bench();
	hear(10, 1, 512);
	clock.advanceBy(WAVE_US);
	hear(11, 1, 520);
	hear(12, 1, 1024);
	for (const via of [10, 11, 12, 13]) gradient.learn(LinkAddress.short(100 + via), LinkAddress.short(via));
	const ways = [10, 11, 12, 13].map((via) => gradient.nextHop(LinkAddress.short(100 + via))?.low);
	t.deepEqual(ways, [10, 10, 12, 13]);
	gradient.unlearn(LinkAddress.short(112));
	gradient.noteDelivery(LinkAddress.short(13), "mac-retries");
	t.is(gradient.nextHop(LinkAddress.short(112))?.low, 10);
	t.is(gradient.nextHop(LinkAddress.short(113))?.low, 10);
});

test("a beacon that is cut short, or of another type, changes nothing", (t) => {
	const { gradient, parent } = bench();
	const bytes = new Uint8Array(GRADIENT_BEACON_BYTES);
	const end = encodeGradientBeacon({ sequence: 1, epoch: 1, hops: 1, cost256: 256, root: SINK }, bytes, 0);
	for (let cut = 1; cut < end; cut++) gradient.receive(bytes, 1, cut, LinkAddress.short(10));
	bytes[1] = 0x21;
	gradient.receive(bytes, 1, end, LinkAddress.short(10));
	t.is(parent(), undefined);
});

test("candidates take at most half of the neighbour table, the better ones stay", (t) => {
	const { hear, gradient, parent } = bench(8);
	for (let i = 0; i < 8; i++) hear(10 + i, 1, 5000 - i * 300);
	hear(30, 1, 100);
	const kept = Array.from({ length: 30 }, (_, i) => 10 + i).filter((low) =>
		gradient.dependsOn(LinkAddress.short(low)),
	);
	t.true(kept.length <= 4, String(kept));
	t.true(kept.includes(30));
	t.is(parent(), 30);
});
