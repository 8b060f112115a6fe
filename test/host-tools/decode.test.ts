import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { Checksum, Dissection } from "../../host-tools/capture/dissection.js";
import { capturePath, lowguard, scratchFolder } from "./run-cli.js";
import { requireTshark, tsharkFields } from "./tshark.js";

const CONTEXT = ["--context", "0=2001:db8::/64"];

// Captures of others, and our own: every frame that a run puts on the air.
const RECORDED = readdirSync(capturePath("")).filter((name) => name.endsWith(".pcap"));
const RUNS: readonly (readonly [scenario: string, ...changes: string[]])[] = [
	["grid-one-hop", "topology.nodes=9", "durationS=20"],
	["first-network", "topology.nodes=9", "durationS=60"],
	["first-network", "topology.nodes=9", "durationS=60", "node.addressing=extended"],
];
const RUN_FOLDER = mkdtempSync(join(tmpdir(), "lowguard-decode-"));
test.after.always(() => rmSync(RUN_FOLDER, { recursive: true, force: true }));

/** Runs a scenario and returns the path of its frames. */
function record([scenario, ...changes]: (typeof RUNS)[number], i: number): string {
	const folder = join(RUN_FOLDER, String(i));
	const { code, stderr } = lowguard(
		"sim",
		scenario,
		"--out",
		folder,
		...changes.flatMap((set) => ["--set", set]),
	);
	if (code !== 0) throw new Error(stderr);
	return join(folder, "frames.pcap");
}

const CAPTURES: readonly (readonly [name: string, path: string])[] = [
	...RECORDED.map((name) => [name, capturePath(name)] as const),
	...RUNS.map((run, i) => [`our ${run.join(" ")}`, record(run, i)] as const),
];
const TYPES: Readonly<Record<string, string>> = {
	"0x0000": "beacon",
	"0x0001": "data",
	"0x0002": "ack",
	"0x0003": "command",
};
/** What tshark says of a checksum. */
const CHECKSUMS: Readonly<Record<string, Checksum>> = { "0": "bad", "1": "ok" };
const MAC_FIELDS = [
	"frame.number",
	"frame.len",
	"zep.length",
	"zep.type",
	"wpan.fcs_ok",
	"wpan.frame_type",
	"wpan.version",
	"wpan.seq_no",
	"wpan.ack_request",
	"wpan.security",
	"wpan.dst_pan",
	"wpan.dst16",
	"wpan.dst64",
	"wpan.src_pan",
	"wpan.src16",
	"wpan.src64",
	"6lowpan.frag.tag",
	"6lowpan.frag.size",
	"6lowpan.frag.offset",
];
const DATAGRAM_FIELDS = [
	"6lowpan.reassembled.length",
	"6lowpan.pattern",
	"ipv6.plen",
	"ipv6.src",
	"ipv6.dst",
	"ipv6.nxt",
	"udp.srcport",
	"udp.dstport",
	"udp.length",
	"udp.checksum.status",
	"icmpv6.type",
	"icmpv6.checksum.status",
];

function decode(name: string, ...options: string[]): Dissection[] {
	return decodePath(capturePath(name), ...options);
}

function decodePath(path: string, ...options: string[]): Dissection[] {
	const { code, stdout, stderr } = lowguard("decode", path, "--json", ...CONTEXT, ...options);
	if (code !== 0) throw new Error(stderr);
	return stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Dissection);
}

function address(short: string, extended: string): string | undefined {
	return short || extended || undefined;
}

for (const [name, path] of CAPTURES) {
	test(`${name}: frames, addresses and fragments as tshark has them`, (t) => {
		if (!requireTshark(t)) return;
		const rows = tsharkFields(path, [...MAC_FIELDS, "_ws.malformed"]);
		const frames = new Map(decodePath(path).map((found) => [found.frame, found]));
		let compared = 0;
		for (const row of rows) {
			const found = frames.get(Number(row["frame.number"]));
			// RIOT greets with a ZEP packet of a type of its own, which tshark takes for a frame.
			if (row["wpan.frame_type"] === "" || row["zep.type"] === "255") {
				t.is(found, undefined);
				continue;
			}
			compared++;
			const ours = found!;
			t.deepEqual(
				{
					length: ours.length,
					fcs: ours.fcs,
					mac: ours.mac,
					fragment: ours.fragment,
				},
				{
					length: Number(row["zep.length"] || row["frame.len"]),
					fcs: row["wpan.fcs_ok"] === "1" ? "ok" : "bad",
					mac: macOf(row),
					fragment: fragmentOf(row),
				},
				`frame ${row["frame.number"]}`,
			);
		}
		t.is(compared, frames.size);
		t.true(compared > 0);
	});

	test(`${name}: datagrams as tshark has them`, (t) => {
		if (!requireTshark(t)) return;
		const rows = tsharkFields(path, [...MAC_FIELDS, ...DATAGRAM_FIELDS]);
		const byFrame = new Map(rows.map((row) => [Number(row["frame.number"]), row]));
		const found = decodePath(path).filter(({ datagram }) => datagram !== undefined);
		t.true(found.length > 0);
		for (const { frame, datagram, fragment } of found) {
			const row = byFrame.get(frame)!;
			const ours = datagram!;
			const packet = Buffer.from(ours.hex, "hex");
			t.is(packet.length, ours.length);
			t.is(ours.length, Number(row["ipv6.plen"]) + 40, `frame ${frame}`);
			t.is(ours.src, row["ipv6.src"]!);
			t.is(ours.dst, row["ipv6.dst"]!);
			t.is(fragment === undefined ? "" : String(ours.length), row["6lowpan.reassembled.length"]!);
			if (ours.next === "udp") {
				t.is(packet.readUInt16BE(40), Number(row["udp.srcport"]));
				t.is(packet.readUInt16BE(42), Number(row["udp.dstport"]));
				t.is(packet.readUInt16BE(44), Number(row["udp.length"]));
				t.is(ours.checksum, CHECKSUMS[row["udp.checksum.status"]!]!);
			} else {
				t.is(ours.next, "icmpv6");
				t.is(String(packet[Number(row["ipv6.nxt"]) === 0 ? 48 : 40]), row["icmpv6.type"]!);
				t.is(ours.checksum, CHECKSUMS[row["icmpv6.checksum.status"]!]!);
			}
		}
		// The other way: nothing that tshark put together is missing here.
		const reassembled = rows.filter((row) => row["6lowpan.reassembled.length"] !== "");
		const fromFragments = found.filter(({ fragment }) => fragment !== undefined);
		t.deepEqual(
			fromFragments.map(({ frame }) => frame),
			reassembled.map((row) => Number(row["frame.number"])),
		);
	});
}

function macOf(row: Record<string, string>): unknown {
	const dst = address(row["wpan.dst16"]!, row["wpan.dst64"]!);
	const src = address(row["wpan.src16"]!, row["wpan.src64"]!);
	const dstPan = row["wpan.dst_pan"] || undefined;
	const srcPan = row["wpan.src_pan"] || undefined;
	return {
		type: TYPES[row["wpan.frame_type"]!],
		version: Number(row["wpan.version"]),
		seq: Number(row["wpan.seq_no"]),
		ackRequest: row["wpan.ack_request"] === "1",
		security: 0,
		...(dstPan !== undefined && { dstPan }),
		...(dst !== undefined && { dst }),
		...(srcPan !== undefined && { srcPan }),
		...(src !== undefined && { src }),
	};
}

function fragmentOf(row: Record<string, string>): unknown {
	if (row["6lowpan.frag.tag"] === "") return undefined;
	return {
		tag: Number(row["6lowpan.frag.tag"]),
		size: Number(row["6lowpan.frag.size"]),
		offset: Number(row["6lowpan.frag.offset"] || 0),
	};
}

test("the payload that ns-3 sent comes out octet by octet", (t) => {
	for (const name of RECORDED.filter((each) => each.startsWith("ns3-"))) {
		const packets = decode(name)
			.filter(({ datagram }) => datagram?.next === "udp")
			.map(({ datagram }) => Buffer.from(datagram!.hex, "hex").subarray(48));
		t.true(packets.length > 0);
		for (const payload of packets) {
			const source = payload.readUInt32LE(0);
			const sequence = payload.readUInt32LE(4);
			for (let i = 16; i < payload.length; i++) {
				if (payload[i] !== ((source + sequence + i) & 0xff)) t.fail(`${name}: octet ${i}`);
			}
		}
	}
});

test("a ping of RIOT is the same through ZEP as on the air", (t) => {
	const strip = (found: Dissection) => ({ ...found, frame: 0, timeUs: 0, datagram: found.datagram?.hex });
	t.deepEqual(decode("riot-ping-500-zep.pcap").map(strip), decode("riot-ping-500.pcap").map(strip));
});

test("the frames of a datagram are those that carried it, in order", (t) => {
	const frames = decode("ns3-ll-4n.pcap");
	const whole = frames.filter(({ datagram, fragment }) => datagram !== undefined && fragment !== undefined);
	t.is(whole.length, 8);
	for (const { frame, fragment, datagram } of whole) {
		const parts = datagram!.frames.map((number) => frames[number - 1]!);
		t.is(parts.at(-1)!.frame, frame);
		t.deepEqual(
			parts.map((part) => part.fragment?.offset),
			[0, 144, 248, 352, 456],
		);
		t.true(parts.every((part) => part.fragment?.tag === fragment!.tag));
	}
});

test("as one node: its own datagrams only, within its memory", (t) => {
	const observer = decode("ns3-ll-4n.pcap").filter(({ datagram }) => datagram?.next === "udp");
	const toNode = observer.filter(({ mac }) => mac?.dst === "0x0001");
	t.true(toNode.length > 0 && toNode.length < observer.length);
	const asNode = decode("ns3-ll-4n.pcap", "--as", "0x0001");
	t.deepEqual(
		asNode.filter(({ datagram }) => datagram?.next === "udp"),
		toNode,
	);
	// What is for others keeps its headers, and is neither refused nor put together.
	const others = asNode.filter(
		({ mac }) => mac?.dst !== undefined && mac.dst !== "0x0001" && mac.dst !== "0xffff",
	);
	t.true(others.length > 0);
	t.true(others.every(({ datagram, drop, lowpan }) => !datagram && !drop && lowpan !== undefined));
});

/** Drops of a recorded attack as its victim decides, by reason. */
function victimDrops(name: string, ...options: string[]): ReadonlyMap<string, number> {
	const drops = new Map<string, number>();
	for (const { drop } of decode(`attacks/${name}.pcap`, "--as", "02:00:00:00:12:34:00:02", ...options)) {
		if (drop !== undefined) drops.set(drop, (drops.get(drop) ?? 0) + 1);
	}
	return drops;
}

test("as RIOT: its own memory unless another is given, what it did not receive left out, no duplicates", (t) => {
	const name = "riot-buffer-reservation";
	const own = victimDrops(name, "--policy", "riot");
	t.deepEqual([own.get("not-acknowledged"), own.get("duplicate")], [3, undefined]);
	const full = own.get("reassembly-full") ?? 0;
	t.is(victimDrops(name, "--policy", "riot", "--memory", "5944").get("reassembly-full"), full);
	t.true(victimDrops(name, "--policy", "riot", "--memory", "5120").get("reassembly-full")! > full);
	t.is(victimDrops("riot-fragn-flood", "--policy", "riot").get("receiver-busy"), 16);
});

test("as a node of ours the same recording has duplicates", (t) => {
	t.true(victimDrops("riot-buffer-reservation").get("duplicate")! > 0);
});

test("without its context a compressed address is refused by name", (t) => {
	const { stdout, stderr } = lowguard("decode", capturePath("ns3-ctx0-9n.pcap"), "--json");
	const drops = stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map((line) => (JSON.parse(line) as Dissection).drop)
		.filter((drop) => drop !== undefined);
	t.true(drops.includes("unknown-context"));
	const hint = `${drops.length} datagrams need a context: --context 0=PREFIX`;
	t.is(stderr, `lowguard decode: ${hint}\n`);
	t.true(
		lowguard("decode", capturePath("ns3-ctx0-9n.pcap")).stdout.toString().endsWith(`hint        ${hint}\n`),
	);
});

test("as a node that no frame is to: said, with the addresses that there are", (t) => {
	const { code, stderr } = lowguard("decode", capturePath("riot-ping-500.pcap"), "--as", "0x0002");
	t.is(code, 0);
	t.regex(stderr, /^[^\n]*--as: expected .* \(02:00:.*:01, 02:00:.*:02\), found 0x0002\n$/);
});

test("keys stand in the order that is promised", (t) => {
	const { stdout } = lowguard("decode", capturePath("riot-ping-500.pcap"), "--json");
	const lines = stdout.toString().split("\n").reverse();
	const last = lines.find((line) => line.includes('"datagram"'))!;
	const keys = [...last.matchAll(/"(\w+)":/g)].map((match) => match[1]);
	t.deepEqual(keys, [
		...["frame", "timeUs", "length", "fcs"],
		...["mac", "type", "version", "seq", "ackRequest", "security", "dstPan", "dst", "src"],
		...["lowpan", "fragment", "tag", "size", "offset"],
		...["datagram", "hex", "length", "frames", "src", "dst", "next", "checksum"],
		...["icmpv6", "type", "code"],
	]);
});

test("for people: a line a frame without colour, then a summary", (t) => {
	const { stdout, stderr, code } = lowguard("decode", capturePath("riot-ping-500.pcap"));
	t.is(code, 0);
	t.is(stderr, "");
	const text = stdout.toString();
	t.false(text.includes("\x1b"));
	const lines = text.trimEnd().split("\n");
	t.is(lines.filter((line) => /^ +\d+ +\d+\.\d{6} /.test(line)).length, 78);
	t.regex(text, /RPL DIS/);
	t.regex(
		text,
		/whole after 6 fragments: echo request 2, 500 B {2}fe80::1234:1 → fe80::1234:2 {2}checksum ok/,
	);
	t.regex(text, /datagrams +12, 6 of them from fragments/);
});

test("a policy of the user's own gets the defaults that it declares", (t) => {
	const path = join(scratchFolder(t), "patient.mjs");
	writeFileSync(
		path,
		`export const policy = { name: "patient", options: { timeoutS: { type: "number", default: 3 } },
			create: ({ timeoutS }) => ({
				name: "patient", completedMemoryUs: 0, matches: () => false, charge: () => 1, evict: () => undefined,
				admit: () => (timeoutS === 3 ? "fragment-orphan" : "reassembly-full"),
			}) };`,
	);
	const frames = decode("riot-ping-500.pcap", "--policy", path);
	const drops = new Set(frames.filter(({ fragment }) => fragment !== undefined).map(({ drop }) => drop));
	t.deepEqual([...drops], ["fragment-orphan"]);
});

test("a policy of the user's own brings its stack's memory, and one that makes no sense is refused", (t) => {
	const path = join(scratchFolder(t), "stack.mjs");
	const write = (stack: string) =>
		writeFileSync(
			path,
			`export const policy = { name: "stack", options: {}, stack: ${stack}, create: () => ({
				name: "stack", completedMemoryUs: 0, matches: () => false, evict: () => undefined,
				admit: (fragment, { budgetBytes }) => budgetBytes === 777 ? "fragment-orphan" : undefined,
			}) };`,
		);
	write("{ memoryBytes: 777, rejectsDuplicates: false }");
	const drops = victimDrops("riot-overlap", "--policy", path);
	t.deepEqual([...drops.keys()], ["fragment-orphan"]);
	write("{ memoryBytes: 777 }");
	const { code, stderr } = lowguard("decode", capturePath("attacks/riot-overlap.pcap"), "--policy", path);
	t.is(code, 2);
	t.regex(stderr, /stack: expected memoryBytes .*, found \{"memoryBytes":777\}\n$/);
});

test("a policy of the user's own judges the fragments", (t) => {
	const path = join(scratchFolder(t), "none.mjs");
	writeFileSync(
		path,
		`export const policy = { name: "none", options: {}, create: () => ({
			name: "none", completedMemoryUs: 0, matches: () => false, admit: () => "reassembly-full",
		}) };`,
	);
	const frames = decode("riot-ping-500.pcap", "--policy", path);
	const drops = frames.filter(({ fragment }) => fragment !== undefined).map(({ drop }) => drop);
	t.is(drops.length, 36);
	t.deepEqual(new Set(drops), new Set(["reassembly-full"]));
});
