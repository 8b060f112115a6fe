import { FrameType } from "../../firmware/frames/mac-frame.js";
import { ACK_BYTES, airtimeUs, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { AttackContext } from "./attack.js";
import type { Heard } from "./heard.js";

/** An acknowledgement that is not heard by so long after its time does not come. */
const ACK_MARGIN_US = 200;
/** A relay passes a datagram on within this, or has lost it. */
const FORWARDED_WITHIN_US = 500_000;

/** What an attacker can hear of the damage that it does, since it last asked. */
export class HeardDamage {
	readonly #context: AttackContext;
	#frames = 0;
	#unacknowledged = 0;
	#datagrams = 0;
	#forwarded = 0;
	/** Sequence number of the honest frame whose acknowledgement is due, -1 for none. */
	#awaited = -1;

	constructor(context: AttackContext) {
		this.#context = context;
		context.hear((heard) => this.#note(heard));
	}

	/** The share of honest frames without acknowledgement, or of honest datagrams that were not passed on; 0 to 1. */
	take(): number {
		const unacknowledged = this.#frames === 0 ? 0 : this.#unacknowledged / this.#frames;
		const isRelay = this.#context.victim.node !== this.#context.sink.node;
		const lost = isRelay && this.#datagrams > 0 ? Math.max(0, 1 - this.#forwarded / this.#datagrams) : 0;
		this.#frames = this.#unacknowledged = this.#datagrams = this.#forwarded = 0;
		return Math.max(unacknowledged, lost);
	}

	#note(heard: Heard): void {
		if (!heard.isReadable || heard.isOurs) return;
		const { header, fragment } = heard;
		const { victim } = this.#context;
		if (header.type === FrameType.ack) {
			if (header.seq === this.#awaited) this.#awaited = -1;
			return;
		}
		if (!heard.isUnicast) return;
		if (header.source.equals(victim.address)) {
			if (heard.hasFragment && fragment.first) this.#forwarded++;
			return;
		}
		if (!header.destination.equals(victim.address)) return;
		if (header.ackRequest) this.#awaitAck(header.seq);
		if (heard.hasFragment && heard.isLast) {
			// Counted when it is too late to be passed on, so that a datagram and its passing on fall together.
			this.#context.at(heard.endUs + FORWARDED_WITHIN_US, () => void this.#datagrams++);
		}
	}

	#awaitAck(seq: number): void {
		this.#frames++;
		this.#awaited = seq;
		const dueUs = this.#context.nowUs() + TURNAROUND_US + airtimeUs(ACK_BYTES) + ACK_MARGIN_US;
		this.#context.at(dueUs, () => {
			if (this.#awaited !== seq) return;
			this.#awaited = -1;
			this.#unacknowledged++;
		});
	}
}
