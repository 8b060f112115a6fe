/** A console line as a board gives it: a UART, or a serial port over USB. */
export interface SerialPort {
	/**
	 * Sends as many octets of `bytes[offset..end)` as there is room for now, and returns how many; never waits.
	 *
	 * A port that took fewer tells by `onWritable` when it has room again.
	 */
	write(bytes: Uint8Array, offset: number, end: number): number;
	/** Registers the only taker of octets, once; what it gets is valid only during the call. */
	onBytes(handler: (bytes: Uint8Array, offset: number, end: number) => void): void;
	/** Registers who is told that there is room again, once. */
	onWritable(handler: () => void): void;
}
