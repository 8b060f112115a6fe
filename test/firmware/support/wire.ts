import { LinkAddress } from "../../../firmware/address.js";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { decodeMacHeader, MacHeader } from "../../../firmware/frames/mac-frame.js";
import { ACK_BYTES, ACK_WAIT_US, airtimeUs, CCA_US, TURNAROUND_US } from "../../../firmware/mac/timing.js";
import type {
	Clock,
	FrameReceiver,
	Radio,
	RadioConfig,
	TransmitOptions,
	TransmitOutcome,
	TransmitWaiter,
} from "../../../firmware/ports.js";

/** A frame that was on the air. */
export interface WireFrame {
	/** Counted over all radios, from 0. */
	readonly index: number;
	readonly from: number;
	/** When its clear channel assessment began. */
	readonly atUs: number;
	readonly psdu: Uint8Array;
	readonly acknowledged: boolean;
}

/**
 * Radios on an ideal medium: no noise, no collisions, standard times. What is lost, or finds the
 * channel busy, is what the test says.
 */
export class Wire {
	readonly clock: Clock;
	readonly radios: LoopRadio[] = [];
	readonly frames: WireFrame[] = [];
	/** Whether radio `to` misses the frame with this number. */
	isLost: (index: number, from: number, to: number, psdu: Uint8Array) => boolean = () => false;
	/** Whether the acknowledgement of the frame with this number is lost. */
	isAckLost: (index: number) => boolean = () => false;
	/** Whether the assessment with this number, counted over all radios, finds the channel busy. */
	isBusy: (assessment: number) => boolean = () => false;
	/** Whether the frames themselves are kept; switched off, `frames` stays empty. */
	keepsFrames = true;
	/** When each assessment began. */
	readonly assessedUs: number[] = [];
	readonly #unlinked = new Set<number>();
	#transmissions = 0;

	constructor(clock: Clock) {
		this.clock = clock;
	}

	/** A new radio, linked with all others. */
	radio(): LoopRadio {
		const radio = new LoopRadio(this, this.radios.length);
		this.radios.push(radio);
		return radio;
	}

	/** Makes or breaks the link between two radios, in both directions. */
	link(a: number, b: number, on: boolean): void {
		for (const key of [a * 0x10000 + b, b * 0x10000 + a]) {
			if (on) this.#unlinked.delete(key);
			else this.#unlinked.add(key);
		}
	}

	/** Links radios 0 - 1 - 2 … and no others. */
	line(): void {
		for (const { index: a } of this.radios) {
			for (const { index: b } of this.radios) if (a < b) this.link(a, b, b === a + 1);
		}
	}

	isLinked(a: number, b: number): boolean {
		return a !== b && !this.#unlinked.has(a * 0x10000 + b);
	}

	transmit(radio: LoopRadio, psdu: Uint8Array, options: TransmitOptions, done: (o: TransmitOutcome) => void) {
		const { clock } = this;
		const atUs = Math.max(options.atUs, clock.nowUs());
		if (options.cca && this.isBusy(this.assessedUs.push(atUs) - 1)) {
			clock.at(atUs + CCA_US, () => done("channel-busy"));
			return;
		}
		const beginUs = atUs + (options.cca ? CCA_US + TURNAROUND_US : 0);
		clock.at(beginUs + airtimeUs(psdu.length), () => this.#arrive(radio, psdu, atUs, done));
	}

	#arrive(radio: LoopRadio, psdu: Uint8Array, atUs: number, done: (o: TransmitOutcome) => void): void {
		const { clock } = this;
		const index = this.#transmissions++;
		let acknowledged = false;
		for (const receiver of this.radios) {
			if (!this.isLinked(radio.index, receiver.index) || !receiver.on) continue;
			if (this.isLost(index, radio.index, receiver.index, psdu)) continue;
			if (receiver.hear(psdu) && !this.isAckLost(index)) acknowledged = true;
		}
		if (this.keepsFrames) {
			this.frames.push({ index, from: radio.index, atUs, psdu: psdu.slice(), acknowledged });
		}
		if ((psdu[0]! & 0x20) === 0) done("sent");
		else if (acknowledged)
			clock.at(clock.nowUs() + TURNAROUND_US + airtimeUs(ACK_BYTES), () => done("acked"));
		else clock.at(clock.nowUs() + ACK_WAIT_US, () => done("no-ack"));
	}
}

/** One radio of a {@link Wire}: filters by address, acknowledges, refuses what a real one would refuse. */
export class LoopRadio implements Radio {
	readonly index: number;
	on = false;
	rssiDbm = -60;
	config: RadioConfig | undefined;
	readonly #wire: Wire;
	readonly #header = new MacHeader();
	#receiver: FrameReceiver | undefined;
	#sending = false;

	constructor(wire: Wire, index: number) {
		this.#wire = wire;
		this.index = index;
	}

	configure(config: RadioConfig): void {
		this.config = config;
	}

	receive(on: boolean): void {
		this.on = on;
	}

	receiveAt(): void {
		throw new Error("LoopRadio: the test needs no receive windows");
	}

	onReceive(receiver: FrameReceiver): void {
		if (this.#receiver !== undefined) throw new Error("LoopRadio: a second receiver was registered");
		this.#receiver = receiver;
	}

	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		if (this.#sending) throw new Error("LoopRadio: a transmission is under way");
		if (!hasGoodFcs(psdu)) throw new Error("LoopRadio: the FCS is wrong");
		this.#sending = true;
		const before = psdu.slice();
		this.#wire.transmit(this, psdu, options, (outcome) => {
			this.#sending = false;
			if (!before.every((octet, i) => octet === psdu[i])) throw new Error("LoopRadio: the PSDU was changed");
			waiter.transmitted(outcome);
		});
	}

	/** Passes a frame to the node, if its address filter lets it; returns whether it is acknowledged. */
	hear(psdu: Uint8Array): boolean {
		const header = decodeMacHeader(psdu, 0, psdu.length - 2, this.#header);
		if (typeof header === "string" || !this.#isForUs(header.destination, header.destinationPan)) return false;
		const acknowledged = header.ackRequest && !header.destination.isBroadcast;
		this.inject(psdu);
		return acknowledged;
	}

	/** Passes a frame to the node past the address filter. */
	inject(psdu: Uint8Array): void {
		// The copy is overwritten afterwards: whoever kept it will notice.
		const lent = psdu.slice();
		this.#receiver?.frameReceived(
			lent,
			this.rssiDbm,
			255,
			this.#wire.clock.nowUs() - airtimeUs(psdu.length) + 160,
		);
		lent.fill(0xdb);
	}

	#isForUs(destination: LinkAddress, pan: number): boolean {
		const { config } = this;
		if (config === undefined || (pan !== config.panId && pan !== 0xffff)) return false;
		return (
			destination.isBroadcast ||
			destination.equals(LinkAddress.short(config.shortAddress)) ||
			destination.equals(LinkAddress.extended(config.extendedHigh, config.extendedLow))
		);
	}
}
