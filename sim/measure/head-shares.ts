/** What compromised heads held: of heads with at least one honest member, of those members, and of their readings. */
export interface HeadSharesSummary {
	/** A head with at least one honest member in one round is a head-round. */
	headRounds: number;
	compromisedHeadRounds: number;
	/** Shares of compromised heads, 0 where nobody led: of head-rounds, of honest members, of readings handed over. */
	headShare: number;
	memberShare: number;
	readingShare: number;
}

interface Counts {
	heads: number;
	compromisedHeads: number;
	members: number;
	compromisedMembers: number;
	readings: number;
	compromisedReadings: number;
}

const nothing = (): Counts => ({
	heads: 0,
	compromisedHeads: 0,
	members: 0,
	compromisedMembers: 0,
	readings: 0,
	compromisedReadings: 0,
});

/** Looks at the heads of honest nodes in the middle of each round, and counts what they hand over. */
export class HeadShares {
	readonly #isCompromised: (head: string) => boolean;
	/** The head of each honest node that has one; empty for none. */
	readonly #heads: string[] = [];
	readonly #whole = nothing();
	readonly #converged = nothing();
	readonly #parts: readonly Counts[];
	#roundUs = Number.POSITIVE_INFINITY;
	#lookUs = Number.POSITIVE_INFINITY;
	#convergedUs = 0;
	#durationUs = 1;
	/** When nobody had a compromised head any more; undefined while somebody has. */
	#clearedUs: number | undefined = 0;

	constructor(parts: number, isCompromised: (head: string) => boolean) {
		this.#isCompromised = isCompromised;
		this.#parts = Array.from({ length: parts }, nothing);
	}

	begin(roundUs: number, convergedUs: number, durationUs: number): void {
		this.#roundUs = roundUs;
		this.#lookUs = roundUs / 2;
		this.#convergedUs = convergedUs;
		this.#durationUs = durationUs;
	}

	/** When a part of the run begins. */
	fromUs(part: number): number {
		return (part * this.#durationUs) / this.#parts.length;
	}

	/** An honest node has a head from now on; empty for none. */
	take(timeUs: number, node: number, head: string): void {
		this.advance(timeUs);
		this.#heads[node] = head;
	}

	/** An honest node's reading was acknowledged by a head or a sink. */
	handOver(timeUs: number, head: string): void {
		const isCompromised = this.#isCompromised(head);
		for (const counts of this.#countsAt(timeUs)) {
			counts.readings++;
			if (isCompromised) counts.compromisedReadings++;
		}
	}

	/** Looks at all rounds whose middle has passed. */
	advance(timeUs: number): void {
		while (this.#lookUs < timeUs) {
			this.#look();
			this.#lookUs += this.#roundUs;
		}
	}

	summary(): {
		readonly whole: HeadSharesSummary;
		readonly converged: HeadSharesSummary;
		readonly parts: readonly HeadSharesSummary[];
		readonly clearedUs: number | undefined;
	} {
		return {
			whole: sharesOf(this.#whole),
			converged: sharesOf(this.#converged),
			parts: this.#parts.map(sharesOf),
			clearedUs: this.#clearedUs,
		};
	}

	#look(): void {
		const members = new Map<string, number>();
		for (const head of this.#heads)
			if (head !== undefined && head !== "") members.set(head, (members.get(head) ?? 0) + 1);
		let isCompromised = false;
		for (const [head, count] of members) {
			const isBad = this.#isCompromised(head);
			isCompromised ||= isBad;
			for (const counts of this.#countsAt(this.#lookUs)) {
				counts.heads++;
				counts.members += count;
				if (!isBad) continue;
				counts.compromisedHeads++;
				counts.compromisedMembers += count;
			}
		}
		if (isCompromised) this.#clearedUs = undefined;
		else this.#clearedUs ??= this.#lookUs;
	}

	#countsAt(timeUs: number): Counts[] {
		const part = Math.min(
			this.#parts.length - 1,
			Math.floor((timeUs / this.#durationUs) * this.#parts.length),
		);
		const counts = [this.#whole, this.#parts[part]!];
		if (timeUs >= this.#convergedUs) counts.push(this.#converged);
		return counts;
	}
}

function sharesOf(counts: Counts): HeadSharesSummary {
	const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);
	return {
		headRounds: counts.heads,
		compromisedHeadRounds: counts.compromisedHeads,
		headShare: share(counts.compromisedHeads, counts.heads),
		memberShare: share(counts.compromisedMembers, counts.members),
		readingShare: share(counts.compromisedReadings, counts.readings),
	};
}
