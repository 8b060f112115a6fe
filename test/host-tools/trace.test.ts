import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { decodeMultiple } from "cbor-x";
import fc from "fast-check";
import { LinkAddress } from "../../firmware/address.js";
import { completeSink, type EventTable, NODE_EVENTS } from "../../firmware/events.js";
import { UserError } from "../../host-tools/errors.js";
import { type LoggedEvent, LogReader } from "../../host-tools/trace/log-reader.js";
import { LogWriter } from "../../host-tools/trace/log-writer.js";
import { SIM_EVENTS } from "../../sim/events.js";
import { capturePath, endsWithLine, lowguard, lowguardSlowly, scratchFolder } from "./run-cli.js";
import { requireTshark, tsharkFields } from "./tshark.js";

const TABLE = {
	every: {
		code: 300,
		fields: [
			["timeUs", "uint"],
			["rssiDbm", "int"],
			["value", "float"],
			["name", "text"],
			["psdu", "bytes"],
			["source", "address"],
		],
	},
	bare: { code: 7, fields: [["timeUs", "uint"]] },
} as const satisfies EventTable;

function collect(write: (log: LogWriter<typeof TABLE>) => void): { bytes: Buffer; hash: string | undefined } {
	const chunks: Buffer[] = [];
	const log = new LogWriter(TABLE, {
		metadata: { seed: 5, program: "test" },
		write: (chunk) => chunks.push(Buffer.from(chunk)),
		hash: true,
	});
	write(log);
	const hash = log.finish();
	return { bytes: Buffer.concat(chunks), hash };
}

test("a log is a CBOR sequence in deterministic encoding", (t) => {
	const { bytes, hash } = collect((log) => {
		log.sink.bare(500);
		log.sink.every(2 ** 40, -70, 1.5, "a", Uint8Array.of(1, 2), LinkAddress.short(0x1234));
	});
	const expected = [
		// ["lowguard-log", 1, {"seed": 5, "program": "test"}]: the shorter key first.
		"836c6c6f7767756172642d6c6f6701a26473656564056770726f6772616d6474657374",
		// [7, 500]
		"82071901f4",
		// [300, 2^40, -70, 1.5 as a half, "a", h'0102', h'1234']
		"8719012c1b00000100000000003845f93e0061614201024212 34".replace(" ", ""),
	];
	t.is(bytes.toString("hex"), expected.join(""));
	t.is(hash, createHash("sha256").update(bytes).digest("hex"));
	t.is((decodeMultiple(bytes) as unknown[]).length, 3);
});

test("what is logged is read, event by event, whatever the size of the chunks", (t) => {
	const path = join(scratchFolder(t), "events.cbor");
	const short = LinkAddress.short(0xbeef);
	const extended = LinkAddress.extended(0x02000000, 0x12340001);
	const big = new Uint8Array(300_000).fill(0xa5);
	const { bytes } = collect((log) => {
		for (let i = 0; i < 40_000; i++) {
			log.sink.every(i, -i, i / 3, `event ${i}`, big.subarray(0, i % 128), i % 2 ? short : extended);
		}
		log.sink.every(1, 0, Number.NaN, "ü", big, new LinkAddress());
		log.sink.bare(Number.MAX_SAFE_INTEGER);
	});
	writeFileSync(path, bytes);
	const reader = new LogReader(path, TABLE);
	t.deepEqual({ ...reader.metadata }, { seed: 5, program: "test" });
	let i = 0;
	for (const event of reader.events()) {
		if (i < 40_000) {
			const octets = i % 2 ? "beef" : "0200000012340001";
			const { type, timeUs, rssiDbm, value, name, psdu, source } = event;
			const isRight =
				type === "every" &&
				timeUs === i &&
				rssiDbm === -i + 0 &&
				value === i / 3 &&
				name === `event ${i}` &&
				(psdu as Uint8Array).length === i % 128 &&
				Buffer.from(source as Uint8Array).toString("hex") === octets;
			if (!isRight) t.fail(`event ${i}: ${JSON.stringify(event)}`);
		} else if (i === 40_000) {
			t.like(event, { name: "ü", value: Number.NaN });
			t.is((event["psdu"] as Uint8Array).length, big.length);
			t.is((event["source"] as Uint8Array).length, 0);
		} else t.deepEqual<unknown, unknown>(event, { type: "bare", timeUs: Number.MAX_SAFE_INTEGER });
		i++;
	}
	t.is(i, 40_002);
});

test("equal events give an equal hash, one different octet another", (t) => {
	const hashOf = (rssi: number) =>
		collect(({ sink }) => {
			for (let i = 0; i < 20_000; i++)
				sink.every(i, rssi, i / 7, "x", new Uint8Array(20), LinkAddress.short(i));
		}).hash;
	t.is(hashOf(-70), hashOf(-70));
	t.not(hashOf(-70), hashOf(-71));
});

test("a field that does not fit its kind is the caller's mistake, by name", (t) => {
	const { sink } = new LogWriter(TABLE);
	t.throws(() => sink.bare(-1), {
		instanceOf: RangeError,
		message: /bare\.timeUs to be an unsigned integer, got -1/,
	});
	t.throws(() => sink.bare(1.5), { instanceOf: RangeError });
	t.throws(() => sink.every(0, 0.5, 0, "", new Uint8Array(0), new LinkAddress()), {
		message: /every\.rssiDbm/,
	});
});

test("the tables of firmware and simulator fit in a log, each code once", (t) => {
	const codes = Object.values(SIM_EVENTS).map(({ code }) => code);
	t.is(new Set(codes).size, codes.length);
	t.notThrows(() => new LogWriter(SIM_EVENTS));
	t.truthy(completeSink(NODE_EVENTS, {}));
});

test("events of a later version are passed over and counted", (t) => {
	const path = join(scratchFolder(t), "events.cbor");
	const { bytes } = collect(({ sink }) => {
		sink.bare(1);
		sink.every(2, 0, 0, "", new Uint8Array(0), new LinkAddress());
		sink.bare(3);
	});
	writeFileSync(path, bytes);
	const reader = new LogReader(path, { bare: TABLE.bare });
	t.deepEqual(
		[...reader.events()].map(({ timeUs }) => timeUs),
		[1, 3],
	);
	t.is(reader.unknown, 1);
});

test("a log that is cut or damaged ends in a UserError, never in another", (t) => {
	const path = join(scratchFolder(t), "events.cbor");
	const { bytes } = collect(({ sink }) =>
		sink.every(9, -1, 0.1, "abc", Uint8Array.of(1, 2, 3), LinkAddress.short(1)),
	);
	const readAll = (octets: Uint8Array): LoggedEvent[] => {
		writeFileSync(path, octets);
		return [...new LogReader(path, TABLE).events()];
	};
	t.is(readAll(bytes).length, 1);
	const header = bytes.indexOf(Buffer.from("8719012c", "hex"));
	for (let length = 0; length < bytes.length; length++) {
		if (length !== header)
			t.throws(() => readAll(bytes.subarray(0, length)), { instanceOf: UserError }, `${length}`);
	}
	fc.assert(
		fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
			const damaged = Buffer.from(bytes);
			damaged[at]! ^= flip;
			try {
				readAll(damaged);
			} catch (error) {
				t.true(error instanceof UserError, String(error));
			}
		}),
	);
});

test("a capture becomes a log, and the log the same capture again", (t) => {
	const folder = scratchFolder(t);
	const log = join(folder, "events.cbor");
	const back = join(folder, "frames.pcap");
	const original = capturePath("ns3-ll-4n.pcap");
	t.is(lowguard("trace", original, "--to", "cbor", "--out", log).code, 0);
	t.is(lowguard("trace", log, "--to", "pcap", "--out", back).code, 0);
	t.deepEqual(readFileSync(back), readFileSync(original));
	t.deepEqual(lowguard("trace", log, "--to", "cbor").stdout, readFileSync(log));
});

test("JSON Lines hold every event, addresses and octets as text", (t) => {
	const path = join(scratchFolder(t), "events.cbor");
	const chunks: Buffer[] = [];
	const log = new LogWriter(SIM_EVENTS, { write: (chunk) => chunks.push(Buffer.from(chunk)) });
	log.sink.macDropped(12, 3, LinkAddress.extended(0x02000000, 0x12340001), "mac-retries");
	log.sink.frameOnAir(13, 3, 26, -61, Uint8Array.of(2, 0, 7));
	log.finish();
	writeFileSync(path, Buffer.concat(chunks));
	const { stdout, code } = lowguard("trace", path, "--to", "jsonl");
	t.is(code, 0);
	t.deepEqual(
		stdout
			.toString()
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as unknown),
		[
			{
				type: "macDropped",
				timeUs: 12,
				node: 3,
				destination: "02:00:00:00:12:34:00:01",
				reason: "mac-retries",
			},
			{ type: "frameOnAir", timeUs: 13, node: 3, channel: 26, rssiDbm: -61, psdu: "020007" },
		],
	);
});

test("a ZEP capture becomes a TAP one that tshark reassembles", (t) => {
	if (!requireTshark(t)) return;
	const path = join(scratchFolder(t), "tap.pcap");
	t.is(
		lowguard("trace", capturePath("riot-ping-500-zep.pcap"), "--to", "pcap", "--tap", "--out", path).code,
		0,
	);
	const rows = tsharkFields(path, ["wpan-tap.ch_num", "wpan.fcs_ok", "6lowpan.reassembled.length"]);
	t.is(rows.length, 78);
	t.true(rows.every((row) => row["wpan-tap.ch_num"] === "26" && row["wpan.fcs_ok"] === "1"));
	t.is(rows.filter((row) => row["6lowpan.reassembled.length"] === "548").length, 6);
});

/** Writes an event log of so many frames on air, or of none but the end of the run. */
function writeFrames(path: string, frames: number): void {
	const chunks: Buffer[] = [];
	const writer = new LogWriter(SIM_EVENTS, { write: (chunk) => chunks.push(Buffer.from(chunk)) });
	for (let i = 0; i < frames; i++) writer.sink.frameOnAir(i, 3, 26, -61, new Uint8Array(100).fill(i));
	writer.sink.runEnded(frames, frames);
	writer.finish();
	writeFileSync(path, Buffer.concat(chunks));
}

test("a slow reader gets every octet, in each format", async (t) => {
	const folder = scratchFolder(t);
	const log = join(folder, "events.cbor");
	writeFrames(log, 20_000);
	const convert = async (format: string) => {
		const file = join(folder, `whole.${format}`);
		t.is(lowguard("trace", log, "--to", format, "--out", file).code, 0);
		const { code, stdout } = await lowguardSlowly("trace", log, "--to", format);
		t.is(code, 0, format);
		t.true(stdout.equals(readFileSync(file)), `${format}: ${stdout.length} octets`);
	};
	await Promise.all(["jsonl", "pcap", "cbor"].map(convert));
});

test("a log without frames gives no capture, a folder that is missing is named", (t) => {
	const folder = scratchFolder(t);
	const log = join(folder, "events.cbor");
	writeFrames(log, 0);
	const out = join(folder, "out.pcap");
	const none = lowguard("trace", log, "--to", "pcap", "--out", out);
	endsWithLine(t, none, 2, /expected frames on air, found none among 1 events/);
	t.false(existsSync(out));
	const nowhere = join(folder, "nodir", "x.cbor");
	endsWithLine(
		t,
		lowguard("trace", log, "--to", "cbor", "--out", nowhere),
		3,
		/nodir: expected a folder, found none/,
	);
	endsWithLine(
		t,
		lowguard("trace", log, "--to", "cbor", "--out", ""),
		2,
		/--out: expected a file, found an empty/,
	);
	endsWithLine(t, lowguard("decode", log), 2, /expected a pcap .*, found an event log \(lowguard trace/);
});

test("nothing is overwritten, and nothing half done stays behind", (t) => {
	const folder = scratchFolder(t);
	const taken = join(folder, "taken");
	writeFileSync(taken, "precious");
	const result = lowguard("trace", capturePath("ns3-ll-4n.pcap"), "--to", "cbor", "--out", taken);
	endsWithLine(t, result, 2, /taken: expected a new file, found one that exists; nothing was overwritten/);
	t.is(readFileSync(taken, "utf8"), "precious");

	const { bytes } = collect(({ sink }) => sink.bare(1));
	const cut = join(folder, "cut.cbor");
	writeFileSync(cut, bytes.subarray(0, bytes.length - 1));
	const out = join(folder, "out.jsonl");
	const failed = lowguard("trace", cut, "--to", "jsonl", "--out", out);
	endsWithLine(t, failed, 2, /cut\.cbor: octet \d+: expected a whole CBOR item, found the end of the file/);
	t.false(existsSync(out));
});

test("arguments that do not make sense are named", (t) => {
	const capture = capturePath("ns3-ll-4n.pcap");
	endsWithLine(t, lowguard("trace", capture), 2, /--to: expected jsonl, pcap, cbor, found nothing/);
	endsWithLine(
		t,
		lowguard("trace", capture, "--to", "xml"),
		2,
		/--to: expected jsonl, pcap, cbor, found 'xml'/,
	);
	endsWithLine(
		t,
		lowguard("trace", capture, "--to", "jsonl", "--tap"),
		2,
		/--tap: expected --to pcap, found/,
	);
	endsWithLine(
		t,
		lowguard("trace", capturePath("README.md"), "--to", "pcap"),
		2,
		/expected an event log, a pcap/,
	);
});

test("no event has a field by the name under which readers give its type, and no code is given twice", (t) => {
	const types = Object.values(SIM_EVENTS);
	for (const { fields } of types) t.false(fields.some(([name]) => (name as string) === "type"));
	t.is(new Set(types.map(({ code }) => code)).size, types.length);
});
