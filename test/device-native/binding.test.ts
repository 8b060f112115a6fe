import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import test from "ava";
import { putFcs } from "../../firmware/frames/fcs.js";
import { UserError } from "../../host-tools/errors.js";
import { xsEngine } from "../../host-tools/xs/host-build.js";
import { buildWithEngine, NATIVE, RADIO, runIn, sourcesOf, testSource } from "./compiler.js";

// The class that the firmware has of the radio, on a real XS, over the native code, over the fake driver.

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
let folder: string | undefined;
let program: string | undefined;

/** Builds the program once; false, loudly, where no compiler is. */
async function requireBinding(t: ExecutionContext): Promise<boolean> {
	try {
		const engine = await xsEngine();
		folder ??= mkdtempSync(join(tmpdir(), "lowguard-binding-"));
		const parts = [
			"binding.c",
			"engine.c",
			"fake-commands.c",
			"fake-input.c",
			"fake-driver.c",
			"fake-system.c",
			"fake-chip.c",
		];
		const sources = [...parts.map(testSource), ...sourcesOf(RADIO), join(NATIVE, "chip-clock.c")];
		if (program === undefined) {
			program = buildWithEngine(engine, sources, folder);
			symlinkSync(join(ROOT, "build/firmware"), join(folder, "firmware"));
			copyFileSync(testSource("binding.mjs"), join(folder, "binding.js"));
		}
		return true;
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		t.log(`SKIPPED: ${error.message}`);
		process.stderr.write(`\n*** ${t.title}: SKIPPED, ${error.message} ***\n`);
		t.pass();
		return false;
	}
}

test.after.always("remove the program", () => {
	if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** What is said, the driver's calls excepted; no errors. */
function play(t: ExecutionContext, lines: readonly string[]): string[] {
	const said = runIn(folder!, program!, lines);
	t.is(said.filter((line) => line.startsWith("ERROR")).join(), "");
	return said.filter((line) => !line.startsWith("driver") && !line.startsWith("chip"));
}

function withFcs(hex: string): string {
	const psdu = Buffer.from(`${hex}0000`, "hex");
	putFcs(psdu, psdu.length);
	return psdu.toString("hex");
}

const OPEN = ["clock 1000", "js globalThis.radio = open(); undefined", "js radio.receive(true)"];
const PSDU = "61885a01020304050000";

test.serial("a frame reaches the node with its FCS, RSSI, LQI and the time of its delimiter", async (t) => {
	if (!(await requireBinding(t))) return;
	const said = play(t, [...OPEN, "run 7000", "sfd", "run 7500", "frame 618801aabb", "deliver"]);
	t.deepEqual(said, [`received ${withFcs("618801aabb")} -71 133 7000`, "messages 1"]);
});

test.serial("times beyond 32 bits are whole numbers of microseconds", async (t) => {
	if (!(await requireBinding(t))) return;
	const nowUs = 2 ** 45 + 1;
	const said = play(t, [`clock ${nowUs}`, ...OPEN.slice(1), "sfd", "frame 618801", "deliver"]);
	t.deepEqual(said, [`received ${withFcs("618801")} -71 133 ${nowUs}`, "messages 1"]);
});

test.serial("the driver gets the settings, an EUI-64 with its upper bit set among them", async (t) => {
	if (!(await requireBinding(t))) return;
	const config =
		"{ channel: 11, panId: 0xfffe, shortAddress: 0xfffe, extendedHigh: 0x80010203, extendedLow: 0xff040506, " +
		"txPowerDbm: -12, promiscuous: true, panCoordinator: false }";
	const lines = [OPEN[0]!, OPEN[1]!, `js radio.configure(${config})`];
	const said = runIn(folder!, program!, lines).filter((line) => line.startsWith("driver"));
	t.deepEqual(said.slice(3, 10), [
		...["driver channel 11", "driver txpower -12", `driver panid ${0xfffe}`, `driver short ${0xfffe}`],
		...["driver extended 060504ff03020180", "driver coordinator 0", "driver promiscuous 1"],
	]);
});

for (const [how, outcome] of [
	["acked 90", "acked"],
	["acked 91", "no-ack"],
	["failed 1", "channel-busy"],
	["sent", "sent"],
] as const) {
	test.serial(`a transmission ends as ${outcome} after ${how}, and another one may follow`, async (t) => {
		if (!(await requireBinding(t))) return;
		const send = `js send(radio, "${PSDU}", true, 0)`;
		const said = play(t, [...OPEN, send, send, how, send, "deliver", send, how, "deliver"]);
		t.deepEqual(said, [
			"Error: Radio154.transmit: the last transmission is under way",
			"Error: Radio154.transmit: the last transmission is under way",
			...[`outcome ${outcome}`, "messages 1"],
			...[`outcome ${outcome}`, "messages 1"],
		]);
	});
}

test.serial("a transmission at a time goes to the hardware with that time", async (t) => {
	if (!(await requireBinding(t))) return;
	const lines = [...OPEN, `js send(radio, "${PSDU}", false, 20000.75)`, "run 30000"];
	const said = runIn(folder!, program!, lines).filter((line) => line.startsWith("driver transmit"));
	t.deepEqual(said, ["driver transmit_at 20000 cca 0 handed over at 19600"]);
});

test.serial("many frames are taken in turns, so that timers get theirs", async (t) => {
	if (!(await requireBinding(t))) return;
	const frames = Array.from({ length: 32 }, (_, index) => `6188${index.toString(16).padStart(2, "0")}`);
	const said = play(t, [
		...[...OPEN, ...frames.map((frame) => `frame ${frame}`), "deliver"],
		...["js runLater()", "js runLater()", "js runLater()"],
	]);
	const received = said.filter((line) => line.startsWith("received")).map((line) => line.split(" ")[1]);
	t.deepEqual(received, frames.map(withFcs));
	t.deepEqual(said.indexOf("messages 1"), 16);
	t.deepEqual(
		said.filter((line) => /^\d+$/.test(line)),
		["1", "1", "0"],
	);
});

test.serial("the collector leaves the radio and what it calls alone, and moves what it may", async (t) => {
	if (!(await requireBinding(t))) return;
	const frames = Array.from({ length: 20 }, (_, index) => `6188${index.toString(16).padStart(2, "0")}`);
	const said = play(t, [
		...["clock 1000", "js open().receive(true)", "collect"],
		...frames.flatMap((frame) => [
			`frame ${frame}`,
			"js new Uint8Array(3000); undefined",
			"collect",
			"deliver",
		]),
		...["collect", `js globalThis.radio; undefined`],
	]);
	t.deepEqual(
		said.filter((line) => line.startsWith("received")).map((line) => line.split(" ")[1]),
		frames.map(withFcs),
	);
});

test.serial("bad arguments name the argument and change nothing", async (t) => {
	if (!(await requireBinding(t))) return;
	const done = "{ transmitted: () => print('never') }";
	const said = play(t, [
		...OPEN,
		`js radio.transmit(new Uint8Array(4), { cca: true, atUs: 0 }, ${done})`,
		`js radio.transmit(new Uint8Array(128), { cca: true, atUs: 0 }, ${done})`,
		"js radio.receiveAt(0, -1)",
		"js radio.receiveAt(0, NaN)",
		"js for (let i = 0; i < 9; i++) radio.receiveAt(5000, 10)",
		"js radio.configure({ channel: 10 })",
		"js open()",
		`js send(radio, "${PSDU}", true, NaN)`,
		...["acked 90", "deliver"],
	]);
	t.deepEqual(said, [
		"RangeError: Radio154.transmit: expected a PSDU of 5 to 127 octets",
		"RangeError: Radio154.transmit: expected a PSDU of 5 to 127 octets",
		"RangeError: Radio154.receiveAt: expected durationUs 0 to 4294967295",
		"RangeError: Radio154.receiveAt: expected durationUs 0 to 4294967295",
		"RangeError: Radio154.receiveAt: expected no more than 8 windows at a time",
		"RangeError: Radio154.configure: expected channel 11 to 26",
		"Error: Radio154: the chip has one transceiver, and it is in use",
		...["outcome acked", "messages 1"],
	]);
});

test.serial("what the ring lost is counted, and idleness is known", async (t) => {
	if (!(await requireBinding(t))) return;
	const frames = Array.from({ length: 40 }, () => "frame 618801");
	const said = play(t, [
		...OPEN,
		"js radio.isIdle",
		...frames,
		"js countsOf(radio)",
		"js radio.receive(false)",
		"js radio.isIdle",
	]);
	t.deepEqual(said, ["false", "overflowed,8 malformed,0 received,32 delayed,0", "true"]);
});

test.serial(
	"a closed radio tells nothing more, refuses everything, and another one may be opened",
	async (t) => {
		if (!(await requireBinding(t))) return;
		const said = play(t, [
			...[...OPEN, "frame 618801", "js radio.close()", "deliver", "collect", "js radio.receive(true)"],
			...["js globalThis.radio = open(); undefined", "js radio.receive(true)", "frame 618802", "deliver"],
		]);
		t.is(said.length, 4);
		t.is(said[0], "messages 1");
		t.regex(said[1]!, /Error: .*invalid/);
		t.deepEqual(said.slice(2), [`received ${withFcs("618802")} -71 133 0`, "messages 1"]);
	},
);
