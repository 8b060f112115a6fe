import { spawnSync } from "node:child_process";
import process from "node:process";

/** A C compiler that makes programs which run here. */
export interface Compiler {
	readonly command: string;
	/** 32: slots of 16 octets, as on the chip; 64: of 32. */
	readonly bits: 32 | 64;
	readonly args: readonly string[];
	readonly version: string;
}

const PROGRAM =
	"#include <errno.h>\n#include <math.h>\n#include <pthread.h>\nint main(void) { return EPERM - 1; }\n";

function output(command: string, args: readonly string[]): string {
	const result = spawnSync(command, args, { encoding: "utf8" });
	return result.status === 0 ? result.stdout.trim() : "";
}

function links(command: string, args: readonly string[]): boolean {
	const result = spawnSync(command, [...args, "-xc", "-", "-lm", "-o", "/dev/null"], { input: PROGRAM });
	return result.status === 0;
}

/**
 * The compiler that `CC` names, else gcc; with `-m32` where that links. Undefined where there is none.
 * Debian keeps the kernel's headers for 32 bits among those for 64, hence the further folder.
 */
export function findCompiler(): Compiler | undefined {
	const command = process.env["CC"] || "gcc";
	const version = output(command, ["--version"]).split("\n")[0] ?? "";
	if (!version) return undefined;
	const multiarch = output(command, ["-print-multiarch"]);
	const headers = multiarch ? ["-idirafter", `/usr/include/${multiarch}`] : [];
	const narrow = ["-m32", "-msse2", "-mfpmath=sse", ...headers];
	if (process.env["LOWGUARD_XS_BITS"] !== "64" && links(command, narrow))
		return { command, bits: 32, args: narrow, version };
	if (links(command, [])) return { command, bits: 64, args: [], version };
	return undefined;
}
