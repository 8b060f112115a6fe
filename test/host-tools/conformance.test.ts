import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { runConformance } from "../../host-tools/conformance.js";

const LINK = { src: "020000000000000a", dst: "00b1" };
const ADDRESSES = "fe80000000000000000000000000000afe80000000000000000000fffe0000b1";
/** UDP from f0b1 to f0b2 with the checksum 0x1cf0: a packet, and its shortest form. */
const DATAGRAM = `60000000000a1140${ADDRESSES}f0b1f0b2000a1d3f0102`;
const COMPRESSED = "7e33f3121d3f0102";

/** Writes `content` to a file, runs the conformance command on it, and returns exit code and lines. */
function run(content: unknown): { code: number; lines: string[]; complaints: string[]; path: string } {
	const folder = mkdtempSync(join(tmpdir(), "conformance-"));
	const path = join(folder, "file.json");
	const lines: string[] = [];
	const complaints: string[] = [];
	try {
		writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
		const code = runConformance(
			[path],
			(line) => lines.push(line),
			(line) => complaints.push(line),
		);
		return { code, lines, complaints, path };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function vector(kind: string, expect: unknown, rest: object): object {
	return { id: `a-${kind}`, kind, link: LINK, contexts: {}, expect, ...rest };
}

const GOOD = [
	vector("iphc-decompress", { datagram: DATAGRAM }, { input: COMPRESSED }),
	vector("iphc-compress", { compressed: COMPRESSED, maxLength: 8 }, { input: DATAGRAM }),
	vector("uncompressed-dispatch", { datagram: DATAGRAM }, { input: `41${DATAGRAM}` }),
	vector(
		"iphc-fragment",
		{
			datagramSize: 64,
			datagramTag: 5,
			headers: `6000000000181140${ADDRESSES}f0b1f0b200181d3f`,
			payload: "0102030405060708",
		},
		{ input: `c04000057e33f3121d3f0102030405060708` },
	),
	vector("frag-header", { datagramSize: 64, datagramTag: 5, offset: 56 }, { input: "e040000507" }),
	vector("mesh-header", { originator: "0001", final: "0002", hopsLeft: 3 }, { input: "b300010002" }),
	vector("frag-set", { datagram: DATAGRAM }, { frames: ["c03200057e33f3121d3f", "e0320005060102"] }),
	vector(
		"sfr",
		{ type: "reassembly", compressed: COMPRESSED, datagram: DATAGRAM },
		{ frames: ["e80504040004" + "1d3f0102", "e80500040008" + "7e33f312"] },
	),
	vector("malformed", { result: "reject", why: "reserved" }, { input: "7a343a" }),
];

test("vectors of every kind hold", (t) => {
	const { code, lines } = run({ format: "6lowpan-external-vectors/1", vectors: GOOD });
	t.is(code, 0, lines.join("\n"));
	t.is(lines.at(-1), "9 of 9 hold");
	t.true(lines.includes(`${"iphc-compress".padEnd(24)}    1 of 1`));
});

test("each wrong expectation is a failure with its id", (t) => {
	for (const good of GOOD) {
		const wrong = structuredClone(good) as { id: string; expect: Record<string, unknown> };
		for (const [name, value] of Object.entries(wrong.expect)) {
			if (name === "why" || name === "type") continue;
			wrong.expect[name] =
				typeof value === "number"
					? value - 1
					: name === "result"
						? "deliver"
						: String(value).replace("0", "1");
		}
		const { code, lines } = run({ vectors: [wrong] });
		t.is(code, 1, wrong.id);
		t.true(
			lines.some((line) => line.startsWith(`FAIL ${wrong.id} `)),
			lines.join("\n"),
		);
		t.is(lines.at(-1), "0 of 1 hold, 1 do not");
	}
});

test("an unknown kind and a broken vector are failures, no crash", (t) => {
	const { code, lines } = run({
		vectors: [vector("toString", {}, { input: "00" }), vector("iphc-decompress", {}, { input: "7g" })],
	});
	t.is(code, 1);
	t.regex(lines.join("\n"), /a-toString.*expected a known kind/);
	t.regex(lines.join("\n"), /a-iphc-decompress.*threw TypeError/);
});

test("what is no conformance file is refused with one line", (t) => {
	const bad: [unknown, RegExp][] = [
		["", /expected JSON/],
		["[]", /expected an object with a list "vectors" or "cases"/],
		[{ vectors: {} }, /list "vectors"/],
		[{ cases: [{ id: "x" }] }, /cases\[0\]: expected/],
	];
	for (const [content, message] of bad) {
		const { code, lines, complaints, path } = run(content);
		t.is(code, 2);
		t.deepEqual(lines, []);
		t.is(complaints.length, 1);
		t.regex(complaints[0] ?? "", message);
		t.true(complaints[0]?.startsWith(path));
	}
});

test("no file, an option or a missing file is a bad argument", (t) => {
	const complaints: string[] = [];
	const complain = (line: string) => complaints.push(line);
	const none = () => t.fail("printed");
	t.is(runConformance([], none, complain), 2);
	t.is(runConformance(["--help"], none, complain), 2);
	t.is(runConformance([join(tmpdir(), "no-such-file.json")], none, complain), 3);
	t.is(complaints.length, 3);
	t.regex(complaints[2] ?? "", /no-such-file\.json: expected a file, found none/);
});
