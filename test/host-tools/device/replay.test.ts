import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { ZEP_HEADER_BYTES } from "../../../firmware/device/radio/zep.js";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { decodeMacHeader } from "../../../firmware/frames/mac-frame.js";
import { openCapture } from "../../../host-tools/capture/read-capture.js";
import { capturePath } from "../run-cli.js";
import { CabledBench } from "./board-on-cable.js";
import { requireSocat } from "./pty-cable.js";
import { RunningCli } from "./running-cli.js";

const CAPTURE = capturePath("riot-ping-500.pcap");
/** No node that speaks by itself: what is on the air was replayed. */
const SILENT = {
	nodeId: 4,
	panId: 0x1234,
	sensePeriodS: 0,
	routing: "static",
	nextHopId: 0,
	defence: "rfc4944",
} as const;

/** What was recorded with these numbers. */
function recorded(from: number, to: number) {
	return [...openCapture(CAPTURE).frames()].filter(({ number }) => number >= from && number <= to);
}

/** A board that may inject, and all that it puts on the air. */
async function attacker(t: Parameters<typeof requireSocat>[0]) {
	const bench = new CabledBench();
	const air: { timeUs: number; psdu: Uint8Array }[] = [];
	bench.air.join().onDatagram((bytes, length) => {
		air.push({ timeUs: bench.clock.nowUs(), psdu: bytes.slice(ZEP_HEADER_BYTES, length) });
	});
	return { bench, air, board: await bench.plugIn(t, { build: SILENT, canInject: true }) };
}

test("a recorded trace goes on the air octet for octet, in order and at its times", async (t) => {
	if (!requireSocat(t)) return;
	const { bench, air, board } = await attacker(t);
	const args = ["--port", board.path, "--only", "all,frames=1-6", "--speed", "0.5", "--json"];
	const replay = new RunningCli(t, ["firmware", "replay", CAPTURE, ...args]);
	t.is(await bench.until(replay.ended, 1), 0, replay.stderr);
	const frames = recorded(1, 6);
	t.deepEqual(
		air.map(({ psdu }) => Buffer.from(psdu).toString("hex")),
		frames.map(({ psdu }) => Buffer.from(psdu).toString("hex")),
	);
	const report = JSON.parse(replay.stdout.toString()) as {
		frames: number;
		sent: Record<string, number>;
		late: number;
	};
	t.is(report.frames, 6);
	t.is(
		Object.values(report.sent).reduce((sum, count) => sum + count, 0),
		6,
	);
	// By the board's clock: what its host or its line took shows only as frames that were late, and told as such.
	const offsets = frames.map(({ timeUs }) => 2 * (timeUs - frames[0]!.timeUs));
	const late = air.filter(({ timeUs }, i) => timeUs - air[0]!.timeUs !== offsets[i]!).length;
	t.true(late <= report.late, `${late} frames at other times, ${report.late} told`);
});

test("mapped addresses become those of boards, in the board's PAN", async (t) => {
	if (!requireSocat(t)) return;
	const { bench, air, board } = await attacker(t);
	const [first] = recorded(7, 7);
	const header = decodeMacHeader(first!.psdu, 0, first!.psdu.length - 2);
	if (typeof header === "string") return t.fail(header);
	const map = ["--map", `${header.source}=self`, "--map", `${header.destination}=node:0`];
	const args = ["--port", board.path, "--only", "frames=7-7", "--loop", "2", "--speed", "50", ...map];
	const replay = new RunningCli(t, ["firmware", "replay", CAPTURE, ...args]);
	t.is(await bench.until(replay.ended, 1), 0, replay.stderr);
	t.regex(replay.stdout.toString(), /^2 of 2 frames sent: 2 no-ack/);
	t.is(air.length, 2);
	for (const { psdu } of air) {
		const sent = decodeMacHeader(psdu, 0, psdu.length - 2);
		if (typeof sent === "string") return t.fail(sent);
		t.true(hasGoodFcs(psdu));
		t.true(sent.source.equals(LinkAddress.short(5)));
		t.true(sent.destination.equals(LinkAddress.short(1)));
		t.is(sent.destinationPan, 0x1234);
	}
});

test("a board whose build does not inject is told what to do, and sends nothing", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const board = await bench.plugIn(t, { build: SILENT });
	const replay = new RunningCli(t, ["firmware", "replay", CAPTURE, "--port", board.path]);
	t.is(await bench.until(replay.ended, 1), 1);
	t.regex(
		replay.stderr,
		/found a build that does not; build it with 'lowguard firmware build --config injection=true'/,
	);
});

test("a board that is unplugged in the middle ends the replay with what was sent and what to do", async (t) => {
	if (!requireSocat(t)) return;
	const { bench, air, board } = await attacker(t);
	const args = ["--port", board.path, "--only", "all,frames=1-300", "--speed", "0.01"];
	const replay = new RunningCli(t, ["firmware", "replay", CAPTURE, ...args]);
	await bench.until(
		(async () => {
			while (air.length === 0) await new Promise((resolve) => setImmediate(resolve));
		})(),
		1,
	);
	board.unplug();
	t.is(await bench.until(replay.ended, 1), 3);
	t.regex(replay.stdout.toString(), /^\d+ of 78 frames sent/);
	t.regex(replay.stderr, /the line was lost; plug the board in again and repeat the command/);
});
