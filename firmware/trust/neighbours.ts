import type { LinkAddress, Names } from "../address.js";
import type { ClusterView } from "../cluster/neighbourhood.js";
import { RowMemory, rowClass } from "../rows.js";
import { STALE_S } from "./parameters.js";

/** Weight of a new sample is 1 / 2^3: about the last eight frames count. */
const SHIFT = 3;
/** Fixed point of ratios: 1 is 2^15. */
export const RATIO_ONE = 1 << 15;

/** Counts of a neighbour are halved above this sum: old ones fade. */
const COUNTED_MOST = 128;
/** So many transmissions say more than any guess. */
const TRUSTED_TRANSMISSIONS = 8;
/** From this strength on a link is taken for good: 10 dB above the sensitivity of common transceivers. */
const STRONG_RSSI256 = -85 * 256;
/**
 * So many dB below, one more transmission is expected, and more with the square of the distance: the step
 * from a good link to a dead one is some 3 dB wide, and nobody knows where a receiver has it.
 */
const WEAKENING_DB = 8;

/** 256 / ratio, for a ratio in units of 1 / RATIO_ONE; at most 64 transmissions. */
function inverse256(ratio: number): number {
	return Math.floor((256 * RATIO_ONE) / Math.max(ratio, RATIO_ONE >> 6));
}

const FIELDS = {
	/** Frames received from it. */
	received: 0,
	/** Moving mean of the received signal strength, in 1/256 dBm. */
	rssiMean256: 0,
	/** Moving mean of its absolute deviation, in 1/256 dB. */
	rssiDeviation256: 0,
	/** Moving mean of the time between frames of one burst, in µs; 0 before two frames. */
	gapMeanUs: 0,
	/** Moving mean of the absolute deviation of that time, in µs. */
	gapDeviationUs: 0,
	/** Share of our transmissions to it that it acknowledged, times {@link RATIO_ONE}. */
	deliveryRatio: RATIO_ONE,
	/** Transmissions that `deliveryRatio` rests on. */
	transmissions: 0,
	/** Share of its numbered broadcasts that arrived, times {@link RATIO_ONE}. */
	broadcastRatio: RATIO_ONE,
	/** Broadcasts of the last hundred or so that arrived, and that did not. */
	heardBroadcasts: 0,
	missedBroadcasts: 0,
	/** Of our last hundred or so transmissions to it, those that it acknowledged, and the others. */
	acknowledged: 0,
	unacknowledged: 0,
	/** Number of its last broadcast, -1 before the first. */
	lastBroadcast: -1,
	/** It announced, or has shown, that it understands chained fragments. */
	chains: false,
	/** A chained packet of it was verified: plain fragments that bear its address are none of its own. */
	hasChained: false,
	/** The number of its last start, as its HELLO tells; -1 before the first. */
	boot: -1,
};

/** What a node has observed of one neighbour; plain integers, the same on every engine. */
export class Neighbour extends rowClass(FIELDS) {
	readonly address: LinkAddress;
	lastSeenUs = 0;
	/** What it says of itself where nodes form clusters. */
	cluster: ClusterView | undefined;

	constructor(address: LinkAddress, memory?: RowMemory, place?: number) {
		super(memory, place);
		this.address = address.clone();
	}

	/** Notes a received frame. `rssiDbm` an integer. */
	noteReceived(rssiDbm: number, timeUs: number): void {
		const sample = rssiDbm << 8;
		if (this.received === 0) this.rssiMean256 = sample;
		else {
			const error = sample - this.rssiMean256;
			this.rssiMean256 += error >> SHIFT;
			this.rssiDeviation256 += (Math.abs(error) - this.rssiDeviation256) >> SHIFT;
			this.noteGap(timeUs - this.lastSeenUs);
		}
		this.received++;
		this.lastSeenUs = timeUs;
	}

	/** Notes how often a frame to it was on the air, and whether the last time was acknowledged. */
	noteTransmissions(count: number, acknowledged: boolean): void {
		for (let i = 1; i <= count; i++) {
			const sample = acknowledged && i === count ? RATIO_ONE : 0;
			this.deliveryRatio += (sample - this.deliveryRatio) >> SHIFT;
			this.transmissions++;
		}
		this.acknowledged += acknowledged ? 1 : 0;
		this.unacknowledged += acknowledged ? count - 1 : count;
		if (this.acknowledged + this.unacknowledged > COUNTED_MOST) {
			this.acknowledged >>= 1;
			this.unacknowledged >>= 1;
		}
	}

	/** Notes a broadcast with a sequence number of 16 bits: the numbers in between were missed. */
	noteBroadcast(sequence: number): void {
		const missed = this.lastBroadcast < 0 ? 0 : ((sequence - this.lastBroadcast) & 0xffff) - 1;
		// A restarted or much older counter says nothing about losses.
		if (missed >= 0 && missed < 64) {
			for (let i = 0; i < missed; i++) this.broadcastRatio += -this.broadcastRatio >> SHIFT;
			this.broadcastRatio += (RATIO_ONE - this.broadcastRatio) >> SHIFT;
			this.heardBroadcasts++;
			this.missedBroadcasts += missed;
			if (this.heardBroadcasts + this.missedBroadcasts > COUNTED_MOST) {
				this.heardBroadcasts >>= 1;
				this.missedBroadcasts >>= 1;
			}
		}
		this.lastBroadcast = sequence;
	}

	/**
	 * Expected transmissions until a frame is acknowledged, times 256 (De Couto 2003).
	 *
	 * From our own acknowledgements once there are eight; before that the worst of what they say, of what its
	 * broadcasts say, both ways taken as alike, and of what its signal promises.
	 */
	expectedTransmissions256(): number {
		const sent256 = inverse256(this.deliveryRatio);
		if (this.transmissions >= TRUSTED_TRANSMISSIONS) return sent256;
		const oneWay = this.broadcastRatio;
		const heard256 = inverse256(Math.floor((oneWay * oneWay) / RATIO_ONE));
		const weakness256 = Math.floor(Math.max(0, STRONG_RSSI256 - this.rssiMean256) / WEAKENING_DB);
		return Math.max(sent256, heard256, 256 + ((weakness256 * weakness256) >> 8));
	}

	private noteGap(gapUs: number): void {
		// Pauses between datagrams are no gaps of a burst, nor is a clock that was set back.
		if (gapUs < 0 || gapUs > 1_000_000) return;
		if (this.gapMeanUs === 0) {
			this.gapMeanUs = gapUs;
			return;
		}
		const error = gapUs - this.gapMeanUs;
		this.gapMeanUs += error >> SHIFT;
		this.gapDeviationUs += (Math.abs(error) - this.gapDeviationUs) >> SHIFT;
	}
}

/** What a neighbour is worth to a node: one displaces only who is worth less, and who is worth nothing as he is. */
export const Worth = {
	/** Nothing is known of it. */
	unknown: 0,
	/** It has a name: it proved something. */
	established: 1,
	/** The node's routes lead over it. */
	needed: 2,
} as const;
export type Worth = (typeof Worth)[keyof typeof Worth];

/** What the neighbour with an address is worth. */
export type WorthOf = (address: LinkAddress) => Worth;

/**
 * The neighbours that a node knows, at most `capacity` of them.
 *
 * A newcomer displaces the one that was silent longest among those of the least {@link Worth}; unknown ones displace
 * nobody but their like and whoever was silent for an hour, and nobody displaces one that is needed.
 */
export class NeighbourTable implements Names {
	readonly capacity: number;
	readonly entries: Neighbour[] = [];
	readonly #memory = new RowMemory();
	readonly #worthOf: WorthOf;

	constructor(capacity: number, worthOf: WorthOf = () => Worth.unknown) {
		if (!(capacity >= 1))
			throw new RangeError(`NeighbourTable: expected capacity of at least 1, got ${capacity}`);
		this.capacity = capacity;
		this.#worthOf = worthOf;
	}

	find(address: LinkAddress): Neighbour | undefined {
		for (let i = 0; i < this.entries.length; i++) {
			const entry = this.entries[i]!;
			if (entry.address.equals(address)) return entry;
		}
		return undefined;
	}

	nameOf(address: LinkAddress): LinkAddress {
		return this.find(address)?.address ?? address.clone();
	}

	/** The entry of an address, made if there is room; undefined when nobody may be displaced for it. */
	obtain(address: LinkAddress): Neighbour | undefined {
		const known = this.find(address);
		if (known !== undefined) return known;
		const isFull = this.entries.length >= this.capacity;
		const place = isFull ? this.displaceable(this.#worthOf(address)) : this.entries.length;
		if (place < 0) return undefined;
		const entry = new Neighbour(address, this.#memory, place);
		this.entries[place] = entry;
		return entry;
	}

	/** The place of the one that a newcomer of some worth displaces, -1 for none. */
	private displaceable(newcomer: Worth): number {
		let victim = -1;
		let least: Worth = Worth.needed;
		let latestUs = 0;
		for (const { lastSeenUs } of this.entries) latestUs = Math.max(latestUs, lastSeenUs);
		for (let i = 0; i < this.entries.length; i++) {
			const { address, lastSeenUs } = this.entries[i]!;
			const isStale = latestUs - lastSeenUs > STALE_S * 1e6;
			const given = this.#worthOf(address);
			const worth = isStale && given === Worth.established ? Worth.unknown : given;
			if (worth > Worth.unknown && worth >= newcomer) continue;
			const isLess = worth < least || (worth === least && lastSeenUs < this.entries[victim]!.lastSeenUs);
			if (victim >= 0 && !isLess) continue;
			victim = i;
			least = worth;
		}
		return victim;
	}
}
