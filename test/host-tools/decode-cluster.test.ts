import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { Dissection } from "../../host-tools/capture/dissection.js";
import { writeCapture } from "./chained-capture.js";
import { CLUSTER_FRAMES, CLUSTER_MESSAGES } from "./cluster-capture.js";
import { lowguard } from "./run-cli.js";

const FOLDER = mkdtempSync(join(tmpdir(), "lowguard-decode-cluster-"));
test.after.always(() => rmSync(FOLDER, { recursive: true, force: true }));

const FILE = writeCapture(FOLDER, "clusters.pcap", CLUSTER_FRAMES);

function decode(path: string): Dissection[] {
	const { stdout, code, stderr } = lowguard("decode", path, "--json");
	if (code !== 0) throw new Error(stderr);
	return stdout
		.toString()
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Dissection);
}

test("what each message says, field by field", (t) => {
	const frames = decode(FILE);
	t.deepEqual<unknown, unknown>(
		frames.map(({ cluster }) => cluster),
		CLUSTER_MESSAGES,
	);
	const { hello } = frames[0]!;
	const capabilities = ["chains", "clusters"] as const;
	t.deepEqual(hello, { capabilities, boot: 0x1003, sequence: 9, charge: 200, neighbours: 12 });
	t.deepEqual(
		frames.map(({ lowpan }) => lowpan!.at(-1)),
		["hello", "sync"]
			.concat("advertisement", "advertisement", "join", "join")
			.concat("schedule", "schedule", "receipt", "receipt"),
	);
	for (const { lowpan, drop } of frames) t.deepEqual([lowpan![0], drop], ["page-15", undefined]);
});

test("a message that is cut short is refused by name, at every length", (t) => {
	const cuts = CLUSTER_FRAMES.flatMap((frame) =>
		Array.from({ length: frame.payload.length - 2 }, (_, i) => ({
			...frame,
			payload: frame.payload.subarray(0, i + 2),
		})),
	);
	for (const { drop, cluster, hello } of decode(writeCapture(FOLDER, "cut.pcap", cuts))) {
		t.regex(drop!, /^(hello|sync|advertisement|join|schedule|receipt)-(truncated|members|entries)$/);
		t.deepEqual([cluster, hello], [undefined, undefined]);
	}
});

test("for people: one line a message", (t) => {
	const lines = lowguard("decode", FILE).stdout.toString().split("\n");
	const expected = [
		"0x0002 → all +hello, boot 4099, chains, clusters, charge 200, 12 neighbours",
		"sync of round 7 after 30.0 ms, charge 199, 2 hops, cost 2.5",
		"tentative advertisement of round 7 after 200.0 ms, charge 198, merit 42, section 5, 2 hops, completion 0.50",
		"  advertisement of round 7 after 200.0 ms, charge 198, merit 41, section 4, 1 hop, completion 1.00",
		"0x0001 → 0x0002 +join of round 7, charge 64",
		"join of round 8, as intermediary, charge 65",
		"schedule of round 7 after 500.0 ms, section 4, charge 197, members' mean 63, 1 hop, completion 1.00, members 0x0001 0x0203 0xfffd",
		"members 02:4c:47:00:00:00:00:09",
		"receipt 68, 0x0001 up to 32: 1{32}, 0x0203 up to 1: 1",
		"receipt 69, keyed, 02:4c:47:00:00:00:00:09 up to 65534: 0{31}1",
	];
	expected.forEach((text, i) => {
		t.regex(lines[i]!, new RegExp(`${text}$`));
	});
});
