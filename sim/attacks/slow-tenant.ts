import type { AttackContext, Peer } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { deadlineUs } from "./deadline.js";

/** A datagram of the IPv6 MTU: the longest stay that one context allows. */
const SIZE_BYTES = 1280;
/** How long before the victim's patience ends the next fragment goes out. */
const MARGIN = 0.15;
/** No defence of ours has room for more. */
const MOST = 16;

/**
 * A neighbour that does nothing wrong: whole, valid datagrams, sent as slowly as the victim puts up with.
 *
 * It holds one context at first, one more after each datagram that went through, and half as many after a frame
 * that was not acknowledged: as many as its standing allows.
 */
export class SlowTenant {
	readonly #context: AttackContext;
	readonly #name: Peer;
	readonly #sender: DatagramSender;
	readonly #everyUs: number;
	#held = 0;
	#most = 1;

	constructor(context: AttackContext, name: Peer) {
		this.#context = context;
		this.#name = name;
		this.#sender = new DatagramSender(context);
		const { forge, victim, scenario } = context;
		const fragments = Math.ceil(
			SIZE_BYTES / forge.step({ source: name.address, destination: victim.address }),
		);
		const patienceUs = deadlineUs(scenario) * (1 - MARGIN);
		// Where the time counts from the first fragment on, all of them must fit in it.
		const isAbsolute = scenario.reassembly.policy === "rfc4944";
		this.#everyUs = Math.round(isAbsolute ? patienceUs / (fragments + 1) : patienceUs);
	}

	/** Begins one more datagram, if its standing allows. */
	strike(): void {
		if (this.#held >= this.#most) return;
		this.#held++;
		const { forge, victim } = this.#context;
		const tag = forge.tag();
		const claims = { source: this.#name.address, destination: victim.address, tag, ack: true };
		this.#feed(forge.frames(this.#sender.packet(this.#name, SIZE_BYTES), claims), 0);
	}

	#feed(frames: readonly Uint8Array[], at: number): void {
		const context = this.#context;
		context.send(frames[at]!, {
			done: (outcome) => {
				if (outcome === "no-ack") this.#most = Math.max(1, this.#most >> 1);
			},
		});
		context.at(context.nowUs() + this.#everyUs, () => {
			if (at + 1 < frames.length) {
				this.#feed(frames, at + 1);
				return;
			}
			this.#held--;
			this.#most = Math.min(MOST, this.#most + 1);
		});
	}
}
