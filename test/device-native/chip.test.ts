import { rmSync } from "node:fs";
import { dirname } from "node:path";
import test from "ava";
import { buildProgram, HOST, requireCompiler, run, testSource } from "./compiler.js";

// The chip's clock and deep sleep, over starts of the firmware, compiled for this machine.

let program: string | undefined;

function chip(t: Parameters<typeof requireCompiler>[0]): string | undefined {
	if (!requireCompiler(t, HOST)) return undefined;
	program ??= buildProgram([testSource("chip.c"), testSource("fake-input.c")], ["-DESP_PLATFORM"]);
	return program;
}

test.after.always("remove the program", () => {
	if (program !== undefined) rmSync(dirname(program), { recursive: true });
});

/** esp_reset_reason_t */
const POWER_ON = 1;
const PANIC = 4;
const DEEP_SLEEP = 8;

test.serial(
	"the clock goes on over a deep sleep by what the always-on counter says, and again over the next",
	(t) => {
		const built = chip(t);
		if (built === undefined) return;
		const said = run(built, [
			// The always-on counter began elsewhere, and esp_timer begins anew at each start.
			...[`boot ${POWER_ON} 5000 900000`, "now", "sleep 60000000"],
			...[`boot ${DEEP_SLEEP} 300 61000000`, "now", "sleep 1000000"],
			...[`boot ${DEEP_SLEEP} 700 63000000`, "now"],
		]);
		t.deepEqual(said, [
			...["5000", "asleep for 60000000"],
			...[`${5000 + 61_000_000 - 900_000}`, "asleep for 1000000"],
			`${5000 + 63_000_000 - 900_000}`,
		]);
	},
);

test.serial("the radio's times and the node's are told apart after a deep sleep", (t) => {
	const built = chip(t);
	if (built === undefined) return;
	const said = run(built, [
		...[`boot ${POWER_ON} 5000 5000`, "timer 7000", "timer -1", "timer nan", "timer 1e300", "sleep 1000000"],
		...[`boot ${DEEP_SLEEP} 100 2000000`, "now", "timer 2000900", "timer 1999900", "timer 1000"],
	]);
	t.deepEqual(said, [...["7000", "0", "0", "0", "asleep for 1000000"], ...["2000000", "1000", "0", "0"]]);
});

test.serial("after any other start the clock begins anew, and nothing was kept", (t) => {
	const built = chip(t);
	if (built === undefined) return;
	const said = run(built, [
		...[`boot ${POWER_ON} 5000 5000`, "kept", "sleep 1000000 aabb"],
		...[`boot ${PANIC} 42 9000000`, "now", "kept"],
	]);
	t.deepEqual(said, ["nothing", "asleep for 1000000", "42", "nothing"]);
});

test.serial("a deep sleep keeps what it was given, and only the last", (t) => {
	const built = chip(t);
	if (built === undefined) return;
	const said = run(built, [
		...[`boot ${POWER_ON} 5000 5000`, "sleep 0 0102030405"],
		...[`boot ${DEEP_SLEEP} 10 9000`, "kept", "sleep 5000 ff"],
		...[`boot ${DEEP_SLEEP} 10 19000`, "kept"],
	]);
	// Nothing is too short to fall asleep for.
	t.deepEqual(said, ["asleep for 1000", "0102030405", "asleep for 5000", "ff"]);
});
