import type {
	FrameReceiver,
	Radio,
	RadioConfig,
	TransmitOptions,
	TransmitWaiter,
} from "../../firmware/ports.js";
import type { Transceivers } from "./transceivers.js";

/** One node's view of the shared transceivers. */
export class SimulatedRadio implements Radio {
	readonly #transceivers: Transceivers;
	readonly #node: number;
	/** Undefined unless somebody stands in between. */
	#interceptors: ((psdu: Uint8Array) => boolean)[] | undefined;

	constructor(transceivers: Transceivers, node: number) {
		this.#transceivers = transceivers;
		this.#node = node;
	}

	configure(config: RadioConfig): void {
		this.#transceivers.configure(this.#node, config);
	}

	receive(on: boolean): void {
		this.#transceivers.receive(this.#node, on);
	}

	receiveAt(timeUs: number, durationUs: number): void {
		this.#transceivers.receiveAt(this.#node, timeUs, durationUs);
	}

	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		if (this.#interceptors?.some((decide) => decide(psdu)) === true)
			this.#transceivers.pretend(this.#node, psdu, options, waiter);
		else this.#transceivers.transmit(this.#node, psdu, options, waiter);
	}

	onReceive(receiver: FrameReceiver): void {
		this.#transceivers.onReceive(this.#node, receiver);
	}

	/**
	 * Puts somebody between the node and its radio, as after a capture: what `decide` says yes to is swallowed, and the
	 * node is told that it was sent and acknowledged.
	 */
	intercept(decide: (psdu: Uint8Array) => boolean): void {
		this.#interceptors ??= [];
		this.#interceptors.push(decide);
	}

	/** Registers a handler of the beginnings of frames: see {@link Transceivers.onHeader}. */
	onHeader(octets: number, handler: (psdu: Uint8Array, endUs: number) => void): void {
		this.#transceivers.onHeader(this.#node, octets, handler);
	}
}
