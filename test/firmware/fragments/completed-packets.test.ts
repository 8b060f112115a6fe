import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { BufferPool } from "../../../firmware/buffer-pool.js";
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
