import type { LinkAddress } from "../../firmware/address.js";
import { equalBytes } from "../../firmware/bytes.js";
import type { AttackContext, AttackFactory } from "./attack.js";
import { Heard } from "./heard.js";
import { predict } from "./prediction.js";

/**
 * A captured relay passes on all but one fragment of each datagram: the whole is lost, and it looks like bad luck.
 *
 * The relay is the honest neighbour of the victim that passes on for most others. Its own firmware runs on, and
 * believes that every frame was acknowledged; what it sends on its own behalf is left alone. Strikes bound the
 * datagrams that are hit. The control keeps its hands off.
 */
export const selectiveForwarding: AttackFactory = {
	name: "selective-forwarding",
	options: {
		fragment: {
			enum: ["last", "first", "random"],
			default: "last",
			description: "Which fragment of each datagram disappears",
		},
	},
	create(options, context) {
		const relay = new CapturedRelay(context, options["fragment"] as "last" | "first" | "random");
		context.capture(context.neighbours[0]!.node, (psdu) => relay.swallows(psdu));
	},
};

class CapturedRelay {
	readonly #context: AttackContext;
	readonly #which: "last" | "first" | "random";
	readonly #frame: Heard;
	readonly #random: ReturnType<AttackContext["random"]>;
	/** The tag of the datagram that it is sending, and whether that is to lose a fragment. */
	#tag = -1;
	#isHit = false;
	#remaining = 0;

	constructor(context: AttackContext, which: "last" | "first" | "random") {
		this.#context = context;
		this.#frame = new Heard(context.wire);
		this.#which = which;
		this.#random = context.random("fragment");
	}

	swallows(psdu: Uint8Array): boolean {
		const { fragment, header, hasFragment, isLast } = this.#frame.whole(psdu);
		if (!hasFragment) return false;
		if (fragment.first && fragment.tag !== this.#tag) this.#begin(header.source, header.destination);
		if (!this.#isHit || fragment.tag !== this.#tag) return false;
		switch (this.#which) {
			case "first":
				return fragment.first;
			case "last":
				return isLast;
			default:
				return this.#remaining-- === 0 || (isLast && this.#remaining >= 0);
		}
	}

	#begin(source: LinkAddress, destination: LinkAddress): void {
		const { fragment } = this.#frame;
		const { forge, contexts } = this.#context;
		this.#tag = fragment.tag;
		const prediction = predict(this.#frame, contexts, (length) => new Uint8Array(length));
		const isForwarded = prediction !== undefined && !isFrom(prediction.packet, source);
		this.#isHit = isForwarded && this.#context.mayStrike();
		const step = forge.step({ source, destination });
		this.#remaining = this.#random.below(1 + Math.ceil(fragment.size / step));
	}
}

/** Whether a packet's IPv6 source is the node with this link-layer address. */
function isFrom(packet: Uint8Array, source: LinkAddress): boolean {
	const identifier = new Uint8Array(8);
	source.writeInterfaceId(identifier, 0);
	return equalBytes(packet, 16, identifier, 0, identifier.length);
}
