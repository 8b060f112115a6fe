import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import {
	decodeMacBeacon,
	encodeMacBeacon,
	MacBeacon,
	skipBeaconFields,
} from "../../../firmware/frames/mac-beacon.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));

test("a beacon with everything", (t) => {
	const input = bytes(
		`
		a8 d7           superframe 0xd7a8: order 8, superframe order 10, CAP to slot 7, battery life, PAN coord., permit
		82              two GTS, permitted
		02              the second receives
		2211 2a         device 0x1122 from slot 10, 2 slots
		4433 1c         device 0x3344 from slot 12, 1 slot
		12              two short addresses, one extended
		6655 8877
		0807060504030201
		c0ffee`.replaceAll(/ {3}.*/g, ""),
	);
	const beacon = decodeMacBeacon(input, 0, input.length) as MacBeacon;
	t.is(beacon.beaconOrder, 8);
	t.is(beacon.superframeOrder, 10);
	t.is(beacon.finalCapSlot, 7);
	t.true(beacon.batteryLifeExtension);
	t.true(beacon.panCoordinator);
	t.true(beacon.associationPermit);
	t.true(beacon.gtsPermit);
	t.deepEqual(beacon.gts, [
		{ shortAddress: 0x1122, startingSlot: 10, length: 2, receiveOnly: false },
		{ shortAddress: 0x3344, startingSlot: 12, length: 1, receiveOnly: true },
	]);
	t.deepEqual(beacon.pendingShort.map(String), ["0x5566", "0x7788"]);
	t.deepEqual(beacon.pendingExtended.map(String), ["01:02:03:04:05:06:07:08"]);
	t.deepEqual(input.slice(beacon.next), bytes("c0ffee"));
	const output = new Uint8Array(beacon.next);
	t.is(encodeMacBeacon(beacon, output, 0), beacon.next);
	t.deepEqual(output, input.slice(0, beacon.next));
	for (let end = 0; end < beacon.next; end++) t.is(decodeMacBeacon(input, 0, end), "mac-truncated");
});

test("superframe bits one by one", (t) => {
	const flags = (hex: string) => {
		const beacon = decodeMacBeacon(bytes(hex), 0, 4) as MacBeacon;
		const { batteryLifeExtension, panCoordinator, associationPermit, gtsPermit } = beacon;
		return [batteryLifeExtension, panCoordinator, associationPermit, gtsPermit];
	};
	t.deepEqual(flags("ff0f 00 00"), [false, false, false, false]);
	t.deepEqual(flags("ff1f 00 00"), [true, false, false, false]);
	t.deepEqual(flags("ff4f 00 00"), [false, true, false, false]);
	t.deepEqual(flags("ff8f 00 00"), [false, false, true, false]);
	t.deepEqual(flags("ff0f 80 00"), [false, false, false, true]);
});

const order = fc.nat({ max: 15 });
const anyBeacon = fc
	.record({
		beaconOrder: order,
		superframeOrder: order,
		finalCapSlot: order,
		batteryLifeExtension: fc.boolean(),
		panCoordinator: fc.boolean(),
		associationPermit: fc.boolean(),
		gtsPermit: fc.boolean(),
		gts: fc.array(
			fc.record({
				shortAddress: fc.nat({ max: 0xffff }),
				startingSlot: order,
				length: order,
				receiveOnly: fc.boolean(),
			}),
			{ maxLength: 7 },
		),
		pendingShort: fc.array(fc.nat({ max: 0xffff }).map(LinkAddress.short), { maxLength: 7 }),
		pendingExtended: fc.array(
			fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
			{ maxLength: 7 },
		),
	})
	.map((fields) => Object.assign(new MacBeacon(), fields));

test("what is encoded is decoded again, into a used beacon", (t) => {
	const into = new MacBeacon();
	fc.assert(
		fc.property(anyBeacon, fc.nat({ max: 3 }), (beacon, offset) => {
			const output = new Uint8Array(120);
			const next = encodeMacBeacon(beacon, output, offset);
			t.is(skipBeaconFields(output, offset, 120), next);
			t.is(decodeMacBeacon(output, offset, next, into), into);
			beacon.next = next;
			t.deepEqual(into, beacon);
		}),
	);
});

test("random octets never throw", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
			const beacon = decodeMacBeacon(input, 0, input.length);
			t.true(typeof beacon === "string" || beacon.next <= input.length);
		}),
	);
});

test("a caller's mistake is named", (t) => {
	const broken = (change: (beacon: MacBeacon) => void, message: RegExp, room = 200) => {
		const beacon = new MacBeacon();
		change(beacon);
		t.throws(() => encodeMacBeacon(beacon, new Uint8Array(room), 0), { instanceOf: RangeError, message });
	};
	broken((beacon) => void (beacon.beaconOrder = 16), /beaconOrder 0 to 15, got 16/);
	broken((beacon) => void (beacon.finalCapSlot = -1), /finalCapSlot/);
	broken((beacon) => {
		for (let i = 0; i < 8; i++) beacon.pendingShort.push(LinkAddress.short(i));
	}, /pendingShort.length 0 to 7, got 8/);
	broken((beacon) => {
		beacon.gts.push({ shortAddress: 1, startingSlot: 16, length: 1, receiveOnly: false });
	}, /startingSlot/);
	broken(() => {}, /room/, 3);
});
