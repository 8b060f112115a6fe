/** The two control lines of a port that boards wire to their chip, and time. */
export interface ResetLines {
	/** DTR asks for the loader, RTS for reset. */
	setLines(dtr: boolean, rts: boolean): Promise<void>;
	wait(ms: number): Promise<void>;
}

/**
 * Resets a chip behind a USB bridge into its loader.
 *
 * Two transistors pull reset low for RTS alone and the boot pin for DTR alone; both lines at once do nothing. A
 * capacitor lets reset rise slowly, so that the boot pin is low in time; `delayMs` is how long it stays so.
 */
export async function resetIntoLoader(lines: ResetLines, delayMs: number): Promise<void> {
	await lines.setLines(false, true);
	await lines.wait(100);
	await lines.setLines(true, false);
	await lines.wait(delayMs);
	await lines.setLines(false, false);
}

/** Resets a chip over its own USB port, which watches both lines and must see DTR before RTS, into its loader. */
export async function resetIntoLoaderOverUsb(lines: ResetLines): Promise<void> {
	await lines.setLines(false, false);
	await lines.wait(100);
	await lines.setLines(true, false);
	await lines.wait(100);
	await lines.setLines(true, true);
	await lines.setLines(false, true);
	await lines.wait(100);
	await lines.setLines(false, false);
}

/** Resets a chip into its program, on both kinds of port. */
export async function resetIntoProgram(lines: ResetLines): Promise<void> {
	await lines.setLines(false, true);
	await lines.wait(200);
	await lines.setLines(false, false);
}
