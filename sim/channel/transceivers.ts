import { decodeMacHeader, FrameType } from "../../firmware/frames/mac-frame.js";
import { sequenceNumber } from "../../firmware/mac/acknowledgement.js";
import {
	ACK_BYTES,
	ACK_WAIT_US,
	airtimeUs,
	CCA_US,
	FCS_BYTES,
	SHR_US,
	TURNAROUND_US,
} from "../../firmware/mac/timing.js";
import type { RadioConfig, ReceiveHandler, TransmitOptions, TransmitOutcome } from "../../firmware/ports.js";
import type { SimSink } from "../events.js";
import type { EventQueue } from "../kernel/queue.js";
import { acknowledgementOf, IMMEDIATE_ACKS } from "./acknowledgements.js";
import { AddressFilters } from "./address-filters.js";
import { Air, type AirListener, type AirOptions, type MissCause } from "./air.js";
import { Eavesdroppers, type HeaderHandler } from "./eavesdroppers.js";
import type { LinkGraph } from "./links.js";
import { RadioMode, RadioStates } from "./radio-states.js";
import { RADIO_ROW, RadioTable } from "./radio-table.js";
import { linkQuality, rssiDbmOf, strongestDbm } from "./signal.js";

const { OCTETS, PHASE } = RADIO_ROW;

/** Where a transmission stands. */
const Phase = { idle: 0, turning: 1, sending: 2, awaitingAck: 3, acknowledging: 4 } as const;

/** Times that validation against analytic models sets to 0; all others keep the standard's. */
export interface PhyTimes {
	readonly ccaUs: number;
	/** From the assessment to the preamble; an acknowledgement always keeps the standard's turnaround. */
	readonly turnaroundUs: number;
}

export const STANDARD_TIMES: PhyTimes = { ccaUs: CCA_US, turnaroundUs: TURNAROUND_US };

/** Bit of the first octet of the frame control field. */
const ACK_REQUEST = 0x20;

const NOBODY: ReceiveHandler = () => {};
const UNTOLD = (): void => {};

/**
 * All IEEE 802.15.4 transceivers of a simulation: timed transmission after one CCA, address filter,
 * automatic acknowledgement and its wait, as the ESP32-C6's hardware does them.
 */
export class Transceivers implements AirListener {
	readonly states: RadioStates;
	readonly air: Air;
	readonly #queue: EventQueue;
	readonly #sink: SimSink;
	readonly #times: PhyTimes;
	/** Of all fields of the rows only the phase is used here. */
	readonly #octets: Uint8Array;
	readonly #assessUs: Float64Array;
	/** What a node was asked to send, until it is done. */
	readonly #psdu: (Uint8Array | undefined)[];
	/** What a node has on the air: its frame or its acknowledgement. */
	readonly #airPsdu: Uint8Array[];
	/** The timer of the acknowledgement that a node awaits. */
	readonly #ackTimer: Float64Array;
	readonly #done: ((outcome: TransmitOutcome) => void)[];
	readonly #handler: ReceiveHandler[];
	/** Without power. */
	readonly #dead: Uint8Array;
	/** Rises when a node loses its power: what it had scheduled by then is void. */
	readonly #generation: Int32Array;
	/** Whether a node wants its receiver on all the time, and how many windows it has open. */
	readonly #always: Uint8Array;
	readonly #windows: Uint16Array;
	readonly #bestDbm: Int8Array;
	readonly #eavesdroppers: Eavesdroppers;
	/** They hold the header of the frame that ends right now, decoded once for all its receivers. */
	readonly #filters: AddressFilters;
	#headerIsGood = false;
	readonly #assessEnd: number;
	readonly #sendStart: number;
	readonly #sendEnd: number;
	readonly #ackStart: number;
	readonly #ackEnd: number;
	readonly #ackLate: number;

	constructor(
		links: LinkGraph,
		queue: EventQueue,
		sink: SimSink,
		options: AirOptions,
		seed: number,
		times: PhyTimes = STANDARD_TIMES,
	) {
		const n = links.nodes;
		const table = new RadioTable(n);
		this.#octets = table.octets;
		this.states = new RadioStates(table);
		this.air = new Air(links, table, this.states, queue, options, seed, this);
		this.#queue = queue;
		this.#sink = sink;
		this.#times = times;
		this.#filters = new AddressFilters(table);
		this.#eavesdroppers = new Eavesdroppers(this.air, queue);
		this.#psdu = new Array<Uint8Array | undefined>(n).fill(undefined);
		this.#airPsdu = new Array<Uint8Array>(n).fill(IMMEDIATE_ACKS[0]!);
		this.#done = new Array<(outcome: TransmitOutcome) => void>(n).fill(UNTOLD);
		this.#handler = new Array<ReceiveHandler>(n).fill(NOBODY);
		this.#dead = new Uint8Array(n);
		this.#generation = new Int32Array(n);
		this.#always = new Uint8Array(n);
		this.#windows = new Uint16Array(n);
		this.#assessUs = new Float64Array(n);
		this.#ackTimer = new Float64Array(n);
		this.#bestDbm = new Int8Array(n).map((_, node) => strongestDbm(links, node));
		this.#assessEnd = queue.register((node, generation) => this.#onAssessed(node, generation));
		this.#sendStart = queue.register((node, generation) => this.#onSendStart(node, generation));
		this.#sendEnd = queue.register((node) => this.#onSendEnd(node));
		this.#ackStart = queue.register((node) => this.#onAckStart(node));
		this.#ackEnd = queue.register((node) => this.#onAckEnd(node));
		this.#ackLate = queue.register((node) => this.#finish(node, "no-ack"));
	}

	configure(node: number, config: RadioConfig): void {
		this.air.retune(node, config.channel);
		this.#filters.configure(node, config);
	}

	onReceive(node: number, handler: ReceiveHandler): void {
		this.#handler[node] = handler;
	}

	receive(node: number, on: boolean): void {
		this.#always[node] = on ? 1 : 0;
		this.#want(node);
	}

	/** Turns the receiver on or off, where it is not busy, as the node and its open windows want it. */
	#want(node: number): void {
		if (this.#isDead(node)) return;
		const on = this.#always[node] === 1 || this.#windows[node]! > 0;
		this.states.want(node, on);
		const mode = this.states.mode(node);
		if (mode === RadioMode.transmitting) return;
		// A receiver that awaits an acknowledgement stays on until it has it or gives up.
		if (!on && this.#phase(node) === Phase.awaitingAck) return;
		if (!on) this.#toMode(node, RadioMode.off);
		else if (mode === RadioMode.off) this.#toMode(node, RadioMode.listening);
	}

	receiveAt(node: number, timeUs: number, durationUs: number): void {
		this.#whilePowered(node, timeUs, () => {
			this.#windows[node]!++;
			this.#want(node);
			this.#whilePowered(node, this.#queue.nowUs() + durationUs, () => {
				this.#windows[node]!--;
				this.#want(node);
			});
		});
	}

	transmit(
		node: number,
		psdu: Uint8Array,
		options: TransmitOptions,
		done: (outcome: TransmitOutcome) => void,
	): void {
		if (this.#psdu[node] !== undefined)
			throw new Error(`radio ${node}: transmit before the last one was done`);
		this.#psdu[node] = psdu;
		this.#done[node] = done;
		const fromUs = Math.max(options.atUs, this.#queue.nowUs());
		const generation = this.#generation[node]!;
		if (options.cca) {
			this.#assessUs[node] = fromUs;
			this.#queue.schedule(fromUs + this.#times.ccaUs, this.#assessEnd, node, generation);
		} else this.#queue.schedule(fromUs, this.#sendStart, node, generation);
	}

	/** Tells a node that its frame was sent, and acknowledged where it asks for it, without putting it on the air. */
	pretend(
		node: number,
		psdu: Uint8Array,
		options: TransmitOptions,
		done: (outcome: TransmitOutcome) => void,
	): void {
		const accessUs = options.cca ? this.#times.ccaUs + this.#times.turnaroundUs : 0;
		const wantsAck = (psdu[0]! & ACK_REQUEST) !== 0;
		const ackUs = wantsAck ? TURNAROUND_US + airtimeUs(ACK_BYTES) : 0;
		const fromUs = Math.max(options.atUs, this.#queue.nowUs());
		this.#whilePowered(node, fromUs + accessUs + airtimeUs(psdu.length) + ackUs, () =>
			done(wantsAck ? "acked" : "sent"),
		);
	}

	/**
	 * Registers a handler of frames that a node is in the middle of receiving, `octets` of whose PSDU are over: it is
	 * given the whole PSDU, of which it may read no more than those, and the time at which the frame ends.
	 */
	onHeader(node: number, octets: number, handler: HeaderHandler): void {
		this.#eavesdroppers.add(node, octets, handler);
	}

	/**
	 * Takes a transceiver's power away: it forgets its handler and whatever it was to do, and tells nobody.
	 *
	 * What it has on the air still ends in the others' ears. Without {@link powerOn}, for good.
	 */
	kill(node: number): void {
		this.#dead[node] = 1;
		this.#generation[node]!++;
		this.#queue.cancel(this.#ackTimer[node]!);
		this.states.want(node, false);
		this.#handler[node] = NOBODY;
		this.#done[node] = UNTOLD;
		if (this.states.mode(node) === RadioMode.transmitting) this.states.book(node, this.#queue.nowUs());
		else this.#toMode(node, RadioMode.off);
	}

	/**
	 * Gives a transceiver its power back, with its receiver off, to be configured as a new one.
	 *
	 * Throws an Error while the frame that it lost its power with is on the air.
	 */
	powerOn(node: number): void {
		if (this.states.mode(node) === RadioMode.transmitting)
			throw new Error(`radio ${node}: powerOn before its last frame ended`);
		this.#dead[node] = 0;
		this.#toPhase(node, Phase.idle);
		this.#always[node] = 0;
		this.#windows[node] = 0;
		this.#psdu[node] = undefined;
	}

	#isDead(node: number): boolean {
		return this.#dead[node] === 1;
	}

	#phase(node: number): number {
		return this.#octets[(node << OCTETS) | PHASE]!;
	}

	#toPhase(node: number, phase: number): void {
		this.#octets[(node << OCTETS) | PHASE] = phase;
	}

	#toMode(node: number, mode: number): void {
		const nowUs = this.#queue.nowUs();
		this.air.release(node, nowUs);
		this.states.enter(node, mode, nowUs);
	}

	/** After a transmission: back to listening, where that is wanted. */
	#toIdle(node: number): void {
		this.#toMode(node, this.states.isWanted(node) ? RadioMode.listening : RadioMode.off);
	}

	/** Calls back at a time, unless the node loses its power before. */
	#whilePowered(node: number, timeUs: number, callback: () => void): void {
		const generation = this.#generation[node]!;
		this.#queue.at(timeUs, () => {
			if (this.#generation[node]! === generation) callback();
		});
	}

	#onAssessed(node: number, generation: number): void {
		if (generation !== this.#generation[node]!) return;
		if (
			this.#phase(node) === Phase.acknowledging ||
			this.air.isReceiving(node, this.#queue.nowUs()) ||
			this.air.isBusy(node, this.#assessUs[node]!)
		) {
			this.#finish(node, "channel-busy");
			return;
		}
		// The assessment itself needs the receiver.
		if (this.states.mode(node) === RadioMode.off) this.states.addOn(node, this.#times.ccaUs);
		this.#toPhase(node, Phase.turning);
		this.#toMode(node, RadioMode.transmitting);
		this.#queue.schedule(this.#queue.nowUs() + this.#times.turnaroundUs, this.#sendStart, node, generation);
	}

	#onSendStart(node: number, generation: number): void {
		if (generation !== this.#generation[node]!) {
			if (this.#isDead(node)) this.#toMode(node, RadioMode.off);
			return;
		}
		// Only a transmission without assessment comes here while the node acknowledges.
		if (this.#phase(node) === Phase.acknowledging) {
			this.#finish(node, "channel-busy");
			return;
		}
		this.#toPhase(node, Phase.sending);
		if (this.states.mode(node) !== RadioMode.transmitting) this.#toMode(node, RadioMode.transmitting);
		const psdu = this.#psdu[node]!;
		this.#putOnAir(node, psdu);
		this.#queue.schedule(this.#queue.nowUs() + airtimeUs(psdu.length), this.#sendEnd, node, 0);
	}

	#putOnAir(node: number, psdu: Uint8Array): void {
		this.#airPsdu[node] = psdu;
		this.states.handle(node);
		const bestDbm = this.#bestDbm[node]!;
		this.#sink.frameOnAir(this.#queue.nowUs(), node, this.states.channel(node), bestDbm, psdu);
		this.air.start(node);
		this.#eavesdroppers.tell(node, psdu);
	}

	#endOnAir(node: number, psdu: Uint8Array): void {
		const header = decodeMacHeader(psdu, 0, psdu.length - FCS_BYTES, this.#filters.header);
		this.#headerIsGood = typeof header !== "string";
		this.air.end(node, psdu.length);
	}

	#onSendEnd(node: number): void {
		const psdu = this.#airPsdu[node]!;
		const wantsAck = (psdu[0]! & ACK_REQUEST) !== 0 && !this.#isDead(node);
		this.#toPhase(node, wantsAck ? Phase.awaitingAck : Phase.idle);
		if (wantsAck) {
			this.#toMode(node, RadioMode.listening);
			const lateUs = this.#queue.nowUs() + ACK_WAIT_US;
			this.#ackTimer[node] = this.#queue.schedule(lateUs, this.#ackLate, node, 0);
		} else this.#toIdle(node);
		this.#endOnAir(node, psdu);
		if (!wantsAck) this.#finish(node, "sent");
	}

	#onAckStart(node: number): void {
		if (this.#isDead(node)) {
			this.#toMode(node, RadioMode.off);
			return;
		}
		const psdu = this.#airPsdu[node]!;
		this.#putOnAir(node, psdu);
		this.#queue.schedule(this.#queue.nowUs() + airtimeUs(psdu.length), this.#ackEnd, node, 0);
	}

	#onAckEnd(node: number): void {
		this.#toPhase(node, Phase.idle);
		this.#toIdle(node);
		this.#endOnAir(node, this.#airPsdu[node]!);
	}

	#finish(node: number, outcome: TransmitOutcome): void {
		const done = this.#done[node]!;
		const waited = this.#phase(node) === Phase.awaitingAck;
		if (this.#phase(node) !== Phase.acknowledging) this.#toPhase(node, Phase.idle);
		this.#psdu[node] = undefined;
		if (waited && !this.states.isWanted(node)) this.#toMode(node, RadioMode.off);
		done(outcome);
	}

	received(to: number, from: number, powerMw: number): void {
		if (!this.#headerIsGood) return;
		const { header } = this.#filters;
		if (header.type === FrameType.ack && this.#phase(to) === Phase.awaitingAck) {
			if (header.seq === sequenceNumber(this.#psdu[to]!)) {
				this.#queue.cancel(this.#ackTimer[to]!);
				this.#finish(to, "acked");
			}
			return;
		}
		if (!this.#filters.accepts(to)) return;
		const nowUs = this.#queue.nowUs();
		const psdu = this.#airPsdu[from]!;
		const rssiDbm = rssiDbmOf(powerMw);
		this.states.handle(to);
		this.#sink.frameReceived(nowUs, to, from, rssiDbm);
		if (this.#filters.acknowledges(to) && this.#phase(to) !== Phase.turning) this.#scheduleAck(to);
		this.#handler[to]!(psdu, rssiDbm, linkQuality(rssiDbm), nowUs - airtimeUs(psdu.length) + SHR_US);
	}

	concerns(node: number): boolean {
		return (
			this.#headerIsGood && this.#filters.header.type !== FrameType.ack && this.#filters.isAddressee(node)
		);
	}

	missed(to: number, from: number, cause: MissCause): void {
		this.#sink.frameLost(this.#queue.nowUs(), to, from, cause);
	}

	/** The transmitter is busy from here on: it turns around, then acknowledges. */
	#scheduleAck(node: number): void {
		const ack = acknowledgementOf(this.#filters.header);
		this.#toPhase(node, Phase.acknowledging);
		this.#airPsdu[node] = ack;
		this.#toMode(node, RadioMode.transmitting);
		this.#queue.schedule(this.#queue.nowUs() + TURNAROUND_US, this.#ackStart, node, 0);
	}
}
