import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { LinkAddress } from "../../firmware/address.js";
import { datagramDigest } from "../../firmware/net/ident.js";
import type { Dissection } from "../../host-tools/capture/dissection.js";
import { LogReader } from "../../host-tools/trace/log-reader.js";
import { SIM_EVENTS } from "../../sim/events.js";
import { LINK_KEY, planOf, standardPacket } from "../firmware/support/chains.js";
import { SeededRandom } from "../firmware/support/random.js";
import { payloadsOf, RECEIVER, SENDER } from "../firmware/support/reassembly.js";
import { type Sent, writeCapture } from "./chained-capture.js";
import { lowguard } from "./run-cli.js";
import { PAGE_15, requireTshark, tsharkFields } from "./tshark.js";

const FOLDER = mkdtempSync(join(tmpdir(), "lowguard-page-15-"));
test.after.always(() => rmSync(FOLDER, { recursive: true, force: true }));

const FIELDS = [
	"frame.number",
	"lowguard.type",
	"lowguard.chain.size",
	"lowguard.chain.tag",
	"lowguard.chain.offset",
	"lowguard.chain.keyed",
	"lowguard.chain.token_bytes",
	"lowguard.chain.nonce",
	"lowguard.chain.token",
	"lowguard.chain.mic",
	"lowguard.chain.verdict",
	"lowguard.chain.reassembled.length",
	"lowguard.hello.chains",
	"lowguard.hello.boot",
	"lowguard.sequence",
	"lowguard.gradient.epoch",
	"lowguard.gradient.hops",
	"lowguard.gradient.cost",
	"ipv6.src",
	"ipv6.dst",
	"ipv6.plen",
	"udp.srcport",
	"udp.dstport",
	"udp.length",
	"udp.checksum",
	"udp.checksum.status",
	"udp.payload",
	"_ws.malformed",
] as const;
type Row = Record<(typeof FIELDS)[number], string>;

/** What the test packets carry to the port of CoAP is none. */
const OPTIONS = [...PAGE_15, "--disable-protocol", "coap"];

function rowsOf(file: string): Row[] {
	return tsharkFields(file, FIELDS, OPTIONS) as Row[];
}

function decode(file: string): Dissection[] {
	const { stdout, code, stderr } = lowguard("decode", file, "--json", "--context", "0=2001:db8::/64");
	if (code !== 0) throw new Error(stderr);
	return stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Dissection);
}

/** What Wireshark shows of a chained fragment, under the names of `decode --json`. */
function chainOf(row: Row): unknown {
	const isFirst = row["lowguard.type"] === "0xc0";
	const text = (name: keyof Row) => row[name].replaceAll(":", "");
	const isKeyed = row["lowguard.chain.keyed"] === "1" || row["lowguard.chain.keyed"] === "True";
	return {
		...(isFirst && {
			keyed: isKeyed,
			tokenBytes: Number(row["lowguard.chain.token_bytes"]),
			nonce: Number(row["lowguard.chain.nonce"]),
		}),
		...(row["lowguard.chain.token"] !== "" && { token: text("lowguard.chain.token") }),
		...(isFirst && isKeyed && { mic: text("lowguard.chain.mic") }),
		verdict: row["lowguard.chain.verdict"],
	};
}

/** The UDP datagram of a row, header and payload. */
function udpOf(row: Row): Uint8Array {
	const header = Buffer.alloc(8);
	header.writeUInt16BE(Number(row["udp.srcport"]), 0);
	header.writeUInt16BE(Number(row["udp.dstport"]), 2);
	header.writeUInt16BE(Number(row["udp.length"]), 4);
	header.writeUInt16BE(Number(row["udp.checksum"]), 6);
	return Buffer.concat([header, Buffer.from(row["udp.payload"].replaceAll(":", ""), "hex")]);
}

/** Asserts that Wireshark and decode say the same of every frame; returns the rows of whole datagrams. */
function compare(t: Parameters<typeof requireTshark>[0], file: string): Row[] {
	const rows = rowsOf(file);
	const frames = new Map(decode(file).map((found) => [found.frame, found]));
	for (const row of rows) {
		const where = `frame ${row["frame.number"]}`;
		const found = frames.get(Number(row["frame.number"]))!;
		t.is(row["_ws.malformed"], "", where);
		if (found.chain !== undefined) {
			t.deepEqual<unknown, unknown>(chainOf(row), found.chain, where);
			const { tag, size, offset } = found.fragment!;
			t.is(row["lowguard.chain.tag"], `${tag}`);
			t.is(row["lowguard.chain.size"], `${size}`);
			t.is(row["lowguard.chain.offset"] || "0", `${offset}`);
		} else if (found.hello !== undefined) {
			const { boot, sequence, capabilities } = found.hello;
			t.deepEqual([row["lowguard.hello.boot"], row["lowguard.sequence"]], [`${boot}`, `${sequence}`], where);
			t.is(/1|True/.test(row["lowguard.hello.chains"]), capabilities.includes("chains"));
		} else if (found.gradient !== undefined) {
			const { epoch, hops, cost } = found.gradient;
			t.deepEqual([row["lowguard.gradient.epoch"], row["lowguard.gradient.hops"]], [`${epoch}`, `${hops}`]);
			t.true(Math.abs(Number(row["lowguard.gradient.cost"]) - cost) < 1e-3, where);
		}
		const { datagram } = found;
		t.is(row["ipv6.plen"], datagram === undefined ? "" : `${datagram.length - 40}`, where);
		if (datagram === undefined) continue;
		t.deepEqual([row["ipv6.src"], row["ipv6.dst"]], [datagram.src, datagram.dst], where);
		t.is(row["udp.checksum.status"], "1", where);
		t.is(Buffer.from(udpOf(row)).toString("hex"), datagram.hex.slice(80), where);
	}
	return rows.filter((row) => row["lowguard.chain.reassembled.length"] !== "");
}

const RUNS: readonly (readonly string[])[] = [
	["node.chain.format=chained", "node.addressing=short"],
	["node.chain.format=keyed", "node.addressing=extended"],
	["node.chain.format=chained", "node.chain.tokenBytes=16", "node.addressing=extended"],
];

RUNS.forEach((changes, i) => {
	test(`a run with ${changes.join(", ")}: Wireshark puts together what the nodes do`, (t) => {
		if (!requireTshark(t)) return;
		const out = join(FOLDER, `run-${i}`);
		const sets = [
			"reassembly.policy=predictive-csm-open",
			"topology.nodes=9",
			"durationS=90",
			...changes,
		].flatMap((change) => ["--set", change]);
		const { code, stderr } = lowguard("sim", "first-network", "--out", out, ...sets);
		t.is(code, 0, stderr);
		const whole = compare(t, join(out, "frames.pcap"));

		const sent = new Set<unknown>();
		const delivered = new Set<unknown>();
		let completed = 0;
		let givenUp = 0;
		for (const event of new LogReader(join(out, "events.cbor"), SIM_EVENTS).events()) {
			if (event.type === "datagramSent") sent.add(event["digest"]);
			else if (event.type === "datagramDelivered") delivered.add(event["digest"]);
			else if (event.type === "contextClosed" && event["outcome"] === "completed") completed++;
			else if (event.type === "macDropped") givenUp++;
		}
		t.true(delivered.size > 5);
		const seen = new Set<unknown>();
		for (const row of whole) {
			const packet = Buffer.concat([Buffer.alloc(40), udpOf(row)]);
			seen.add(datagramDigest(packet, packet.length));
		}
		for (const digest of seen) t.true(sent.has(digest), "Wireshark shows a datagram that nobody sent");
		for (const digest of delivered) t.true(seen.has(digest), "a delivered datagram is missing in Wireshark");
		// The capture also holds what its receiver missed until the sender gave up.
		const more = whole.length - completed;
		t.true(more >= 0 && more <= givenUp, `${whole.length} for ${completed}, ${givenUp} given up`);
	});
});

test("the published test vectors: Wireshark puts every packet together", (t) => {
	if (!requireTshark(t)) return;
	const path = new URL("../../../test/vectors/chained-fragments.json", import.meta.url);
	const { cases } = JSON.parse(readFileSync(path, "utf8")) as {
		cases: { source: string; destination: string; packet: string; payloads: string[] }[];
	};
	const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
	const frames = cases.flatMap(({ source, destination, payloads }) =>
		payloads.map((payload) => ({
			source: LinkAddress.fromBytes(bytes(source)),
			destination: LinkAddress.fromBytes(bytes(destination)),
			payload: bytes(payload),
		})),
	);
	const whole = compare(t, writeCapture(FOLDER, "vectors.pcap", frames));
	t.deepEqual(
		whole.map((row) => Buffer.from(udpOf(row)).toString("hex")),
		cases.map(({ packet }) => packet.slice(80)),
	);
});

/** A fragment under another tag. */
function echoed(payload: Uint8Array): Uint8Array {
	return payload.map((octet, i) => (i === 3 ? octet ^ 0x80 : octet));
}

/** A capture in which fragments are lost, repeated, reordered, altered and rivalled, now and then. */
function attacked(seed: number, tokenBytes: number, key?: Uint8Array): Sent[] {
	const random = new SeededRandom(seed);
	const frames: Sent[] = [];
	const add = (payload: Uint8Array, pauseUs = 5000) =>
		frames.push({ source: SENDER, destination: RECEIVER, payload, pauseUs });
	for (let datagram = 0; datagram < 60; datagram++) {
		const size = 200 + 8 * random.below(60);
		const tag = random.below(8);
		const room = 90 + random.below(27);
		const honest = payloadsOf(standardPacket(size, datagram), room, {
			tag,
			plan: planOf(tokenBytes, datagram, key),
		});
		const rival = payloadsOf(standardPacket(size, 100), room, {
			tag,
			plan: planOf(tokenBytes, 1000 + datagram, key),
		});
		honest.forEach((payload, i) => {
			const kind = random.below(12);
			if (kind === 0) return;
			if (kind === 1) add(payload);
			if (kind === 2 && key === undefined) {
				const altered = payload.slice();
				// Behind the compressed headers: of those, Wireshark's own dissector says what is wrong.
				const at = Math.min(payload.length - 1, (i === 0 ? 40 : 6) + random.below(payload.length));
				altered[at] = altered[at]! ^ (1 << random.below(8));
				add(altered);
			}
			if (kind === 3 && key === undefined && rival[i] !== undefined) add(rival[i]);
			if (kind === 4) add(honest[random.below(honest.length)]!);
			add(payload, kind === 5 ? 61_000_000 : 5000);
			if (datagram % 8 === 7) add(echoed(payload));
		});
		if (random.below(4) === 0) for (const payload of honest) add(payload);
	}
	return frames;
}

for (const [name, tokenBytes, key] of [
	["unkeyed, b = 8", 8, undefined],
	["unkeyed, b = 12", 12, undefined],
	["keyed", 4, LINK_KEY],
] as const) {
	test(`${name}: of lost, repeated, altered and rival fragments Wireshark says what decode says`, (t) => {
		if (!requireTshark(t)) return;
		const file = writeCapture(FOLDER, `attacked-${tokenBytes}.pcap`, attacked(tokenBytes, tokenBytes, key));
		const whole = compare(t, file);
		t.true(whole.length > 10, `${whole.length} whole`);
		const verdicts = new Set(rowsOf(file).map((row) => row["lowguard.chain.verdict"]));
		const expected = ["duplicate", "gap", "orphan", "replayed"];
		const kinds = key === undefined ? ["anchor", "verified", "mismatch"] : ["unverified"];
		for (const verdict of [...expected, ...kinds]) t.true(verdicts.has(verdict), verdict);
	});
}

test("what is cut short is said, and nothing is made of it", (t) => {
	if (!requireTshark(t)) return;
	const [first, second] = payloadsOf(standardPacket(300), 116, { plan: planOf(8, 1) }) as [
		Uint8Array,
		Uint8Array,
	];
	const whole = [first, second, Uint8Array.of(0xff, 1, 1, 0, 7, 0, 9), Uint8Array.of(0xff, 0x20, 0, 1)];
	const frames = whole.flatMap((payload) =>
		Array.from(payload, (_, length) => ({
			source: SENDER,
			destination: RECEIVER,
			payload: payload.subarray(0, length),
		})),
	);
	const file = writeCapture(FOLDER, "cut.pcap", frames);
	const rows = tsharkFields(
		file,
		["lowguard.chain.reassembled.length", "_ws.lua.error", "_ws.expert"],
		PAGE_15,
	);
	t.is(rows.length, frames.length);
	for (const row of rows)
		t.deepEqual([row["_ws.lua.error"], row["lowguard.chain.reassembled.length"]], ["", ""]);
	t.true(rows.filter((row) => row["_ws.expert"] !== "").length > 20);
});

test("frames of other kinds stay what they are to Wireshark", (t) => {
	if (!requireTshark(t)) return;
	const folder = join(FOLDER, "others");
	const run = lowguard(
		"sim",
		"cluster-field",
		"--set",
		"durationS=45",
		"--set",
		"attacks=[]",
		"--out",
		folder,
	);
	t.is(run.code, 0, run.stderr);
	const file = join(folder, "frames.pcap");
	const fields = ["frame.number", "ipv6.src", "udp.length"];
	const whole = tsharkFields(file, fields).filter((row) => row["udp.length"] !== "");
	const loaded = new Map(tsharkFields(file, fields, PAGE_15).map((row) => [row["frame.number"], row]));
	t.true(whole.length > 100, `${whole.length} datagrams in one frame`);
	for (const row of whole) t.deepEqual(loaded.get(row["frame.number"]!), row);
});
