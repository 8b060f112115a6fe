import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { ONE, PRIOR } from "../../../firmware/trust/parameters.js";
import { type FragmentStandings, ServiceTrust } from "../../../firmware/trust/service.js";
import {
	BITS_OF_SCORE,
	LEAST_LOSS,
	LEAVE_SCORE,
	READMIT_SCORE,
	UNPROVEN_FLOOR,
	WORST_COMPLETION,
} from "../../../firmware/trust/service-parameters.js";
import { SERVICE_BYTES } from "../../../firmware/trust/service-table.js";
import { HandClock } from "../support/hand-clock.js";
import { Recorder } from "../support/recorder.js";
import { CountingStore } from "./support/guarded-receiver.js";

const HEAD = LinkAddress.short(7);
const HOUR_US = 3_600_000_000;

function bench(fragments: FragmentStandings = {}, store = new CountingStore(), capacity = 64) {
	const clock = new HandClock();
	const recorder = new Recorder();
	const trust = new ServiceTrust({ node: 1, clock, store, sink: recorder.sink, fragments, capacity });
	return {
		clock,
		recorder,
		store,
		trust,
		score: (head = HEAD) => trust.table.at(trust.table.find(head, clock.nowUs())).score / ONE,
		admits: (head = HEAD) => trust.admits(head, clock.nowUs()),
		arrived: (count: number, head = HEAD) => {
			for (let i = 0; i < count; i++) trust.noteArrived(head, clock.nowUs());
		},
		missing: (count: number, { completion = 0.95, isProven = true, head = HEAD } = {}) => {
			for (let i = 0; i < count; i++) trust.noteMissing(head, completion, isProven, clock.nowUs());
		},
	};
}

/** The rules in double precision, of one head beside nobody. */
class Reference {
	score = 0.5;
	#dismissals = 0;
	#isAdmitted = true;
	#receipts = 0;
	/** Readings of the last 64 or so that arrived, and that did not. */
	#arrived = 0;
	#missing = 0;

	missing(completion: number, isProven: boolean): void {
		const expected = Math.max(WORST_COMPLETION, Math.min(completion, 1 - LEAST_LOSS, 31 / 32));
		const odds = 1 / (1 - expected);
		const bits = this.#arrived === 0 ? Math.log2(odds) : Math.log2(odds + 1) - 1;
		const lowered = this.score * (1 - bits / BITS_OF_SCORE);
		this.score = isProven ? lowered : Math.max(Math.min(this.score, 0.35), lowered);
		this.#missing++;
		this.#count();
		this.#review(isProven);
	}

	arrived(): void {
		this.score += (1 - this.score) / 32;
		this.#arrived++;
		this.#count();
		this.#review(true);
	}

	#count(): void {
		this.#receipts++;
		if (this.#arrived + this.#missing <= 64) return;
		this.#arrived >>= 1;
		this.#missing >>= 1;
	}

	get isAdmitted(): boolean {
		this.#review(true);
		return this.#isAdmitted;
	}

	pass(hours: number): void {
		const halfLifeH = this.score < 0.5 ? 2 * 2 ** Math.max(0, this.#dismissals - 1) : 1;
		this.score = 0.5 + (this.score - 0.5) * 2 ** (-hours / halfLifeH);
	}

	#review(isProven: boolean): void {
		if (this.#isAdmitted && this.score < 0.4 && this.#receipts >= 3) {
			this.#isAdmitted = false;
			if (this.#dismissals < (isProven ? 7 : 3)) this.#dismissals++;
		} else if (!this.#isAdmitted && this.score >= 0.45) this.#isAdmitted = true;
	}
}

test("fixed point follows the rules in double precision", (t) => {
	const step = fc.oneof(
		{ weight: 6, arbitrary: fc.record({ op: fc.constant("arrived" as const) }) },
		{
			weight: 5,
			arbitrary: fc.record({
				op: fc.constant("missing" as const),
				completion: fc.integer({ min: 0, max: 255 }),
				isProven: fc.boolean(),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({ op: fc.constant("pass" as const), hours: fc.integer({ min: 1, max: 20 }) }),
		},
	);
	fc.assert(
		fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
			const { trust, clock, score, admits, arrived, missing } = bench();
			const reference = new Reference();
			admits();
			for (const each of steps) {
				if (each.op === "arrived") {
					arrived(1);
					reference.arrived();
				} else if (each.op === "missing") {
					missing(1, { completion: each.completion / 255, isProven: each.isProven });
					reference.missing(each.completion / 255, each.isProven);
				} else {
					clock.advanceBy(each.hours * HOUR_US);
					reference.pass(each.hours);
				}
				// Each success rounds up by at most one unit, each sixteenth of a half-life lets less than one pass.
				const error = Math.abs(score() - reference.score);
				if (error > 0.004) throw new Error(`${each.op}: ${score()}, not ${reference.score}`);
				const isNear = [0.4, 0.45].some((mark) => Math.abs(reference.score - mark) < 0.005);
				if (isNear) return;
				if (admits() !== reference.isAdmitted) throw new Error(`admits ${admits()} at ${score()}`);
			}
			if (trust.table.count !== 1) throw new Error("one head");
		}),
		{ seed: 1, numRuns: 300 },
	);
	t.pass();
});

test("somebody new may lead at 0.5, no longer below 0.4, and again from 0.45 on", (t) => {
	const { trust, clock, recorder, score, admits, arrived, missing } = bench();
	t.true(admits());
	missing(2, { completion: 0.9 });
	t.true(score() * ONE < PRIOR && score() * ONE >= LEAVE_SCORE);
	t.true(admits());
	missing(1, { completion: 0.9 });
	t.true(score() * ONE < LEAVE_SCORE);
	t.false(admits());
	t.deepEqual(
		recorder
			.of("serviceChanged")
			.map(({ neighbour, admitted }) => [neighbour, admitted])
			.pop(),
		["0x0007", 0],
	);
	// Somebody else's readings may still come through it: what they tell counts.
	arrived(2);
	t.true(score() * ONE > LEAVE_SCORE && score() * ONE < READMIT_SCORE);
	t.false(admits());
	arrived(3);
	t.true(score() * ONE >= READMIT_SCORE);
	t.true(admits());
	t.is(trust.table.at(0).dismissals, 1);
	t.is(clock.nowUs(), 0);
});

test("fewer than three receipts dismiss nobody, and prove nobody", (t) => {
	const { trust, admits, arrived, missing } = bench();
	admits();
	missing(2, { completion: 1 });
	t.true(admits());
	missing(1, { completion: 1 });
	t.false(admits());
	const other = LinkAddress.short(8);
	arrived(7, other);
	t.false(trust.isProven(other, 0));
	arrived(1, other);
	t.true(trust.isProven(other, 0));
});

test("each dismissal lasts twice as long as the one before", (t) => {
	const { clock, admits, missing } = bench();
	const lengths: number[] = [];
	admits();
	for (let k = 0; k < 4; k++) {
		while (admits()) missing(8);
		const from = clock.nowUs();
		while (!admits()) clock.advanceBy(HOUR_US / 12);
		lengths.push((clock.nowUs() - from) / HOUR_US);
	}
	t.true(lengths[0]! > 3 && lengths[0]! < 6, `${lengths}`);
	for (let k = 1; k < 4; k++) {
		const ratio = lengths[k]! / lengths[k - 1]!;
		t.true(ratio > 1.7 && ratio < 2.6, `${lengths}`);
	}
});

test("without a key a wave of denials dismisses for some hours at most, however many there are", (t) => {
	const { trust, clock, score, admits, missing } = bench();
	admits();
	missing(500, { isProven: false });
	t.true(score() * ONE >= UNPROVEN_FLOOR);
	t.false(admits());
	clock.advanceBy(3 * HOUR_US);
	t.false(admits());
	clock.advanceBy(0.4 * HOUR_US);
	t.true(admits());
	for (let k = 0; k < 8; k++) {
		missing(500, { isProven: false });
		while (!admits()) clock.advanceBy(HOUR_US);
	}
	t.is(trust.table.at(0).dismissals, 3);
	// Under a key nothing holds it up.
	missing(500);
	t.true(score() < 0.01);
});

test("a head that has proved itself outlasts a forged phase of six denials", (t) => {
	const { trust, admits, arrived, missing } = bench();
	admits();
	arrived(40);
	t.true(trust.isProven(HEAD, 0));
	missing(6, { isProven: false, completion: 1 });
	t.true(admits());
});

test("who claims a bad way gets no better excuse than one half", (t) => {
	const claims = [0, 0.2, 0.5].map((completion) => {
		const { score, missing } = bench();
		missing(20, { completion });
		return score();
	});
	t.is(claims[0], claims[2]);
	t.is(claims[1], claims[2]);
	t.true(claims[2]! < 0.4);
});

test("no more is expected of a head than the others achieve, those that were dismissed left out", (t) => {
	const alone = bench();
	alone.missing(1, { completion: 1 });
	const { score, admits, arrived, missing } = bench();
	const [drops, loses] = [8, 9].map((low) => LinkAddress.short(low));
	for (const head of [drops, loses]) admits(head);
	missing(60, { completion: 1, head: drops! });
	t.false(admits(drops));
	missing(1, { completion: 1, head: HEAD });
	t.is(score(HEAD), alone.score());
	for (let i = 0; i < 20; i++) {
		arrived(2, loses);
		missing(1, { completion: 1, head: loses! });
	}
	t.true(admits(loses));
	const mild = LinkAddress.short(11);
	missing(1, { completion: 1, head: mild });
	t.true(score(mild) > alone.score());
});

test("whom the fragment score bars never leads; the lesser of the scores counts", (t) => {
	let isBarred = false;
	let fragment = 0.7 * ONE;
	const { trust, recorder, admits, arrived } = bench({ isBarred: () => isBarred, scoreOf: () => fragment });
	t.true(admits());
	isBarred = true;
	t.false(admits());
	isBarred = false;
	t.true(admits());
	arrived(40);
	t.true(trust.isProven(HEAD, 0));
	fragment = 0.42 * ONE;
	t.false(trust.isProven(HEAD, 0));
	t.true(admits());
	fragment = 0.39 * ONE;
	t.false(admits());
	fragment = 0.44 * ONE;
	t.false(admits());
	fragment = 0.46 * ONE;
	t.true(admits());
	// The fragment score forgives by itself: it is no dismissal that would double anything.
	t.is(trust.table.at(0).dismissals, 0);
	t.deepEqual(recorder.values("serviceChanged", "admitted").slice(-2), [0, 1]);
	// Somebody new has to begin at 0.5.
	fragment = 0.46 * ONE;
	t.false(admits(LinkAddress.short(8)));
});

test("implausible claims cost a good name, and never dismiss", (t) => {
	const { trust, score, admits, arrived } = bench();
	admits();
	arrived(60);
	const before = score();
	trust.noteImplausibleCharge(HEAD, 1, 0);
	t.true(before - score() < 0.005);
	trust.noteImplausibleCharge(HEAD, 255, 0);
	t.true(before - score() > 0.02);
	for (let i = 0; i < 1000; i++) trust.noteImplausibleCharge(HEAD, 255, 0);
	t.is(score() * ONE, PRIOR);
	t.true(admits());
	t.false(trust.isProven(HEAD, 0));
});

test("what it knows survives a power cycle, written at most once a minute", (t) => {
	const first = bench();
	first.admits();
	first.missing(20);
	first.arrived(30, LinkAddress.extended(0x02000000, 9));
	t.deepEqual(first.store.writes, []);
	first.clock.advanceBy(60_000_000);
	first.missing(1);
	first.missing(1);
	t.deepEqual(first.store.writes, ["service"]);
	const second = bench({}, first.store);
	t.false(second.admits());
	t.true(second.trust.isProven(LinkAddress.extended(0x02000000, 9), 0));
	t.is(second.trust.table.at(0).dismissals, 1);
	const spoiled = new CountingStore();
	const blob = first.store.blobs.get("service")!.slice(0, -1);
	blob[0] = 9;
	spoiled.set("service", blob);
	t.is(bench({}, spoiled).trust.table.count, 0);
});

test("bounded: newcomers displace nobody who was judged, and nobody who was dismissed", (t) => {
	const { trust, clock, admits, arrived, missing } = bench({}, new CountingStore(), 4);
	const [bad, good] = [LinkAddress.short(1), LinkAddress.short(2)];
	admits(bad);
	missing(20, { head: bad });
	arrived(10, good);
	for (let i = 0; i < 100; i++) admits(LinkAddress.short(100 + i));
	for (let i = 0; i < 100; i++) trust.noteImplausibleCharge(LinkAddress.short(300 + i), 9, clock.nowUs());
	t.is(trust.table.count, 4);
	t.false(admits(bad));
	t.true(trust.isProven(good, 0));
	clock.advanceBy(1.5 * HOUR_US);
	for (let i = 0; i < 9; i++) missing(1, { head: LinkAddress.short(200 + i) });
	t.false(trust.isProven(good, clock.nowUs()));
	t.false(admits(bad));
	t.is(SERVICE_BYTES, 24);
});

test("a sink is nobody's to judge", (t) => {
	const clock = new HandClock();
	const trust = new ServiceTrust({
		node: 1,
		clock,
		store: new CountingStore(),
		sink: new Recorder().sink,
		fragments: { isBarred: () => true },
		sinkAddress: HEAD,
	});
	t.true(trust.admits(HEAD, 0));
	t.false(trust.admits(LinkAddress.short(8), 0));
});

test("one lost reading does not shut out a head that found no place when it was asked about", (t) => {
	const { trust, clock, admits, missing } = bench({}, new CountingStore(), 2);
	// Two names, of whoever it may be, take both places.
	t.true(admits(LinkAddress.short(100)));
	t.true(admits(LinkAddress.short(101)));
	t.true(admits());
	missing(1);
	t.true(trust.table.find(HEAD, clock.nowUs()) >= 0);
	t.true(admits());
	missing(10);
	t.false(admits());
});

test("whose fragment score time has forgiven may lead, though it was bad when he was first heard", (t) => {
	let fragments = 0.3 * ONE;
	const { admits } = bench({ scoreOf: () => fragments });
	t.false(admits());
	// Forgiving ends a few steps of fixed point below one half.
	fragments = PRIOR - 15;
	t.true(admits());
});
