import { hasGoodFcs } from "../../frames/fcs.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../frames/mac-frame.js";
import { acknowledgementOf, sequenceNumber } from "../../mac/acknowledgement.js";
import { AddressFilter } from "../../mac/address-filter.js";
import { airtimeUs, CCA_US, FCS_BYTES, MAX_PSDU_BYTES, SHR_US, TURNAROUND_US } from "../../mac/timing.js";
import type {
	Clock,
	FrameReceiver,
	Radio,
	RadioConfig,
	Timer,
	TransmitOptions,
	TransmitOutcome,
	TransmitWaiter,
} from "../../ports.js";
import type { Datagrams } from "./datagrams.js";
import { decodeZep, encodeZep, ZEP_HEADER_BYTES, ZepPacket } from "./zep.js";

/** Where a transmission stands. */
const Phase = { idle: 0, assessing: 1, turning: 2, sending: 3, awaitingAck: 4 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** Frames that may be on the air at once; more are lost, and counted. */
const MAX_ON_AIR = 8;
/** Octets of the shortest PSDU: an immediate acknowledgement. */
const MIN_PSDU_BYTES = 5;
/** Bit of the first octet of the frame control field. */
const ACK_REQUEST = 0x20;
/** All that ZEP tells of a signal; senders say what an ideal one has. */
const BEST_LQI = 255;

export interface SoftwareMacOptions {
	readonly datagrams: Datagrams;
	readonly clock: Clock;
	/** Number of the sender in each packet, 0 to 0xffff: what a group echoes to whoever sent it is known by it. */
	readonly device: number;
	/**
	 * How long an acknowledgement is awaited after the end of a frame: `ACK_WAIT_US` where datagrams and timers are exact,
	 * and {@link REAL_TIME_ACK_WAIT_US} where they take milliseconds.
	 */
	readonly ackWaitUs: number;
}

/** For networks and timers of some milliseconds: two ways through a Wi-Fi, and four timers that fire late. */
export const REAL_TIME_ACK_WAIT_US = 60_000;

/** One frame on the air, as this radio hears it. */
interface Arrival {
	readonly psdu: Uint8Array;
	readonly startUs: number;
	readonly lqi: number;
	timer: Timer;
}

/**
 * The radio of a node whose air is a group of datagrams: address filter, FCS, automatic acknowledgement, one CCA before a
 * transmission, receive windows and timestamps, as the ESP32-C6's hardware does them.
 *
 * A frame is sent when its preamble begins, and heard when its last octet would be over: until then the air is busy.
 * Frames that overlap do not destroy each other. Datagrams that take some time begin later at their receivers.
 */
export class SoftwareMac implements Radio {
	/** Frames with a bad FCS, and packets that are none. */
	refused = 0;
	/** Frames that found more of them on the air than are kept. */
	overflows = 0;
	readonly #datagrams: Datagrams;
	readonly #clock: Clock;
	readonly #ackWaitUs: number;
	readonly #filter = new AddressFilter();
	readonly #header = new MacHeader();
	readonly #packet = new ZepPacket();
	readonly #received = new ZepPacket();
	readonly #buffer = new Uint8Array(ZEP_HEADER_BYTES + MAX_PSDU_BYTES);
	readonly #arrivals: Arrival[] = [];
	#channel = 0;
	#receiver: FrameReceiver | undefined;
	#always = false;
	#windows = 0;
	#phase: Phase = Phase.idle;
	/** The transmitter belongs to an acknowledgement. */
	#acknowledges = false;
	/** Until when somebody else's frame is on the air. */
	#airBusyUntilUs = Number.NEGATIVE_INFINITY;
	#psdu: Uint8Array | undefined;
	#waiter: TransmitWaiter | undefined;
	#assessUs = 0;
	#timer: Timer = 0;
	readonly #onAssessed = (): void => this.assess();
	readonly #onTurned = (): void => this.send();
	readonly #onSent = (): void => this.endSending();
	readonly #onAckLate = (): void => this.finish("no-ack");

	constructor({ datagrams, clock, device, ackWaitUs }: SoftwareMacOptions) {
		this.#datagrams = datagrams;
		this.#clock = clock;
		this.#ackWaitUs = ackWaitUs;
		this.#packet.device = device;
		this.#packet.lqi = BEST_LQI;
		datagrams.onDatagram((bytes, length) => this.hear(bytes, length));
	}

	configure(config: RadioConfig): void {
		this.#channel = config.channel;
		this.#filter.configure(config);
	}

	onReceive(receiver: FrameReceiver): void {
		this.#receiver = receiver;
	}

	receive(on: boolean): void {
		this.#always = on;
	}

	receiveAt(timeUs: number, durationUs: number): void {
		this.#clock.at(Math.max(timeUs, this.#clock.nowUs()), () => {
			this.#windows++;
			this.#clock.at(this.#clock.nowUs() + durationUs, () => this.#windows--);
		});
	}

	/** Throws an Error before the last transmission was done. */
	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		if (this.#psdu !== undefined) throw new Error("SoftwareMac.transmit: the last one is not done");
		this.#psdu = psdu;
		this.#waiter = waiter;
		const fromUs = Math.max(options.atUs, this.#clock.nowUs());
		this.#assessUs = fromUs;
		this.#phase = Phase.assessing;
		this.#timer = options.cca
			? this.#clock.at(fromUs + CCA_US, this.#onAssessed)
			: this.#clock.at(fromUs, this.#onTurned);
	}

	private get isTransmitting(): boolean {
		return this.#acknowledges || this.#phase === Phase.turning || this.#phase === Phase.sending;
	}

	private get isListening(): boolean {
		if (this.isTransmitting) return false;
		return this.#always || this.#windows > 0 || this.#phase === Phase.awaitingAck;
	}

	private assess(): void {
		if (this.#acknowledges || this.#airBusyUntilUs > this.#assessUs) {
			this.finish("channel-busy");
			return;
		}
		this.#phase = Phase.turning;
		this.dropArrivals();
		this.#timer = this.#clock.at(this.#clock.nowUs() + TURNAROUND_US, this.#onTurned);
	}

	private send(): void {
		// Only a transmission without assessment comes here while the node acknowledges.
		if (this.#acknowledges) {
			this.finish("channel-busy");
			return;
		}
		this.#phase = Phase.sending;
		this.dropArrivals();
		const psdu = this.#psdu!;
		this.#timer = this.#clock.at(this.#clock.nowUs() + airtimeUs(psdu.length), this.#onSent);
		this.putOnAir(psdu);
	}

	private endSending(): void {
		const wantsAck = (this.#psdu![0]! & ACK_REQUEST) !== 0;
		if (!wantsAck) {
			this.finish("sent");
			return;
		}
		this.#phase = Phase.awaitingAck;
		this.#timer = this.#clock.at(this.#clock.nowUs() + this.#ackWaitUs, this.#onAckLate);
	}

	private finish(outcome: TransmitOutcome): void {
		const waiter = this.#waiter!;
		this.#phase = Phase.idle;
		this.#psdu = undefined;
		this.#waiter = undefined;
		waiter.transmitted(outcome);
	}

	private putOnAir(psdu: Uint8Array): void {
		const packet = this.#packet;
		packet.channel = this.#channel;
		packet.timeUs = this.#clock.nowUs();
		packet.sequence = (packet.sequence + 1) >>> 0;
		this.#datagrams.send(this.#buffer, encodeZep(packet, psdu, this.#buffer));
	}

	/** A transmitter hears nothing: what it was hearing is lost. */
	private dropArrivals(): void {
		for (const { timer } of this.#arrivals) this.#clock.cancel(timer);
		this.#arrivals.length = 0;
	}

	/** The preamble of a frame begins. */
	private hear(bytes: Uint8Array, length: number): void {
		const packet = decodeZep(bytes, length, this.#received);
		if (packet === undefined) {
			this.refused++;
			return;
		}
		if (packet.isAck || packet.device === this.#packet.device || packet.channel !== this.#channel) return;
		const psduBytes = packet.end - packet.start;
		if (psduBytes < MIN_PSDU_BYTES || psduBytes > MAX_PSDU_BYTES) {
			this.refused++;
			return;
		}
		const startUs = this.#clock.nowUs();
		const endUs = startUs + airtimeUs(psduBytes);
		this.#airBusyUntilUs = Math.max(this.#airBusyUntilUs, endUs);
		if (!this.isListening) return;
		if (this.#arrivals.length >= MAX_ON_AIR) {
			this.overflows++;
			return;
		}
		const psdu = bytes.slice(packet.start, packet.end);
		const arrival: Arrival = { psdu, startUs, lqi: packet.lqi, timer: 0 };
		this.#arrivals.push(arrival);
		arrival.timer = this.#clock.at(endUs, () => this.take(arrival));
	}

	/** The last octet of a frame is over. */
	private take(arrival: Arrival): void {
		this.#arrivals.splice(this.#arrivals.indexOf(arrival), 1);
		if (!this.isListening) return;
		const { psdu, startUs, lqi } = arrival;
		const end = psdu.length - FCS_BYTES;
		const header = hasGoodFcs(psdu) ? decodeMacHeader(psdu, 0, end, this.#header) : "fcs";
		if (typeof header === "string") {
			this.refused++;
			return;
		}
		if (header.type === FrameType.ack && this.#phase === Phase.awaitingAck) {
			if (header.seq !== sequenceNumber(this.#psdu!)) return;
			this.#clock.cancel(this.#timer);
			this.finish("acked");
			return;
		}
		if (!this.#filter.accepts(header)) return;
		if (this.#filter.acknowledges(header)) this.acknowledge(acknowledgementOf(header));
		this.#receiver?.frameReceived(psdu, rssiOf(lqi), lqi, startUs + SHR_US);
	}

	/** The transmitter is busy from here on: it turns around, then acknowledges. */
	private acknowledge(ack: Uint8Array): void {
		this.#acknowledges = true;
		this.dropArrivals();
		this.#clock.at(this.#clock.nowUs() + TURNAROUND_US, () => {
			this.putOnAir(ack);
			this.#clock.at(this.#clock.nowUs() + airtimeUs(ack.length), () => {
				this.#acknowledges = false;
			});
		});
	}
}

/** The signal that drivers report with an LQI: -100 dBm at 0 to -60 dBm at 255, as the simulator scales it. */
function rssiOf(lqi: number): number {
	return Math.round((lqi * 40) / 255) - 100;
}
