import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { hexOf } from "./bytes-of.js";

/** A codec of a page 15 message: values are compared in depth, so they hold all that was decoded. */
export interface MessageCodec<V> {
	/** Writes the message, page switch first; returns the next offset. */
	encode(value: V, bytes: Uint8Array, offset: number): number;
	/** Reads the message whose type octet is at `offset`. */
	decode(bytes: Uint8Array, offset: number, end: number): V | string;
	/** What it calls a message that is cut short, and one of another type. */
	readonly truncated: string;
	readonly otherType: string;
	/** What it calls one whose list is cut short; `truncated` where there is none. */
	readonly listTruncated?: string;
}

/** Octets in front of and behind a message, to show that none of them matters. */
const MARGIN = 5;

/** Asserts that hand-written octets and a value are the same message, wherever it stands. */
export function checkVector<V>(
	t: ExecutionContext,
	codec: MessageCodec<V>,
	octets: Uint8Array,
	value: V,
): void {
	const bytes = new Uint8Array(octets.length + 2 * MARGIN).fill(0xee);
	const end = codec.encode(value, bytes, MARGIN);
	t.is(end, MARGIN + octets.length);
	t.is(hexOf(bytes.subarray(MARGIN, end)), hexOf(octets));
	t.is(hexOf(bytes.subarray(end)), "ee".repeat(MARGIN), "written behind its end");
	t.deepEqual<unknown, unknown>(codec.decode(bytes, MARGIN + 1, end), value);
	// What later versions append is passed over.
	t.deepEqual<unknown, unknown>(codec.decode(bytes, MARGIN + 1, end + 3), value);
	checkCut(t, codec, octets);
}

/** Asserts that the message is refused at every length that is too short, and of another type. */
function checkCut<V>(t: ExecutionContext, codec: MessageCodec<V>, octets: Uint8Array): void {
	const drops = new Set([codec.truncated, codec.listTruncated ?? codec.truncated]);
	for (let end = 1; end < octets.length; end++) {
		// The octets stand there, behind the end: a decoder that looked would find a whole message.
		const found = codec.decode(octets, 1, end);
		t.true(drops.has(found as string), `cut to ${end} octets: ${JSON.stringify(found)}`);
	}
	const other = octets.slice();
	other[1] = other[1]! ^ 0x10;
	t.is(codec.decode(other, 1, other.length), codec.otherType);
}

/** Asserts that what is encoded is decoded again, and that arbitrary octets never throw nor are read beyond the end. */
export function checkProperties<V>(
	t: ExecutionContext,
	codec: MessageCodec<V>,
	type: number,
	values: fc.Arbitrary<V>,
): void {
	fc.assert(
		fc.property(values, fc.nat({ max: 8 }), (value, offset) => {
			const bytes = new Uint8Array(127 + 8);
			const end = codec.encode(value, bytes, offset);
			t.deepEqual<unknown, unknown>(codec.decode(bytes, offset + 1, end), value);
		}),
	);
	const anything = fc.tuple(fc.uint8Array({ maxLength: 130 }), fc.boolean(), fc.nat({ max: 140 }));
	fc.assert(
		fc.property(anything, ([octets, isTyped, cut]) => {
			if (isTyped && octets.length > 0) octets[0] = type;
			const end = Math.min(cut, octets.length);
			const found = codec.decode(octets, 0, end);
			const cleared = octets.slice();
			cleared.fill(0, end);
			t.deepEqual(codec.decode(cleared, 0, end), found, "depends on what is behind its end");
			t.deepEqual(codec.decode(octets.slice(0, end), 0, end), found, "reads behind its end");
		}),
		{ numRuns: 1000 },
	);
}
