import type { AttackFactory } from "./attack.js";
import { LEAST_FIRST_BYTES, SIZE_BYTES } from "./option-schemas.js";

/**
 * First fragments of datagrams that never come (Hummen 2013): each holds memory until its time-out.
 *
 * They carry just enough to be stored, under ever new tags.
 */
export const bufferReservation: AttackFactory = {
	name: "buffer-reservation",
	options: { sizeBytes: SIZE_BYTES },
	create(options, context) {
		const { forge, victim, sink } = context;
		const size = options["sizeBytes"] as number;
		let sequence = 0;
		context.onStrike(() => {
			const { node, address, ipv6 } = context.identity();
			const timeUs = context.nowUs();
			const packet = forge.datagram({ from: ipv6, to: sink.ipv6, size, node, sequence: sequence++, timeUs });
			const claims = { source: address, destination: victim.address, size, tag: forge.tag() };
			context.send(forge.first(claims, packet, LEAST_FIRST_BYTES));
		});
	},
};
