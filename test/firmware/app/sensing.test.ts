import test from "ava";
import { CollectingApp } from "../../../firmware/app/collecting.js";
import { READINGS_PORT } from "../../../firmware/app/ports.js";
import { SensingApp, type SensingOptions } from "../../../firmware/app/sensing.js";
import { encodeSenml, type SenmlRecord } from "../../../firmware/frames/senml.js";
import type { Sensor } from "../../../firmware/ports.js";
import { TestNetwork } from "../support/network.js";
import { counting, far } from "../support/packets.js";

/** Counts its readings: 0.5, 1.5, 2.5 … and so for each sensor from another start. */
function sensor(name: string, unit: string, start: number): Sensor {
	let next = start;
	return { name, unit, read: () => next++ };
}

function bench(more: Partial<SensingOptions> = {}) {
	const network = new TestNetwork();
	const collector = new CollectingApp(network.add());
	const sensors = [sensor("temp", "Cel", 0.5), sensor("hum", "%RH", 40)];
	const node = network.add({ sensors });
	const options: SensingOptions = {
		sink: far(1),
		periodUs: 2_000_000,
		readingsPerPack: 3,
		firstUs: 1_000_000,
		baseName: "n1:",
		...more,
	};
	return { network, collector, node, app: new SensingApp(node, options) };
}

function send(network: TestNetwork, records: readonly SenmlRecord[]): void {
	const bytes = new Uint8Array(500);
	const length = encodeSenml(records, bytes, 0);
	network.nodes[1]!.network.sendUdp(far(1), 9, READINGS_PORT, bytes, length);
	network.clock.advanceBy(1_000_000);
}

test("each reading arrives once with its name, unit, value and time", (t) => {
	const { network, collector, app } = bench();
	app.start();
	network.clock.advanceTo(12_000_000);
	// Sampled at 1, 3, 5 s and 7, 9, 11 s; sent with the last of three.
	const readings = network.recorder.of("readingCollected", 0);
	const expected = [1, 3, 5, 7, 9, 11].flatMap((atS, i) => [
		["n1:temp", "Cel", 0.5 + i, atS],
		["n1:hum", "%RH", 40 + i, atS],
	]);
	// The times count from the arrival, some milliseconds after the pack was sent.
	t.deepEqual(
		readings.map(({ name, unit, value, atS }) => [name, unit, value, Math.floor(atS as number)]),
		expected,
	);
	for (const { atS } of readings) t.true((atS as number) % 1 < 0.05);
	t.is(network.recorder.of("datagramSent", 1).length, 2);
	t.is(collector.malformed, 0);
	app.stop();
	t.deepEqual(network.leaks(), []);
});

test("a pack larger than a frame goes in fragments", (t) => {
	const { network, app } = bench({ readingsPerPack: 20 });
	app.start();
	network.clock.advanceTo(41_000_000);
	t.is(network.recorder.of("readingCollected").length, 40);
	t.deepEqual(network.recorder.values("contextClosed", "outcome"), ["completed"]);
	app.stop();
	t.deepEqual(network.leaks(), []);
});

test("stopped, it neither reads nor sends; started again, it goes on", (t) => {
	const { network, app } = bench({ readingsPerPack: 1 });
	app.start();
	network.clock.advanceTo(3_500_000);
	app.stop();
	t.is(network.clock.pending, 0);
	network.clock.advanceTo(20_000_000);
	t.is(network.recorder.of("datagramSent").length, 2);
	app.start();
	network.clock.advanceTo(20_500_000);
	t.is(network.recorder.of("datagramSent").length, 3);
	app.stop();
});

test("a pack that is no SenML is counted, not thrown, and the next one is taken", (t) => {
	const { network, collector } = bench();
	for (const payload of [counting(0), counting(30), Uint8Array.of(0x81), new Uint8Array(60).fill(0x9f)]) {
		network.nodes[1]!.network.sendUdp(far(1), 9, READINGS_PORT, payload, payload.length);
		network.clock.advanceBy(100_000);
	}
	t.is(collector.malformed, 4);
	send(network, [{ name: "x", value: 7 }]);
	t.deepEqual(network.recorder.values("readingCollected", "value"), [7]);
	t.is(collector.malformed, 4);
	t.deepEqual(network.leaks(), []);
});

test("base fields hold for the records after them; records without a number are no readings", (t) => {
	const { network } = bench();
	send(network, [
		{ baseName: "b/", baseUnit: "V", baseValue: 10, baseTime: -100, name: "u", value: 1, time: -5 },
		{ name: "state", stringValue: "on" },
		{ name: "flag", booleanValue: true },
		{ name: "i", unit: "A", value: 2 },
	]);
	const readings = network.recorder.of("readingCollected");
	const found = readings.map(({ name, unit, value, atS, timeUs }) => {
		return [name, unit, value, Math.round((atS as number) - (timeUs as number) / 1e6)];
	});
	t.deepEqual(found, [
		["b/u", "V", 11, -105],
		["b/i", "A", 12, -100],
	]);
});

test("a time from 2^28 on is absolute (RFC 8428, section 4.5.3)", (t) => {
	const { network } = bench();
	send(network, [
		{ name: "x", value: 1, time: 1_700_000_000 },
		{ name: "x", value: 1, time: 2 ** 28 },
	]);
	t.deepEqual(network.recorder.values("readingCollected", "atS"), [1_700_000_000, 2 ** 28]);
});

test("a period that is not above 0 is the caller's mistake", (t) => {
	for (const periodUs of [0, -1, Number.NaN]) {
		t.throws(() => bench({ periodUs }), { instanceOf: RangeError, message: /periodUs/ });
	}
});
