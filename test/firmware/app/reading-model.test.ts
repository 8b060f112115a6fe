import test from "ava";
import fc from "fast-check";
import { HAND_OVERS_MOST } from "../../../firmware/app/reading-buffer.js";
import { FATES, LossyField } from "./support/lossy-field.js";

/*
 * Whatever is lost, repeated, reordered, and whoever dies: each reading that was accepted is confirmed, given up with its
 * reason, or kept; what is confirmed was collected; nothing is collected twice.
 */

const NODES = 4;
const CAPACITY = 6;

type Step = readonly [op: number, node: number, other: number, fates: readonly number[]];

const step: fc.Arbitrary<Step> = fc.tuple(
	fc.nat(99),
	fc.integer({ min: 1, max: NODES }),
	fc.integer({ min: 0, max: NODES }),
	fc.array(fc.nat(FATES.length - 1), { minLength: 4, maxLength: 4 }),
);

function perform(field: LossyField, [op, node, other, fates]: Step): void {
	let next = 0;
	field.fate = () => FATES[fates[next++ % fates.length]!]!;
	if (op < 35) field.accept(node);
	else if (op < 60) {
		if (node !== other) field.slot(node, other);
	} else if (op < 75) {
		field.places[node]!.next = other === node ? 0 : other;
		field.forward(node);
	} else if (op < 85) field.receipts((i) => ((((other + 1) * 7 + fates[0]!) >> (i - 1)) & 1) === 1);
	else if (op < 93)
		field.replay(Math.floor((fates[0]! * 36 + fates[1]! * 6 + fates[2]!) % (field.copies.length + 1)));
	else if (op < 96) field.reboot(node);
	else if (op < 98) field.landWaiting();
	else field.clock.advanceBy(20_000_000);
}

/** Each reading by `node:sequence`, and how often each of its events was told. */
function ends(field: LossyField): Map<string, Record<string, number>> {
	const readings = new Map<string, Record<string, number>>();
	const count = (key: string, what: string): void => {
		const counts = readings.get(key) ?? {};
		counts[what] = (counts[what] ?? 0) + 1;
		readings.set(key, counts);
	};
	for (const event of field.recorder.events) {
		const { node, sequence, origin } = event;
		if (event.event === "readingAccepted") count(`${node}:${sequence}`, "accepted");
		if (event.event === "readingHandedOver") {
			const { confirmed, abandoned } = readings.get(`${node}:${sequence}`) ?? {};
			count(
				`${node}:${sequence}`,
				confirmed === undefined && abandoned === undefined ? "handedOver" : "late",
			);
		}
		if (event.event === "readingConfirmed") count(`${node}:${sequence}`, "confirmed");
		if (event.event === "readingAbandoned") count(`${node}:${sequence}`, "abandoned");
		if (event.event !== "readingArrived") continue;
		const of = Number.parseInt((origin as string).slice(2), 16) - 1;
		count(`${of}:${sequence}`, event["again"] === 1 ? "again" : "arrived");
	}
	field.places.forEach(({ service }, i) => {
		for (const { sequence } of service?.buffer.readings ?? []) count(`${i}:${sequence}`, "kept");
	});
	return readings;
}

function check(field: LossyField): void {
	for (const [key, counts] of ends(field)) {
		const { accepted = 0, confirmed = 0, abandoned = 0, kept = 0, arrived = 0, handedOver = 0 } = counts;
		const what = `${key} ${JSON.stringify(counts)}`;
		if (counts["late"] !== undefined) throw new Error(`handed over after its end: ${what}`);
		if (accepted !== 1) throw new Error(`accepted once: ${what}`);
		if (confirmed + abandoned + kept !== 1) throw new Error(`exactly one end: ${what}`);
		if (arrived > 1) throw new Error(`told as new once: ${what}`);
		if (confirmed > arrived) throw new Error(`confirmed, and never arrived: ${what}`);
		if (handedOver > HAND_OVERS_MOST) throw new Error(`handed over too often: ${what}`);
	}
	const collected = field.recorder.of("readingCollected").length;
	const arrived = field.recorder.of("readingArrived").filter(({ again }) => again === 0).length;
	if (collected !== arrived) throw new Error(`${collected} collected, ${arrived} arrived`);
}

for (const [name, firstNumber] of [
	["", 0],
	[", while their numbers wrap", 0xfff0],
] as const) {
	test(`each reading ends in exactly one way, and is collected once${name}`, (t) => {
		fc.assert(
			fc.property(fc.array(step, { minLength: 20, maxLength: 250 }), (steps) => {
				const field = new LossyField(NODES, CAPACITY, firstNumber);
				for (const each of steps) perform(field, each);
				check(field);
			}),
			{ numRuns: 150, seed: firstNumber + 1 },
		);
		t.pass();
	});
}

test("once nothing is lost any more, all that is kept arrives and is confirmed", (t) => {
	fc.assert(
		fc.property(fc.array(step, { minLength: 20, maxLength: 150 }), (steps) => {
			const field = new LossyField(NODES, CAPACITY);
			for (const each of steps) perform(field, each);
			field.fate = () => "arrives";
			field.landWaiting();
			for (let term = 0; term < 12; term++) {
				for (let round = 0; round < 3; round++) {
					for (let i = 2; i <= NODES; i++) field.slot(i, 1);
					field.places[1]!.next = 0;
					field.forward(1);
				}
				field.receipts(() => true);
			}
			check(field);
			for (const { service } of field.places) {
				if (service !== undefined && service.buffer.readings.length > 0) throw new Error("still kept");
				if (service !== undefined && service.held.packs.length > 0) throw new Error("still held");
			}
		}),
		{ numRuns: 80, seed: 3 },
	);
	t.pass();
});
