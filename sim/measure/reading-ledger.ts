import { Histogram } from "./histogram.js";
import type { Counts } from "./metrics.js";

/** What became of the readings that nodes accepted. */
export interface ReadingSummary {
	accepted: number;
	/** Reached a sink, each counted once. */
	arrived: number;
	/** Came again, and the sink knew. */
	duplicates: number;
	/** Came again, and the sink took them for new. */
	twice: number;
	/** Told by a receipt that they arrived. */
	confirmed: number;
	/** Given up by their nodes and not arrived, by reason. */
	abandoned: Counts;
	/** Neither arrived nor given up: with a node that lives when the run ends. */
	kept: number;
	/** Neither arrived nor given up, and with no node either; and confirmed though they never arrived. */
	unaccounted: number;
	/** Arrived, though no node had accepted them. */
	foreign: number;
	/** Arrived, of those accepted early enough before the end; see {@link ReadingLedger.finish}. */
	deliveryRatio: number;
	latencyMs: { mean: number; p50: number; p95: number; max: number };
}

interface Entry {
	readonly acceptedUs: number;
	/** Starts of its node before it was accepted. */
	readonly boot: number;
	arrived: boolean;
	confirmed: boolean;
	/** Why its node gave it up; empty while it has not. */
	reason: string;
}

/** Nothing is on its way for so long after its node has done with it. */
const SETTLED_US = 600_000_000;

/** Keeps an account of every reading, from acceptance to whatever becomes of it. */
export class ReadingLedger {
	readonly latencyUs = new Histogram();
	/** Of each node, by sequence number, in order of acceptance. */
	readonly #entries: Map<number, Entry>[] = [];
	readonly #boots: number[] = [];
	readonly #dead: boolean[] = [];
	/** One more than the last number that each node accepted. */
	readonly #next: number[] = [];
	readonly #abandoned: Counts = {};
	#accepted = 0;
	#arrived = 0;
	#duplicates = 0;
	#twice = 0;
	#confirmed = 0;
	#unaccounted = 0;
	#foreign = 0;

	/** Readings that have arrived so far. */
	get arrived(): number {
		return this.#arrived;
	}

	accept(timeUs: number, node: number, sequence: number): void {
		const entries = this.#of(node);
		this.#settle(entries, timeUs);
		const twin = entries.get(sequence);
		// The number is given to another one: nobody will tell of the first any more.
		if (twin !== undefined && !twin.arrived && twin.reason === "") this.#unaccounted++;
		entries.delete(sequence);
		entries.set(sequence, {
			acceptedUs: timeUs,
			boot: this.#boots[node] ?? 0,
			arrived: false,
			confirmed: false,
			reason: "",
		});
		this.#next[node] = sequence + 1;
		this.#accepted++;
	}

	/** `again`: whether the sink knows that it had come before. */
	arrive(timeUs: number, node: number | undefined, sequence: number, again: boolean): void {
		if (again) {
			this.#duplicates++;
			return;
		}
		const entry = node === undefined ? undefined : this.#of(node).get(sequence);
		if (entry?.arrived === true || (entry === undefined && sequence < (this.#next[node ?? -1] ?? 0))) {
			this.#twice++;
			return;
		}
		if (entry === undefined) {
			this.#foreign++;
			return;
		}
		if (entry.reason !== "") this.#abandoned[entry.reason]!--;
		entry.arrived = true;
		this.#arrived++;
		this.latencyUs.add(timeUs - entry.acceptedUs);
	}

	confirm(node: number, sequence: number): void {
		const entry = this.#of(node).get(sequence);
		if (entry === undefined || entry.confirmed) return;
		entry.confirmed = true;
		this.#confirmed++;
	}

	abandon(node: number, sequence: number, reason: string): void {
		const entry = this.#of(node).get(sequence);
		if (entry === undefined || entry.reason !== "") return;
		entry.reason = reason;
		if (!entry.arrived) this.#abandoned[reason] = (this.#abandoned[reason] ?? 0) + 1;
	}

	/** The node starts anew, and has forgotten what it kept. */
	restart(node: number): void {
		this.#boots[node] = (this.#boots[node] ?? 0) + 1;
	}

	die(node: number): void {
		this.#dead[node] = true;
	}

	/**
	 * The account at the end of the run. The delivery ratio leaves out what was accepted less than `graceUs` before the end
	 * and has not arrived: it is still due. A node that lives keeps at most `buffered` readings: more cannot be with it.
	 */
	finish(endUs: number, graceUs: number, buffered: number): ReadingSummary {
		let kept = 0;
		let due = 0;
		let unaccounted = this.#unaccounted;
		for (const [node, entries] of this.#entries.entries()) {
			let open = 0;
			let waiting = 0;
			for (const entry of entries?.values() ?? []) {
				if (entry.confirmed || entry.reason !== "") {
					if (entry.confirmed && !entry.arrived && entry.reason === "") unaccounted++;
					continue;
				}
				if (this.#isGone(entry, node)) {
					if (!entry.arrived) unaccounted++;
					continue;
				}
				open++;
				if (entry.arrived) continue;
				waiting++;
				if (entry.acceptedUs > endUs - graceUs) due++;
			}
			const lost = Math.min(waiting, Math.max(0, open - buffered));
			unaccounted += lost;
			kept += waiting - lost;
		}
		const latency = this.latencyUs;
		const counted = this.#accepted - due;
		return {
			accepted: this.#accepted,
			arrived: this.#arrived,
			duplicates: this.#duplicates,
			twice: this.#twice,
			confirmed: this.#confirmed,
			abandoned: Object.fromEntries(Object.entries(this.#abandoned).filter(([, count]) => count > 0)),
			kept,
			unaccounted,
			foreign: this.#foreign,
			deliveryRatio: counted === 0 ? 0 : this.#arrived / counted,
			latencyMs: {
				mean: latency.mean / 1000,
				p50: latency.quantile(0.5) / 1000,
				p95: latency.quantile(0.95) / 1000,
				max: latency.max / 1000,
			},
		};
	}

	#of(node: number): Map<number, Entry> {
		this.#entries[node] ??= new Map();
		return this.#entries[node];
	}

	#isGone(entry: Entry, node: number): boolean {
		return this.#dead[node] === true || entry.boot !== (this.#boots[node] ?? 0);
	}

	/** Forgets, from the oldest on, what nobody will tell of any more. */
	#settle(entries: Map<number, Entry>, nowUs: number): void {
		for (const [sequence, { acceptedUs, arrived, confirmed, reason }] of entries) {
			const isDone = reason !== "" || (arrived && confirmed);
			if (!isDone || nowUs - acceptedUs < SETTLED_US) return;
			entries.delete(sequence);
		}
	}
}
