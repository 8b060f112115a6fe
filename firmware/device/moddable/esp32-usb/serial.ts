import Timer from "timer";
import type { SerialPort } from "../../serial/serial-port.js";

/** Octets that are handed over at once; the driver takes all of them or none. */
const CHUNK_BYTES = 64;
/** The driver tells of nothing, so it is asked: this often while a host is there, in milliseconds, and this often without. */
const ASK_MS = 10;
const ASK_ALONE_MS = 500;

/** Host functions of `native/usb-console-xs.c`. */
class UsbConsole {
	open(): unknown {
		return native("xs_lowguard_usb_open").call(this);
	}

	isConnected(): boolean {
		return native("xs_lowguard_usb_is_connected").call(this) as boolean;
	}

	read(into: Uint8Array): number {
		return native("xs_lowguard_usb_read").call(this, into) as number;
	}

	write(bytes: Uint8Array, offset: number, end: number): boolean {
		return native("xs_lowguard_usb_write").call(this, bytes, offset, end) as boolean;
	}
}

/** The chip's own serial port over USB, for boards without a UART bridge; it has no speed. */
export function openSerial(_baud: number): SerialPort {
	const usb = new UsbConsole();
	usb.open();
	const bytes = new Uint8Array(CHUNK_BYTES);
	let onBytes: ((bytes: Uint8Array, offset: number, end: number) => void) | undefined;
	let onWritable: (() => void) | undefined;
	let isFull = false;
	const ask = (): void => {
		const isConnected = usb.isConnected();
		Timer.set(ask, isConnected ? ASK_MS : ASK_ALONE_MS);
		if (!isConnected) return;
		for (let length = usb.read(bytes); length > 0; length = usb.read(bytes)) onBytes?.(bytes, 0, length);
		if (!isFull) return;
		isFull = false;
		onWritable?.();
	};
	Timer.set(ask, ASK_MS);
	return {
		write: (from, offset, end) => {
			let at = offset;
			while (at < end && !isFull) {
				const next = end - at < CHUNK_BYTES ? end : at + CHUNK_BYTES;
				if (usb.write(from, at, next)) at = next;
				else isFull = true;
			}
			return at - offset;
		},
		onBytes: (handler) => {
			onBytes = handler;
		},
		onWritable: (handler) => {
			onWritable = handler;
		},
	};
}
