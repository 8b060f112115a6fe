import { LinkAddress } from "../address.js";
import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import type { TrustGate } from "../cluster/client.js";
import type { Clock, Sink, Store } from "../ports.js";
import type { RowHome } from "../rows.js";
import { LearntBlob } from "../store-names.js";
import { PRIOR, SAVE_PERIOD_S } from "./parameters.js";
import {
	ENTER_SCORE,
	LEAST_RECEIPTS,
	LEAVE_SCORE,
	PROVEN_SCORE,
	READMIT_SCORE,
	SERVICES,
	TOLD_STEP,
} from "./service-parameters.js";
import { Admission, ServiceTable } from "./service-table.js";

/** Heads that are avoided at a time: those who drop everything are seldom more in one place. */
const AVOIDED_MOST = 8;
/** Octets of one record in the store: mode and address (9), score (2), arrived, missing, dismissals, admission (1 each). */
const RECORD_BYTES = 15;

/** What the policy of reassembly thinks of neighbours: see {@link ReassemblyPolicy}. */
export interface FragmentStandings {
	scoreOf?(address: LinkAddress, timeUs: number): number;
	isBarred?(address: LinkAddress, timeUs: number): boolean;
}

export interface ServiceTrustOptions {
	/** Number of the node, for its events. */
	readonly node: number;
	readonly clock: Clock;
	readonly store: Store;
	readonly sink: Pick<Sink, "serviceChanged">;
	readonly fragments: FragmentStandings;
	/** The sink: its own network does not judge it. */
	readonly sinkAddress?: LinkAddress;
	/** Whether a key is shared with a neighbour, where all share some: nobody else leads. Absent, anybody may. */
	readonly isMember?: (neighbour: LinkAddress) => boolean;
	/** Heads that are remembered, 1 to 255; absent, {@link SERVICES}. */
	readonly capacity?: number;
	/** Where their rows lie; in an array of their own where absent. */
	readonly rows?: RowHome | undefined;
}

/**
 * How neighbours serve this node as heads, and whom it therefore lets lead it.
 *
 * It rests on what this node itself handed over and on the sink's receipts, and on nobody's word besides. Being
 * dismissed costs a neighbour nothing but the work of leading this node: that is why a receipt which no key
 * authenticates may dismiss here, as far as {@link UNPROVEN_FLOOR}, though evidence that others could forge pushes no
 * fragment score below 0.5. Source of the rules: `../README.md`, "Readings, receipts and the service score".
 */
export class ServiceTrust implements TrustGate {
	readonly table: ServiceTable;
	readonly #options: ServiceTrustOptions;
	readonly #address = new LinkAddress();
	/** Who is not to lead for now, whatever is thought of them: the last {@link AVOIDED_MOST}. */
	readonly #avoided: LinkAddress[] = [];
	#savedUs: number;
	#savedChanges = 0;

	constructor(options: ServiceTrustOptions) {
		this.#options = options;
		this.table = new ServiceTable(options.capacity ?? SERVICES, options.rows);
		const nowUs = options.clock.nowUs();
		this.#savedUs = nowUs;
		this.restore(nowUs);
	}

	admits(neighbour: LinkAddress, nowUs: number): boolean {
		if (this.#avoided.some((other) => other.equals(neighbour))) return false;
		if (this.#options.sinkAddress?.equals(neighbour) === true) return true;
		if (this.#options.isMember?.(neighbour) === false) return false;
		if (this.#options.fragments.isBarred?.(neighbour, nowUs) === true) return false;
		const { table } = this;
		// Asking about somebody displaces nobody: this is asked of all neighbours, many times an election.
		const known = table.find(neighbour, nowUs);
		const i = known >= 0 || table.count === table.capacity ? known : table.obtain(neighbour, nowUs);
		const fragment = this.fragmentScore(neighbour, nowUs);
		if (i < 0) return Math.min(PRIOR, fragment) >= ENTER_SCORE;
		this.review(i, neighbour, fragment, false, nowUs);
		return table.at(i).admission === Admission.admitted;
	}

	isProven(neighbour: LinkAddress, nowUs: number): boolean {
		const i = this.table.find(neighbour, nowUs);
		if (i < 0 || this.table.at(i).receipts < LEAST_RECEIPTS) return false;
		return Math.min(this.table.at(i).score, this.fragmentScore(neighbour, nowUs)) >= PROVEN_SCORE;
	}

	noteImplausibleCharge(neighbour: LinkAddress, units: number, nowUs: number): void {
		const i = this.table.obtain(neighbour, nowUs);
		if (i < 0) return;
		this.table.noteImplausible(i, units);
		this.review(i, neighbour, this.fragmentScore(neighbour, nowUs), false, nowUs);
		this.save(nowUs);
	}

	avoid(head: LinkAddress | undefined): void {
		if (head === undefined) this.#avoided.length = 0;
		else if (!this.#avoided.some((other) => other.equals(head))) this.#avoided.push(head.clone());
		if (this.#avoided.length > AVOIDED_MOST) this.#avoided.shift();
	}

	/** Forgets what it has not stored, and gives the memory back. */
	release(): void {
		this.table.release();
	}

	/** A reading that `head` had acknowledged arrived, as a receipt says. */
	noteArrived(head: LinkAddress, nowUs: number): void {
		const i = this.table.obtain(head, nowUs);
		if (i < 0) return;
		this.table.noteArrived(i, nowUs);
		this.review(i, head, this.fragmentScore(head, nowUs), false, nowUs);
		this.save(nowUs);
	}

	/**
	 * A reading that `head` had acknowledged did not arrive, over a way that lets `completion` of them through, 0 to 1.
	 * `isProven`: a key authenticates the receipt that says so.
	 */
	noteMissing(head: LinkAddress, completion: number, isProven: boolean, nowUs: number): void {
		const i = this.table.obtain(head, nowUs);
		if (i < 0) return;
		// It led us, so it was let in, if only because it had no place when that was asked.
		if (this.table.at(i).admission === Admission.unasked) this.table.at(i).admission = Admission.admitted;
		this.table.noteMissing(i, completion, isProven, nowUs);
		this.review(i, head, this.fragmentScore(head, nowUs), isProven, nowUs);
		this.save(nowUs);
	}

	/** How a neighbour's fragments score; above all scores where nothing is known of them. */
	private fragmentScore(neighbour: LinkAddress, nowUs: number): number {
		const score = this.#options.fragments.scoreOf?.(neighbour, nowUs) ?? -1;
		return score < 0 ? Number.POSITIVE_INFINITY : score;
	}

	/** Opens or shuts the gate for a neighbour, whose fragments score as much, and tells of it. */
	private review(
		i: number,
		neighbour: LinkAddress,
		fragment: number,
		isProven: boolean,
		nowUs: number,
	): void {
		const { table } = this;
		const before = table.at(i).admission;
		const service = table.at(i).score;
		const least = Math.min(service, fragment);
		if (before === Admission.admitted) {
			if (service < LEAVE_SCORE && table.at(i).receipts >= LEAST_RECEIPTS) table.noteDismissed(i, isProven);
			// For what his fragments tell, their score forgives.
			else if (least < LEAVE_SCORE && least < service) table.at(i).admission = Admission.dismissed;
		} else if (least >= (before === Admission.unasked ? ENTER_SCORE : READMIT_SCORE)) {
			table.at(i).admission = Admission.admitted;
		}
		const after = table.at(i).admission;
		const isNews = after !== before && (before !== Admission.unasked || after !== Admission.admitted);
		if (!isNews && Math.abs(service - table.at(i).told) < TOLD_STEP) return;
		table.at(i).told = service;
		const admitted = after === Admission.admitted ? 1 : 0;
		this.#options.sink.serviceChanged(nowUs, this.#options.node, neighbour, service, admitted);
	}

	private save(nowUs: number): void {
		const { table } = this;
		if (table.changes === this.#savedChanges || nowUs - this.#savedUs < SAVE_PERIOD_S * 1e6) return;
		this.#savedUs = nowUs;
		this.#savedChanges = table.changes;
		const blob = new Uint8Array(table.count * RECORD_BYTES);
		let at = 0;
		for (let i = 0; i < table.count; i++) {
			const row = table.at(i);
			if (row.receipts === 0) continue;
			blob[at] = row.mode;
			putI32be(blob, at + 1, row.high);
			putI32be(blob, at + 5, row.low);
			putU16be(blob, at + 9, row.score);
			blob[at + 11] = row.arrived;
			blob[at + 12] = row.missing;
			blob[at + 13] = row.dismissals;
			blob[at + 14] = row.admission;
			at += RECORD_BYTES;
		}
		this.#options.store.set(LearntBlob.services, blob.subarray(0, at));
	}

	/** Takes saved records; what is none is passed over. Time without power forgives nothing. */
	private restore(nowUs: number): void {
		const blob = this.#options.store.get(LearntBlob.services);
		if (blob === undefined) return;
		const address = this.#address;
		for (let at = 0; at + RECORD_BYTES <= blob.length; at += RECORD_BYTES) {
			if (blob[at] === 2) address.setShort(i32be(blob, at + 5));
			else if (blob[at] === 3) address.setExtended(i32be(blob, at + 1), i32be(blob, at + 5));
			else continue;
			const admission = blob[at + 14]!;
			if (admission > Admission.dismissed) continue;
			const i = this.table.obtain(address, nowUs);
			if (i < 0) return;
			this.table.restore(
				i,
				u16be(blob, at + 9),
				blob[at + 11]!,
				blob[at + 12]!,
				blob[at + 13]!,
				admission as Admission,
			);
		}
	}
}
