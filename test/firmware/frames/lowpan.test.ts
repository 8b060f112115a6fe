import test from "ava";
import fc from "fast-check";
import { decodeDispatch, decodeLowpan, LowpanHeaders } from "../../../firmware/frames/lowpan.js";
import { bytesOf } from "./bytes-of.js";

function walk(hex: string): LowpanHeaders | string {
	const bytes = bytesOf(hex);
	const headers = decodeLowpan(bytes, 0, bytes.length, new LowpanHeaders());
	if (typeof headers === "string" || headers.kind !== "frag1") return headers;
	return decodeDispatch(bytes, bytes.length, headers);
}

function names(hex: string): string {
	const headers = walk(hex);
	return typeof headers === "string" ? `refused ${headers}` : headers.names().join(" ");
}

test("each dispatch octet has its meaning", (t) => {
	const meanings: string[] = [];
	for (let octet = 0; octet < 256; octet++) {
		const bytes = new Uint8Array(32);
		bytes[0] = octet;
		bytes[31] = 0x60;
		const headers = decodeLowpan(bytes, 0, bytes.length);
		const meaning = typeof headers === "string" ? headers : headers.hasMesh ? "mesh" : headers.kind;
		if (meanings.at(-1)?.split(" ")[1] !== meaning) meanings.push(`${octet.toString(16)} ${meaning}`);
	}
	t.deepEqual(meanings, [
		"0 not-lowpan",
		"40 unknown-extension",
		"41 ipv6",
		"42 hc1",
		"43 unknown-dispatch",
		// A broadcast header whose next octets are 0: no 6LoWPAN behind it.
		"50 not-lowpan",
		"51 unknown-dispatch",
		"60 iphc",
		// Mesh headers whose next octets are 0.
		"80 not-lowpan",
		"c0 frag1",
		"c8 unknown-dispatch",
		"e0 fragn",
		"e8 rfrag",
		"ea rfrag-ack",
		"ec unknown-dispatch",
		"f0 not-lowpan",
		"f1 unknown-page",
		"ff experimental",
	]);
});

test("mesh, broadcast and first fragment come before the packet, in this order", (t) => {
	const headers = walk(`
		b3 00 01 00 02 // mesh: 0x0001 to 0x0002, 3 hops left
		50 2a          // BC0, sequence number 42
		c0 64 12 34    // FRAG1: 100 octets, tag 0x1234
		7a 33 3a       // IPHC`);
	if (typeof headers === "string") throw new Error(headers);
	t.deepEqual(headers.names(), ["mesh", "bc0", "frag1", "iphc"]);
	t.is(headers.broadcastSeq, 42);
	t.like(headers.fragment, { size: 100, tag: 0x1234 });
	t.is(headers.next, 11);
	t.is(headers.inner, "iphc");
	t.is(headers.kind, "frag1");
});

test("headers out of order, or twice, are refused", (t) => {
	t.is(names("50 01 b3 00 01 00 02 60 00"), "refused lowpan-header-order");
	t.is(names("b3 00 01 00 02 b3 00 01 00 02 60 00"), "refused lowpan-header-order");
	t.is(names("c0 64 00 01 b3 00 01 00 02 60"), "refused lowpan-header-order");
	t.is(names("c0 64 00 01 50 01 60"), "refused lowpan-header-order");
	t.is(names("c0 64 00 01 c0 64 00 01 60"), "refused lowpan-header-order");
	t.is(names("c0 64 00 01 e0 64 00 01 02 60"), "refused lowpan-header-order");
	t.is(names("c0 64 00 01 ff 60"), "refused lowpan-header-order");
});

test("a first fragment needs a dispatch", (t) => {
	t.is(names("c0 64 00 01"), "refused lowpan-truncated");
	t.is(names("c0 64 00 01 00"), "refused not-lowpan");
});

test("pages: IPHC is shared by pages 0 and 1, page 15 ends the walk (RFC 8025)", (t) => {
	t.is(names("50 00 7a 33 3a"), "bc0 iphc");
	t.is(names("f1 7a 33 3a"), "page-1 iphc");
	t.is(names("f1 41 60"), "refused unknown-page");
	t.is(names("f1 a1 00"), "refused unknown-page");
	t.is(names("f2 7a 33"), "refused unknown-page");
	t.is(names("f1 f0 41 60"), "ipv6");
	t.is(names("c0 64 00 01 f1 7a 33"), "frag1 page-1 iphc");
	t.like(walk("ff 20 30"), { kind: "experimental", page: 15, next: 1 });
});

test("fragments on page 15 are chained ones; none stands behind another", (t) => {
	const first = walk("ff c2 30 00 07 03");
	t.like(first, { kind: "chained-frag1", page: 15, next: 5 });
	t.like((first as LowpanHeaders).fragment, { size: 0x230, tag: 7, offset: 0, first: true });
	const next = walk("ff e2 30 00 07 0c 00");
	t.like(next, { kind: "chained-fragn", next: 6 });
	t.like((next as LowpanHeaders).fragment, { offset: 96, first: false });
	t.is(walk("ff c2 30 00"), "fragment-truncated");
	t.is(names("c2 30 00 07 ff c2 30 00 08 03"), "refused lowpan-header-order");
	// RFC 8931 has no chain.
	t.like(walk("ff e8 00 00 00 00 00"), { kind: "experimental" });
});

test("a reused object keeps nothing of the frame before", (t) => {
	const into = new LowpanHeaders();
	const first = bytesOf("b3 00 01 00 02 50 2a f1 7a 33");
	decodeLowpan(first, 0, first.length, into);
	t.deepEqual(into.names(), ["mesh", "bc0", "page-1", "iphc"]);
	decodeLowpan(bytesOf("41 60"), 0, 2, into);
	t.deepEqual(into.names(), ["ipv6"]);
});

test("every truncation before the last dispatch is refused", (t) => {
	const bytes = bytesOf("bf 20 00 01 00 02 50 2a c0 64 12 34 f1 7a");
	for (let end = 0; end < bytes.length; end++) {
		const headers = decodeLowpan(bytes, 0, end, new LowpanHeaders());
		const result = typeof headers === "string" ? headers : decodeDispatch(bytes, end, headers);
		t.true(typeof result === "string" && result.endsWith("-truncated"), `${end}: ${String(result)}`);
	}
});

test("random octets never throw, and next stays within them", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
			const headers = decodeLowpan(bytes, 0, bytes.length);
			if (typeof headers === "string") return true;
			return headers.next <= bytes.length && headers.names().length > 0;
		}),
		{ numRuns: 2000 },
	);
	t.pass();
});
