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
import type {
	FrameReceiver,
	RadioConfig,
	Timer,
	TransmitOptions,
	TransmitOutcome,
	TransmitWaiter,
} from "../../firmware/ports.js";
import type { SimSink } from "../events.js";
import type { EventQueue } from "../kernel/queue.js";
import { acknowledgementOf, IMMEDIATE_ACKS } from "./acknowledgements.js";
import { AddressFilters } from "./address-filters.js";
import { Air, type AirListener, type AirOptions, type MissCause } from "./air.js";
import { Eavesdroppers, type HeaderHandler } from "./eavesdroppers.js";
import type { LinkGraph } from "./links.js";
import { Phase, RadioModes } from "./radio-modes.js";
import { RadioMode, RadioStates } from "./radio-states.js";
import { RadioTable } from "./radio-table.js";
import { linkQuality, strongestDbm } from "./signal.js";

/** Times that validation against analytic models sets to 0; all others keep the standard's. */
export interface PhyTimes {
	readonly ccaUs: number;
	/** From the assessment to the preamble; an acknowledgement always keeps the standard's turnaround. */
	readonly turnaroundUs: number;
}

export const STANDARD_TIMES: PhyTimes = { ccaUs: CCA_US, turnaroundUs: TURNAROUND_US };

/** Bit of the first octet of the frame control field. */
const ACK_REQUEST = 0x20;

/** Whom a radio tells that nobody waits for. */
const NOBODY: FrameReceiver & TransmitWaiter = { frameReceived: () => {}, transmitted: () => {} };

/** What one radio is to do, and for whom. */
class Orders {
	/** What its node asked it to send, until that is done. */
	psdu: Uint8Array | undefined;
	/** What it has on the air: its frame or its acknowledgement. */
	onAir: Uint8Array = IMMEDIATE_ACKS[0]!;
	waiter: TransmitWaiter = NOBODY;
	receiver: FrameReceiver = NOBODY;
	/** The timer of the acknowledgement that it awaits. */
	ackTimer: Timer = 0;
}

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
	readonly #modes: RadioModes;
	readonly #orders: readonly Orders[];
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
		this.states = new RadioStates(table);
		this.air = new Air(links, table, this.states, queue, options, seed, this);
		this.#modes = new RadioModes(table, this.states, this.air, queue);
		this.#queue = queue;
		this.#sink = sink;
		this.#times = times;
		this.#filters = new AddressFilters(table);
		this.#eavesdroppers = new Eavesdroppers(this.air, queue);
		this.#orders = Array.from({ length: n }, () => new Orders());
		this.#bestDbm = new Int8Array(n).map((_, node) => strongestDbm(links, node));
		this.#assessEnd = queue.register((node, cycles) => this.#onAssessed(node, cycles));
		this.#sendStart = queue.register((node, cycles) => this.#onSendStart(node, cycles));
		this.#sendEnd = queue.register((node) => this.#onSendEnd(node));
		this.#ackStart = queue.register((node) => this.#onAckStart(node));
		this.#ackEnd = queue.register((node) => this.#onAckEnd(node));
		this.#ackLate = queue.register((node) => this.#finish(node, "no-ack"));
	}

	configure(node: number, config: RadioConfig): void {
		this.air.retune(node, config.channel);
		this.#filters.configure(node, config);
	}

	onReceive(node: number, receiver: FrameReceiver): void {
		this.#orders[node]!.receiver = receiver;
	}

	receive(node: number, on: boolean): void {
		this.#modes.receive(node, on);
	}

	receiveAt(node: number, timeUs: number, durationUs: number): void {
		this.#modes.receiveAt(node, timeUs, durationUs);
	}

	transmit(node: number, psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		const orders = this.#orders[node]!;
		if (orders.psdu !== undefined) throw new Error(`radio ${node}: transmit before the last one was done`);
		orders.psdu = psdu;
		orders.waiter = waiter;
		const fromUs = Math.max(options.atUs, this.#queue.nowUs());
		const cycles = this.#modes.powerCycles(node);
		if (options.cca) this.#queue.post(fromUs + this.#times.ccaUs, this.#assessEnd, node, cycles);
		else this.#queue.post(fromUs, this.#sendStart, node, cycles);
	}

	/** Tells a node that its frame was sent, and acknowledged where it asks for it, without putting it on the air. */
	pretend(node: number, psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		const accessUs = options.cca ? this.#times.ccaUs + this.#times.turnaroundUs : 0;
		const wantsAck = (psdu[0]! & ACK_REQUEST) !== 0;
		const ackUs = wantsAck ? TURNAROUND_US + airtimeUs(ACK_BYTES) : 0;
		const fromUs = Math.max(options.atUs, this.#queue.nowUs());
		this.#modes.whilePowered(node, fromUs + accessUs + airtimeUs(psdu.length) + ackUs, () =>
			waiter.transmitted(wantsAck ? "acked" : "sent"),
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
	 * Takes a transceiver's power away: it forgets its receiver and whatever it was to do, and tells nobody.
	 *
	 * What it has on the air still ends in the others' ears. Without {@link powerOn}, for good.
	 */
	kill(node: number): void {
		const orders = this.#orders[node]!;
		this.#queue.cancel(orders.ackTimer);
		orders.receiver = NOBODY;
		orders.waiter = NOBODY;
		this.#modes.kill(node);
	}

	/**
	 * Gives a transceiver its power back, with its receiver off, to be configured as a new one.
	 *
	 * Throws an Error while the frame that it lost its power with is on the air.
	 */
	powerOn(node: number): void {
		if (this.states.mode(node) === RadioMode.transmitting)
			throw new Error(`radio ${node}: powerOn before its last frame ended`);
		this.#modes.powerOn(node);
		this.#orders[node]!.psdu = undefined;
	}

	#onAssessed(node: number, cycles: number): void {
		if (cycles !== this.#modes.powerCycles(node)) return;
		const nowUs = this.#queue.nowUs();
		if (
			this.#modes.phase(node) === Phase.acknowledging ||
			this.air.isReceiving(node, nowUs) ||
			this.air.isBusy(node, nowUs - this.#times.ccaUs)
		) {
			this.#finish(node, "channel-busy");
			return;
		}
		// The assessment itself needs the receiver.
		if (this.states.mode(node) === RadioMode.off) this.states.addOn(node, this.#times.ccaUs);
		this.#modes.toPhase(node, Phase.turning);
		this.#modes.toMode(node, RadioMode.transmitting);
		this.#queue.post(this.#queue.nowUs() + this.#times.turnaroundUs, this.#sendStart, node, cycles);
	}

	#onSendStart(node: number, cycles: number): void {
		if (cycles !== this.#modes.powerCycles(node)) {
			if (this.#modes.isDead(node)) this.#modes.toMode(node, RadioMode.off);
			return;
		}
		// Only a transmission without assessment comes here while the node acknowledges.
		if (this.#modes.phase(node) === Phase.acknowledging) {
			this.#finish(node, "channel-busy");
			return;
		}
		this.#modes.toPhase(node, Phase.sending);
		if (this.states.mode(node) !== RadioMode.transmitting) this.#modes.toMode(node, RadioMode.transmitting);
		const orders = this.#orders[node]!;
		const psdu = orders.psdu!;
		orders.onAir = psdu;
		this.#putOnAir(node, psdu);
		this.#queue.post(this.#queue.nowUs() + airtimeUs(psdu.length), this.#sendEnd, node, 0);
	}

	#putOnAir(node: number, psdu: Uint8Array): void {
		this.states.handle(node);
		const bestDbm = this.#bestDbm[node]!;
		this.#sink.frameOnAir(this.#queue.nowUs(), node, this.states.channel(node), bestDbm, psdu);
		this.air.start(node);
		this.#eavesdroppers.tell(node, psdu);
	}

	#endOnAir(node: number, psdu: Uint8Array): void {
		const header = decodeMacHeader(psdu, 0, psdu.length - FCS_BYTES, this.#filters.header);
		this.#headerIsGood = typeof header !== "string";
		this.#filters.turn();
		this.air.end(node, psdu.length);
	}

	#onSendEnd(node: number): void {
		const orders = this.#orders[node]!;
		const psdu = orders.onAir;
		const wantsAck = (psdu[0]! & ACK_REQUEST) !== 0 && !this.#modes.isDead(node);
		this.#modes.toPhase(node, wantsAck ? Phase.awaitingAck : Phase.idle);
		if (wantsAck) {
			this.#modes.toMode(node, RadioMode.listening);
			const lateUs = this.#queue.nowUs() + ACK_WAIT_US;
			orders.ackTimer = this.#queue.schedule(lateUs, this.#ackLate, node, 0);
		} else this.#modes.toIdle(node);
		this.#endOnAir(node, psdu);
		if (!wantsAck) this.#finish(node, "sent");
	}

	#onAckStart(node: number): void {
		if (this.#modes.isDead(node)) {
			this.#modes.toMode(node, RadioMode.off);
			return;
		}
		const psdu = this.#orders[node]!.onAir;
		this.#putOnAir(node, psdu);
		this.#queue.post(this.#queue.nowUs() + airtimeUs(psdu.length), this.#ackEnd, node, 0);
	}

	#onAckEnd(node: number): void {
		this.#modes.toPhase(node, Phase.idle);
		this.#modes.toIdle(node);
		this.#endOnAir(node, this.#orders[node]!.onAir);
	}

	#finish(node: number, outcome: TransmitOutcome): void {
		const orders = this.#orders[node]!;
		const waited = this.#modes.phase(node) === Phase.awaitingAck;
		if (this.#modes.phase(node) !== Phase.acknowledging) this.#modes.toPhase(node, Phase.idle);
		orders.psdu = undefined;
		if (waited && !this.states.isWanted(node)) this.#modes.toMode(node, RadioMode.off);
		orders.waiter.transmitted(outcome);
	}

	received(to: number, from: number, link: number): void {
		if (!this.#headerIsGood) return;
		const { header } = this.#filters;
		if (header.type === FrameType.ack && this.#modes.phase(to) === Phase.awaitingAck) {
			const { psdu, ackTimer } = this.#orders[to]!;
			if (header.seq === sequenceNumber(psdu!)) {
				this.#queue.cancel(ackTimer);
				this.#finish(to, "acked");
			}
			return;
		}
		if (!this.#filters.accepts(to)) return;
		const nowUs = this.#queue.nowUs();
		const psdu = this.#orders[from]!.onAir;
		const rssiDbm = this.air.rssiDbm(link);
		this.states.handle(to);
		this.#sink.frameReceived(nowUs, to, from, rssiDbm);
		if (this.#filters.acknowledges(to) && this.#modes.phase(to) !== Phase.turning) this.#scheduleAck(to);
		const sfdUs = nowUs - airtimeUs(psdu.length) + SHR_US;
		this.#orders[to]!.receiver.frameReceived(psdu, rssiDbm, linkQuality(rssiDbm), sfdUs);
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
		this.#modes.toPhase(node, Phase.acknowledging);
		this.#orders[node]!.onAir = ack;
		this.#modes.toMode(node, RadioMode.transmitting);
		this.#queue.post(this.#queue.nowUs() + TURNAROUND_US, this.#ackStart, node, 0);
	}
}
