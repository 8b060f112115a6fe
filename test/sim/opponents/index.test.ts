import test from "ava";
import fc from "fast-check";
import type { PolicyFactory } from "../../../firmware/fragments/policy.js";
import { REASSEMBLY_POLICIES } from "../../../sim/opponents/index.js";
import { type Arrival, F1, F2, F3, F4, play, Receiver } from "./arrivals.js";

const BUDGET_BYTES = 5120;

/** Few tags, sizes and sources, so that fragments meet. */
const arrival: fc.Arbitrary<Arrival> = fc
	.record({
		waitMs: fc.oneof({ weight: 4, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(4000) }),
		first: fc.boolean(),
		offsetUnits: fc.oneof({ weight: 4, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(255) }),
		bytes: fc.oneof(fc.constantFrom(8, 80, 96), fc.integer({ min: 0, max: 160 })),
		source: fc.nat(2),
		tag: fc.nat(3),
		size: fc.oneof(fc.constantFrom(96, 300, 1280, 1500), fc.nat(2047)),
		secured: fc.boolean(),
	})
	.map(({ waitMs, first, offsetUnits, ...rest }) => ({
		...rest,
		atMs: waitMs,
		first,
		offset: first ? 0 : 8 * offsetUnits,
	}));

for (const [name, factory] of REASSEMBLY_POLICIES) {
	test(`${name}: bears its name, and every option has a default`, (t) => {
		t.is(factory.name, name);
		t.is(factory.create({}).name, name);
		for (const schema of Object.values(factory.options)) t.true("default" in schema);
	});

	test(`${name}: random fragments never throw, exceed the budget, or leave a buffer`, (t) => {
		fc.assert(
			fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => flood(factory, arrivals)),
			{ numRuns: 200 },
		);
		t.pass();
	});

	// Where keys are, nothing plain opens a context.
	if (factory.wire === "keyed") continue;

	test(`${name}: the honest datagram alone completes`, (t) => {
		play(
			t,
			factory,
			[
				[F1, "stored", 1],
				[F2, "stored", 1],
				[F3, "stored", 1],
				[F4, "completed", 0],
			],
			{
				budgetBytes: BUDGET_BYTES,
			},
		);
	});
}

function flood(factory: PolicyFactory, arrivals: readonly Arrival[]): boolean {
	const receiver = new Receiver(factory, BUDGET_BYTES);
	const { clock, pool, reassembler } = receiver;
	for (const { atMs, ...rest } of arrivals) {
		clock.advanceTo(clock.nowUs() + (atMs ?? 0) * 1000);
		receiver.accept(rest);
		const charged = reassembler.contexts.reduce((sum, context) => sum + context.chargedBytes, 0);
		if (charged !== reassembler.bytesInUse || charged > BUDGET_BYTES) return false;
		const usesSlots = reassembler.policy.usesSlots === true;
		if (usesSlots ? pool.lent < reassembler.contexts.length : pool.lent !== reassembler.contexts.length) {
			return false;
		}
		if (reassembler.contexts.some((context) => context.chargedBytes <= 0)) return false;
	}
	clock.advanceTo(clock.nowUs() + 60_000_000);
	return pool.lent === 0 && reassembler.bytesInUse === 0 && reassembler.contexts.length === 0;
}
