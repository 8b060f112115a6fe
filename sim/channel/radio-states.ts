/** What a transceiver does right now. */
export const RadioMode = { off: 0, listening: 1, receiving: 2, transmitting: 3 } as const;

/**
 * State of all transceivers, as arrays indexed by node, and the time that each spent in each mode.
 *
 * Receiving counts as listening here; `rxUs` says which part of it was spent on frames.
 */
export class RadioStates {
	readonly mode: Uint8Array;
	/** Whether the receiver is wanted when nothing is sent. */
	readonly wanted: Uint8Array;
	readonly channel: Uint8Array;
	/** Time with the receiver on, frames included, up to `sinceUs`. */
	readonly onUs: Float64Array;
	readonly rxUs: Float64Array;
	readonly txUs: Float64Array;
	/** Frames that the CPU handled. */
	readonly handled: Float64Array;
	/** When the node last began to listen, and the mode that it left. */
	readonly listeningSinceUs: Float64Array;
	readonly modeBefore: Uint8Array;
	readonly #sinceUs: Float64Array;

	constructor(nodes: number) {
		this.mode = new Uint8Array(nodes);
		this.wanted = new Uint8Array(nodes);
		this.channel = new Uint8Array(nodes).fill(26);
		this.onUs = new Float64Array(nodes);
		this.rxUs = new Float64Array(nodes);
		this.txUs = new Float64Array(nodes);
		this.handled = new Float64Array(nodes);
		this.listeningSinceUs = new Float64Array(nodes);
		this.modeBefore = new Uint8Array(nodes);
		this.#sinceUs = new Float64Array(nodes);
	}

	/** Changes the mode, and books the time in the one before. */
	enter(node: number, mode: number, nowUs: number): void {
		this.book(node, nowUs);
		if (mode === RadioMode.listening) this.listen(node, nowUs);
		else this.mode[node] = mode;
	}

	/** Lets a node listen from now on; books nothing, as the receiver may have been on before. */
	listen(node: number, nowUs: number): void {
		this.modeBefore[node] = this.mode[node]!;
		this.listeningSinceUs[node] = nowUs;
		this.mode[node] = RadioMode.listening;
	}

	/** Books the time in the present mode. */
	book(node: number, nowUs: number): void {
		const spanUs = nowUs - this.#sinceUs[node]!;
		this.#sinceUs[node] = nowUs;
		const mode = this.mode[node];
		if (mode === RadioMode.transmitting) this.txUs[node] = this.txUs[node]! + spanUs;
		else if (mode !== RadioMode.off) this.onUs[node] = this.onUs[node]! + spanUs;
	}
}
