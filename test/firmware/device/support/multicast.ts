import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { AlarmClock } from "../../../../firmware/device/alarm-clock.js";
import type { Datagrams } from "../../../../firmware/device/radio/datagrams.js";

const GROUP = "239.192.15.4";
const LOOPBACK = "127.0.0.1";

/** A member of a multicast group on this machine's loopback alone. */
export interface GroupMember {
	readonly datagrams: Datagrams;
	readonly port: number;
	close(): void;
}

/** Joins the group on a port, 0 for any that is free; what a member sends, all members get, itself included. */
export async function joinGroup(port: number): Promise<GroupMember> {
	const socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
	socket.bind(port, GROUP);
	await once(socket, "listening");
	socket.addMembership(GROUP, LOOPBACK);
	socket.setMulticastInterface(LOOPBACK);
	socket.setMulticastLoopback(true);
	const bound = (socket.address() as AddressInfo).port;
	return {
		port: bound,
		close: () => socket.close(),
		datagrams: {
			send: (bytes, length) => socket.send(bytes.slice(0, length), bound, GROUP),
			onDatagram: (handler) => socket.on("message", (message) => handler(message, message.length)),
		},
	};
}

/** The clock of a board, on this machine's time. */
export function realClock(): { readonly clock: AlarmClock; stop(): void } {
	const startNs = process.hrtime.bigint();
	let alarm: NodeJS.Timeout | undefined;
	const clock: AlarmClock = new AlarmClock({
		nowUs: () => Number((process.hrtime.bigint() - startNs) / 1000n),
		ringIn: (delayMs) => {
			clearTimeout(alarm);
			alarm = setTimeout(() => clock.ring(), delayMs);
		},
	});
	return { clock, stop: () => clearTimeout(alarm) };
}
