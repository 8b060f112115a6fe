import test from "ava";
import {
	type ResetLines,
	resetIntoLoader,
	resetIntoLoaderOverUsb,
	resetIntoProgram,
} from "../../../host-tools/device/reset-lines.js";

/** The circuit between a USB bridge and a chip: what the chip starts each time it leaves reset. */
class Board implements ResetLines {
	readonly starts: string[] = [];
	/** Since reset began; a chip needs some. */
	resetMs = 0;
	#isReset = false;

	async setLines(dtr: boolean, rts: boolean): Promise<void> {
		const resetPin = !(rts && !dtr);
		const bootPin = !(dtr && !rts);
		// Reset rises slowly, and the boot pin is read when it is up.
		if (this.#isReset && resetPin && this.resetMs >= 100) this.starts.push(bootPin ? "program" : "loader");
		if (!this.#isReset) this.resetMs = 0;
		this.#isReset = !resetPin;
	}

	async wait(ms: number): Promise<void> {
		if (this.#isReset) this.resetMs += ms;
	}
}

/** The port in the chip, as its reference manual tells: a reset starts the loader when DTR was set before RTS was. */
class UsbPort implements ResetLines {
	readonly starts: string[] = [];
	#before: "idle" | "asked" | "both" = "idle";

	async setLines(dtr: boolean, rts: boolean): Promise<void> {
		if (dtr && !rts) this.#before = "asked";
		else if (dtr && rts) this.#before = this.#before === "asked" ? "both" : "idle";
		else if (rts) this.starts.push(this.#before === "both" ? "loader" : "program");
		else this.#before = "idle";
	}

	async wait(): Promise<void> {}
}

test("a board with a bridge comes into its loader, also one with a slow reset, and into its program", async (t) => {
	const board = new Board();
	await resetIntoLoader(board, 50);
	await resetIntoLoader(board, 550);
	await resetIntoProgram(board);
	t.deepEqual(board.starts, ["loader", "loader", "program"]);
});

test("a chip on its own USB port comes into its loader, and into its program", async (t) => {
	const port = new UsbPort();
	await resetIntoLoaderOverUsb(port);
	await resetIntoProgram(port);
	t.deepEqual(port.starts, ["loader", "program"]);
});
