import test from "ava";
import { run } from "./compiler.js";
import { DATA, only, PSDU, play, radio, removeRadio, withFcs } from "./radio-scenario.js";

test.after.always("remove the program", removeRadio);

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
	const said = run(radio(t)!, lines).filter((line) => !line.startsWith("driver"));
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
