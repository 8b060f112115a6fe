import test from "ava";
import { CHAIN_BYTES, CONTEXT_BYTES } from "../../firmware/trust/parameters.js";
import { STANDING_BYTES } from "../../firmware/trust/standing.js";
import { chainCost, cryptographyCosts, securityCost } from "../../host-tools/costs/cryptography.js";
import {
	CHAIN_FIELDS,
	CONTEXT_FIELDS,
	memoryCosts,
	NEIGHBOUR_FIELDS,
} from "../../host-tools/costs/memory.js";

const PACKET_BYTES = 1280;
/** FRAG1 carries 48 octets of headers, compressed to 6, and as much as fits in steps of 8 octets. */
const HEADER_BYTES = 48;
const COMPRESSED_BYTES = 6;
const ROOM_BYTES = 116;

/** Lengths of P of each fragment between short addresses, by the layout on the air alone. */
function lengthsOf(keyed: boolean, b: number): number[] {
	const firstRoom = ROOM_BYTES - 5 - 1 - (keyed ? 4 : 2) - b - (keyed ? 4 : 0) - COMPRESSED_BYTES;
	const nextRoom = ROOM_BYTES - 6 - b;
	const lengths = [COMPRESSED_BYTES + Math.floor(firstRoom / 8) * 8];
	let sent = HEADER_BYTES + lengths[0]! - COMPRESSED_BYTES;
	while (sent < PACKET_BYTES) {
		const rest = PACKET_BYTES - sent;
		const length = rest > nextRoom ? Math.floor(nextRoom / 8) * 8 : rest;
		lengths.push(length);
		sent += length;
	}
	return lengths;
}

for (const [keyed, b] of [
	[false, 8],
	[false, 12],
	[false, 16],
	[true, 4],
	[true, 8],
	[true, 16],
] as const) {
	test(`${keyed ? "keyed" : "unkeyed"} chain, b = ${b}: hashes and blocks are those that the formula counts`, (t) => {
		const blocksOf = (length: number) => (keyed ? Math.ceil(length / 16) : Math.ceil((length + 9) / 64));
		const [p1, ...rest] = lengthsOf(keyed, b);
		const nonce = keyed ? 4 : 2;
		let blocks = blocksOf(1 + p1!);
		if (keyed) blocks += blocksOf(1 + 16 + 1 + nonce + 2 + 2 + p1! + b);
		rest.forEach((p, i) => {
			// t₂ covers H(3 ‖ P₁) too.
			blocks += blocksOf(1 + 1 + nonce + 2 + 1 + p + b + (i === 0 ? b : 0));
		});
		const cost = chainCost(keyed, b, PACKET_BYTES);
		t.is(cost.fragments, 1 + rest.length);
		t.is(cost.hashesSent, cost.fragments + (keyed ? 1 : 0));
		t.is(cost.hashesReceived, cost.hashesSent);
		const [sent, received] = keyed
			? [cost.aesBlocksSent, cost.aesBlocksReceived]
			: [cost.shaBlocksSent, cost.shaBlocksReceived];
		t.is(sent, blocks);
		t.is(received, blocks);
		t.is(
			keyed ? cost.shaBlocksSent + cost.shaBlocksReceived : cost.aesBlocksSent + cost.aesBlocksReceived,
			0,
		);
	});
}

test("link-layer security: blocks as CCM* counts them", (t) => {
	for (const level of [1, 5] as const) {
		const cost = securityCost(level, PACKET_BYTES);
		// 106 octets of payload: 48 of headers in 6, so FRAG1 carries 96 octets behind them, FRAGN 96.
		const lengths = [4 + COMPRESSED_BYTES + 96];
		for (let sent = HEADER_BYTES + 96; sent < PACKET_BYTES; sent += 96) {
			lengths.push(5 + Math.min(96, PACKET_BYTES - sent));
		}
		const MAC_BYTES = 9 + 6;
		let blocks = 0;
		for (const length of lengths) {
			const [associated, message] = level === 1 ? [MAC_BYTES + length, 0] : [MAC_BYTES, length];
			// B0, the associated data behind its length, the message, and the keystream of MIC and message.
			blocks += 1 + Math.ceil((2 + associated) / 16) + Math.ceil(message / 16) + 1 + Math.ceil(message / 16);
		}
		t.is(cost.fragments, lengths.length);
		t.is(cost.aesBlocksSent, blocks);
		t.is(cost.aesBlocksReceived, blocks);
	}
});

test("costs of a full packet, as published", (t) => {
	const published = cryptographyCosts(PACKET_BYTES).map((cost) => [
		cost.fragments,
		cost.hashesReceived,
		cost.shaBlocksReceived,
		cost.aesBlocksReceived,
		cost.mostBlocksReceived,
	]);
	t.deepEqual(published, [
		[13, 13, 26, 0, 2],
		[15, 15, 30, 0, 3],
		[12, 13, 0, 102, 14],
		[13, 14, 0, 109, 14],
		[13, 0, 0, 129, 10],
		[13, 0, 0, 232, 18],
	]);
});

test("what a context, a chain and a neighbour are charged is what they keep, field by field", (t) => {
	const sum = (fields: typeof CONTEXT_FIELDS) => fields.reduce((total, [, bytes]) => total + bytes, 0);
	t.is(sum(CONTEXT_FIELDS), CONTEXT_BYTES);
	t.is(sum(CHAIN_FIELDS), CHAIN_BYTES);
	t.is(sum(NEIGHBOUR_FIELDS), STANDING_BYTES);
	const bytesOf = (name: string) => memoryCosts().find(({ what }) => what === name)?.bytes;
	t.is(bytesOf("slot"), 110);
	t.is(bytesOf("an empty promise: context with one slot"), 45 + 110);
	t.is(bytesOf("an empty promise that is chained"), 45 + 55 + 110);
});
