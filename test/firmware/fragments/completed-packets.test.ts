import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { BufferPool } from "../../../firmware/buffer-pool.js";
import { CompletedMemory } from "../../../firmware/fragments/completed-memory.js";
import { CompletedPackets } from "../../../firmware/fragments/completed-packets.js";
import { ReassemblyContext } from "../../../firmware/fragments/context.js";
import type { ArrivedFragment } from "../../../firmware/fragments/policy.js";
import { Reassembler } from "../../../firmware/fragments/reassembler.js";
import { rfc4944 } from "../../../firmware/fragments/rfc4944.js";
import { HandClock } from "../support/hand-clock.js";
import { Recorder } from "../support/recorder.js";

const A = LinkAddress.short(1);
const B = LinkAddress.short(2);
const C = LinkAddress.short(3);

function bench() {
	const clock = new HandClock();
	const pool = new BufferPool(2048);
	const { sink } = new Recorder();
	const policy = rfc4944.create({});
	const reassembler = new Reassembler({ policy, budgetBytes: 5120, pool, clock, sink, node: 0 });
	/** Two fragments make a packet of 128 octets, all of them `fill`. */
	const take = (offset: number, fill: number, destination = B, tag = 7) => {
		const data = new Uint8Array(64).fill(fill);
		const first = offset === 0;
		const timeUs = clock.nowUs();
		const fragment = {
			source: A,
			destination,
			size: 128,
			tag,
			offset,
			length: 64,
			first,
			secured: false,
			chain: undefined,
			timeUs,
		};
		const outcome = reassembler.accept(fragment, data, 0);
		if (typeof outcome !== "object") return outcome;
		pool.give(outcome.buffer);
		return "whole";
	};
	return { clock, pool, reassembler, take };
}

test("a repeated fragment of a completed packet opens no context, whichever it is", (t) => {
	const { take, reassembler, clock } = bench();
	t.is(take(0, 1), undefined);
	t.is(take(64, 1), "whole");
	t.is(take(0, 1), "fragment-late");
	t.is(take(64, 1), "fragment-late");
	t.is(reassembler.contexts.length, 0);
	clock.advanceBy(4_000_001);
	t.is(take(0, 1), undefined, "later on the tag may be used again");
});

test("each part of both addresses is part of a packet's name", (t) => {
	const packets = new CompletedPackets(new CompletedMemory());
	const [known] = fragmentsOf({ source: A, tag: 7, lengths: [8], fill: 1 }, 0);
	const fragment = { ...known!, source: LinkAddress.extended(1, 2), destination: LinkAddress.extended(0, 5) };
	const data = new Uint8Array(8).fill(1);
	const context = new ReassemblyContext(fragment, new BufferPool(2048), false, undefined);
	context.write(0, data, 0, 8);
	packets.remember(context, 0, 10);
	t.true(packets.includes(fragment, data, 0));
	for (const source of [LinkAddress.extended(3, 2), LinkAddress.extended(1, 3), LinkAddress.short(2)]) {
		t.false(packets.includes({ ...fragment, source }, data, 0));
	}
	for (const destination of [LinkAddress.extended(1, 5), LinkAddress.extended(0, 6), LinkAddress.short(5)]) {
		t.false(packets.includes({ ...fragment, destination }, data, 0));
	}
});

test("whoever completes a packet under the next tag does not keep the honest one out", (t) => {
	const { take, pool } = bench();
	t.is(take(0, 0xbad), undefined);
	t.is(take(64, 0xbad), "whole");
	t.is(take(0, 1), undefined);
	t.is(take(64, 1), "whole");
	t.is(pool.lent, 0);
});

test("another destination or tag is another packet", (t) => {
	const { take } = bench();
	take(0, 1);
	t.is(take(64, 1), "whole");
	t.is(take(0, 1, C), undefined);
	t.is(take(0, 1, B, 8), undefined);
});

test("eight packets are remembered, the ninth takes the place of the first", (t) => {
	const { take } = bench();
	for (let tag = 1; tag <= 9; tag++) {
		take(0, 1, B, tag);
		t.is(take(64, 1, B, tag), "whole");
	}
	t.is(take(64, 1, B, 1), undefined);
	for (let tag = 2; tag <= 9; tag++) t.is(take(64, 1, B, tag), "fragment-late");
});

/** A packet of which `lengths` are the lengths of its fragments, all octets of one value. */
interface Plain {
	readonly source: LinkAddress;
	readonly tag: number;
	readonly lengths: readonly number[];
	readonly fill: number;
}

interface Remembered extends Plain {
	readonly untilUs: number;
}

const plain = fc.record({
	source: fc.constantFrom(A, C, LinkAddress.extended(-2, 1), LinkAddress.extended(3, 1)),
	tag: fc.constantFrom(0, 1, 0xffff),
	lengths: fc.array(fc.constantFrom(8, 16, 24), { minLength: 1, maxLength: 20 }),
	fill: fc.constantFrom(0, 0xff),
});
const step = fc.record({
	packet: plain,
	waitUs: fc.constantFrom(0, 1, 1000, 2 ** 33),
	lifeUs: fc.constantFrom(1, 900, 5000),
});

function fragmentsOf({ source, tag, lengths }: Plain, timeUs: number): ArrivedFragment[] {
	const size = lengths.reduce((sum, length) => sum + length, 0);
	let offset = 0;
	return lengths.map((length, i) => {
		const fragment = { source, destination: B, size, tag, offset, length, timeUs };
		offset += length;
		return { ...fragment, first: i === 0, secured: false, chain: undefined };
	});
}

test("whatever completes when, what is remembered is what a plain list of the last eight holds", (t) => {
	const memory = new CompletedMemory();
	fc.assert(
		fc.property(fc.array(step, { maxLength: 30 }), fc.array(plain, { maxLength: 10 }), (steps, others) => {
			const nodes = [new CompletedPackets(memory), new CompletedPackets(memory)];
			const model: Remembered[][] = [[], []];
			let nowUs = 0;
			steps.forEach(({ packet, waitUs, lifeUs }, i) => {
				nowUs += waitUs;
				const untilUs = nowUs + lifeUs;
				remember(nodes[i % 2]!, packet, nowUs, untilUs);
				model[i % 2] = [...model[i % 2]!, { ...packet, untilUs }].slice(-8);
			});
			for (const asked of [...others, ...steps.map(({ packet }) => packet)]) {
				nodes.forEach((node, i) => {
					for (const fragment of fragmentsOf(asked, nowUs)) {
						const data = new Uint8Array(30).fill(asked.fill);
						const isKnown = model[i]!.some((known) => holds(known, fragment, asked.fill));
						t.is(node.includes(fragment, data, 3), isKnown);
					}
				});
			}
			for (const node of nodes) node.clear();
			t.is(memory.lent, 0);
		}),
	);
});

test("what is over makes room before anything is borrowed for the next packet", (t) => {
	const memory = new CompletedMemory();
	const packets = new CompletedPackets(memory);
	for (let i = 0; i < 5; i++) {
		remember(packets, { source: A, tag: i, lengths: [8, 8], fill: 1 }, 10_000 * i, 10_000 * i + 4000);
		t.is(memory.lent, 1);
	}
});

function remember(packets: CompletedPackets, packet: Plain, nowUs: number, untilUs: number): void {
	const fragments = fragmentsOf(packet, nowUs);
	const context = new ReassemblyContext(fragments[0]!, new BufferPool(2048), false, undefined);
	for (const { offset, length } of fragments)
		context.write(offset, new Uint8Array(30).fill(packet.fill), 3, length);
	packets.remember(context, nowUs, untilUs);
}

function holds(known: Remembered, fragment: ArrivedFragment, fill: number): boolean {
	const { source, tag, size, offset, length, timeUs } = fragment;
	return (
		known.untilUs > timeUs &&
		known.fill === fill &&
		known.tag === tag &&
		known.source.equals(source) &&
		fragmentsOf(known, 0).some(
			(held) => held.size === size && held.offset === offset && held.length === length,
		)
	);
}
