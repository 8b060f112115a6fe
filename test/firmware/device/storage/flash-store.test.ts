import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../../firmware/address.js";
import type { Flash, FlashBanks } from "../../../../firmware/device/storage/flash.js";
import { FlashStore, WRITE_PERIOD_US } from "../../../../firmware/device/storage/flash-store.js";
import { contentOf, generationOf, seal } from "../../../../firmware/device/storage/seal.js";
import { LinkKeyring } from "../../../../firmware/mac/link-keys.js";
import { LearntBlob } from "../../../../firmware/store-names.js";
import { StoredCounter } from "../../../../firmware/stored-counter.js";
import { hostCipher } from "../../../../host-tools/crypto.js";
import { HandClock } from "../../support/hand-clock.js";

class PowerCut extends Error {}

/** Where the power goes in a write: before it, when the old entry is erased, or after it. */
type CutAt = "before" | "erased" | "after";

/** Flash of two banks in memory that fails, or whose power is cut, as it is told. */
class TestFlash {
	readonly blobs = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()] as const;
	readonly banks: FlashBanks = [this.#bank(0), this.#bank(1)];
	readonly written: string[] = [];
	isFull = false;
	/** The power goes in the write after so many. Once it is gone nothing is written, and nobody is told. */
	cutAfter = Number.POSITIVE_INFINITY;
	cutAt: CutAt = "before";

	/** What is there under a name, in both banks. */
	of(name: string): Uint8Array[] {
		return this.blobs.flatMap((bank) => bank.get(name) ?? []);
	}

	/** All that is there. */
	all(): Uint8Array[] {
		return this.blobs.flatMap((bank) => [...bank.values()]);
	}

	#bank(i: 0 | 1): Flash {
		return {
			read: (name) => this.blobs[i].get(name)?.slice(),
			write: (name, bytes) => this.#change(i, name, () => this.blobs[i].set(name, bytes.slice())),
			remove: (name) => this.#change(i, name, () => this.blobs[i].delete(name)),
		};
	}

	#change(i: 0 | 1, name: string, apply: () => void): void {
		if (this.isFull) throw new Error("no room");
		if (this.cutAfter < 0) return;
		const cuts = this.cutAfter-- <= 0;
		if (cuts && this.cutAt === "erased") this.blobs[i].delete(name);
		if (cuts && this.cutAt !== "after") throw new PowerCut();
		apply();
		this.written.push(name);
		if (cuts) throw new PowerCut();
	}
}

const blob = (...octets: number[]): Uint8Array => Uint8Array.of(...octets);

test("what a counter reserves is on flash when set returns", (t) => {
	const flash = new TestFlash();
	const store = new FlashStore(flash.banks, new HandClock());
	t.true(store.set("frame-counter", blob(0, 0, 4, 0)));
	t.deepEqual(flash.written, ["frame-counter"]);
	t.deepEqual(new FlashStore(flash.banks, new HandClock()).get("frame-counter"), blob(0, 0, 4, 0));
});

test("what was learnt is written once a minute, the latest of it, and reads as set meanwhile", (t) => {
	const flash = new TestFlash();
	const clock = new HandClock();
	const store = new FlashStore(flash.banks, clock);
	for (let i = 0; i < 600; i++) {
		t.true(store.set(LearntBlob.standings, blob(i >> 8, i)));
		t.deepEqual(store.get(LearntBlob.standings), blob(i >> 8, i));
		clock.advanceBy(1_000_000);
	}
	t.is(flash.written.length, 10);
	const newest = flash
		.of(LearntBlob.standings)
		.find((octets) => generationOf(LearntBlob.standings, octets) === 10);
	t.deepEqual(contentOf(newest!), blob(599 >> 8, 599 & 255));
	t.false(store.isWaiting);
});

test("a device that starts over and over does not write what it learns each time", (t) => {
	const flash = new TestFlash();
	for (let i = 0; i < 20; i++) {
		const clock = new HandClock();
		const store = new FlashStore(flash.banks, clock);
		store.set(LearntBlob.services, blob(i));
		clock.advanceBy(WRITE_PERIOD_US - 1);
	}
	t.deepEqual(flash.written, []);
});

test("nothing is written that is there already", (t) => {
	const flash = new TestFlash();
	const clock = new HandClock();
	const store = new FlashStore(flash.banks, clock);
	for (let i = 0; i < 3; i++) {
		store.set("boots", blob(1));
		store.set(LearntBlob.standings, blob(2));
		clock.advanceBy(2 * WRITE_PERIOD_US);
	}
	t.deepEqual(flash.written, ["boots", LearntBlob.standings]);
});

test("flush writes what waits, and says whether it is safe", (t) => {
	const flash = new TestFlash();
	const store = new FlashStore(flash.banks, new HandClock());
	store.set(LearntBlob.arrivals, blob(1));
	store.set(LearntBlob.standings, blob(2));
	t.true(store.isWaiting);
	flash.isFull = true;
	t.false(store.flush());
	flash.isFull = false;
	t.true(store.flush());
	t.deepEqual(flash.written, [LearntBlob.arrivals, LearntBlob.standings]);
	t.false(store.isWaiting);
});

test("full flash throws nothing: set says so, what was learnt is tried again a minute later", (t) => {
	const flash = new TestFlash();
	const clock = new HandClock();
	const store = new FlashStore(flash.banks, clock);
	flash.isFull = true;
	t.false(store.set("boots", blob(1)));
	store.set(LearntBlob.standings, blob(2));
	clock.advanceBy(WRITE_PERIOD_US);
	t.is(store.failures, 2);
	flash.isFull = false;
	clock.advanceBy(WRITE_PERIOD_US - 1);
	t.deepEqual(flash.written, []);
	clock.advanceBy(1);
	t.deepEqual(flash.written, [LearntBlob.standings]);
});

test("a name is taken away, at once or with what was learnt", (t) => {
	const flash = new TestFlash();
	const store = new FlashStore(flash.banks, new HandClock());
	store.set("settings", blob(1));
	store.set(LearntBlob.election, blob(1));
	store.flush();
	store.set("settings", undefined);
	store.set(LearntBlob.election, undefined);
	t.is(store.get("settings"), undefined);
	t.is(store.get(LearntBlob.election), undefined);
	t.is(flash.of(LearntBlob.election).length, 1);
	store.flush();
	t.deepEqual(flash.all(), []);
});

test("a name that NVS does not take is refused by name", (t) => {
	const store = new FlashStore(new TestFlash().banks, new HandClock());
	t.throws(() => store.set("sixteen-letters!", blob(1)), {
		instanceOf: RangeError,
		message: /15 characters/,
	});
	t.throws(() => store.get(""), { instanceOf: RangeError });
});

test("a counter that finds its blob spoiled does not begin at 0", (t) => {
	const flash = new TestFlash();
	new StoredCounter(new FlashStore(flash.banks, new HandClock()), "chain-nonce", 64).next();
	const keys = (): LinkKeyring =>
		new LinkKeyring(hostCipher, new FlashStore(flash.banks, new HandClock()), () => new Uint8Array(16));
	const neighbour = LinkAddress.short(2);
	const ring = keys();
	t.true(ring.accept(ring.find(neighbour)!, 5));
	for (const octets of flash.all()) octets[6]! ^= 1;
	const store = new FlashStore(flash.banks, new HandClock());
	t.throws(() => new StoredCounter(store, "chain-nonce", 64), {
		instanceOf: RangeError,
		message: /chain-nonce/,
	});
	const later = keys();
	t.false(later.accept(later.find(neighbour)!, 1_000_000));
	t.is(store.failures, 1);
	flash.blobs[0].set(LearntBlob.standings, blob(1, 2, 3, 4, 5, 6));
	t.is(store.get(LearntBlob.standings), undefined);
});

test("flash that takes no reservation stops counters rather than letting values return", (t) => {
	const flash = new TestFlash();
	const store = new FlashStore(flash.banks, new HandClock());
	flash.isFull = true;
	const counter = new StoredCounter(store, "frame-counter", 2);
	t.is(counter.next(), -1);
	const ring = new LinkKeyring(hostCipher, store, () => new Uint8Array(16));
	const key = ring.find(LinkAddress.short(2))!;
	t.false(ring.accept(key, 0));
	flash.isFull = false;
	t.deepEqual([counter.next(), counter.next()], [0, 1]);
	t.true(ring.accept(key, 0));
	t.false(ring.accept(key, 0));
});

test("a blob is its name's alone, and every changed octet is found", (t) => {
	fc.assert(
		fc.property(
			fc.uint8Array({ maxLength: 64 }),
			fc.nat({ max: 0xffffffff }),
			fc.nat(),
			fc.integer({ min: 1, max: 255 }),
			(content, generation, at, flip) => {
				const sealed = seal("boots", generation, content);
				t.is(generationOf("boots", sealed), generation);
				t.deepEqual(contentOf(sealed), content);
				t.is(generationOf("boot", sealed), -1);
				t.is(generationOf("boots", sealed.subarray(0, at % sealed.length)), -1);
				sealed[at % sealed.length]! ^= flip;
				t.is(generationOf("boots", sealed), -1);
			},
		),
	);
});

test("the newest blob is never written over, and the other bank gives way to it", (t) => {
	const flash = new TestFlash();
	const store = new FlashStore(flash.banks, new HandClock());
	for (let i = 1; i <= 5; i++) {
		store.set("boots", blob(i));
		const generations = flash.of("boots").map((octets) => generationOf("boots", octets));
		t.deepEqual(generations.sort(), i === 1 ? [1] : [i - 1, i]);
		t.deepEqual(new FlashStore(flash.banks, new HandClock()).get("boots"), blob(i));
	}
});

test("a promise of which one bank is spoiled is none, until it is given anew; what was learnt is as it was before", (t) => {
	for (const spoiled of [[0], [1], [0, 1]] as const) {
		const flash = new TestFlash();
		const store = new FlashStore(flash.banks, new HandClock());
		for (const octet of [1, 2]) {
			store.set("settings", blob(octet));
			store.set(LearntBlob.services, blob(octet));
			store.flush();
		}
		for (const bank of spoiled) for (const octets of flash.blobs[bank].values()) octets[5]! ^= 1;
		t.deepEqual(store.get("settings"), new Uint8Array(0));
		const left = [blob(1), blob(2)].filter((_, bank) => !(spoiled as readonly number[]).includes(bank));
		t.deepEqual(store.get(LearntBlob.services), left[0]);
		// Also where the whole bank holds just that.
		const anew = left[0] ?? blob(3);
		t.true(store.set("settings", anew));
		t.deepEqual(store.get("settings"), anew);
	}
});

type Step =
	| { readonly kind: "count" }
	| { readonly kind: "accept"; readonly ahead: number }
	| { readonly kind: "learn"; readonly octet: number }
	| { readonly kind: "wait"; readonly us: number }
	| { readonly kind: "flush" };

const steps = fc.array(
	fc.oneof(
		fc.constant<Step>({ kind: "count" }),
		fc.record({ kind: fc.constant("accept" as const), ahead: fc.nat({ max: 100 }) }),
		fc.record({ kind: fc.constant("learn" as const), octet: fc.nat({ max: 255 }) }),
		fc.record({ kind: fc.constant("wait" as const), us: fc.nat({ max: 90_000_000 }) }),
		fc.constant<Step>({ kind: "flush" }),
	),
	{ maxLength: 40 },
);

test("power cuts at any moment: no value returns, no nonce is accepted twice, what was learnt is whole", (t) => {
	const cutAt = fc.constantFrom<CutAt>("before", "erased", "after");
	const lives = fc.array(fc.tuple(steps, fc.nat({ max: 8 }), cutAt), { minLength: 1, maxLength: 6 });
	fc.assert(
		fc.property(lives, (runs) => {
			const flash = new TestFlash();
			const given = new Set<number>();
			const accepted = new Set<number>();
			// What may be found: what was kept last, and what was learnt since.
			let learnt = new Set<number | undefined>([undefined]);
			let latest = 0;
			for (const [run, cutAfter, where] of runs) {
				flash.cutAfter = cutAfter;
				flash.cutAt = where;
				const clock = new HandClock();
				const store = new FlashStore(flash.banks, clock);
				const found = store.get(LearntBlob.standings);
				t.true(learnt.has(found?.[0]));
				try {
					const counter = new StoredCounter(store, "chain-nonce", 4);
					const ring = new LinkKeyring(hostCipher, store, () => new Uint8Array(16));
					const key = ring.find(LinkAddress.short(2))!;
					for (const step of run) {
						if (flash.cutAfter < 0) break;
						if (step.kind === "count") {
							const value = counter.next();
							if (flash.cutAfter < 0) break;
							t.false(given.has(value));
							given.add(value);
						} else if (step.kind === "accept") {
							const nonce = latest + step.ahead;
							const isTaken = ring.accept(key, nonce);
							if (flash.cutAfter < 0) break;
							t.false(isTaken && accepted.has(nonce));
							if (isTaken) accepted.add(nonce);
							latest = Math.max(0, nonce - 50);
						} else if (step.kind === "learn") {
							learnt.add(step.octet);
							store.set(LearntBlob.standings, blob(step.octet));
						} else if (step.kind === "wait") clock.advanceBy(step.us);
						else {
							store.flush();
							const kept = store.get(LearntBlob.standings)?.[0];
							if (flash.cutAfter >= 0) learnt = new Set([kept]);
						}
					}
				} catch (error) {
					t.true(error instanceof PowerCut);
				}
			}
		}),
		{ numRuns: 300 },
	);
});
