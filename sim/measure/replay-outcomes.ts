import { completeSink } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import type { Counts } from "./metrics.js";

/**
 * What the network did with the frames of the first outsider's radio, by outcome, from the events alone.
 *
 * A node handles a frame within one event, so whatever it tells between one `frameReceived` and the next belongs
 * to that frame. Outcomes: `not-received`, `fragment-stored`, `datagram-delivered`, `datagram-forwarded`,
 * `ignored`, or the reason of the refusal. A broadcast counts once for each receiver.
 */
export class ReplayOutcomes {
	readonly sink: SimSink;
	/** Frames that went on the air, and what the link layer saw of each. */
	readonly sent: Counts = {};
	readonly outcomes: Counts = {};
	#radio = -1;
	#receiver = -1;
	#receivedUs = 0;
	#outcome = "";
	/** The frame on the air has been received by somebody. */
	#received = true;

	constructor() {
		const settle = (timeUs: number, node: number, outcome: string): void => {
			if (node === this.#receiver && timeUs === this.#receivedUs) this.#outcome = outcome;
		};
		this.sink = completeSink(SIM_EVENTS, {
			nodePlaced: (_timeUs, node, _x, _y, role) => {
				if (role === "outsider" && this.#radio < 0) this.#radio = node;
			},
			frameOnAir: (_timeUs, node) => {
				if (node === this.#radio) {
					this.#conclude();
					this.#received = false;
				}
			},
			frameReceived: (timeUs, node, from) => {
				if (this.#receiver >= 0) this.#close();
				if (from !== this.#radio) return;
				this.#received = true;
				this.#receiver = node;
				this.#receivedUs = timeUs;
				this.#outcome = "ignored";
			},
			frameRefused: (timeUs, node, _source, reason) => settle(timeUs, node, reason),
			fragmentRefused: (timeUs, node, _source, _tag, _offset, reason) => settle(timeUs, node, reason),
			fragmentStored: (timeUs, node) => settle(timeUs, node, "fragment-stored"),
			datagramDelivered: (timeUs, node) => settle(timeUs, node, "datagram-delivered"),
			datagramForwarded: (timeUs, node) => settle(timeUs, node, "datagram-forwarded"),
			datagramDropped: (timeUs, node, _ident, reason) => settle(timeUs, node, reason),
			frameReplayed: (_timeUs, node, _number, outcome) => {
				if (node === this.#radio) count(this.sent, outcome);
			},
			runEnded: () => this.#conclude(),
		});
	}

	#close(): void {
		count(this.outcomes, this.#outcome);
		this.#receiver = -1;
	}

	#conclude(): void {
		if (this.#receiver >= 0) this.#close();
		if (!this.#received) count(this.outcomes, "not-received");
		this.#received = true;
	}
}

function count(counts: Counts, name: string): void {
	counts[name] = (counts[name] ?? 0) + 1;
}
