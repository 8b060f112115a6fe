import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { DUPLICATE_WINDOW_US, DuplicateFilter } from "../../../firmware/mac/duplicates.js";

const A = LinkAddress.short(1);
const B = LinkAddress.short(2);

test("the same source, sequence number and FCS within the window is a duplicate, until its last microsecond", (t) => {
	const filter = new DuplicateFilter();
	t.false(filter.isDuplicate(A, 5, 0xbeef, 1000));
	t.true(filter.isDuplicate(A, 5, 0xbeef, 1000));
	t.true(filter.isDuplicate(A, 5, 0xbeef, 1000 + DUPLICATE_WINDOW_US - 1));
	t.false(filter.isDuplicate(A, 5, 0xbeef, 1000 + DUPLICATE_WINDOW_US));
});

test("a spoofed frame with the honest one's number does not have the honest one thrown away", (t) => {
	const filter = new DuplicateFilter();
	t.false(filter.isDuplicate(A, 5, 0x1111, 0), "the attacker's, with the number that comes next");
	t.false(filter.isDuplicate(A, 5, 0x2222, 10), "the honest one");
	t.true(filter.isDuplicate(A, 5, 0x2222, 20), "its retransmission");
});

test("another source, or another number, is another frame", (t) => {
	const filter = new DuplicateFilter();
	filter.isDuplicate(A, 5, 0xbeef, 0);
	t.false(filter.isDuplicate(B, 5, 0xbeef, 0));
	t.false(filter.isDuplicate(A, 6, 0xbeef, 0));
	t.false(filter.isDuplicate(LinkAddress.extended(1, 1), 5, 0xbeef, 0));
	t.false(filter.isDuplicate(LinkAddress.extended(0, 1), 5, 0xbeef, 0), "the EUI-64 with the same number");
});

test("the highest number and FCS are kept apart from the lowest", (t) => {
	const filter = new DuplicateFilter();
	t.false(filter.isDuplicate(A, 255, 0xffff, 0));
	t.false(filter.isDuplicate(A, 0, 0, 0));
	t.false(filter.isDuplicate(A, 255, 0, 0));
	t.true(filter.isDuplicate(A, 255, 0xffff, 0));
});

test("an all-zero frame at the start of time was never seen", (t) => {
	t.false(new DuplicateFilter().isDuplicate(LinkAddress.short(0), 0, 0, 0));
});

test("eight frames are remembered; the ninth displaces the oldest", (t) => {
	const filter = new DuplicateFilter();
	for (let seq = 0; seq < 8; seq++) filter.isDuplicate(A, seq, 7, seq);
	for (let seq = 0; seq < 8; seq++) t.true(filter.isDuplicate(A, seq, 7, 8), String(seq));
	t.false(filter.isDuplicate(B, 0, 7, 9));
	t.true(filter.isDuplicate(A, 1, 7, 10));
	t.false(filter.isDuplicate(A, 0, 7, 10));
});

test("equal to a list of the last eight new frames", (t) => {
	const arrival = fc.record({
		source: fc.integer({ min: 0, max: 2 }),
		seq: fc.integer({ min: 0, max: 3 }),
		fcs: fc.integer({ min: 0, max: 1 }),
		gapUs: fc.integer({ min: 0, max: 90_000 }),
	});
	fc.assert(
		fc.property(fc.array(arrival, { maxLength: 80 }), (arrivals) => {
			const filter = new DuplicateFilter();
			const model: { key: string; untilUs: number }[] = [];
			let nowUs = 0;
			for (const { source, seq, fcs, gapUs } of arrivals) {
				nowUs += gapUs;
				const key = `${source}/${seq}/${fcs}`;
				const known = model.slice(-8).some((entry) => entry.key === key && entry.untilUs > nowUs);
				t.is(filter.isDuplicate(LinkAddress.short(source), seq, fcs, nowUs), known);
				if (!known) model.push({ key, untilUs: nowUs + DUPLICATE_WINDOW_US });
			}
		}),
	);
});
