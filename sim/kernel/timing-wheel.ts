/** The row of an entry: 8 words. Users take these into constants of their own module, which engines fold. */
export const WHEEL_ROW = {
	/** The row of entry n begins at word n << SHIFT. */
	SHIFT: 3,
	/** From this word on to the end a row belongs to whoever uses the wheel. */
	FREE: 4,
} as const;

const ROW_SHIFT = WHEEL_ROW.SHIFT;
const NEXT = 0;
const PREVIOUS = 1;
/** Place of the time among the doubles of a row: words 2 and 3. */
const TIME = 1;

/** A level has 1,024 buckets: 32 words of bits, which one further word sums up. */
const BITS = 10;
const BUCKETS = 1 << BITS;
const WORDS = BUCKETS >> 5;
/** Levels of 1 µs, 1 ms, 1 s … a bucket: as far as doubles count whole microseconds. */
const BUCKET_US: readonly number[] = [1, 0x400, 0x100000, 0x40000000, 0x10000000000, 0x4000000000000];
const LEVELS = BUCKET_US.length;
const SECOND_TURN_US = BUCKETS * BUCKETS;
/** Whatever is later comes then: no run gets so far. */
const LAST_US = Number.MAX_SAFE_INTEGER;

/**
 * Entries by time in whole microseconds; those of one microsecond leave in the order in which they came.
 *
 * A hierarchical timing wheel (Varghese and Lauck 1987): lowest level one bucket a microsecond, each further one
 * 1,024 times coarser. An entry waits in the finest level whose present turn reaches its time; when a coarse bucket's time
 * comes, its entries move down, in order. So nothing is ever compared, and to add, to remove and to take cost the
 * same however many wait.
 */
export class TimingWheel {
	/** One row of words an entry: links, time, and from `WHEEL_ROW.FREE` on what the user keeps there. */
	rows: Int32Array;
	/** The same rows. */
	#times: Float64Array;
	/** First and last entry of each bucket that has one; links that leave a list are the complement of its bucket. */
	readonly #ends = new Int32Array(LEVELS * BUCKETS * 2);
	/** Which buckets have entries, and which words of these are not 0. */
	readonly #bits = new Int32Array(LEVELS * WORDS);
	readonly #words = new Int32Array(LEVELS);
	/** When the present turn of each level began; the lowest two stand apart, being asked all the time. */
	readonly #turnUs = new Float64Array(LEVELS);
	#lowTurnUs = 0;
	#nextTurnUs = 0;

	/** `capacity` entries at first, numbered from 0. */
	constructor(capacity: number) {
		this.rows = new Int32Array(capacity << ROW_SHIFT);
		this.#times = new Float64Array(this.rows.buffer);
	}

	/** Entries that there is room for. */
	get capacity(): number {
		return this.rows.length >> ROW_SHIFT;
	}

	/** Makes room for more entries; replaces `rows`. */
	grow(capacity: number): void {
		const rows = new Int32Array(capacity << ROW_SHIFT);
		rows.set(this.rows);
		this.rows = rows;
		this.#times = new Float64Array(rows.buffer);
	}

	/** The time of an entry. */
	timeUs(entry: number): number {
		return this.#times[(entry << 2) | TIME]!;
	}

	/** Adds an entry, at a whole microsecond that is not before that of the entry taken last. */
	add(entry: number, timeUs: number): void {
		const atUs = timeUs < LAST_US ? timeUs : LAST_US;
		this.#times[(entry << 2) | TIME] = atUs;
		this.#append(entry, this.#bucketOf(atUs));
	}

	/** Takes an entry out that was added and not taken. */
	remove(entry: number): void {
		const { rows } = this;
		const row = entry << ROW_SHIFT;
		const next = rows[row | NEXT]!;
		const previous = rows[row | PREVIOUS]!;
		if (next >= 0) rows[(next << ROW_SHIFT) | PREVIOUS] = previous;
		else if (previous >= 0) this.#ends[2 * ~next + 1] = previous;
		if (previous >= 0) rows[(previous << ROW_SHIFT) | NEXT] = next;
		else if (next >= 0) this.#ends[2 * ~previous] = next;
		else this.#empty(~next);
	}

	/** Takes the earliest entry out, the first of its microsecond, if it is before `untilUs`; else -1. */
	take(untilUs: number): number {
		while (this.#words[0] === 0) {
			const bucket = this.#turn(untilUs);
			if (bucket < 0) return -1;
			const entry = this.#ends[2 * bucket]!;
			this.#empty(bucket);
			// Where little is under way most coarse buckets have one entry, which need not move down to be the first.
			if (this.rows[(entry << ROW_SHIFT) | NEXT]! < 0 && this.timeUs(entry) < untilUs) return entry;
			this.#moveDown(entry);
		}
		const bucket = this.#first(0);
		if (this.#lowTurnUs + bucket >= untilUs) return -1;
		const entry = this.#ends[2 * bucket]!;
		const next = this.rows[(entry << ROW_SHIFT) | NEXT]!;
		if (next < 0) this.#empty(bucket);
		else {
			this.#ends[2 * bucket] = next;
			this.rows[(next << ROW_SHIFT) | PREVIOUS] = ~bucket;
		}
		return entry;
	}

	/** Begins the turns of the next coarse bucket with entries, if it begins before `untilUs`; else -1. */
	#turn(untilUs: number): number {
		let level = 1;
		while (this.#words[level] === 0) if (++level === LEVELS) return -1;
		const index = this.#first(level);
		const fromUs = this.#turnUs[level]! + index * BUCKET_US[level]!;
		if (fromUs >= untilUs) return -1;
		for (let below = 0; below < level; below++) this.#turnUs[below] = fromUs;
		this.#lowTurnUs = fromUs;
		this.#nextTurnUs = this.#turnUs[1]!;
		return level * BUCKETS + index;
	}

	/** Adds an entry and all that follow it anew, to finer levels. */
	#moveDown(first: number): void {
		for (let entry = first; entry >= 0; ) {
			const next = this.rows[(entry << ROW_SHIFT) | NEXT]!;
			this.#append(entry, this.#bucketOf(this.timeUs(entry)));
			entry = next;
		}
	}

	#bucketOf(timeUs: number): number {
		const afterUs = timeUs - this.#lowTurnUs;
		if (afterUs < BUCKETS) return afterUs | 0;
		const laterUs = timeUs - this.#nextTurnUs;
		if (laterUs < SECOND_TURN_US) return BUCKETS + (laterUs >> BITS);
		return this.#farBucketOf(timeUs);
	}

	#farBucketOf(timeUs: number): number {
		let level = 2;
		while (level + 1 < LEVELS && timeUs - this.#turnUs[level]! >= BUCKET_US[level + 1]!) level++;
		return level * BUCKETS + Math.floor((timeUs - this.#turnUs[level]!) / BUCKET_US[level]!);
	}

	#append(entry: number, bucket: number): void {
		const { rows } = this;
		const ends = this.#ends;
		const row = entry << ROW_SHIFT;
		const word = bucket >> 5;
		const bits = this.#bits[word]!;
		const bit = 1 << (bucket & 31);
		rows[row | NEXT] = ~bucket;
		if ((bits & bit) !== 0) {
			const last = ends[2 * bucket + 1]!;
			rows[row | PREVIOUS] = last;
			rows[(last << ROW_SHIFT) | NEXT] = entry;
		} else {
			rows[row | PREVIOUS] = ~bucket;
			ends[2 * bucket] = entry;
			this.#bits[word] = bits | bit;
			if (bits === 0) this.#words[bucket >> BITS]! |= 1 << (word & 31);
		}
		ends[2 * bucket + 1] = entry;
	}

	/** Notes that a bucket has no entry any more. */
	#empty(bucket: number): void {
		const word = bucket >> 5;
		const bits = this.#bits[word]! & ~(1 << (bucket & 31));
		this.#bits[word] = bits;
		if (bits === 0) this.#words[bucket >> BITS]! &= ~(1 << (word & 31));
	}

	/** The first bucket of a level that has entries, counted within the level; it must have some. */
	#first(level: number): number {
		const word = lowestBit(this.#words[level]!);
		return (word << 5) + lowestBit(this.#bits[level * WORDS + word]!);
	}
}

function lowestBit(word: number): number {
	return 31 - Math.clz32(word & -word);
}
