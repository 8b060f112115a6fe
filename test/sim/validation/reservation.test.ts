import test from "ava";
import type { PolicyFactory } from "../../../firmware/fragments/policy.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { oldestEviction } from "../../../sim/opponents/oldest-eviction.js";
import { riot } from "../../../sim/opponents/riot.js";
import { type Arrival, F1, F2, F3, F4, other, Receiver } from "../opponents/arrivals.js";
import { runText } from "../support/run-text.js";

/** One honest sender beside a sink, and an attacker that reserves memory there; both are Poisson processes. */
function scenario(durationS: number, payloadBytes: number, honestPerS: number): string {
	return `
name: reservation
durationS: ${durationS}
topology: { kind: grid, nodes: 2, spacingM: 20 }
sinks: [0]
traffic: [{ kind: poisson, ratePerS: ${honestPerS}, payloadBytes: ${payloadBytes} }]
attacks: [{ kind: buffer-reservation, identity: invented, txPowerDbm: 0 }]
`;
}

function factorial(n: number): number {
	return n <= 1 ? 1 : n * factorial(n - 1);
}

/** Share of arrivals that find all of `servers` busy under an offered load (Erlang 1917). */
function erlangB(servers: number, load: number): number {
	let sum = 0;
	for (let k = 0; k <= servers; k++) sum += load ** k / factorial(k);
	return load ** servers / factorial(servers) / sum;
}

test("Erlang-B gives the published values", (t) => {
	for (const [servers, load, published] of [
		[2, 2, 0.4],
		[2, 20, 0.905],
		[4, 3, 0.206],
		[4, 15, 0.753],
		[1, 6, 0.857],
	] as const) {
		t.true(Math.abs(erlangB(servers, load) - published) < 0.0006, `${erlangB(servers, load)}`);
	}
});

const BATCHES = 20;

for (const [contexts, timeoutS, ratePerS, durationS] of [
	[2, 20, 0.1, 30_000],
	[2, 20, 1, 8000],
	[4, 3, 1, 10_000],
	[4, 3, 5, 2500],
	[1, 60, 0.1, 30_000],
] as const) {
	test(`case 12: ${contexts} contexts of ${timeoutS} s, ${ratePerS} reservations a second: Erlang-B`, async (t) => {
		const delivered = new Float64Array(BATCHES);
		const sent = new Float64Array(BATCHES);
		const batchOf = (timeUs: number): number => Math.floor((timeUs / 1e6 / durationS) * BATCHES);
		const { summary, lab } = await runText(
			t,
			scenario(durationS, 120, 0.1),
			[
				`reassembly={policy: rfc4944, timeoutS: ${timeoutS}, budgetBytes: ${contexts * 1280}}`,
				`attacks[0].ratePerS=${ratePerS}`,
			],
			{
				sinks: [
					{
						datagramSent: (timeUs) => void sent[batchOf(timeUs)]!++,
						datagramDelivered: (timeUs) => void delivered[batchOf(timeUs)]!++,
					},
				],
			},
		);
		t.true(Math.abs(lab!.onAir.frames / (ratePerS * durationS) - 1) < 0.1);
		const blocked = 1 - summary.deliveryRatio;
		const expected = erlangB(contexts, ratePerS * timeoutS);
		const shares = [...sent].map((count, i) => 1 - delivered[i]! / count);
		const mean = shares.reduce((a, b) => a + b, 0) / BATCHES;
		const deviation = Math.sqrt(shares.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (BATCHES - 1));
		const text = `${blocked.toFixed(4)}, Erlang-B ${expected.toFixed(4)}, deviation of batches ${deviation.toFixed(4)}`;
		t.log(text);
		// Four deviations of the mean of batches, each of which is long against the time-out.
		t.true(Math.abs(blocked - expected) < (4 * deviation) / Math.sqrt(BATCHES), text);
	});
}

/** Share of Poisson counts with this mean that are below `contexts`. */
function below(contexts: number, mean: number): number {
	let sum = 0;
	for (let k = 0; k < contexts; k++) sum += mean ** k / factorial(k);
	return sum * Math.exp(-mean);
}

const DATAGRAMS = 3000;
const FRAGMENTS: readonly Arrival[] = [F1, F2, F3, F4];
const GAP_MS = 9;

/** How many of the datagrams survive whose four fragments come at equal gaps, amid reservations at random times. */
function survivors(factory: PolicyFactory, contexts: number, budgetBytes: number, ratePerS: number): number {
	const receiver = new Receiver(factory, budgetBytes, { contexts, timeoutS: 3 });
	const random = new RandomStream(1, "reservations", contexts);
	let nextMs = random.exponential() * (1000 / ratePerS);
	let tag = 1000;
	let survived = 0;
	const reserveUntil = (timeMs: number): void => {
		for (; nextMs < timeMs; nextMs += random.exponential() * (1000 / ratePerS))
			receiver.accept({ ...other(1 + (tag++ % 60_000), { source: 9 }), atMs: nextMs });
	};
	for (let i = 0; i < DATAGRAMS; i++) {
		FRAGMENTS.forEach((fragment, j) => {
			const atMs = 100 * (i + 1) + j * GAP_MS;
			reserveUntil(atMs);
			if (receiver.accept({ ...fragment, tag: i, atMs }) === "completed") survived++;
		});
	}
	return survived / DATAGRAMS;
}

for (const [contexts, ratePerS] of [
	[1, 10],
	[2, 40],
	[4, 100],
	[4, 200],
] as const) {
	test(`case 13: the oldest of ${contexts} contexts goes, ${ratePerS} reservations a second: a Poisson sum`, (t) => {
		const gap = (ratePerS * GAP_MS) / 1000;
		const expected = below(contexts, 3 * gap);
		const found = survivors(oldestEviction, contexts, contexts * 1280, ratePerS);
		t.log(`oldest-eviction ${found}, Poisson sum ${expected.toFixed(4)}`);
		t.true(Math.abs(found - expected) < 4 * Math.sqrt((expected * (1 - expected)) / DATAGRAMS));
		// RIOT gives up what was touched longest ago: each gap between two fragments must be survived by itself.
		const each = below(contexts, gap) ** 3;
		const ofRiot = survivors(riot, contexts, 1e6, ratePerS);
		t.log(`riot ${ofRiot}, Poisson sums ${each.toFixed(4)}`);
		t.true(Math.abs(ofRiot - each) < 4 * Math.sqrt((each * (1 - each)) / DATAGRAMS));
	});
}
