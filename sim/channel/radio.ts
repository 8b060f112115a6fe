import type {
	Radio,
	RadioConfig,
	ReceiveHandler,
	TransmitOptions,
	TransmitOutcome,
} from "../../firmware/ports.js";
import type { Transceivers } from "./transceivers.js";

/** One node's view of the shared transceivers. */
export class SimulatedRadio implements Radio {
	readonly #transceivers: Transceivers;
	readonly #node: number;

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

	transmit(psdu: Uint8Array, options: TransmitOptions, done: (outcome: TransmitOutcome) => void): void {
		this.#transceivers.transmit(this.#node, psdu, options, done);
	}

	onReceive(handler: ReceiveHandler): void {
		this.#transceivers.onReceive(this.#node, handler);
	}
}
