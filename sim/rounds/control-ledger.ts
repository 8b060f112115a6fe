import { Purpose } from "./batteries.js";
import type { ControlBits } from "./control-costs.js";
import type { RadioModel } from "./radio-model.js";
import type { NetworkState } from "./state.js";

/** Who hears a head's SCHEDULE: its members, who wake for it, or all within reach. */
export type ScheduleHearers = "members" | "range";

/** What the messages of an election cost each node, until it is paid. */
export class ControlLedger {
	readonly bits: ControlBits;
	/** Bits that were sent since the start. */
	sentBits = 0;
	readonly #state: NetworkState;
	readonly #radio: RadioModel;
	readonly #hearers: ScheduleHearers;
	readonly #reachesAll: boolean;
	readonly #sendJ: Float64Array;
	readonly #receivedBits: Float64Array;
	/** Bits that everybody heard, and of these the bits that each node sent itself. */
	#bitsToAll = 0;
	readonly #ownBitsToAll: Float64Array;

	/** `reachesAll`: whether announcements and schedules are sent over the whole field, or within the cluster radius. */
	constructor(
		state: NetworkState,
		radio: RadioModel,
		bits: ControlBits,
		hearers: ScheduleHearers,
		reachesAll: boolean,
	) {
		const { nodes } = state.field;
		this.bits = bits;
		this.#state = state;
		this.#radio = radio;
		this.#hearers = hearers;
		this.#reachesAll = reachesAll;
		this.#sendJ = new Float64Array(nodes);
		this.#receivedBits = new Float64Array(nodes);
		this.#ownBitsToAll = new Float64Array(nodes);
	}

	/** Whether nothing of it costs anything. */
	get isFree(): boolean {
		return this.bits.join === 0;
	}

	/** A HELLO, which is meant for the cluster radius under all elections. */
	hello(node: number): void {
		this.#withinRadius(node, this.bits.hello, true);
	}

	advertisement(node: number): void {
		this.#broadcast(node, this.bits.advertisement, true);
	}

	join(node: number, head: number): void {
		const { join } = this.bits;
		if (join === 0) return;
		this.sentBits += join;
		this.#sendJ[node]! += this.#radio.sendJ(join, this.#state.field.squareM2(node, head));
		this.#receivedBits[head]! += join;
	}

	/** A SCHEDULE of so many bits; where only members hear it, {@link heardSchedule} is called for each. */
	schedule(head: number, bits: number): void {
		this.#broadcast(head, bits, this.#hearers === "range");
	}

	/** A member heard the schedule of its head, which has so many bits. */
	heardSchedule(member: number, bits: number): void {
		if (this.#hearers === "members") this.#receivedBits[member]! += bits;
	}

	/** Takes what is owed from the batteries of all. */
	settle(): void {
		if (this.isFree) return;
		const { alive } = this.#state.batteries;
		for (let node = 0; node < alive.length; node++) {
			const sendJ = this.#sendJ[node]!;
			const bits = this.#receivedBits[node]! + this.#bitsToAll - this.#ownBitsToAll[node]!;
			this.#sendJ[node] = 0;
			this.#receivedBits[node] = 0;
			this.#ownBitsToAll[node] = 0;
			if (sendJ > 0 && alive[node] === 1) this.#state.batteries.pay(node, sendJ, Purpose.controlSend);
			if (bits > 0 && alive[node] === 1)
				this.#state.batteries.pay(node, this.#radio.receiveJ(bits), Purpose.controlReceive);
		}
		this.#bitsToAll = 0;
	}

	#broadcast(node: number, bits: number, isHeard: boolean): void {
		if (!this.#reachesAll) {
			this.#withinRadius(node, bits, isHeard);
			return;
		}
		if (bits === 0) return;
		this.sentBits += bits;
		this.#sendJ[node]! += this.#radio.sendJ(bits, this.#state.field.squareToAllM2(node));
		if (!isHeard) return;
		this.#bitsToAll += bits;
		this.#ownBitsToAll[node]! += bits;
	}

	#withinRadius(node: number, bits: number, isHeard: boolean): void {
		if (bits === 0) return;
		this.sentBits += bits;
		this.#sendJ[node]! += this.#radio.sendJ(bits, this.#state.radiusSquareM2);
		if (!isHeard) return;
		const { from, to } = this.#state.neighbourhood;
		for (let i = from[node]!; i < from[node + 1]!; i++) this.#receivedBits[to[i]!]! += bits;
	}
}
