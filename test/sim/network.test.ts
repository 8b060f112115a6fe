import test from "ava";
import { LinkAddress } from "../../firmware/address.js";
import { SyntheticSensor } from "../../firmware/app/synthetic-sensor.js";
import { addressOf } from "../../firmware/mote/addresses.js";
import { EventQueue } from "../../sim/kernel/queue.js";
import { RandomStream } from "../../sim/kernel/random.js";
import { MemoryStore } from "../../sim/network.js";

test("a store keeps copies, in both directions", (t) => {
	const store = new MemoryStore();
	const value = Uint8Array.of(1, 2, 3);
	t.is(store.get("nonce"), undefined);
	store.set("nonce", value);
	value[0] = 9;
	const got = store.get("nonce")!;
	t.deepEqual([...got], [1, 2, 3]);
	got[1] = 9;
	t.deepEqual([...store.get("nonce")!], [1, 2, 3]);
	store.set("nonce", undefined);
	t.is(store.get("nonce"), undefined);
});

test("a sensor stays between its bounds in steps of 1/8, moves slowly, and repeats after its period", (t) => {
	const queue = new EventQueue();
	const periodUs = 86_400_000_000;
	const quantity = { name: "temp", unit: "Cel", low: 12, high: 28, periodUs };
	const sensor = new SyntheticSensor(quantity, queue, new RandomStream(1, "sensors", 0));
	let last = sensor.read();
	const first = last;
	let least = last;
	let most = last;
	for (let minute = 1; minute <= 1440; minute++) {
		queue.run((minute * periodUs) / 1440);
		const value = sensor.read();
		t.is(value, Math.round(value * 8) / 8);
		t.true(Math.abs(value - last) <= 0.125, `from ${last} to ${value} in a minute`);
		least = Math.min(least, value);
		most = Math.max(most, value);
		last = value;
	}
	t.deepEqual([least, most, last], [12, 28, first]);
});

test("addresses follow from the number, short or EUI-64, and none is a reserved one", (t) => {
	t.true(addressOf(0, "short").equals(LinkAddress.short(1)));
	t.true(addressOf(9999, "short").equals(LinkAddress.short(10_000)));
	t.true(addressOf(0, "extended").equals(LinkAddress.extended(0x024c4700, 1)));
});
