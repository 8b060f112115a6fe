import test from "ava";
import { LinkAddress } from "../../firmware/address.js";
import { SyntheticSensor } from "../../firmware/app/synthetic-sensor.js";
import { addressOf } from "../../firmware/mote/addresses.js";
import { addressOfPlan } from "../../firmware/mote/node-config-of.js";
import { loadScenario } from "../../host-tools/scenario/load.js";
import { EventQueue } from "../../sim/kernel/queue.js";
import { RandomStream } from "../../sim/kernel/random.js";
import { MotePlans } from "../../sim/mote-plan.js";
import { MemoryStore, numberOf } from "../../sim/network.js";

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
	t.true(addressOf(65_532, "short").equals(LinkAddress.short(0xfffd)));
});

test("nodes beyond the last short address use their EUI-64, in their plans and in others' eyes", async (t) => {
	const { scenario } = await loadScenario("grid-one-hop");
	const nodes = 131_080;
	const none = new Int32Array(nodes).fill(-1);
	const places = new Float64Array(nodes);
	const plans = new MotePlans(scenario, {
		isSink: new Uint8Array(nodes),
		positions: { x: places, y: places },
		paths: { next: none, hops: none, sink: none },
	});
	for (const id of [0, 65_532, 65_533, 65_534, 65_535, 65_536, 131_068, 131_069, 131_079]) {
		const address = addressOf(id, "short");
		t.is(address.byteLength, id < 65_533 ? 2 : 8);
		t.true(addressOfPlan(plans.of(id, null)).equals(address), `${id}`);
		t.is(numberOf(address), id);
	}
});
