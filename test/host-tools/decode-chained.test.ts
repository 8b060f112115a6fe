import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { CHAINS, encodeHello, Hello } from "../../firmware/frames/hello.js";
import { octetsOf, pairwiseKeys } from "../../firmware/mac/pairwise-keys.js";
import type { Dissection } from "../../host-tools/capture/dissection.js";
import { hostCipher } from "../../host-tools/crypto.js";
import { planOf, standardPacket } from "../firmware/support/chains.js";
import { payloadsOf, RECEIVER, SENDER } from "../firmware/support/reassembly.js";
import { type Sent, writeCapture } from "./chained-capture.js";
import { endsWithLine, lowguard } from "./run-cli.js";

const FOLDER = mkdtempSync(join(tmpdir(), "lowguard-decode-chained-"));
test.after.always(() => rmSync(FOLDER, { recursive: true, force: true }));

const MASTER = "101112131415161718191a1b1c1d1e1f";
const KEY = pairwiseKeys(hostCipher, octetsOf(MASTER), SENDER, () => true)(RECEIVER)!;
const KEY_HEX = Buffer.from(KEY).toString("hex");
const PACKET = standardPacket(300);

const chained = (nonce: number, tag = 7, key?: Uint8Array) =>
	payloadsOf(PACKET, 116, { tag, plan: planOf(key === undefined ? 8 : 4, nonce, key) });
const sent = (payloads: readonly Uint8Array[]): Sent[] =>
	payloads.map((payload) => ({ source: SENDER, destination: RECEIVER, payload }));

function hello(): Uint8Array {
	const bytes = new Uint8Array(7);
	encodeHello(Object.assign(new Hello(), { capabilities: CHAINS, boot: 3, sequence: 9 }), bytes, 0);
	return bytes;
}

/** Three frames without a key and what an attacker makes of them, then three under one. */
function capture(): string {
	const [first, second, third] = chained(5) as [Uint8Array, Uint8Array, Uint8Array];
	const altered = second.map((octet, i) => (i === 40 ? octet ^ 1 : octet));
	const frames = [hello(), second, first, third, altered, second, first, second, third, first];
	return writeCapture(FOLDER, "chained.pcap", sent(frames));
}

const UNKEYED = capture();
const KEYED = writeCapture(FOLDER, "keyed.pcap", sent([...chained(8, 1, KEY), ...chained(7, 2, KEY)]));

function decode(path: string, ...options: string[]): Dissection[] {
	const { stdout, code, stderr } = lowguard("decode", path, "--json", ...options);
	if (code !== 0) throw new Error(stderr);
	return stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Dissection);
}

const verdicts = (frames: readonly Dissection[]) => frames.map(({ chain }) => chain?.verdict);

test("without a key: what each fragment says, and the verdict on it", (t) => {
	const frames = decode(UNKEYED);
	t.deepEqual(verdicts(frames), [
		undefined,
		"orphan",
		"anchor",
		"gap",
		"mismatch",
		"verified",
		"duplicate",
		"duplicate",
		"verified",
		"replayed",
	]);
	t.deepEqual(
		frames.map(({ drop }) => drop),
		verdicts(frames).map((verdict) =>
			verdict === undefined || verdict === "anchor" || verdict === "verified"
				? undefined
				: `fragment-${verdict}`,
		),
	);
	const [greeting, orphan, first, , , second] = frames;
	t.deepEqual(greeting!.hello, { capabilities: ["chains"], boot: 3, sequence: 9 });
	t.deepEqual(greeting!.lowpan, ["page-15", "hello"]);
	const [p1, p2] = chained(5).map((payload) => Buffer.from(payload).toString("hex")) as [string, string];
	t.deepEqual(first!.chain, {
		keyed: false,
		tokenBytes: 8,
		nonce: 5,
		token: p1.slice(16, 32),
		verdict: "anchor",
	});
	t.deepEqual(first!.lowpan, ["chained-frag1", "iphc"]);
	t.deepEqual(second!.chain, { token: p2.slice(12, 28), verdict: "verified" });
	t.deepEqual(second!.fragment, { tag: 7, size: 300, offset: 136 });
	t.deepEqual(orphan!.chain, { verdict: "orphan" }, "nobody has told how long the token is");
	const whole = frames[8]!;
	t.is(whole.datagram!.hex, Buffer.from(PACKET).toString("hex"));
	t.deepEqual(whole.datagram!.frames, [3, 6, 9]);
});

test("under a key that is not known: put together in order, and marked", (t) => {
	const frames = decode(KEYED);
	t.deepEqual(verdicts(frames), new Array(6).fill("unverified"));
	t.is(frames.filter(({ datagram }) => datagram !== undefined).length, 2);
	const { stderr } = lowguard("decode", KEYED, "--json");
	t.is(
		stderr,
		"lowguard decode: 2 datagrams are unverified for want of a key: --link-key ADDRESS,ADDRESS=HEX or --master-key HEX\n",
	);
});

test("with the key of the pair, in either order, or the master key: verified, and a nonce that fell is replayed", (t) => {
	const expected = ["authenticated", "verified", "verified", "replayed", "orphan", "orphan"];
	const options = [
		["--link-key", `0x0001,0x0002=${KEY_HEX}`],
		["--link-key", `0x0002,0x0001=${KEY_HEX.toUpperCase()}`],
		["--master-key", MASTER],
		["--master-key", MASTER.replace("1", "2"), "--link-key", `0x0001,0x0002=${KEY_HEX}`],
	];
	for (const option of options) t.deepEqual(verdicts(decode(KEYED, ...option)), expected, option.join(" "));
	t.deepEqual(
		verdicts(decode(KEYED, "--link-key", `0x0001,0x0003=${KEY_HEX}`)),
		new Array(6).fill("unverified"),
	);
	const wrong = decode(KEYED, "--master-key", MASTER.replace("1", "2"));
	const stopped = ["unauthenticated", "orphan", "orphan"];
	t.deepEqual(verdicts(wrong), [...stopped, ...stopped]);
	t.deepEqual(decode(KEYED, "--master-key", MASTER)[0]!.chain, {
		keyed: true,
		tokenBytes: 4,
		nonce: 8,
		token: Buffer.from(chained(8, 1, KEY)[0]!.subarray(10, 14)).toString("hex"),
		mic: Buffer.from(chained(8, 1, KEY)[0]!.subarray(14, 18)).toString("hex"),
		verdict: "authenticated",
	});
});

test("as a node: no key, no keyed chain; with one, no other; and RIOT knows none", (t) => {
	const as = ["--as", "0x0002"];
	t.is(verdicts(decode(KEYED, ...as))[0], "unauthenticated");
	t.is(verdicts(decode(KEYED, ...as, "--master-key", MASTER))[0], "authenticated");
	t.is(verdicts(decode(UNKEYED, ...as, "--master-key", MASTER))[2], "unauthenticated");
	for (const policy of ["predictive-csm", "predictive-csm-open"]) {
		t.is(verdicts(decode(UNKEYED, ...as, "--policy", policy)).at(-2), "verified");
	}
	t.is(
		verdicts(decode(KEYED, ...as, "--master-key", MASTER, "--policy", "predictive-csm-keyed"))[2],
		"verified",
	);
	const riot = decode(UNKEYED, ...as, "--policy", "riot");
	t.deepEqual([riot[2]!.drop, riot[2]!.chain?.verdict], ["unsupported-dispatch", undefined]);
});

test("as a node: plain fragments after a verified chain, or where a key is shared, are refused", (t) => {
	const plain = payloadsOf(PACKET, 116, { tag: 20 });
	const path = writeCapture(FOLDER, "downgrade.pcap", sent([...plain, ...chained(5), ...plain]));
	const drops = (...options: string[]) => decode(path, ...options).map(({ drop }) => drop);
	const refused = new Array(3).fill("fragment-downgraded");
	t.deepEqual(drops("--as", "0x0002").slice(-3), refused);
	t.deepEqual(drops("--as", "0x0002").slice(0, 6), new Array(6).fill(undefined));
	t.deepEqual(drops("--as", "0x0002", "--master-key", MASTER).slice(0, 3), refused);
	// An observer judges the frames and not their senders.
	t.deepEqual(new Set(drops().slice(0, 6)), new Set([undefined]));
});

test("for people: the fields of a chain and the verdict, a HELLO, and a count of verdicts", (t) => {
	const text = lowguard("decode", UNKEYED).stdout.toString();
	t.regex(text, /0x0001 → 0x0002 +hello, boot 3, chains\n/);
	t.regex(
		text,
		/chained-frag1 tag 7 at 0 of 300 B, nonce 5, token [0-9a-f]{16}, anchor, 1 stored \(45 %\)\n/,
	);
	t.regex(text, /chained-fragn tag 7 at 136 of 300 B, token [0-9a-f]{16}, verified, 2 stored/);
	t.regex(text, /chained-fragn tag 7 at 232 of 300 B, token 0{16}, verified {2}whole after 3 fragments: udp/);
	t.regex(text, /chained-fragn tag 7 at 136 of 300 B {2}refused: fragment-orphan\n/);
	t.regex(text, /\nchained {5}2 duplicate, 2 verified, 1 anchor, 1 gap, 1 mismatch, 1 orphan, 1 replayed\n/);
	const keyed = lowguard("decode", KEYED, "--master-key", MASTER).stdout.toString();
	t.regex(keyed, /B, keyed, nonce 8, token [0-9a-f]{8}, code [0-9a-f]{8}, authenticated,/);
});

test("keys that make no sense are refused by name", (t) => {
	const key = "2b7e151628aed2a6abf7158809cf4f3c";
	for (const text of [
		"0x0001=00",
		`0x0001,0x0002=${key}0`,
		`1,2=${key}`,
		key,
		`0x0001,0x0002,0x0003=${key}`,
	]) {
		const result = lowguard("decode", KEYED, "--link-key", text);
		endsWithLine(t, result, 2, /--link-key: expected a key as 0x0001,0x0002=[0-9a-f]{32}, found '.*'\n$/);
	}
	const pair = ["--link-key", `0x0001,0x0002=${key}`, "--link-key", `0x0002,0x0001=${key}`];
	endsWithLine(
		t,
		lowguard("decode", KEYED, ...pair),
		2,
		/--link-key: expected one key a pair, found two for/,
	);
	endsWithLine(
		t,
		lowguard("decode", KEYED, "--master-key", "12"),
		2,
		/--master-key: expected 32 hex digits, found '12'\n$/,
	);
});
