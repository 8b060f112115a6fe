import test from "ava";
import { type CpuProfile, partOf, splitTime, united } from "../../../host-tools/bench/time-split.js";

const ROOT = "file:///somewhere/build";

test("a compiled file belongs to the part that its folder names", (t) => {
	t.is(partOf(`${ROOT}/firmware/mac/link-layer.js`), "firmware: mac");
	t.is(partOf(`${ROOT}/firmware/net/adaptation.js`), "firmware: net");
	t.is(partOf(`${ROOT}/firmware/bytes.js`), "firmware: other");
	t.is(partOf(`${ROOT}/firmware/mote/mote.js`), "firmware: other");
	t.is(partOf(`${ROOT}/sim/kernel/queue.js`), "simulator: kernel");
	t.is(partOf(`${ROOT}/sim/simulation.js`), "simulator: world and traffic");
	t.is(partOf(`${ROOT}/sim/traffic/periodic.js`), "simulator: world and traffic");
	t.is(partOf(`${ROOT}/sim/attacks/replay.js`), "simulator: other");
	t.is(partOf(`${ROOT}/host-tools/crypto.js`), "host");
	t.is(partOf("file:///somewhere/node_modules/@noble/hashes/sha2.js"), "host");
	t.is(partOf("node:internal/fs"), "host");
});

function frame(id: number, functionName: string, url = "") {
	return { id, callFrame: { functionName, url, lineNumber: 9 } };
}

test("each sample's time goes to the part it was taken in, or to the compiler that it waited for", (t) => {
	const profile: CpuProfile = {
		nodes: [
			frame(1, "(root)"),
			frame(2, "send", `${ROOT}/firmware/mac/link-layer.js`),
			frame(3, "run", `${ROOT}/sim/kernel/queue.js`),
			frame(4, "(garbage collector)"),
			frame(5, "(program)"),
			frame(6, "", `${ROOT}/sim/kernel/queue.js`),
		],
		startTime: 1000,
		// At 1010, 1030, 1060, 1100, 1150, 1210 and 1280.
		samples: [2, 3, 4, 5, 2, 6, 1],
		timeDeltas: [10, 20, 30, 40, 50, 60, 70],
	};
	const { parts, functions } = splitTime(profile, [
		{ fromUs: 1020, toUs: 1030 },
		{ fromUs: 1040, toUs: 1059 },
		{ fromUs: 1150, toUs: 1151 },
	]);
	t.like(parts, {
		"firmware: mac": 10,
		"simulator: kernel": 60,
		"garbage collection": 30,
		compiler: 20 + 50,
		engine: 40,
		host: 0,
	});
	t.deepEqual(functions, [
		{ name: "(anonymous) sim/kernel/queue.js:10", us: 60 },
		{ name: "(program)", us: 40 },
		{ name: "(garbage collector)", us: 30 },
		{ name: "send firmware/mac/link-layer.js:10", us: 10 },
	]);
});

test("intervals that touch or lie within each other become one", (t) => {
	const intervals = [
		{ fromUs: 50, toUs: 60 },
		{ fromUs: 0, toUs: 40 },
		{ fromUs: 10, toUs: 20 },
		{ fromUs: 60, toUs: 65 },
	];
	t.deepEqual(united(intervals), [
		{ fromUs: 0, toUs: 40 },
		{ fromUs: 50, toUs: 65 },
	]);
});
