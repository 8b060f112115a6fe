import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { type HeapSituation, heapForMb, heapShareMb, heapSituation } from "../../host-tools/run/heap.js";
import { scratchFolder } from "./run-cli.js";

const GB = 2 ** 30;
const HEAP = new URL("../../host-tools/run/heap.js", import.meta.url).href;

function situation(heapGb: number, memoryGb: number, isChosen = false): HeapSituation {
	return { heapBytes: heapGb * GB, memoryBytes: memoryGb * GB, isChosen };
}

test("a hundred thousand nodes run where they are; a million ask for what the machine has", (t) => {
	t.is(heapForMb(100_000, situation(4, 16)), undefined);
	t.is(heapForMb(100_000, situation(2, 8)), undefined);
	t.is(heapForMb(1_000_000, situation(4, 16)), Math.floor(0.85 * 16 * 1024));
});

test("a limit that the user chose stands, and so does one that the machine cannot exceed", (t) => {
	t.is(heapForMb(1_000_000, situation(1, 64, true)), undefined);
	t.is(heapForMb(1_000_000, situation(4, 4)), undefined);
	t.is(heapShareMb(2, situation(4, 64)), Math.floor((0.85 * 64 * 1024) / 2));
	t.is(heapShareMb(16, situation(4, 64)), undefined);
});

test("this process tells its limit, and no more memory than there can be", (t) => {
	const { heapBytes, memoryBytes } = heapSituation();
	t.true(heapBytes > 2 ** 28 && memoryBytes > heapBytes / 2 && memoryBytes < 2 ** 50);
});

/** Runs a program that runs another one in a heap of 300 MB; returns what it said and how it ended. */
async function relaunch(
	t: ExecutionContext,
	inner: string,
	onOutput: (pid: number, text: string) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
	const folder = scratchFolder(t);
	const innerFile = join(folder, "inner.mjs");
	const outerFile = join(folder, "outer.mjs");
	writeFileSync(innerFile, inner);
	writeFileSync(
		outerFile,
		`import { runWithHeap } from ${JSON.stringify(HEAP)};
try { process.exitCode = await runWithHeap(300, ${JSON.stringify([innerFile, "one", "two words"])}); }
catch (error) { process.stderr.write(error.message); process.exitCode = error.exitCode; }`,
	);
	const child = spawn(process.execPath, [outerFile], { stdio: ["ignore", "pipe", "pipe"] });
	let stdout = "";
	let stderr = "";
	child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
	child.stdout.on("data", (chunk: Buffer) => {
		stdout += chunk.toString();
		onOutput(child.pid!, stdout);
	});
	const [code] = (await once(child, "close")) as [number | null];
	return { code, stdout, stderr };
}

test("the other process has the heap, the words, the terminal, and the last word", async (t) => {
	const { code, stdout } = await relaunch(
		t,
		`import { getHeapStatistics } from "node:v8";
console.log(Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20 / 100), process.argv.slice(2).join("|"));
process.exitCode = 3;`,
	);
	t.is(stdout, "3 one|two words\n");
	t.is(code, 3);
});

for (const [signal, code] of [
	["SIGINT", 130],
	["SIGTERM", 143],
] as const) {
	test(`${signal} reaches it once, and ends both`, async (t) => {
		const wait = `process.once("${signal}", () => { console.log("told"); process.exitCode = ${code}; clearInterval(timer); });
const timer = setInterval(() => {}, 1000);
console.log("ready");`;
		const told = await relaunch(t, wait, (pid, text) => {
			if (text === "ready\n") process.kill(pid, signal);
		});
		t.deepEqual([told.stdout, told.code], ["ready\ntold\n", code]);
		const untold = await relaunch(t, `setInterval(() => {}, 1000); console.log("ready");`, (pid) =>
			process.kill(pid, signal),
		);
		t.is(untold.code, code);
	});
}

test("one that the system ends is a failure of one line", async (t) => {
	const { code, stderr } = await relaunch(t, `process.kill(process.pid, "SIGKILL");`);
	t.is(code, 1);
	t.is(
		stderr,
		"the run was ended by SIGKILL; more than a heap of 300 MB may be needed, or than the machine has",
	);
});
