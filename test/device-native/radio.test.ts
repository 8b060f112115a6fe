import test from "ava";
import fc from "fast-check";
import { DATA, only, PSDU, play, radio, removeRadio, withFcs } from "./radio-scenario.js";

test.after.always("remove the program", removeRadio);

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
