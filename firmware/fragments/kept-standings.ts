import { LinkAddress } from "../address.js";
import { LearntBlob } from "../store-names.js";
import { FORGEABLE_FLOOR, SAVE_PERIOD_S } from "../trust/parameters.js";
import { HAS_CHAINED, STATE_NAMES, type StandingTable, State, TOLD_SHIFT } from "../trust/standing.js";
import { restoreStandings, saveStandings } from "../trust/standing-records.js";
import type { PolicyHost } from "./policy.js";

/** States as they are told, by the code that the table keeps of each; one that nothing was told of is normal. */
const TOLD = ["normal", "probation", "blocked", "doubted"];

/** The standings of one node: kept in its store over power cycles, and their changes told to its sink. */
export class KeptStandings {
	readonly #table: StandingTable;
	#host: PolicyHost | undefined;
	#savedUs = 0;
	#savedChanges = 0;

	constructor(table: StandingTable) {
		this.#table = table;
	}

	/** Takes what the store holds, and has the node know again who chained his fragments. */
	attach(host: PolicyHost): void {
		this.#host = host;
		const blob = host.store.get(LearntBlob.standings);
		if (blob === undefined) return;
		const table = this.#table;
		restoreStandings(table, blob, host.clock.nowUs());
		for (let i = 0; i < table.count; i++) {
			const row = table.at(i);
			if ((row.flags & HAS_CHAINED) === 0) continue;
			const neighbour = host.neighbours.obtain(row.addressInto(new LinkAddress()), host.neighbours.cursor);
			if (neighbour === undefined) continue;
			neighbour.chains = true;
			neighbour.hasChained = true;
		}
		this.#savedChanges = table.changes;
	}

	/** The standing of an address, brought up to date, and told if that changed it; -1 for an unknown one. */
	find(address: LinkAddress, timeUs: number): number {
		const i = this.#table.find(address, timeUs);
		if (i >= 0) this.tell(i, timeUs);
		return i;
	}

	/** Tells of a standing that evidence may have changed, and saves all of them when it is time to. */
	noteChange(i: number, timeUs: number): void {
		this.tell(i, timeUs);
		this.save(timeUs);
	}

	private tell(i: number, timeUs: number): void {
		const row = this.#table.at(i);
		const { state, score, flags } = row;
		const isDoubted = state === State.normal && score < FORGEABLE_FLOOR;
		const name = isDoubted ? "doubted" : STATE_NAMES[state as State];
		const code = TOLD.indexOf(name);
		if (code === flags >> TOLD_SHIFT) return;
		row.flags = (flags & HAS_CHAINED) | (code << TOLD_SHIFT);
		const address = row.addressInto(new LinkAddress());
		this.#host?.sink.standingChanged(timeUs, this.#host.node, address, name, score);
	}

	private save(timeUs: number): void {
		const { changes } = this.#table;
		if (this.#host === undefined || changes === this.#savedChanges) return;
		if (timeUs - this.#savedUs < SAVE_PERIOD_S * 1e6) return;
		this.#savedUs = timeUs;
		this.#savedChanges = changes;
		this.#host.store.set(LearntBlob.standings, saveStandings(this.#table, timeUs));
	}
}
