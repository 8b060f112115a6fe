import type Serial from "embedded:io/serial";
import device from "embedded:provider/builtin";
import type { SerialPort } from "../../serial/serial-port.js";

/** Octets that the UART's hardware buffer holds. */
const READ_BYTES = 128;

/** Pins of the first UART where a board's provider names none: those of the ESP32. */
const UART0 = { port: 0, transmit: 1, receive: 3 };

/** The UART that the board is programmed over. */
export function openSerial(baud: number): SerialPort {
	const bytes = new Uint8Array(READ_BYTES);
	let onBytes: ((bytes: Uint8Array, offset: number, end: number) => void) | undefined;
	let onWritable: (() => void) | undefined;
	/** What the hardware takes before it says again that it is writable: one octet more, and it throws. */
	let room = 0;
	const serial: Serial = new device.io.Serial({
		...UART0,
		...device.Serial?.default,
		baud,
		format: "buffer",
		onReadable: () => {
			const length = serial.read(bytes);
			if (length !== undefined && length > 0) onBytes?.(bytes, 0, length);
		},
		onWritable: (count) => {
			room = count;
			onWritable?.();
		},
	});
	return {
		write: (from, offset, end) => {
			const length = end - offset < room ? end - offset : room;
			if (length <= 0) return 0;
			serial.write(new Uint8Array(from.buffer, from.byteOffset + offset, length));
			room -= length;
			return length;
		},
		onBytes: (handler) => {
			onBytes = handler;
		},
		onWritable: (handler) => {
			onWritable = handler;
		},
	};
}
