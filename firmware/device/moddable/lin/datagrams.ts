import type { OpenDatagrams } from "../host-parts.js";

/** No ZEP datagram is longer: 32 octets and a frame. */
const LONGEST_BYTES = 256;

class Multicast extends Native("xs_lowguard_readable_destructor") {
	constructor(group: string, port: number, onReadable: () => void) {
		super();
		native("xs_lowguard_multicast").call(this, group, port, onReadable);
	}
	read(into: Uint8Array): number {
		return native("xs_lowguard_multicast_read").call(this, into) as number;
	}
	write(group: string, port: number, bytes: Uint8Array, length: number): boolean {
		return native("xs_lowguard_multicast_write").call(this, group, port, bytes, length) as boolean;
	}
}

/** Multicast on the loopback interface: all nodes of one machine, and nobody else. */
export const openDatagrams: OpenDatagrams = (group, port, onDatagram) => {
	const bytes = new Uint8Array(LONGEST_BYTES);
	const socket = new Multicast(group, port, () => {
		for (;;) {
			const length = socket.read(bytes);
			if (length < 0) return;
			onDatagram(bytes, length);
		}
	});
	return { send: (from, length) => void socket.write(group, port, from, length) };
};
