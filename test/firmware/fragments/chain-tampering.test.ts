import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { keyringWith, LINK_KEY, planOf, standardPacket } from "../support/chains.js";
import { LowpanReceiver, payloadsOf, SENDER } from "../support/reassembly.js";

const SHAPES = [
	{ tokenBytes: 8, keyed: false },
	{ tokenBytes: 12, keyed: false },
	{ tokenBytes: 16, keyed: false },
	{ tokenBytes: 4, keyed: true },
	{ tokenBytes: 8, keyed: true },
] as const;
type Shape = (typeof SHAPES)[number];

function receiverFor({ keyed }: Shape): LowpanReceiver {
	const keys = keyringWith(keyed ? SENDER : LinkAddress.short(0x77));
	// Room enough: what is refused here is refused for what it is.
	return new LowpanReceiver({ keys, budgetBytes: 64 * 1280 });
}

function chained(packet: Uint8Array, { tokenBytes, keyed }: Shape, nonce: number, tag: number, room = 116) {
	return payloadsOf(packet, room, { tag, plan: planOf(tokenBytes, nonce, keyed ? LINK_KEY : undefined) });
}

function flipped(payload: Uint8Array, bit: number): Uint8Array {
	const copy = payload.slice();
	copy[bit >>> 3] = copy[bit >>> 3]! ^ (0x80 >>> (bit & 7));
	return copy;
}

/** Where a payload says what it is: behind the page switch alone is it a chained fragment. */
const PAGE_BITS = 8;
/** Headers, token, code and compressed headers: every bit of these is flipped, of the data behind one an octet. */
const HEADER_BITS = 8 * 34;

for (const shape of SHAPES) {
	const name = `${shape.keyed ? "keyed" : "unkeyed"}, b = ${shape.tokenBytes}`;

	test(`${name}: with any one bit of one fragment flipped nothing is delivered; sent again, the packet is`, (t) => {
		const packet = standardPacket(330, 5);
		const payloads = chained(packet, shape, 100, 7);
		const again = chained(packet, shape, 101, 8);
		const refused = new Set<string>();
		payloads.forEach((payload, index) => {
			for (let bit = 0; bit < payload.length * 8; bit += bit < HEADER_BITS ? 1 : 9) {
				const receiver = receiverFor(shape);
				const where = `bit ${bit} of fragment ${index}`;
				payloads.forEach((each, i) => {
					const result = receiver.take(i === index ? flipped(each, bit) : each);
					if (typeof result === "string") refused.add(result);
					if (!(result instanceof Uint8Array)) return;
					// Of another page it is no fragment, and what it claims to be instead touches no chain.
					t.true(bit < PAGE_BITS && i === index, where);
					t.is(receiver.reassembler.contexts.length, index === 0 ? 0 : 1, where);
				});
				const results = again.map((each) => receiver.take(each));
				t.deepEqual(results.at(-1), packet, where);
				t.true(receiver.isEmptyAfter(), where);
			}
		});
		const first = shape.keyed ? "fragment-unauthenticated" : "fragment-gap";
		for (const reason of ["fragment-mismatch", "fragment-orphan", first]) t.true(refused.has(reason), reason);
	});

	test(`${name}: an altered copy of each fragment before the honest one changes nothing`, (t) => {
		const cases = fc.record({
			size: fc.integer({ min: 150, max: 1280 }),
			room: fc.integer({ min: 80, max: 116 }),
			bits: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
		});
		fc.assert(
			fc.property(cases, ({ size, room, bits }) => {
				const packet = standardPacket(size);
				const payloads = chained(packet, shape, 1, 1, room);
				if (payloads.length === 1) return;
				const receiver = receiverFor(shape);
				const delivered: Uint8Array[] = [];
				payloads.forEach((payload) => {
					for (const bit of bits) {
						const forged = flipped(payload, PAGE_BITS + (bit % (8 * payload.length - PAGE_BITS)));
						const result = receiver.take(forged);
						if (result instanceof Uint8Array) delivered.push(result);
					}
					const result = receiver.take(payload);
					if (result instanceof Uint8Array) delivered.push(result);
				});
				// Nothing but the tag is open to change in all fragments alike: what completes is the packet, and once.
				t.deepEqual(delivered, [packet]);
				t.true(receiver.isEmptyAfter());
			}),
			{ numRuns: 60 },
		);
	});
}

test("rivals under one name: both complete, each with its own content, however their fragments mix", (t) => {
	const cases = fc.record({
		size: fc.integer({ min: 300, max: 1280 }),
		order: fc.infiniteStream(fc.boolean()),
		shape: fc.constantFrom(...SHAPES.slice(0, 3)),
	});
	fc.assert(
		fc.property(cases, ({ size, order, shape }) => {
			const packets = [standardPacket(size, 1), standardPacket(size, 2)];
			const queues = packets.map((packet, i) => chained(packet, shape, 40 + i, 9));
			const expected = queues.flat().length;
			const receiver = receiverFor(shape);
			const delivered: Uint8Array[] = [];
			let taken = 0;
			while (queues.some((queue) => queue.length > 0)) {
				const queue = queues[order.next().value ? 1 : 0]!;
				const payload = queue.shift();
				if (payload === undefined) continue;
				taken++;
				const result = receiver.take(payload);
				if (result instanceof Uint8Array) delivered.push(result);
				else t.is(result, undefined);
			}
			t.is(taken, expected);
			t.is(delivered.length, 2);
			for (const packet of packets) t.true(delivered.some((each) => Buffer.compare(each, packet) === 0));
			t.true(receiver.isEmptyAfter());
		}),
		{ numRuns: 100 },
	);
});

for (const shape of SHAPES.slice(0, 3)) {
	test(`b = ${shape.tokenBytes}: an honest anchor repeated with altered P₁ never completes, before or after it`, (t) => {
		const packet = standardPacket(500);
		const payloads = chained(packet, shape, 1, 1);
		const dataFrom = 1 + 4 + 1 + 2 + shape.tokenBytes;
		for (const isFirst of [true, false]) {
			for (let at = dataFrom; at < payloads[0]!.length; at++) {
				const altered = flipped(payloads[0]!, 8 * at + 7);
				const [first, ...rest] = payloads;
				const receiver = receiverFor(shape);
				const results = [...(isFirst ? [altered, first!] : [first!, altered]), ...rest].map((payload) =>
					receiver.take(payload),
				);
				const delivered = results.filter((result) => result instanceof Uint8Array);
				t.deepEqual(delivered, [packet], `octet ${at}`);
				// Once more, when the honest packet is complete: its anchor is known.
				const late = receiver.take(altered);
				t.true(typeof late === "string", `octet ${at}`);
				for (const payload of rest) t.false(receiver.take(payload) instanceof Uint8Array);
				t.true(receiver.isEmptyAfter());
			}
		}
	});
}

test("under a key an altered copy of a first fragment does not use up its nonce", (t) => {
	const packet = standardPacket(300);
	const payloads = chained(packet, SHAPES[3], 500, 1);
	const receiver = receiverFor(SHAPES[3]);
	for (let bit = 40; bit < payloads[0]!.length * 8; bit++) receiver.take(flipped(payloads[0]!, bit));
	t.deepEqual(payloads.map((payload) => receiver.take(payload)).at(-1), packet);
});

test("fragments that are echoed at once under another tag make no second packet", (t) => {
	const packet = standardPacket(400);
	const payloads = chained(packet, SHAPES[0], 1, 1);
	const echoes = chained(packet, SHAPES[0], 1, 2);
	for (const isEchoFirst of [false, true]) {
		const receiver = receiverFor(SHAPES[0]);
		const results = payloads.flatMap((payload, i) =>
			(isEchoFirst ? [echoes[i]!, payload] : [payload, echoes[i]!]).map((each) => receiver.take(each)),
		);
		t.deepEqual(
			results.filter((result) => result instanceof Uint8Array),
			[packet],
		);
		t.deepEqual(receiver.reassembler.contexts, []);
		t.true(receiver.isEmptyAfter());
	}
});

test("fragments from other addresses, sizes and tags do not mix with a chain", (t) => {
	const packet = standardPacket(400);
	const payloads = chained(packet, SHAPES[0], 1, 1);
	const receiver = receiverFor(SHAPES[0]);
	receiver.take(payloads[0]!);
	const others = [
		[payloads[1]!, { source: LinkAddress.short(9) }],
		[payloads[1]!, { destination: LinkAddress.short(9) }],
		[chained(packet, SHAPES[0], 1, 2)[1]!, {}],
		[chained(standardPacket(408), SHAPES[0], 1, 1)[1]!, {}],
	] as const;
	for (const [payload, passage] of others) t.is(receiver.take(payload, passage), "fragment-orphan");
	t.deepEqual(
		payloads
			.slice(1)
			.map((payload) => receiver.take(payload))
			.at(-1),
		packet,
	);
});
