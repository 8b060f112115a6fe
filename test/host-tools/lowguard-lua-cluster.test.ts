import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { writeCapture } from "./chained-capture.js";
import { CLUSTER_FRAMES, CLUSTER_MESSAGES } from "./cluster-capture.js";
import { PAGE_15, requireTshark, tsharkFields } from "./tshark.js";

const FOLDER = mkdtempSync(join(tmpdir(), "lowguard-page-15-cluster-"));
test.after.always(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Wireshark's field, and what it shows, under the names of `decode --json`. */
type Reader = (row: Record<string, string>) => unknown;

const number =
	(field: string): Reader =>
	(row) =>
		Number(row[field]);
const flag =
	(field: string): Reader =>
	(row) =>
		/1|True/.test(row[field]!);
/** Single precision, as Wireshark keeps it, to the same as decode's. */
const ratio =
	(field: string, of: number): Reader =>
	(row) =>
		Math.round(Number(row[field]) * of) / of;
/** The last of a list that has short or long names. */
const nameOf = (short: string, long: string): Reader => {
	return (row) => (row[short] === "" ? row[long] : row[short]);
};

const BROADCAST = {
	sequence: number("lowguard.sequence"),
	round: number("lowguard.cluster.round"),
	elapsedUs: number("lowguard.cluster.elapsed"),
	charge: number("lowguard.cluster.charge"),
	hops: number("lowguard.cluster.hops"),
};
const completion = ratio("lowguard.cluster.completion", 255);
const section = number("lowguard.cluster.section");

const READERS: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
	sync: { ...BROADCAST, cost: ratio("lowguard.cluster.cost", 256) },
	advertisement: {
		...BROADCAST,
		...{ section, completion },
		tentative: flag("lowguard.cluster.tentative"),
		merit: number("lowguard.cluster.merit"),
	},
	join: {
		round: number("lowguard.cluster.round"),
		intermediary: flag("lowguard.cluster.intermediary"),
		charge: number("lowguard.cluster.charge"),
	},
	schedule: {
		...BROADCAST,
		...{ section, completion },
		meanCharge: number("lowguard.cluster.mean_charge"),
		members: nameOf("lowguard.cluster.member", "lowguard.cluster.member64"),
	},
	receipt: {
		sequence: number("lowguard.sequence"),
		issue: number("lowguard.receipt.issue"),
		keyed: flag("lowguard.receipt.keyed"),
		entries: (row) => ({
			node: nameOf("lowguard.receipt.node", "lowguard.receipt.node64")(row),
			newest: Number(row["lowguard.receipt.newest"]),
			arrived: Number(row["lowguard.receipt.arrived"]),
			...(row["lowguard.receipt.code"] !== "" && { code: row["lowguard.receipt.code"] }),
		}),
	},
};

const FIELDS = [
	...["sequence", "cluster.round", "cluster.elapsed", "cluster.charge", "cluster.hops", "cluster.cost"],
	...["cluster.completion", "cluster.section", "cluster.tentative", "cluster.intermediary", "cluster.merit"],
	...["cluster.mean_charge", "cluster.members", "cluster.member", "cluster.member64"],
	...["receipt.issue", "receipt.keyed", "receipt.entries", "receipt.node", "receipt.node64"],
	...["receipt.newest", "receipt.arrived", "receipt.code"],
	...["hello.chains", "hello.clusters", "hello.boot", "hello.neighbours"],
].map((name) => `lowguard.${name}`);

/** What tshark prints last of a list. */
function lastOf(key: string, value: unknown): unknown {
	if (!Array.isArray(value)) return value;
	const last: unknown = value.at(-1);
	if (key !== "entries") return last;
	const entry = last as { arrived: string };
	const arrived = Number.parseInt(Array.from(entry.arrived).reverse().join(""), 2);
	return { ...entry, arrived };
}

test("Wireshark shows of each message what decode says", (t) => {
	if (!requireTshark(t)) return;
	const rows = tsharkFields(
		writeCapture(FOLDER, "clusters.pcap", CLUSTER_FRAMES),
		[...FIELDS, "_ws.lua.error", "_ws.malformed", "_ws.expert"],
		PAGE_15,
	);
	t.is(rows.length, CLUSTER_FRAMES.length);
	rows.forEach((row, i) => {
		t.deepEqual([row["_ws.lua.error"], row["_ws.malformed"], row["_ws.expert"]], ["", "", ""], `${i}`);
		const message = CLUSTER_MESSAGES[i] as Record<string, unknown> | undefined;
		if (message === undefined) return;
		const readers = READERS[message["type"] as string]!;
		const { type: _, ...expected } = message;
		for (const key of Object.keys(expected)) expected[key] = lastOf(key, expected[key]);
		const shown = Object.fromEntries(Object.entries(readers).map(([key, read]) => [key, read(row)]));
		t.deepEqual(shown, expected, `message ${i}`);
	});
	const [hello, , , , , , schedule, , receipt] = rows as [Record<string, string>, ...typeof rows];
	const shown = (row: Record<string, string>, ...names: string[]) =>
		names.map((name) => row[`lowguard.${name}`]);
	t.deepEqual(shown(hello, "hello.boot", "sequence", "cluster.charge", "hello.neighbours"), [
		"4099",
		"9",
		"200",
		"12",
	]);
	t.true(flag("lowguard.hello.clusters")(hello) && flag("lowguard.hello.chains")(hello));
	t.is(schedule!["lowguard.cluster.members"], "3");
	t.is(receipt!["lowguard.receipt.entries"], "2");
});

test("fields are there to filter by", (t) => {
	if (!requireTshark(t)) return;
	const file = writeCapture(FOLDER, "filtered.pcap", CLUSTER_FRAMES);
	const filters: Record<string, number[]> = {
		"lowguard.type == 3 && lowguard.cluster.charge > 197": [3, 4],
		"lowguard.cluster.member == 0x0203": [7],
		"lowguard.cluster.member64 == 02:4c:47:00:00:00:00:09": [8],
		"lowguard.receipt.node == 0x0001": [9],
		"lowguard.cluster.tentative == 1": [3],
		"lowguard.cluster.elapsed > 400000": [7, 8],
	};
	for (const [filter, frames] of Object.entries(filters)) {
		const rows = tsharkFields(file, ["frame.number"], [...PAGE_15, "-Y", filter]);
		t.deepEqual(
			rows.map((row) => Number(row["frame.number"])),
			frames,
			filter,
		);
	}
});

test("what is cut short is said", (t) => {
	if (!requireTshark(t)) return;
	const cuts = CLUSTER_FRAMES.flatMap((frame) =>
		Array.from({ length: frame.payload.length - 2 }, (_, i) => ({
			...frame,
			payload: frame.payload.subarray(0, i + 2),
		})),
	);
	const file = writeCapture(FOLDER, "cut.pcap", cuts);
	const rows = tsharkFields(file, ["_ws.lua.error", "_ws.expert"], PAGE_15);
	t.is(rows.length, cuts.length);
	for (const row of rows) t.deepEqual([row["_ws.lua.error"], row["_ws.expert"] !== ""], ["", true]);
});
