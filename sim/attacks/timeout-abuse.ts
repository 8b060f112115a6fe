import type { AttackContext, AttackFactory } from "./attack.js";
import { deadlineUs } from "./deadline.js";
import { LEAST_FIRST_BYTES, SIZE_BYTES } from "./option-schemas.js";

/** Octets that each of the fragments in between carries. */
const UNIT_BYTES = 8;
/** How long before the end of the victim's patience the next fragment goes out. */
const MARGIN = 0.1;

/**
 * Keeps datagrams alive with one small fragment just before each time-out, and opens new ones when they end.
 *
 * Few frames hold the victim's memory for good; each strike sets up one more, until `contexts` are held.
 */
export const timeoutAbuse: AttackFactory = {
	name: "timeout-abuse",
	options: {
		sizeBytes: SIZE_BYTES,
		contexts: {
			type: "integer",
			minimum: 1,
			maximum: 64,
			default: 8,
			description: "Datagrams that are kept alive at a time",
		},
	},
	create(options, context) {
		const size = options["sizeBytes"] as number;
		let held = 0;
		context.onStrike(() => {
			if (held >= (options["contexts"] as number)) return;
			held++;
			hold(context, size, () => held--);
		});
	},
};

/** Opens a datagram and feeds it; `onEnd` is called when nothing more fits in it. */
function hold(context: AttackContext, size: number, onEnd: () => void): void {
	const { forge, victim, sink } = context;
	const { node, address, ipv6 } = context.identity();
	const timeUs = context.nowUs();
	const packet = forge.datagram({ from: ipv6, to: sink.ipv6, size, node, sequence: forge.tag(), timeUs });
	const claims = { source: address, destination: victim.address, size, tag: forge.tag() };
	context.send(forge.first(claims, packet, LEAST_FIRST_BYTES));
	const patienceUs = deadlineUs(context.scenario);
	const everyUs = Math.round(patienceUs * (1 - MARGIN));
	// RFC 4944 counts from the first fragment on: there the datagram ends at the time-out, whatever is fed to it.
	const endUs =
		context.scenario.reassembly.policy === "rfc4944" ? timeUs + patienceUs : Number.POSITIVE_INFINITY;
	const feed = (offset: number): void => {
		if (context.nowUs() >= endUs || offset + 2 * UNIT_BYTES >= size) {
			onEnd();
			return;
		}
		context.send(forge.next(claims, offset, packet.slice(offset, offset + UNIT_BYTES)));
		context.at(context.nowUs() + everyUs, () => feed(offset + UNIT_BYTES));
	};
	context.at(timeUs + everyUs, () => feed(LEAST_FIRST_BYTES));
}
