import test from "ava";
import { BufferPool } from "../../firmware/buffer-pool.js";

test("buffers are lent once at a time, counted, and used again", (t) => {
	const pool = new BufferPool(1280);
	const a = pool.take();
	const b = pool.take();
	t.not(a, b);
	t.is(a.length, 1280);
	t.is(pool.lent, 2);
	pool.give(a);
	t.is(pool.lent, 1);
	t.is(pool.take(), a);
	pool.give(a);
	pool.give(b);
	t.is(pool.lent, 0);
	t.deepEqual(new Set([pool.take(), pool.take()]), new Set([a, b]));
	t.not(pool.take(), a);
});

test("a buffer holds at least the minimum MTU of IPv6", (t) => {
	for (const bytes of [0, 1279, Number.NaN]) {
		t.throws(() => new BufferPool(bytes), { instanceOf: RangeError, message: /1280/ });
	}
});
