import type { AttackContext, AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { deadlineUs } from "./deadline.js";
import { LEAST_FIRST_BYTES, SIZE_BYTES } from "./option-schemas.js";

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
		const sender = new DatagramSender(context);
		let held = 0;
		context.onStrike(() => {
			if (held >= (options["contexts"] as number)) return;
			held++;
			hold(context, sender, size, () => held--);
		});
	},
};

/** Opens a datagram and feeds it; `onEnd` is called when nothing more of it is left. */
function hold(context: AttackContext, sender: DatagramSender, size: number, onEnd: () => void): void {
	const { forge, victim, scenario } = context;
	const name = context.identity();
	const claims = { source: name.address, destination: victim.address, tag: forge.tag() };
	const packet = sender.packet(name, size);
	const frames = forge.pieces(packet, claims, LEAST_FIRST_BYTES, forge.leastStep(size));
	const patienceUs = deadlineUs(scenario);
	const everyUs = Math.round(patienceUs * (1 - MARGIN));
	// RFC 4944 counts from the first fragment on: there the datagram ends at the time-out, whatever is fed to it.
	const endUs =
		scenario.reassembly.policy === "rfc4944" ? context.nowUs() + patienceUs : Number.POSITIVE_INFINITY;
	const feed = (at: number): void => {
		// The last fragment would complete it, and free its memory.
		if (context.nowUs() >= endUs || at + 1 >= frames.length) {
			onEnd();
			return;
		}
		context.send(frames[at]!);
		context.at(context.nowUs() + everyUs, () => feed(at + 1));
	};
	feed(0);
}
