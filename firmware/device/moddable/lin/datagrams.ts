import type { Datagrams } from "../../radio/datagrams.js";
import type { Settings } from "../../settings/parse.js";

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
export function openDatagrams({ udpGroup, udpPort }: Settings): Datagrams {
	const bytes = new Uint8Array(LONGEST_BYTES);
	let onDatagram: ((bytes: Uint8Array, length: number) => void) | undefined;
	const socket = new Multicast(udpGroup, udpPort, () => {
		for (;;) {
			const length = socket.read(bytes);
			if (length < 0) return;
			onDatagram?.(bytes, length);
		}
	});
	return {
		send: (from, length) => void socket.write(udpGroup, udpPort, from, length),
		onDatagram: (handler) => {
			onDatagram = handler;
		},
	};
}
