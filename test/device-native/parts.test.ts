import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { fcs16, putFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader, encodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { acknowledgementOf } from "../../firmware/mac/acknowledgement.js";
import { buildProgram, HOST, RADIO, requireCompiler, run, testSource } from "./compiler.js";

// The parts of the native radio that know no hardware, compiled for this machine, against models of them.

let program: string | undefined;

/** Builds the program once; undefined, loudly, where no compiler is. */
function parts(t: Parameters<typeof requireCompiler>[0]): string | undefined {
	if (!requireCompiler(t, HOST)) return undefined;
	const sources = ["ring", "fcs", "schedule", "outcome", "enhanced-ack"].map((part) =>
		join(RADIO, `radio154-${part}.c`),
	);
	program ??= buildProgram([testSource("parts.c"), ...sources]);
	return program;
}

test.after.always("remove the program", () => {
	if (program !== undefined) rmSync(dirname(program), { recursive: true });
});

const RING_FRAMES = 32;
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const octets = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

test.serial("the FCS is the one of the firmware", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const frames = fc.sample(octets(0, 125), { numRuns: 500, seed: 1 });
	const answers = run(
		built,
		frames.map((frame) => `fcs ${hex(frame)}`),
	);
	t.deepEqual(
		answers.map(Number),
		frames.map((frame) => fcs16(frame, 0, frame.length)),
	);
});

/** What a frame looks like that was put and taken: its octets and their FCS. */
function taken(body: Uint8Array): string {
	const psdu = new Uint8Array(body.length + 2);
	psdu.set(body);
	putFcs(psdu, psdu.length);
	return `${hex(psdu)} -50 7 1234567890123`;
}

test.serial(
	"the ring gives frames in their order, and counts those that found no room, over the ends of its counters",
	(t) => {
		const built = parts(t);
		if (built === undefined) return;
		const start = fc.oneof(
			fc.constantFrom(0, 0xffffffff, 0xfffffff0, 0x7ffffff8),
			fc.integer({ min: 0, max: 0xffffffff }),
		);
		// Puts in bursts, so that the ring is full now and then; undefined takes.
		const step = fc.oneof(
			{ weight: 3, arbitrary: octets(3, 12) },
			{ weight: 2, arbitrary: fc.constant(undefined) },
		);
		fc.assert(
			fc.property(start, fc.array(step, { minLength: 1, maxLength: 150 }), (from, steps) => {
				const queue: Uint8Array[] = [];
				let overflowed = 0;
				const expected = steps.map((body) => {
					if (body === undefined) {
						const first = queue.shift();
						return first === undefined ? "" : taken(first);
					}
					const isKept = queue.length < RING_FRAMES;
					if (isKept) queue.push(body);
					else overflowed++;
					return `${isKept ? 1 : 0} ${overflowed} 0`;
				});
				const lines = steps.map((body) =>
					body === undefined ? "take" : `put ${body.length + 2} ${hex(body)}`,
				);
				t.deepEqual(run(built, [`ring ${from}`, ...lines]), expected);
			}),
			{ numRuns: 60, seed: 2 },
		);
	},
);

test.serial("a full ring keeps the oldest 32 frames", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const bodies = Array.from({ length: 40 }, (_, index) => Uint8Array.of(0x41, 0x88, index));
	const puts = bodies.map((body) => `put 5 ${hex(body)}`);
	const lines = run(built, ["ring 4294967290", ...puts, ...bodies.map(() => "take")]);
	t.is(lines[39], "0 8 0");
	t.deepEqual(
		lines.slice(40),
		bodies.map((body, index) => (index < 32 ? taken(body) : "")),
	);
});

test.serial("what is too short or too long to be a frame is counted and goes nowhere", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const lines = run(built, [
		"ring 0",
		"put 0",
		"put 4 010203",
		"put 128",
		"put 255",
		"put 5 010203",
		"take",
		"take",
	]);
	t.deepEqual(lines, ["0 0 1", "0 0 2", "0 0 3", "0 0 4", "1 0 4", taken(Uint8Array.of(1, 2, 3)), ""]);
});

test.serial("the longest frame keeps all its octets", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const body = Uint8Array.from({ length: 125 }, (_, index) => index);
	t.deepEqual(run(built, ["ring 0", `put 127 ${hex(body)}`, "take"]), ["1 0 0", taken(body)]);
});

const Action = { now: 0, timed: 1, awaited: 2, later: 3 } as const;
const LEAD_LISTENING_US = 400;
const LEAD_ASLEEP_US = 3000;

test.serial("a transmission is handed over at once, shortly before its time, or later", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const cases: readonly (readonly [string, string])[] = [
		["1000 1000 1 0", `${Action.now} 1000`],
		["1000 0 1 0", `${Action.now} 1000`],
		["1000 999 0 1", `${Action.now} 1000`],
		["1000 1001 1 0", `${Action.awaited} 1001`],
		["1000 1119 0 0", `${Action.awaited} 1119`],
		["1000 1120 1 0", `${Action.timed} 1120`],
		[`1000 ${1000 + LEAD_LISTENING_US} 1 0`, `${Action.timed} ${1000 + LEAD_LISTENING_US}`],
		[`1000 ${1001 + LEAD_LISTENING_US} 1 0`, `${Action.later} 1001`],
		[`1000 ${1000 + LEAD_ASLEEP_US} 0 0`, `${Action.timed} ${1000 + LEAD_ASLEEP_US}`],
		[`1000 ${1001 + LEAD_ASLEEP_US} 0 0`, `${Action.later} 1001`],
		// While a frame comes in, no earlier than its time: what would cut it off.
		["1000 1200 1 1", `${Action.later} 1200`],
		["5000000000000 5000000000300 1 0", `${Action.timed} 5000000000300`],
	];
	const answers = run(
		built,
		cases.map(([input]) => `plan ${input}`),
	);
	t.deepEqual(
		answers,
		cases.map(([, answer]) => answer),
	);
});

test.serial("asked again and again, a transmission is handed over at its time, and in few steps", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const far = fc.integer({ min: 0, max: 10_000_000 });
	fc.assert(
		fc.property(far, far, fc.boolean(), fc.boolean(), (begin, ahead, listening, receiving) => {
			let now = begin;
			for (let steps = 1; ; steps++) {
				const [answer] = run(built, [`plan ${now} ${begin + ahead} ${+listening} ${+receiving}`]);
				const [action, at] = answer!.split(" ").map(Number) as [number, number];
				if (action !== Action.later) {
					t.is(action === Action.now ? now : at, begin + ahead);
					t.true(steps <= 3);
					return;
				}
				t.true(at > now);
				now = at;
			}
		}),
		{ numRuns: 40, seed: 3 },
	);
});

test.serial("the driver is told when the preamble begins, on its clock of 32 bits", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const lines = ["time 1000 0", "time 1000 1", "time 4294967295 0", "time 4294967296 1", "time 4294967200 1"];
	t.deepEqual(run(built, lines).map(Number), [1000, 1256, 4294967295, 256, 160]);
});

test.serial(
	"a reception may go on for as long as the longest one takes, over the end of the 32-bit clock",
	(t) => {
		const built = parts(t);
		if (built === undefined) return;
		const longestUs = 128 * 32 + 192 + 352;
		const lines = [
			"may 5000 5000",
			`may ${5000 + longestUs} 5000`,
			`may ${5001 + longestUs} 5000`,
			"may 4294967300 4294967290",
			"may 4294973000 4294967290",
		];
		t.deepEqual(run(built, lines), ["1", "1", "0", "1", "0"]);
	},
);

test.serial("windows open and close when they should, however they overlap", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const windows = fc.array(
		fc.record({ from: fc.integer({ min: 0, max: 100 }), duration: fc.integer({ min: 0, max: 40 }) }),
		{ minLength: 1, maxLength: 8 },
	);
	fc.assert(
		fc.property(windows, (asked) => {
			const lines = ["windows", ...asked.map(({ from, duration }) => `add 0 ${from} ${duration}`)];
			const times = Array.from({ length: 150 }, (_, time) => time);
			const isOpen = (time: number): boolean =>
				asked.some(({ from, duration }) => time >= from && time < from + duration);
			const isEdge = (time: number): boolean =>
				asked.some(
					({ from, duration }) => duration > 0 && (time === from || time === from + duration) && time > 0,
				);
			const answers = run(built, [...lines, ...times.flatMap((time) => [`next ${time}`, `open ${time}`])]);
			const [, ...rest] = [answers.splice(0, asked.length), ...answers];
			for (const time of times) {
				t.is(rest[2 * time + 1], isOpen(time) ? "1" : "0", `open at ${time}`);
				const next = times.slice(time + 1).find(isEdge);
				t.is(rest[2 * time], next === undefined ? "18446744073709551615" : `${next}`, `next after ${time}`);
			}
		}),
		{ numRuns: 40, seed: 4 },
	);
});

test.serial("a ninth window is refused until one is over", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const eight = Array.from({ length: 8 }, (_, index) => `add 0 ${100 + index} 10`);
	const answers = run(built, ["windows", ...eight, "add 0 500 10", "add 110 500 10"]);
	t.deepEqual(answers, [...eight.map(() => "1"), "0", "1"]);
});

test.serial("a window whose beginning is past lasts as long from now on", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	t.deepEqual(run(built, ["windows", "add 100 20 30", "open 129", "open 130"]), ["1", "1", "0"]);
});

const Outcome = { acked: "1", sent: "2", noAck: "3", channelBusy: "4" } as const;

test.serial(
	"outcomes are the port's: by what was asked for, whose acknowledgement came, and what went wrong",
	(t) => {
		const built = parts(t);
		if (built === undefined) return;
		const cases: readonly (readonly [string, string])[] = [
			["success 61885a0000", Outcome.sent],
			["success 41885a0000", Outcome.sent],
			["success 61885a0000 02005a0000", Outcome.acked],
			["success 61885a0000 12005a0000", Outcome.acked],
			["success 61885a0000 02005b0000", Outcome.noAck],
			["success 61885a0000 01005a0000", Outcome.noAck],
			// Version 2 without sequence numbers.
			["success 61a90000 02210000", Outcome.acked],
			["success 61a90000 0200a90000", Outcome.noAck],
			["error 1", Outcome.channelBusy],
			["error 2", Outcome.channelBusy],
			["error 3", Outcome.noAck],
			["error 4", Outcome.noAck],
			["error 5", Outcome.channelBusy],
			["error 6", Outcome.channelBusy],
		];
		const answers = run(
			built,
			cases.map(([input]) => input),
		);
		t.deepEqual(
			answers,
			cases.map(([, answer]) => answer),
		);
	},
);

/** Frames of version 2 for one of us, from somebody, with every use of PAN identifiers. */
const requests = fc
	.record({
		seq: fc.integer({ min: 0, max: 255 }),
		sequenceSuppressed: fc.boolean(),
		panIdCompression: fc.boolean(),
		isShort: fc.boolean(),
		fromShort: fc.boolean(),
		payload: fc.uint8Array({ maxLength: 20 }),
	})
	.map((wanted) => {
		const header = new MacHeader();
		header.type = FrameType.data;
		header.version = 2;
		header.ackRequest = true;
		header.sequenceSuppressed = wanted.sequenceSuppressed;
		header.seq = wanted.sequenceSuppressed ? -1 : wanted.seq;
		header.panIdCompression = wanted.panIdCompression;
		if (wanted.isShort) header.destination.setShort(0x1234);
		else header.destination.setExtended(0x02000000, 0x0000a701);
		if (wanted.fromShort) header.source.setShort(0x5678);
		else header.source.setExtended(0x02000000, 0x0000b802);
		const isUnique = !wanted.isShort && !wanted.fromShort;
		header.destinationPan = isUnique && wanted.panIdCompression ? -1 : 0xabcd;
		header.sourcePan = isUnique || wanted.panIdCompression ? -1 : 0xef01;
		const bytes = new Uint8Array(64);
		const end = encodeMacHeader(header, bytes, 0);
		bytes.set(wanted.payload, end);
		return { header, frame: bytes.slice(0, end + wanted.payload.length) };
	});

test.serial("an enhanced acknowledgement is the one that the simulator and radios in software send", (t) => {
	const built = parts(t);
	if (built === undefined) return;
	const asked = fc.sample(requests, { numRuns: 300, seed: 6 });
	const answers = run(
		built,
		asked.map(({ frame }) => `enhanced ${hex(frame)}`),
	);
	t.deepEqual(
		answers,
		asked.map(({ header }) => hex(acknowledgementOf(header).subarray(0, -2))),
	);
});

test.serial(
	"no enhanced acknowledgement for what asks for none, is for all, or is cut short anywhere",
	(t) => {
		const built = parts(t);
		if (built === undefined) return;
		// To 0x1234 in PAN 0xabcd, from 0x5678 in it.
		const whole = "61a85acdab34127856";
		const cut = Array.from(
			{ length: whole.length / 2 },
			(_, octets) => `enhanced ${whole.slice(0, 2 * octets)}`,
		);
		const lines = [...cut, "enhanced 41a85acdab34127856", "enhanced 61a85acdabffff7856", `enhanced ${whole}`];
		t.deepEqual(run(built, lines), [...cut.map(() => ""), "", "", "02285acdab7856"]);
	},
);

test.serial(
	"who names no source gets an enhanced acknowledgement that names nobody, here and in the simulator",
	(t) => {
		const built = parts(t);
		if (built === undefined) return;
		const frames = ["21285acdab341201", "2129cdab3412"];
		const expected = ["02205a", "0221"];
		t.deepEqual(
			run(
				built,
				frames.map((frame) => `enhanced ${frame}`),
			),
			expected,
		);
		for (const [index, frame] of frames.entries()) {
			const bytes = Buffer.from(frame, "hex");
			const header = decodeMacHeader(bytes, 0, bytes.length);
			if (typeof header === "string") throw new Error(header);
			t.is(hex(acknowledgementOf(header).subarray(0, -2)), expected[index]!);
		}
	},
);
