import test from "ava";
import type { Store } from "../../firmware/ports.js";
import { StoredCounter } from "../../firmware/stored-counter.js";

class MapStore implements Store {
	readonly blobs = new Map<string, Uint8Array>();
	writes = 0;
	get(name: string): Uint8Array | undefined {
		return this.blobs.get(name);
	}
	set(name: string, value: Uint8Array | undefined): boolean {
		this.writes++;
		if (value === undefined) this.blobs.delete(name);
		else this.blobs.set(name, value.slice());
		return true;
	}
}

test("no value returns after a power cycle, whenever it comes", (t) => {
	const store = new MapStore();
	let last = -1;
	for (let cycle = 0; cycle < 20; cycle++) {
		const counter = new StoredCounter(store, "counter", 4);
		for (let i = 0; i < cycle; i++) {
			const value = counter.next();
			t.true(value > last);
			last = value;
		}
	}
});

test("the store is written once a block, before the first value of it", (t) => {
	const store = new MapStore();
	const counter = new StoredCounter(store, "counter", 8);
	t.is(store.writes, 0);
	const values = Array.from({ length: 17 }, () => counter.next());
	t.deepEqual(
		values,
		Array.from({ length: 17 }, (_, i) => i),
	);
	t.is(store.writes, 3);
	t.deepEqual(store.blobs.get("counter"), Uint8Array.of(0, 0, 0, 24));
});

test("the last value is 2^32 - 2, then there is none", (t) => {
	const store = new MapStore();
	store.set("counter", Uint8Array.of(0xff, 0xff, 0xff, 0xfd));
	const counter = new StoredCounter(store, "counter");
	t.deepEqual([counter.next(), counter.next(), counter.next()], [0xfffffffd, 0xfffffffe, -1]);
	t.is(new StoredCounter(store, "counter").next(), -1);
});

test("a damaged store and a bad block are named", (t) => {
	const store = new MapStore();
	store.set("counter", Uint8Array.of(1));
	t.throws(() => new StoredCounter(store, "counter"), { instanceOf: RangeError, message: /4 octets, got 1/ });
	t.throws(() => new StoredCounter(store, "other", 0), { instanceOf: RangeError, message: /block/ });
});
