import process from "node:process";
import type { ExecutionContext } from "ava";
import { findCompiler } from "../../../host-tools/xs/compiler.js";
import { type XsOptions, XsProcess } from "../../../host-tools/xs/process.js";

const compiler = findCompiler();

/** Whether slots have the chip's size, so that figures in octets mean something. */
export const hasChipSlots = compiler?.bits === 32;

/**
 * A process for the length of one test. Where there is no compiler it says loudly that the test did not
 * take place, and returns undefined.
 */
export async function startXs(t: ExecutionContext, options: XsOptions): Promise<XsProcess | undefined> {
	if (!compiler) {
		t.log("SKIPPED: there is no C compiler, so nothing ran on XS");
		process.stderr.write(`\n*** ${t.title}: SKIPPED, there is no C compiler (gcc) ***\n`);
		t.pass();
		return undefined;
	}
	const xs = await XsProcess.start(options);
	t.teardown(() => xs.close());
	return xs;
}

/** The octets of an ASCII text. */
export function ascii(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}
