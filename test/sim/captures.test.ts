import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { LogReader } from "../../host-tools/trace/log-reader.js";
import { SIM_EVENTS } from "../../sim/events.js";
import { lowguard } from "../host-tools/run-cli.js";
import { requireTshark, tsharkFields } from "../host-tools/tshark.js";
import { packetScenarios } from "./support/packet-scenarios.js";
import { scratchFolder } from "./support/run-text.js";

/** Runs are shortened: what is wrong shows in seconds. */
const DURATION_S: Readonly<Record<string, number>> = {
	"cluster-field": 160,
	"cluster-lifetime": 160,
	"field-100": 120,
	"first-network": 60,
	"grid-one-hop": 20,
	"lab-25": 40,
	"multi-hop": 80,
	star: 20,
};

const WRONG =
	"_ws.malformed || 6lowpan.fragment.error || 6lowpan.fragment.overlap.conflicts || " +
	"6lowpan.fragment.too_long_fragment || wpan.fcs_ok==0 || udp.checksum.status==0 || icmpv6.checksum.status==0";

interface LinkTypeAndTimes {
	readonly linkType: number;
	readonly timesUs: readonly number[];
}

/** Link type and times of a classic pcap, little-endian, in microseconds from the first second. */
function readPcap(bytes: Buffer): LinkTypeAndTimes {
	const timesUs: number[] = [];
	for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8))
		timesUs.push(bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4));
	return { linkType: bytes.readUInt32LE(20), timesUs };
}

function framesWithFaults(file: string): string {
	const { stdout, status } = spawnSync(
		"tshark",
		[
			...["-r", file, "-o", "6lowpan.context0:2001:db8::/64", "-o", "wpan.802154_fcs_ok:FALSE"],
			...["-o", "udp.check_checksum:TRUE", "-Y", WRONG, "-T", "fields", "-e", "frame.number"],
		],
		{ encoding: "utf8" },
	);
	return status === 0 ? stdout : `tshark ended with ${status}`;
}

async function record(t: ExecutionContext, name: string, words: readonly string[]): Promise<string> {
	const folder = join(await scratchFolder(t), "run");
	const durationS = DURATION_S[name];
	if (durationS === undefined) throw new Error(`${name}: add a duration to this test`);
	const { code, stderr } = lowguard(
		"sim",
		name,
		"--set",
		`durationS=${durationS}`,
		"--out",
		folder,
		...words,
	);
	t.is(code, 0, stderr);
	return folder;
}

for (const name of await packetScenarios()) {
	test(`${name}: Wireshark reassembles every datagram that ours does, and finds nothing wrong`, async (t) => {
		if (!requireTshark(t)) return;
		// What attackers send is wrong on purpose, and chained fragments are for the Lua dissector's own test.
		const folder = await record(t, name, ["--set", "attacks=[]", "--set", "reassembly={policy: rfc4944}"]);
		const file = join(folder, "frames.pcap");
		const { linkType, timesUs } = readPcap(await readFile(file));
		t.is(linkType, 195);

		// What our own log says, of the frames that were out before the end of the run.
		const onAirUs: number[] = [];
		let completed = 0;
		let givenUp = 0;
		for (const event of new LogReader(join(folder, "events.cbor"), SIM_EVENTS).events()) {
			if (event.type === "frameOnAir") onAirUs.push(event.timeUs);
			else if (event.type === "contextClosed" && event["outcome"] === "completed") completed++;
			else if (event.type === "macDropped") givenUp++;
		}
		t.is(timesUs.length, onAirUs.length);
		t.true(timesUs.length > 100);
		// The capture's clock has its own start; distances are those of the log.
		t.deepEqual(
			timesUs.map((timeUs) => timeUs - timesUs[0]!),
			onAirUs.map((timeUs) => timeUs - onAirUs[0]!),
		);

		const rows = tsharkFields(file, [
			"frame.number",
			"6lowpan.reassembled.length",
			"6lowpan.frag.size",
			"udp.checksum.status",
		]);
		t.is(rows.length, timesUs.length);
		t.deepEqual([rows[0]!["frame.number"], rows.at(-1)!["frame.number"]], ["1", `${rows.length}`]);
		const reassembled = rows.filter((row) => row["6lowpan.reassembled.length"] !== "");
		for (const row of reassembled) {
			// A retransmitted last fragment shows the packet again.
			t.is(row["6lowpan.reassembled.length"], row["6lowpan.frag.size"], `frame ${row["frame.number"]}`);
			t.is(row["udp.checksum.status"], "1", `frame ${row["frame.number"]}`);
		}
		t.true(completed > 20);
		t.log(`${reassembled.length} datagrams reassembled by Wireshark, ${completed} by the nodes`);
		// The capture holds what was sent: also a last fragment that its receiver missed until the sender gave up.
		const more = reassembled.length - completed;
		t.true(more >= 0 && more <= givenUp, `${reassembled.length} for ${completed}, ${givenUp} given up`);
		t.is(framesWithFaults(file), "");
	});
}

test("with --tap, every frame bears its channel and a signal strength, and dissects the same", async (t) => {
	if (!requireTshark(t)) return;
	const plain = join(await record(t, "grid-one-hop", []), "frames.pcap");
	const tap = join(await record(t, "grid-one-hop", ["--tap"]), "frames.pcap");
	t.is(readPcap(await readFile(tap)).linkType, 283);
	const fields = [
		"frame.time_epoch",
		"wpan.seq_no",
		"wpan.src16",
		"wpan.fcs_ok",
		"6lowpan.reassembled.length",
	];
	t.deepEqual(tsharkFields(tap, fields), tsharkFields(plain, fields));
	for (const row of tsharkFields(tap, ["wpan-tap.ch_num", "wpan-tap.rss"])) {
		t.is(row["wpan-tap.ch_num"], "11");
		const rssDbm = Number(row["wpan-tap.rss"]);
		// 30 m at exponent 3: 46.68 + 44.31 dB below 0 dBm.
		t.true(Math.abs(rssDbm + 91) <= 0.5, `${rssDbm} dBm`);
	}
	t.is(framesWithFaults(tap), "");
});
