import { rmSync } from "node:fs";
import { dirname } from "node:path";
import test from "ava";
import fc from "fast-check";
import { putFcs } from "../../firmware/frames/fcs.js";
import { buildProgram, HOST, RADIO, requireCompiler, run, sourcesOf, testSource } from "./compiler.js";

// The native radio on a fake of ESP-IDF's driver, timers and locks, which says ERROR to whatever would break the chip:
// a driver's buffer given back twice, a lock taken in interrupt context, a transmission cut off.

let program: string | undefined;

function radio(t: Parameters<typeof requireCompiler>[0]): string | undefined {
	if (!requireCompiler(t, HOST)) return undefined;
	// XS itself is not there; its place takes the scenario.
	const sources = sourcesOf(RADIO, "-xs");
	const tests = ["scenario.c", "fake-commands.c", "fake-input.c", "fake-driver.c", "fake-system.c"].map(
		testSource,
	);
	program ??= buildProgram([...tests, ...sources], ["-DESP_PLATFORM"]);
	return program;
}

test.after.always("remove the program", () => {
	if (program !== undefined) rmSync(dirname(program), { recursive: true });
});

/** What the commands lead to, errors excepted, of which there must be none. */
function play(
	t: { is: (actual: unknown, expected: unknown) => unknown },
	lines: readonly string[],
): string[] {
	const said = run(program!, lines);
	t.is(said.filter((line) => line.startsWith("ERROR")).join(), "");
	return said;
}

/** The lines that begin so. */
function only(lines: readonly string[], ...beginnings: readonly string[]): string[] {
	return lines.filter((line) => beginnings.some((beginning) => line.startsWith(beginning)));
}

const DATA = "61885a0102030405";
/** The same with room for an FCS, as the node hands it over. */
const PSDU = `${DATA}0000`;

function withFcs(hex: string): string {
	const psdu = Buffer.from(`${hex}0000`, "hex");
	putFcs(psdu, psdu.length);
	return psdu.toString("hex");
}

test.serial("the driver gets channel, addresses in the order of the air, power and roles", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, ["begin", "configure"]);
	t.deepEqual(said, [
		"driver enable",
		"driver pending 1",
		"driver sleep",
		"driver channel 26",
		"driver txpower -4",
		`driver panid ${0xabcd}`,
		`driver short ${0x0102}`,
		"driver extended a700000000000002",
		"driver coordinator 1",
		"driver promiscuous 0",
	]);
});

test.serial(
	"a frame comes out with RSSI, LQI, the time of its delimiter and the FCS that the hardware took away",
	(t) => {
		if (radio(t) === undefined) return;
		const lines = ["begin", "receive 1", "run 7000", "sfd", "run 7400", `frame ${DATA}`, "deliver", "counts"];
		t.deepEqual(only(play(t, lines), "received", "messages", "counts"), [
			`received ${withFcs(DATA)} -71 133 7000`,
			"messages 1",
			"counts overflowed 0 malformed 0 received 1 delayed 0 buffers 0",
		]);
	},
);

test.serial("frames that come before the machine gets round to them share one message", (t) => {
	if (radio(t) === undefined) return;
	const frames = Array.from({ length: 5 }, (_, index) => `6188${index.toString(16).padStart(2, "0")}`);
	const said = play(t, [
		"begin",
		"receive 1",
		...frames.map((frame) => `frame ${frame}`),
		"deliver",
		"deliver",
	]);
	t.deepEqual(
		only(said, "received").map((line) => line.split(" ")[1]),
		frames.map(withFcs),
	);
	t.deepEqual(only(said, "messages"), ["messages 1", "messages 0"]);
});

test.serial(
	"a full ring loses the newest frames, counts them, and gives the driver all its buffers back",
	(t) => {
		if (radio(t) === undefined) return;
		const frames = Array.from({ length: 40 }, (_, index) => `6188${index.toString(16).padStart(2, "0")}`);
		const said = play(t, [
			...["begin", "receive 1", ...frames.map((frame) => `frame ${frame}`), "counts", "deliver"],
			...["frame 618899", "deliver", "counts"],
		]);
		t.deepEqual(
			only(said, "received").map((line) => line.split(" ")[1]),
			[...frames.slice(0, 32), "618899"].map(withFcs),
		);
		t.deepEqual(only(said, "counts"), [
			"counts overflowed 8 malformed 0 received 32 delayed 0 buffers 0",
			"counts overflowed 8 malformed 0 received 33 delayed 0 buffers 0",
		]);
	},
);

test.serial("a frame that the driver delivers in a task, while it stops, is no different", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, ["begin", "receive 1", "in-task 1", `frame ${DATA}`, "deliver", "counts"]);
	t.is(only(said, "received").length, 1);
	t.deepEqual(only(said, "messages", "counts"), [
		"messages 1",
		"counts overflowed 0 malformed 0 received 1 delayed 0 buffers 0",
	]);
});

test.serial("a message that finds the machine's queue full comes later", (t) => {
	if (radio(t) === undefined) return;
	const lines = ["begin", "receive 1", "room 0", `frame ${DATA}`, "deliver", "run 5000", "deliver"];
	const said = play(t, [...lines, "room 1", "run 10000", "deliver", "counts"]);
	t.deepEqual(
		only(said, "messages", "received").map((line) => line.split(" ", 2).join(" ")),
		["messages 0", "messages 0", `received ${withFcs(DATA)}`, "messages 1"],
	);
	t.regex(said.at(-1)!, /delayed 3 buffers 0/);
});

for (const [what, end, outcome] of [
	["acknowledged", `acked ${0x5a}`, "acked"],
	["acknowledged by a frame with another number", `acked ${0x5b}`, "no-ack"],
	["sent without one", "sent", "sent"],
	["not acknowledged", "failed 3", "no-ack"],
	["answered by what is no acknowledgement", "failed 4", "no-ack"],
	["refused because the channel is busy", "failed 1", "channel-busy"],
	["cut off", "failed 2", "channel-busy"],
	["put off for another radio", "failed 5", "channel-busy"],
] as const) {
	test.serial(`a transmission that is ${what} ends once, as ${outcome}`, (t) => {
		if (radio(t) === undefined) return;
		const said = play(t, [
			"clock 1000",
			"begin",
			`transmit 1 0 ${PSDU}`,
			end,
			"deliver",
			"deliver",
			"counts",
		]);
		t.deepEqual(only(said, "outcome", "messages"), [`outcome ${outcome}`, "messages 1", "messages 0"]);
		t.regex(said.at(-1)!, /buffers 0$/);
	});
}

test.serial("a time that has passed means at once", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, ["clock 90000", "begin", "receive 1", `transmit 1 80000 ${PSDU}`]);
	t.deepEqual(only(said, "driver transmit"), ["driver transmit cca 1 at 90000: 10 octets"]);
});

test.serial("a time to come is the hardware's business: it gets the frame shortly before", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, ["clock 1000", "begin", "receive 1", `transmit 1 20000 ${PSDU}`, "run 30000"]);
	// The assessment is to begin at 20,000; the driver wants to know when the preamble does.
	t.deepEqual(only(said, "driver transmit"), ["driver transmit_at 20256 cca 1 handed over at 19600"]);
	const without = play(t, ["clock 1000", "begin", "receive 1", `transmit 0 20000 ${PSDU}`, "run 30000"]);
	t.deepEqual(only(without, "driver transmit"), ["driver transmit_at 20000 cca 0 handed over at 19600"]);
});

test.serial("a time that is near is waited for, and the frame begins at once then", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, ["clock 1000", "begin", "receive 1", `transmit 1 1070 ${PSDU}`]);
	t.deepEqual(only(said, "driver transmit"), ["driver transmit cca 1 at 1070: 10 octets"]);
});

test.serial("a transmission of which the driver tells nothing ends, and the receiver is on again", (t) => {
	if (radio(t) === undefined) return;
	const send = ["clock 1000", "begin", "receive 1", `transmit 1 5000 ${PSDU}`];
	t.deepEqual(only(play(t, [...send, "run 304999", "deliver"]), "outcome"), []);
	const lines = [...send, "run 305000", "deliver", "frame 618801", "deliver"];
	const said = run(program!, lines).filter((line) => !line.startsWith("driver"));
	// The fake says what would be wrong of any other transmission.
	t.deepEqual(said, [
		...["chip stays awake", "ERROR a transmission was cut off"],
		...["outcome channel-busy", "messages 1", `received ${withFcs("618801")} -71 133 0`, "messages 1"],
	]);
});

test.serial("a radio that sleeps is woken early enough for a timed transmission", (t) => {
	if (radio(t) === undefined) return;
	const lines = [
		"clock 1000",
		"begin",
		`transmit 1 20000 ${PSDU}`,
		"idle",
		"run 25000",
		"sent",
		"deliver",
		"idle",
	];
	const said = play(t, lines);
	t.deepEqual(only(said, "driver transmit"), ["driver transmit_at 20256 cca 1 handed over at 17000"]);
	t.deepEqual(only(said, "idle", "chip"), ["chip stays awake", "idle 0", "chip may sleep", "idle 1"]);
});

test.serial("the driver's clock of 32 bits goes over its end", (t) => {
	if (radio(t) === undefined) return;
	const end = 2 ** 32;
	const said = play(t, [
		...[`clock ${end - 1000}`, "begin", "receive 1", `transmit 1 ${end + 5000} ${PSDU}`, `run ${end + 9000}`],
		...["sent", "deliver", "sfd", `run ${end + 9500}`, `frame ${DATA}`, "deliver"],
	]);
	t.deepEqual(only(said, "driver transmit"), [
		`driver transmit_at 5256 cca 1 handed over at ${end + 5000 - 400}`,
	]);
	t.deepEqual(only(said, "received"), [`received ${withFcs(DATA)} -71 133 ${end + 9000}`]);
});

test.serial("a frame that comes in when ours is due is received, and ours finds the channel busy", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		...[
			"clock 1000",
			"begin",
			"receive 1",
			`transmit 1 5000 ${PSDU}`,
			"run 4000",
			"sfd",
			"run 5500",
			"deliver",
		],
		...[`frame ${DATA}`, "deliver"],
	]);
	t.deepEqual(only(said, "driver transmit", "outcome", "received", "driver cuts"), [
		"driver transmit cca 1 at 5000: 10 octets",
		"outcome channel-busy",
		`received ${withFcs(DATA)} -71 133 4000`,
	]);
});

test.serial("what came in before a transmission ended is told before, what came after is told after", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		...["clock 1000", "begin", "receive 1", "sfd", "run 2000", "frame 618801", "frame 618802"],
		...[`transmit 1 0 ${PSDU}`, "acked 90", "frame 618803", "deliver"],
	]);
	t.deepEqual(
		only(said, "received", "outcome").map((line) => line.split(" ")[1]!.slice(0, 6)),
		["618801", "618802", "acked", "618803"],
	);
});

test.serial("a second transmission is refused until the first one was told of", (t) => {
	if (radio(t) === undefined) return;
	const send = `transmit 1 0 ${PSDU}`;
	const said = play(t, [
		"clock 1000",
		"begin",
		send,
		send,
		"acked 90",
		send,
		"deliver",
		send,
		"acked 90",
		"deliver",
	]);
	t.deepEqual(only(said, "refused", "outcome"), [
		...["refused transmit", "refused transmit"],
		...["outcome acked", "outcome acked"],
	]);
});

test.serial("a frame of version 2 is acknowledged as the driver asks for it, and received", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		"begin",
		"receive 1",
		"frame 61a85acdab34127856",
		"frame 41a85bcdab34127856",
		"deliver",
	]);
	t.deepEqual(only(said, "driver acknowledges"), ["driver acknowledges with 9 octets, the first 0228"]);
	t.is(only(said, "received").length, 2);
});

test.serial("what the driver tells of a transmission that is over changes nothing", (t) => {
	if (radio(t) === undefined) return;
	const send = ["clock 1000", "begin", `transmit 1 0 ${PSDU}`];
	const said = play(t, [...send, "failed 3", "again", "deliver", "again", "deliver", "idle"]);
	t.deepEqual(only(said, "outcome", "messages", "idle"), [
		"outcome no-ack",
		"messages 1",
		"messages 0",
		"idle 1",
	]);
});

test.serial(
	"a frame that waits for its time keeps the chip awake, also when the receiver goes off meanwhile",
	(t) => {
		if (radio(t) === undefined) return;
		const lines = [
			"clock 1000",
			"begin",
			"receive 1",
			`transmit 1 9000 ${PSDU}`,
			"receive 0",
			"idle",
			"run 9000",
		];
		const said = play(t, [...lines, "sent", "deliver"]);
		t.deepEqual(only(said, "chip", "idle", "outcome"), [
			...["chip stays awake", "idle 0"],
			...["chip may sleep", "outcome sent"],
		]);
	},
);

test.serial("a receiver that is wanted or not while a frame is sent changes when it is sent", (t) => {
	if (radio(t) === undefined) return;
	const send = ["clock 1000", "begin", `transmit 1 0 ${PSDU}`];
	const on = play(t, [...send, "receive 1", "acked 90", "frame 618801", "deliver"]);
	t.is(only(on, "received").length, 1);
	const off = play(t, [
		"clock 1000",
		"begin",
		"receive 1",
		`transmit 1 0 ${PSDU}`,
		"receive 0",
		"acked 90",
		"frame 618801",
	]);
	t.deepEqual(only(off, "unheard"), ["unheard"]);
});

test.serial(
	"another channel is taken over at once by a receiver that is on, and after a transmission",
	(t) => {
		if (radio(t) === undefined) return;
		t.is(only(play(t, ["begin", "receive 1", "configure"]), "driver receive").length, 2);
		const send = ["clock 1000", "begin", "receive 1", `transmit 1 0 ${PSDU}`];
		const said = play(t, [...send, "configure", "idle", "acked 90", "deliver"]);
		t.deepEqual(only(said, "driver receive", "idle"), ["driver receive", "idle 0", "driver receive"]);
	},
);

test.serial("a window opens and closes the receiver, and frames come in as many as there are", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		...["clock 1000", "begin", "window 5000 2000", "run 4999", "frame 618800", "run 5000", "frame 618801"],
		...[
			"run 6000",
			"frame 618802",
			"idle",
			"run 6999",
			"frame 618803",
			"run 7000",
			"frame 618804",
			"deliver",
			"idle",
		],
	]);
	t.deepEqual(
		only(said, "received", "unheard", "idle").map((line) => line.slice(0, 15)),
		["unheard", "idle 0", "unheard", "received 618801", "received 618802", "received 618803", "idle 1"],
	);
	t.deepEqual(only(said, "driver receive", "driver sleep"), [
		"driver sleep",
		"driver receive",
		"driver sleep",
	]);
});

test.serial("a window that closes leaves a receiver on that is wanted otherwise", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		"begin",
		"receive 1",
		"window 100 50",
		"run 200",
		"frame 618801",
		"receive 0",
		"frame 618802",
	]);
	t.deepEqual(only(said, "unheard", "driver sleep"), ["driver sleep", "driver sleep", "unheard"]);
});

test.serial("the chip may sleep whenever the radio does nothing, and only then", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		...["begin", "receive 1", "receive 0", "window 100 50", "run 99", "run 120", "run 200"],
		...[`transmit 1 0 ${PSDU}`, "failed 1", "deliver"],
	]);
	t.deepEqual(only(said, "chip"), [
		...["chip stays awake", "chip may sleep"],
		...["chip stays awake", "chip may sleep"],
		...["chip stays awake", "chip may sleep"],
	]);
});

test.serial("it begins again after its end, and tells nothing of what was before", (t) => {
	if (radio(t) === undefined) return;
	const said = play(t, [
		...["clock 1000", "begin", "receive 1", `transmit 1 9000 ${PSDU}`, "frame 618801", "end", "run 20000"],
		...["begin", "begin", "receive 1", "frame 618802", "deliver", "idle"],
	]);
	t.is(only(said, "refused").length, 1);
	t.is(only(said, "driver transmit", "outcome").length, 0);
	t.deepEqual(
		only(said, "received").map((line) => line.slice(9, 15)),
		["618802"],
	);
});

/** One thing that happens to a radio; the times between are part of it. */
const happening = fc.oneof(
	fc.constantFrom("receive 0", "receive 1", "configure", "deliver", "sfd", "room 1", "room 10", "idle"),
	fc.record({ in: fc.integer({ min: 0, max: 5000 }), length: fc.integer({ min: 0, max: 3000 }) }),
	fc.record({ cca: fc.boolean(), in: fc.integer({ min: -100, max: 6000 }) }),
	fc.record({ wait: fc.integer({ min: 0, max: 4000 }) }),
	fc.record({ ends: fc.constantFrom("acked 90", "acked 91", "failed 1", "failed 3", "failed 2") }),
	fc.record({ body: fc.uint8Array({ minLength: 3, maxLength: 20 }) }),
);

test.serial(
	"whatever happens in whatever order: each transmission ends once, each buffer goes back, the order stays",
	(t) => {
		if (radio(t) === undefined) return;
		fc.assert(
			fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
				let now = 1000;
				const lines = ["clock 1000", "begin", "receive 1"];
				for (const one of happenings) {
					if (typeof one === "string") lines.push(one);
					else if ("wait" in one) lines.push(`run ${(now += one.wait)}`);
					else if ("length" in one) lines.push(`window ${now + one.in} ${one.length}`);
					else if ("cca" in one) lines.push(`transmit ${+one.cca} ${Math.max(0, now + one.in)} ${PSDU}`);
					else if ("ends" in one) lines.push(`end-if-sending ${one.ends}`);
					else lines.push(`frame ${Buffer.from(one.body).toString("hex")}`);
				}
				// Whatever is still waiting gets its time, and its end.
				lines.push(
					"room 10",
					`run ${now + 20_000}`,
					"end-if-sending acked 90",
					`run ${now + 30_000}`,
					"deliver",
					"counts",
				);
				const said = play(t, lines);
				const asked = lines.filter((line) => line.startsWith("transmit")).length;
				const refused = only(said, "refused transmit").length;
				t.is(only(said, "outcome").length, asked - refused);
				t.regex(said.at(-1)!, /buffers 0$/);
				const heard = lines.filter((line) => line.startsWith("frame")).length - only(said, "unheard").length;
				const overflowed = Number(/overflowed (\d+)/.exec(said.at(-1)!)![1]);
				const received = only(said, "received").map((line) => line.split(" ")[1]!);
				t.is(received.length, heard - overflowed);
				// In their order, some perhaps lost: each stands behind the one before.
				let from = 0;
				const sent = lines.filter((line) => line.startsWith("frame")).map((line) => withFcs(line.slice(6)));
				for (const psdu of received) {
					from = sent.indexOf(psdu, from) + 1;
					t.true(from > 0);
				}
			}),
			{ numRuns: 150, seed: 5 },
		);
	},
);
