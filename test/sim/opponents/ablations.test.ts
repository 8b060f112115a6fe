import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { predictiveCsm, predictiveCsmOpen } from "../../../firmware/fragments/predictive-variants.js";
import { STALLED_US } from "../../../firmware/trust/parameters.js";
import { chainOnly } from "../../../sim/opponents/chain-only.js";
import { scoreOnly } from "../../../sim/opponents/score-only.js";
import {
	type Arrival,
	F1,
	F2,
	F3,
	F4,
	other,
	FIRST_BYTES as PLAIN_FIRST_BYTES,
	NEXT_BYTES as PLAIN_NEXT_BYTES,
	play,
	type Row,
} from "./arrivals.js";
import {
	A1,
	A2,
	A3,
	A4,
	altered,
	B,
	B1,
	B2,
	B3,
	C,
	C1,
	type ChainedRow,
	chained,
	FIRST_BYTES,
	NEXT_BYTES,
	playChained,
} from "./chained-arrivals.js";

/** Whoever was silent for longer has stalled. */
const STALLED_MS = STALLED_US / 1000;

test("chain-only: verifies, and frees a context whose gap will not be filled", (t) => {
	playChained(t, chainOnly, [
		[A1, "stored", 1],
		[A2, "stored", 1],
		[A3, "stored", 1],
		[A4, "completed", 0],
	]);
	const { closed } = playChained(t, chainOnly, [
		[A1, "stored", 1],
		[A3, "fragment-gap", 1],
		// Two longest deliveries (2 · 222 ms) after the fragment before it, it may still come.
		[A2, "stored", 1, { atMs: 444 }],
		[A4, "fragment-gap", 1],
		[A3, "fragment-orphan", 0, { atMs: 889 }],
	]);
	t.deepEqual(closed, ["reassembly-timed-out"]);
});

test("chain-only: the oldest that proved nothing goes before an older one that proved something", (t) => {
	const rows: readonly ChainedRow[] = [
		[A1, "stored", 1],
		[A2, "stored", 1],
		[B1, "stored", 2, B],
		[C1, "stored", 2, C],
		[B2, "fragment-orphan", 2, B],
		[A3, "stored", 1],
		[A4, "completed", 0],
	];
	playChained(t, chainOnly, rows, 2 * FIRST_BYTES + NEXT_BYTES);
});

test("chain-only: what is being sent stays until it stalls, then the one silent longest goes", (t) => {
	const rows: readonly ChainedRow[] = [
		[A1, "stored", 1],
		[B1, "stored", 2, B],
		[B2, "stored", 2, B],
		[A2, "stored", 2, { atMs: 1 }],
		[C1, "reassembly-full", 2, { ...C, atMs: STALLED_MS }],
		// B has stalled now, and A not yet.
		[C1, "stored", 2, { ...C, atMs: STALLED_MS + 1 }],
		[B3, "fragment-orphan", 2, B],
		[A3, "stored", 2],
	];
	playChained(t, chainOnly, rows, 2 * (FIRST_BYTES + NEXT_BYTES));
});

test("chain-only: nothing counts for or against anybody, where predictive-csm blocks", (t) => {
	const rows: ChainedRow[] = [[A1, "stored", 1]];
	const forged = altered(A2);
	for (let i = 0; i < 5; i++) rows.push([forged, "fragment-mismatch", 1]);
	const after: ChainedRow = [C1, "stored", 2];
	playChained(t, chainOnly, [...rows, after, [A2, "stored", 2]]);
	playChained(t, predictiveCsm, [...rows, [C1, "sender-blocked", 1], [A2, "stored", 1]]);
});

test("chain-only: success counts for nobody, where in predictive-csm-open it orders the evictions", (t) => {
	const before: readonly ChainedRow[] = [
		...chained(19).map((payload, i): ChainedRow => [payload, i < 3 ? "stored" : "completed", i < 3 ? 1 : 0]),
		[A1, "stored", 1],
		[A2, "stored", 1],
		[B1, "stored", 2, B],
		[B2, "stored", 2, B],
	];
	const budgetBytes = 2 * (FIRST_BYTES + NEXT_BYTES);
	playChained(t, chainOnly, [...before, [A3, "reassembly-full", 1], [B3, "stored", 1, B]], budgetBytes);
	playChained(t, predictiveCsmOpen, [...before, [A3, "stored", 1], [A4, "completed", 0]], budgetBytes);
});

test("chain-only: no evidence makes a name, not even what link-layer security vouches for", (t) => {
	const secured = { secured: true };
	const rows: ChainedRow[] = [[A1, "stored", 1, secured]];
	for (let i = 0; i < 16; i++) rows.push([altered(A2), "fragment-mismatch", 1, secured]);
	for (const [factory, isEstablished] of [
		[chainOnly, false],
		[predictiveCsmOpen, true],
	] as const) {
		const { policy } = playChained(t, factory, rows).reassembler;
		t.is(policy.isEstablished?.(LinkAddress.short(1)), isEstablished, factory.name);
	}
});

test("chain-only: plain senders share two contexts, and the older makes room", (t) => {
	const rows = [
		[other(20), "stored", 1],
		[other(21, { source: 3 }), "stored", 2],
		[other(22, { source: 4 }), "stored", 2],
		[{ ...F2, tag: 20 }, "fragment-orphan", 2],
		[{ ...F2, tag: 21, source: 3 }, "stored", 2],
	] as const;
	play(t, chainOnly, rows);
});

/** Memory for the honest datagram and no more. */
const ONE_DATAGRAM = { budgetBytes: PLAIN_FIRST_BYTES + 3 * PLAIN_NEXT_BYTES };

/** Lies across the honest second fragment. */
const OVERLAP: Arrival = { offset: 104, bytes: 8 };

/** A whole datagram. */
function whole(source: number, tag: number, contexts: number): readonly Row[] {
	const of = { source, tag };
	return [
		[{ ...F1, ...of }, "stored", contexts + 1],
		[{ ...F2, ...of }, "stored", contexts + 1],
		[{ ...F3, ...of }, "stored", contexts + 1],
		[{ ...F4, ...of }, "completed", contexts],
	];
}

/** A datagram that an overlap destroys. */
function spoilt(source: number, tag: number, contexts: number): readonly Row[] {
	const of = { source, tag };
	return [
		[{ ...F1, ...of }, "stored", contexts + 1],
		[{ ...F2, ...of }, "stored", contexts + 1],
		[{ ...OVERLAP, ...of }, "fragment-orphan", contexts],
	];
}

test("score-only: two overlaps block the address on the frame for 30 s, whoever sent them", (t) => {
	const rows: readonly Row[] = [
		...spoilt(1, 7, 0),
		...spoilt(1, 8, 0),
		[{ ...F1, tag: 9 }, "sender-blocked", 0],
		[{ ...F1, source: 3 }, "stored", 1],
		[{ ...F1, tag: 9, atMs: 29_900 }, "sender-blocked", 0],
		[{ ...F1, tag: 9, atMs: 30_100 }, "stored", 1],
	];
	play(t, scoreOnly, rows);
	// The chain's own policy blames nobody for what is not verified.
	play(t, predictiveCsm, [...spoilt(1, 7, 0), ...spoilt(1, 8, 0), [{ ...F1, tag: 9 }, "stored", 1]]);
});

test("score-only: fragments that contradict their packet are hard faults as well", (t) => {
	const rows = [
		[{ offset: 0, bytes: 304 }, "fragment-beyond-size", 0],
		[F1, "stored", 1],
		[{ offset: 96, bytes: 5 }, "fragment-misaligned", 1],
		[{ ...F1, tag: 9 }, "sender-blocked", 1],
	] as const;
	play(t, scoreOnly, rows);
});

test("score-only: packets that are whole make a name, and names need no place among newcomers", (t) => {
	const named = [0, 1, 2, 3].flatMap((tag) => whole(1, tag, 0));
	const strangers: readonly Row[] = [
		[{ ...F1, source: 11 }, "stored", 1],
		[{ ...F1, source: 12 }, "stored", 2],
		[{ ...F1, source: 13 }, "sender-quota", 2],
	];
	play(t, scoreOnly, [...strangers, [F1, "sender-quota", 2]]);
	play(t, scoreOnly, [...named, ...strangers, [F1, "stored", 3], [{ ...F1, tag: 8 }, "stored", 4]]);
});

test("score-only: losses that the link explains do not block", (t) => {
	const rows: Row[] = [];
	for (let i = 0; i < 10; i++) rows.push([{ ...F1, tag: 20 + i, atMs: 4000 * i }, "stored", 1]);
	play(t, scoreOnly, rows);
});

test("score-only: only what has stalled makes room for a newcomer, for nothing is ever proved", (t) => {
	const named = [0, 1, 2, 3].flatMap((tag) => whole(1, tag, 0));
	const rows: readonly Row[] = [
		...named,
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ ...F1, source: 11, atMs: 1 }, "stored", 2],
		[{ ...F1, source: 12, atMs: STALLED_MS }, "reassembly-full", 2],
		// The named one has stalled now, and the newcomer not yet.
		[{ ...F1, source: 12, atMs: STALLED_MS + 1 }, "stored", 2],
		[F3, "fragment-orphan", 2],
		[{ ...F2, source: 11 }, "stored", 2],
	];
	play(t, scoreOnly, rows, ONE_DATAGRAM);
});

test("score-only: a next fragment takes the memory of the lowest score", (t) => {
	const rows: readonly Row[] = [
		...spoilt(3, 5, 0),
		[F1, "stored", 1],
		[F2, "stored", 1],
		[{ ...F1, source: 3 }, "stored", 2],
		// Half of what an unknown one has.
		[F3, "stored", 1],
		[F4, "completed", 0],
	];
	play(t, scoreOnly, rows, ONE_DATAGRAM);
	// Of equals the one that asks goes itself.
	play(
		t,
		scoreOnly,
		[...rows.slice(3, 5), [{ ...F1, source: 3 }, "stored", 2], [F3, "reassembly-full", 1]],
		ONE_DATAGRAM,
	);
});
