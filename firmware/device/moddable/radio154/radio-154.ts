import type {
	FrameReceiver,
	Radio,
	RadioConfig,
	TransmitOptions,
	TransmitOutcome,
	TransmitWaiter,
} from "../../../ports.js";

/** Outcomes by the numbers of native/radio154/radio154-outcome.h. */
const OUTCOMES: readonly (TransmitOutcome | undefined)[] = [
	undefined,
	"acked",
	"sent",
	"no-ack",
	"channel-busy",
];
/** aMaxPhyPacketSize. */
const MAX_PSDU_BYTES = 127;
/** Events that one message from the interrupt may deliver before timers get their turn. */
const LONGEST_RUN = 16;

/** What the transceiver has counted since it was started; each wraps at 2^32. */
export interface Radio154Counts {
	/** Frames that were lost because the receive ring was full. */
	readonly overflowed: number;
	/** Frames that were shorter or longer than any. */
	readonly malformed: number;
	/** Frames that were taken into the ring. */
	readonly received: number;
	/** Messages to the machine that found its queue full and came later. */
	readonly delayed: number;
}

/**
 * The transceiver of an ESP32-C6 or ESP32-H2: native/radio154/radio154-xs.c over ESP-IDF's esp_ieee802154. The chip has one.
 *
 * The hardware makes the FCS of what is sent, whatever `psdu` ends with, and checks that of what is received. With
 * `promiscuous` it neither acknowledges nor waits for acknowledgements: a frame that asks for one ends as `sent`.
 * Frames of version 2 (IEEE 802.15.4-2015) get an enhanced acknowledgement without security and IEs.
 */
export class Radio154 extends Native("xs_lowguard_radio154_destructor") implements Radio {
	readonly #psdu = new Uint8Array(MAX_PSDU_BYTES);
	/** RSSI in dBm, LQI, time of the delimiter; C gets its buffer, for XS hands over no views of wider elements. */
	readonly #facts = new Float64Array(3);
	#receiver: FrameReceiver | undefined;
	#waiter: TransmitWaiter | undefined;
	#isClosed = false;
	readonly #later: (callback: () => void) => void;

	/**
	 * `later` calls back after what else is waiting has had its turn, as a timer of 0 ms does.
	 *
	 * Throws an Error when the transceiver is in use, or does not start.
	 */
	constructor(later: (callback: () => void) => void) {
		super();
		this.#later = later;
		native("xs_lowguard_radio154").call(this, () => this.onEvents());
	}

	configure(config: RadioConfig): void {
		native("xs_lowguard_radio154_configure").call(
			this,
			config.channel,
			config.panId,
			config.shortAddress,
			config.extendedHigh | 0,
			config.extendedLow | 0,
			config.txPowerDbm,
			config.promiscuous,
			config.panCoordinator,
		);
	}

	receive(on: boolean): void {
		native("xs_lowguard_radio154_receive").call(this, on);
	}

	/** Throws a RangeError when eight windows are open or to come already. */
	receiveAt(timeUs: number, durationUs: number): void {
		native("xs_lowguard_radio154_receive_at").call(this, timeUs, durationUs);
	}

	/** Throws an Error while another transmission is under way, a RangeError for a PSDU of another length. */
	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		if (this.#waiter !== undefined) {
			throw new Error("Radio154.transmit: the last transmission is under way");
		}
		native("xs_lowguard_radio154_transmit").call(this, psdu, options.cca, options.atUs);
		this.#waiter = waiter;
	}

	onReceive(receiver: FrameReceiver): void {
		this.#receiver = receiver;
	}

	counts(): Radio154Counts {
		return {
			overflowed: this.count(0),
			malformed: this.count(1),
			received: this.count(2),
			delayed: this.count(3),
		};
	}

	/** Whether the receiver is off with no window to come, and nothing is being sent: the chip may sleep. */
	get isIdle(): boolean {
		return native("xs_lowguard_radio154_is_idle").call(this) as boolean;
	}

	/** Turns the transceiver off for good; what is under way is told to nobody. */
	close(): void {
		native("xs_lowguard_radio154_close").call(this);
		this.#isClosed = true;
	}

	private count(which: number): number {
		return native("xs_lowguard_radio154_count").call(this, which) as number;
	}

	/** There are events: frames, the end of the transmission, in the order in which they came. */
	private onEvents(): void {
		for (let count = 0; count < LONGEST_RUN; count++) {
			// What is told of an event may have closed it.
			if (this.#isClosed) return;
			const event = native("xs_lowguard_radio154_next").call(this, this.#psdu, this.#facts.buffer) as number;
			if (event === 0) return;
			if (event < 0) this.finish(-event);
			else {
				const facts = this.#facts;
				this.#receiver?.frameReceived(this.#psdu.subarray(0, event), facts[0]!, facts[1]!, facts[2]!);
			}
		}
		this.#later(() => this.onEvents());
	}

	private finish(outcome: number): void {
		const waiter = this.#waiter;
		this.#waiter = undefined;
		waiter?.transmitted(OUTCOMES[outcome]!);
	}
}
