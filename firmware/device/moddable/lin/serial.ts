import type { SerialPort } from "../../serial/serial-port.js";

const READ_BYTES = 256;

class Stdio extends Native("xs_lowguard_readable_destructor") {
	constructor(onReadable: () => void) {
		super();
		native("xs_lowguard_stdio").call(this, onReadable);
	}
	read(into: Uint8Array): number {
		return native("xs_lowguard_stdio_read").call(this, into) as number;
	}
	write(bytes: Uint8Array, offset: number, end: number): number {
		return native("xs_lowguard_stdio_write").call(this, bytes, offset, end) as number;
	}
}

/** The serial line of a Linux build: standard input and output, at whatever rate they have. */
export function openSerial(_baud: number): SerialPort {
	const bytes = new Uint8Array(READ_BYTES);
	let onBytes: ((bytes: Uint8Array, offset: number, end: number) => void) | undefined;
	const stdio = new Stdio(() => {
		const length = stdio.read(bytes);
		if (length > 0) onBytes?.(bytes, 0, length);
	});
	return {
		write: (from, offset, end) => stdio.write(from, offset, end),
		onBytes: (handler) => {
			onBytes = handler;
		},
		// It waits for whoever reads rather than take less.
		onWritable: () => {},
	};
}
