import type { AttackFactory } from "./attack.js";

/** Fragments that belong to nothing, with random tags and offsets: they cost the air, the CPU and, with some, memory. */
export const fragnFlood: AttackFactory = {
	name: "fragn-flood",
	options: {
		identity: {
			enum: ["own", "invented", "spoofed"],
			default: "invented",
			description:
				"The address on the frames: one's own, a new one each time, or that of an honest neighbour",
		},
		contentBytes: {
			type: "integer",
			minimum: 8,
			maximum: 96,
			multipleOf: 8,
			default: 64,
			description: "Octets of the datagram that each fragment claims to carry",
		},
	},
	create(options, context) {
		const { forge, victim } = context;
		const random = context.random("flood");
		const bytes = options["contentBytes"] as number;
		context.onStrike(() => {
			const source = context.identity().address;
			const size = 8 * (16 + random.below(144));
			const offset = 8 * (1 + random.below(Math.min(255, (size - bytes) / 8)));
			const claims = { source, destination: victim.address, size, tag: forge.tag() };
			context.send(forge.next(claims, offset, forge.noise(bytes)));
		});
	},
};
