import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { putFcs } from "../../firmware/frames/fcs.js";
import { buildProgram, HOST, RADIO, requireCompiler, run, sourcesOf, testSource } from "./compiler.js";

// The native radio on a fake of ESP-IDF's driver, timers and locks, which says ERROR to whatever would break the chip:
// a driver's buffer given back twice, a lock taken in interrupt context, a transmission cut off.

let program: string | undefined;

/** The radio on its fake driver, built once; undefined, and said so, without a compiler. */
export function radio(t: Parameters<typeof requireCompiler>[0]): string | undefined {
	if (!requireCompiler(t, HOST)) return undefined;
	// XS itself is not there; its place takes the scenario.
	const sources = sourcesOf(RADIO, "-xs");
	const tests = ["scenario.c", "fake-commands.c", "fake-input.c", "fake-driver.c", "fake-system.c"].map(
		testSource,
	);
	program ??= buildProgram([...tests, ...sources], ["-DESP_PLATFORM"]);
	return program;
}

/** Takes the program away again. */
export function removeRadio(): void {
	if (program !== undefined) rmSync(dirname(program), { recursive: true });
}

/** What the commands lead to, errors excepted, of which there must be none. */
export function play(
	t: { is: (actual: unknown, expected: unknown) => unknown },
	lines: readonly string[],
): string[] {
	const said = run(program!, lines);
	t.is(said.filter((line) => line.startsWith("ERROR")).join(), "");
	return said;
}

/** The lines that begin so. */
export function only(lines: readonly string[], ...beginnings: readonly string[]): string[] {
	return lines.filter((line) => beginnings.some((beginning) => line.startsWith(beginning)));
}

/** A data frame without its FCS. */
export const DATA = "61885a0102030405";
/** The same with room for an FCS, as the node hands it over. */
export const PSDU = `${DATA}0000`;

/** A frame with its FCS behind it, in hex. */
export function withFcs(hex: string): string {
	const psdu = Buffer.from(`${hex}0000`, "hex");
	putFcs(psdu, psdu.length);
	return psdu.toString("hex");
}
