import test from "ava";
import { checkMalformed, type MalformedCase } from "../../host-tools/conformance/malformed.js";

/**
 * Attacks on 6LoWPAN reassembly and header compression, each fed to the real receive path: frames in
 * order, then the time-out. Every one must end with no state, and none may throw.
 */
const LINK = { src: "0001", dst: "0002" };
const OTHER = { src: "0003", dst: "0002" };
/** An uncompressed packet of 56 octets: next header 59, 16 octets of payload. */
const PACKET = `6000000000103b40${"00".repeat(31)}01${"00".repeat(31)}02`.slice(0, 80) + "11".repeat(16);
/** Its first 48 octets behind FRAG1 (size 56, tag 1), and the last 8 behind FRAGN. */
const FIRST = `c038000141${PACKET.slice(0, 96)}`;
const LAST = `e038000106${PACKET.slice(96)}`;

type Given = Omit<MalformedCase, "expect" | "frames"> & { readonly frames: readonly string[] };

function outcome(given: Given, expect: MalformedCase["expect"]): string | undefined {
	return checkMalformed({ link: LINK, contexts: {}, ...given, expect });
}

const REJECTED: readonly (readonly [title: string, ...frames: string[]])[] = [
	["an empty payload", ""],
	["a first fragment without a dispatch", "c0380001"],
	["a first fragment with raw IPv6 behind it", `c0380001${PACKET.slice(0, 96)}`],
	["size zero, first", `c000000141${PACKET.slice(0, 96)}`],
	["size zero, next", `e000000106${PACKET.slice(96)}`],
	["a next fragment without data", "e038000106"],
	["a next fragment past the end", `e038000107${"00".repeat(8)}`],
	["a next fragment at the end itself", "e03800010700"],
	["a fragment in the middle that is no multiple of 8", "e0380001060102030405"],
	["headers longer than datagram_size", "c02000017a333b"],
	["a nested header longer than datagram_size", "c04000017e33ee7a333b"],
	["datagram_size that is not the length of the packet", FIRST.replace("c038", "c030")],
	["nested IPv6 without end", `7e33${"ee7e33".repeat(30)}`],
	["extension headers without end", `7e33${"e100".repeat(55)}`],
	["an extension header longer than the frame", "7e33e03bff00"],
	["an unknown next header compression", "7e3300"],
	["a context that nobody set", "7af7113b"],
	["ESC with an unknown extension", "40aa"],
	["a frame that is no 6LoWPAN", `00${PACKET}`],
	["a mesh header cut short", "b50001"],
	["a broadcast header cut short", "50"],
	["an uncompressed packet cut short", `41${PACKET.slice(0, -2)}`],
	["an uncompressed packet with an octet too many", `41${PACKET}00`],
	["an uncompressed packet of version 4", `4145${PACKET.slice(2)}`],
	["an RFRAG without a first one, whose size lies", `e80704200010${"00".repeat(8)}`],
	["an abort of what never began", "e80700000000"],
	["an acknowledgement that nobody waits for", "ea07ffffffff"],
];

for (const [title, ...frames] of REJECTED) {
	test(`rejects ${title}`, (t) => {
		t.is(outcome({ frames }, { result: "reject", deliver: 0 }), undefined);
	});
}

test("the pieces themselves are good: in either order they make the packet", (t) => {
	const expect = { result: "deliver", deliver: 1, datagram: PACKET };
	t.is(outcome({ frames: [FIRST, LAST] }, expect), undefined);
	t.is(outcome({ frames: [LAST, FIRST] }, expect), undefined);
	t.is(outcome({ frames: [FIRST, FIRST, LAST, LAST] }, expect), undefined);
});

test("legal pieces that never complete leave nothing after the time-out", (t) => {
	const none = { result: "no-deliver", deliver: 0 };
	t.is(outcome({ frames: [FIRST] }, none), undefined);
	t.is(outcome({ frames: [LAST] }, none), undefined);
	const tags = Array.from(
		{ length: 40 },
		(_, i) => `e038${(i + 1).toString(16).padStart(4, "0")}06${"00".repeat(8)}`,
	);
	t.is(outcome({ frames: tags }, none), undefined);
});

test("an overlap never gives a mixed packet", (t) => {
	const overlap = `e038000105${"ee".repeat(16)}`;
	const expect = { result: "implementation-defined", deliver: "any", mustEqualIfDelivered: PACKET };
	t.is(outcome({ frames: [FIRST, overlap, LAST] }, expect), undefined);
	t.is(outcome({ frames: [overlap, FIRST, LAST] }, expect), undefined);
});

test("pieces of two senders, two sizes or two tags are not mixed", (t) => {
	const none = { result: "no-mix", deliver: 0 };
	t.is(outcome({ frames: [FIRST, LAST], frameLinks: [LINK, OTHER] }, none), undefined);
	t.is(outcome({ frames: [FIRST, LAST.replace("e038", "e040")] }, none), undefined);
	t.is(outcome({ frames: [FIRST, LAST.replace("0001", "0002")] }, none), undefined);
	const both = { result: "no-mix", deliver: 2, mustEqualIfDelivered: PACKET };
	const frameLinks = [LINK, OTHER, LINK, OTHER];
	t.is(outcome({ frames: [FIRST, FIRST, LAST, LAST], frameLinks }, both), undefined);
});

test("a mesh header for another node is not delivered, nor forwarded", (t) => {
	const frames = [`b500010009${"41"}${PACKET}`, `b000010009${"41"}${PACKET}`];
	t.is(outcome({ frames }, { result: "no-forward", deliver: 0 }), undefined);
});

test("MAC frames that are refused, and others that are survived", (t) => {
	t.is(outcome({ layer: "mac", frames: ["6188"] }, { result: "reject" }), undefined);
	t.regex(outcome({ layer: "mac", frames: ["020001"] }, { result: "reject" }) ?? "", /MAC drop/);
	const survive = { result: "survive", deliver: "any" };
	t.is(outcome({ layer: "6lowpan+mac", frames: [FIRST, `418801cdab02000100${FIRST}`] }, survive), undefined);
	t.regex(outcome({ layer: "other", frames: [] }, survive) ?? "", /expected layer/);
});

test("an unexpected outcome is told", (t) => {
	const delivered = { frames: [`41${PACKET}`] };
	t.regex(outcome(delivered, { result: "reject", deliver: 0 }) ?? "", /expected deliver 0, got 1/);
	t.regex(outcome(delivered, { result: "reject" }) ?? "", /got 1/);
	t.regex(outcome(delivered, { result: "no-mix", datagram: "60" }) ?? "", /expected one of 60/);
	t.regex(outcome({ frames: ["00"] }, { result: "deliver" }) ?? "", /got 0 \(drops: not-lowpan\)/);
	t.is(outcome(delivered, { result: "survive", deliver: "0 or 1" }), undefined);
	t.is(outcome(delivered, { result: "survive", deliver: "at most 2" }), undefined);
	t.regex(outcome(delivered, { result: "survive", deliver: [0, 2] }) ?? "", /got 1/);
});
