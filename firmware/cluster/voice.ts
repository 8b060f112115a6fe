import type { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import type { LinkLayer } from "../mac/link-layer.js";
import { airtimeUs, BACKOFF_UNIT_US, CCA_US, MAX_PSDU_BYTES, TURNAROUND_US } from "../mac/timing.js";
import type { ControlKind } from "../net/outbox.js";
import type { Clock, Random, Timer } from "../ports.js";

/** A frame is made this long before its instant: until then somebody else's may change what it says. */
const PREPARE_US = 200;
/** After a busy channel the next attempt comes within this many backoff periods. */
const RETRY_UNITS = 8;
/** Things that may wait to be said. */
const MOST_WAITING = 24;
/** What the longest frame needs from its instant on. */
export const LONGEST_BROADCAST_US: number = CCA_US + TURNAROUND_US + airtimeUs(MAX_PSDU_BYTES);

/** Writes a payload at an offset; `sfdUs`: when the frame's delimiter will have been sent. Returns its end, or -1 to let it be. */
export type Writer = (bytes: Uint8Array, offset: number, sequence: number, sfdUs: number) => number;

interface Utterance {
	readonly kind: ControlKind;
	atUs: number;
	readonly untilUs: number;
	readonly write: Writer;
	readonly done: ((sent: boolean) => void) | undefined;
	/** Number among our broadcasts, -1 before the first attempt. */
	sequence: number;
}

export interface VoiceOptions {
	readonly link: LinkLayer;
	readonly clock: Clock;
	readonly random: Random;
	/** Numbers all broadcasts of the node. */
	nextBroadcast(): number;
	/** Told of each message that was on the air. */
	onControl(kind: ControlKind, transmissions: number): void;
	/** The link layer is free for others again. */
	onIdle(): void;
}

/**
 * Says what a clustered node has to say by itself: broadcasts at their instant, each made anew when the channel was busy,
 * so that the times in them are exact; and messages to one neighbour.
 */
export class Voice {
	readonly #options: VoiceOptions;
	readonly #waiting: Utterance[] = [];
	#timer: Timer = 0;
	#speaking: Utterance | undefined;
	/** Another number each time that all is taken back: what was on its way then has nobody to tell. */
	#epoch = 0;
	/** A number that was drawn for something which was not said after all, -1 for none: gaps look like losses. */
	#spare = -1;
	readonly #onTimer = (): void => {
		this.#timer = 0;
		this.speak();
	};

	constructor(options: VoiceOptions) {
		this.#options = options;
	}

	/**
	 * Says something to all neighbours at `atUs`, or as soon after as the channel is free, but not after `untilUs`; `done` is
	 * told whether it was on the air.
	 */
	say(kind: ControlKind, atUs: number, untilUs: number, write: Writer, done?: (sent: boolean) => void): void {
		if (this.#waiting.length >= MOST_WAITING) {
			done?.(false);
			return;
		}
		this.insert({ kind, atUs, untilUs, write, done, sequence: -1 });
	}

	/** Sends a message of `length` octets to one neighbour; false when another frame is under way. */
	tell(
		kind: ControlKind,
		destination: LinkAddress,
		message: Uint8Array,
		length: number,
		done: (acknowledged: boolean) => void,
	): boolean {
		const { link, onControl, onIdle } = this.#options;
		if (link.busy) return false;
		const at = link.begin(destination);
		if (at < 0) return false;
		copyBytes(message, 0, link.buffer, at, length);
		const epoch = this.#epoch;
		link.commit(at + length, {
			noteSent: (outcome, transmissions) => {
				onControl(kind, transmissions);
				if (epoch === this.#epoch) done(outcome === "sent");
				this.arm();
				onIdle();
			},
		});
		return true;
	}

	/** Whether a broadcast is on the air, or its channel assessment is near. */
	get isSpeaking(): boolean {
		return this.#speaking !== undefined;
	}

	/** Takes back all that waits to be said, and what is on its way: that is not said again. */
	clear(): void {
		this.#epoch++;
		this.#waiting.length = 0;
		this.#options.clock.cancel(this.#timer);
		this.#timer = 0;
	}

	private insert(utterance: Utterance): void {
		let place = this.#waiting.length;
		while (place > 0 && this.#waiting[place - 1]!.atUs > utterance.atUs) place--;
		this.#waiting.splice(place, 0, utterance);
		this.arm();
	}

	private arm(): void {
		const { clock } = this.#options;
		clock.cancel(this.#timer);
		this.#timer = 0;
		const first = this.#waiting[0];
		if (first === undefined || this.#speaking !== undefined) return;
		this.#timer = clock.at(Math.max(clock.nowUs(), first.atUs - PREPARE_US), this.#onTimer);
	}

	private speak(): void {
		const utterance = this.#waiting.shift();
		if (utterance === undefined) return;
		const { link, clock, onIdle } = this.#options;
		if (Math.max(clock.nowUs(), utterance.atUs) > utterance.untilUs) {
			utterance.done?.(false);
			this.arm();
			return;
		}
		if (link.busy) {
			this.again(utterance);
			return;
		}
		this.#speaking = utterance;
		const epoch = this.#epoch;
		const begun = link.broadcastAt(
			utterance.atUs,
			(offset, sfdUs) => this.write(utterance, offset, sfdUs),
			(sent) => {
				this.#speaking = undefined;
				if (sent) this.#options.onControl(utterance.kind, 1);
				if (epoch !== this.#epoch) utterance.done?.(false);
				else if (sent) utterance.done?.(true);
				else this.again(utterance);
				this.arm();
				onIdle();
			},
		);
		if (begun) return;
		this.#speaking = undefined;
		utterance.done?.(false);
		this.arm();
		onIdle();
	}

	private write(utterance: Utterance, offset: number, sfdUs: number): number {
		const { link, nextBroadcast } = this.#options;
		if (utterance.sequence < 0) {
			utterance.sequence = this.#spare < 0 ? nextBroadcast() : this.#spare;
			this.#spare = -1;
		}
		const end = utterance.write(link.buffer, offset, utterance.sequence, sfdUs);
		if (end < 0) this.#spare = utterance.sequence;
		return end;
	}

	private again(utterance: Utterance): void {
		const { clock, random } = this.#options;
		utterance.atUs = clock.nowUs() + PREPARE_US + (1 + random.below(RETRY_UNITS)) * BACKOFF_UNIT_US;
		this.insert(utterance);
	}
}
