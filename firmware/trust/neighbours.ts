import { type AddressMode, LinkAddress, type Names } from "../address.js";
import type { ClusterView } from "../cluster/neighbourhood.js";
import { HEARD_NUMBERS } from "../mac/duplicates.js";
import { putTime, type RowHome, RowMemory, rowClass, signed, timeOf, unsigned } from "../rows.js";
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

/** What counts frames or transmissions stays at the most that it can be. */
const RECEIVED_BITS = 16;
const TRANSMISSIONS_BITS = 12;
const MOST_RECEIVED = (1 << RECEIVED_BITS) - 1;
const MOST_TRANSMISSIONS = (1 << TRANSMISSIONS_BITS) - 1;

/** Counts whose sum is halved above {@link COUNTED_MOST}; a gap of 63 may come on top. */
const COUNT = unsigned(8);
/** {@link RATIO_ONE} at most. */
const RATIO = unsigned(16, RATIO_ONE);
/** Numbers of 16 bits, or -1. */
const NUMBER_OR_NONE = signed(17, -1);

const FIELDS = {
	/** Halves of the address. */
	low: 0,
	high: 0,
	/** The time of its last frame, lower 32 bits first. */
	seenLow: 0,
	seenHigh: 0,
	mode: unsigned(2),
	/** It announced, or has shown, that it understands chained fragments. */
	chains: false,
	/** A chained packet of it was verified: plain fragments that bear its address are none of its own. */
	hasChained: false,
	/** Moving mean of the received signal strength, in 1/256 dBm. */
	rssiMean256: signed(16),
	/** Frames received from it. */
	received: unsigned(RECEIVED_BITS),
	/** Moving mean of the time between frames of one burst, in µs up to a second; 0 before two frames. */
	gapMeanUs: unsigned(20),
	/** Transmissions that `deliveryRatio` rests on. */
	transmissions: unsigned(TRANSMISSIONS_BITS),
	/** Share of our transmissions to it that it acknowledged, times {@link RATIO_ONE}. */
	deliveryRatio: RATIO,
	/** Share of its numbered broadcasts that arrived, times {@link RATIO_ONE}. */
	broadcastRatio: RATIO,
	/** Broadcasts of the last hundred or so that arrived, and that did not. */
	heardBroadcasts: COUNT,
	missedBroadcasts: COUNT,
	/** Of our last hundred or so transmissions to it, those that it acknowledged, and the others. */
	acknowledged: COUNT,
	unacknowledged: COUNT,
	/** Number of its last broadcast, -1 before the first. */
	lastBroadcast: NUMBER_OR_NONE,
	/** The number of its last start, as its HELLO tells; -1 before the first. */
	boot: NUMBER_OR_NONE,
};

const NeighbourRow = rowClass(FIELDS);
const WORDS = NeighbourRow.words;
const { low: LOW, high: HIGH, seenLow: SEEN, mode: MODE } = NeighbourRow.wordOf;

/** The address of the neighbour whose row begins at `at`. */
function addressAt(numbers: Int32Array, at: number, into: LinkAddress): LinkAddress {
	// The mode lies in the lowest bits of its number.
	into.mode = (numbers[at + MODE]! & 3) as AddressMode;
	into.high = numbers[at + HIGH]!;
	into.low = numbers[at + LOW]!;
	return into;
}

/** What a node has observed of one neighbour; plain integers, the same on every engine. */
export class Neighbour extends NeighbourRow {
	/** What it says of itself where nodes form clusters. */
	cluster: ClusterView | undefined;
	#address: LinkAddress | undefined;

	/** Its address: one object, which nobody changes. */
	get address(): LinkAddress {
		const { heap, base } = this.memory;
		this.#address ??= addressAt(heap.numbers, base + this.at, new LinkAddress());
		return this.#address;
	}

	get lastSeenUs(): number {
		const { heap, base } = this.memory;
		return timeOf(heap.numbers, base + this.at + SEEN);
	}

	override moveTo(memory: RowMemory, place: number): void {
		super.moveTo(memory, place);
		this.#address = undefined;
		this.cluster = undefined;
	}

	/** Notes a received frame. `rssiDbm` an integer. */
	noteReceived(rssiDbm: number, timeUs: number): void {
		const sample = rssiDbm << 8;
		const { received } = this;
		if (received === 0) this.rssiMean256 = sample;
		else {
			this.rssiMean256 += (sample - this.rssiMean256) >> SHIFT;
			this.noteGap(timeUs - this.lastSeenUs);
		}
		if (received < MOST_RECEIVED) this.received = received + 1;
		const { heap, base } = this.memory;
		putTime(heap.numbers, base + this.at + SEEN, timeUs);
	}

	/** Notes how often a frame to it was on the air, and whether the last time was acknowledged. */
	noteTransmissions(count: number, acknowledged: boolean): void {
		let ratio = this.deliveryRatio;
		for (let i = 1; i <= count; i++) {
			const sample = acknowledged && i === count ? RATIO_ONE : 0;
			ratio += (sample - ratio) >> SHIFT;
		}
		this.deliveryRatio = ratio;
		this.transmissions = Math.min(this.transmissions + count, MOST_TRANSMISSIONS);
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
		const mean = this.gapMeanUs;
		this.gapMeanUs = mean === 0 ? gapUs : mean + ((gapUs - mean) >> SHIFT);
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

/** Who knows what neighbours are worth. */
export interface NeighbourJudge {
	/** What the neighbour with an address is worth. */
	worthOf(address: LinkAddress): Worth;
}

/**
 * The neighbours that a node knows, at most `capacity` of them, in rows behind what `isDuplicate` remembers: one
 * block for both costs a node less than two.
 *
 * A newcomer displaces the one that was silent longest among those of the least {@link Worth}; unknown ones displace
 * nobody but their like and whoever was silent for an hour, and nobody displaces one that is needed.
 */
export class NeighbourTable extends RowMemory implements Names {
	readonly capacity: number;
	#length = 0;
	/** The place that was found last: most often it is asked for again. */
	#last = 0;
	/** By place, those that somebody asked for; most neighbours never get an object. */
	#kept: (Neighbour | undefined)[] | undefined;
	#cursor: Neighbour | undefined;
	readonly #judge: NeighbourJudge | undefined;

	/** Without a `judge` nothing is known of anybody. `heap`: where the rows lie; in an array of their own where absent. */
	constructor(capacity: number, judge?: NeighbourJudge, heap?: RowHome) {
		if (!(capacity >= 1))
			throw new RangeError(`NeighbourTable: expected capacity of at least 1, got ${capacity}`);
		super(HEARD_NUMBERS, heap);
		this.capacity = capacity;
		this.#judge = judge;
		this.begin();
	}

	/** Makes room for the first ones, and for frames that were heard, where it was given back. */
	begin(): void {
		this.fit(1, WORDS);
	}

	/** An object to turn to one neighbour after the other, for whoever is done with one before he calls anybody. */
	get cursor(): Neighbour {
		return (this.#cursor ??= new Neighbour(this));
	}

	/** How many there are. */
	get length(): number {
		return this.#length;
	}

	/** Whether all of them, and at least one, understand chained fragments. */
	get allChain(): boolean {
		const { cursor } = this;
		for (let place = 0; place < this.#length; place++) {
			cursor.moveTo(this, place);
			if (!cursor.chains) return false;
		}
		return this.#length > 0;
	}

	/** All of them. */
	get entries(): readonly Neighbour[] {
		return Array.from({ length: this.#length }, (_, place) => this.keep(place));
	}

	/**
	 * The neighbour with an address: `into`, turned to its row, where that is given, else an object to keep, always the same
	 * while the neighbour is in the table.
	 */
	find(address: LinkAddress, into?: Neighbour): Neighbour | undefined {
		const place = this.placeOf(address);
		if (place < 0) return undefined;
		if (into === undefined) return this.keep(place);
		into.moveTo(this, place);
		return into;
	}

	nameOf(address: LinkAddress): LinkAddress {
		// An object for the neighbour alone would cost more than the copy that it spares.
		const place = this.placeOf(address);
		return (place < 0 ? undefined : this.#kept?.[place]?.address) ?? address.clone();
	}

	/** The entry of an address, made if there is room; undefined when nobody may be displaced for it. Else as {@link find}. */
	obtain(address: LinkAddress, into?: Neighbour): Neighbour | undefined {
		const known = this.find(address, into);
		if (known !== undefined) return known;
		const isFull = this.#length >= this.capacity;
		const place = isFull ? this.displaceable(this.worthOf(address)) : this.#length;
		if (place < 0) return undefined;
		if (!isFull) this.#length++;
		this.#last = place;
		const kept = this.#kept;
		if (kept !== undefined && place < kept.length) kept[place] = undefined;
		const entry = into ?? this.keep(place);
		entry.moveTo(this, place);
		entry.begin();
		entry.mode = address.mode;
		entry.high = address.high;
		entry.low = address.low;
		return entry;
	}

	/** Forgets all of them, and gives the memory back. */
	override release(): void {
		super.release();
		this.#length = 0;
		this.#kept = undefined;
	}

	private keep(place: number): Neighbour {
		this.#kept ??= [];
		return (this.#kept[place] ??= new Neighbour(this, place));
	}

	private worthOf(address: LinkAddress): Worth {
		return this.#judge?.worthOf(address) ?? Worth.unknown;
	}

	private placeOf({ mode, high, low }: LinkAddress): number {
		const { base } = this;
		const { numbers } = this.heap;
		const length = this.#length;
		for (let i = this.#last < length ? -1 : 0; i < length; i++) {
			const place = i < 0 ? this.#last : i;
			const at = base + place * WORDS;
			if (numbers[at + LOW] !== low || numbers[at + HIGH] !== high || (numbers[at + MODE]! & 3) !== mode)
				continue;
			this.#last = place;
			return place;
		}
		return -1;
	}

	/** The place of the one that a newcomer of some worth displaces, -1 for none. */
	private displaceable(newcomer: Worth): number {
		let latestUs = 0;
		for (let place = 0; place < this.#length; place++) latestUs = Math.max(latestUs, this.seenUs(place));
		let victim = -1;
		let least: Worth = Worth.needed;
		const address = new LinkAddress();
		for (let place = 0; place < this.#length; place++) {
			const seenUs = this.seenUs(place);
			const isStale = latestUs - seenUs > STALE_S * 1e6;
			const given = this.worthOf(addressAt(this.heap.numbers, this.base + place * WORDS, address));
			const worth = isStale && given === Worth.established ? Worth.unknown : given;
			if (worth > Worth.unknown && worth >= newcomer) continue;
			const isLess = worth < least || (worth === least && seenUs < this.seenUs(victim));
			if (victim >= 0 && !isLess) continue;
			victim = place;
			least = worth;
		}
		return victim;
	}

	private seenUs(place: number): number {
		return timeOf(this.heap.numbers, this.base + place * WORDS + SEEN);
	}
}
