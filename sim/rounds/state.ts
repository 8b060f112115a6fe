import { FULL_CHARGE } from "../../firmware/cluster/election.js";
import { Batteries } from "./batteries.js";
import type { Field } from "./field.js";
import { type Neighbourhood, neighbourhoodOf } from "./neighbourhood.js";

/** In place of a head's number: the node sends to the base itself. */
export const NOBODY = -1;

/** The nodes of a run as they are now: what elections and rounds of data work on. */
export class NetworkState {
	readonly field: Field;
	readonly batteries: Batteries;
	/** The head of each node: its own number where it leads, or {@link NOBODY}. It may have died since. */
	readonly head: Int32Array;
	/** What each node would claim, 0 to {@link FULL_CHARGE}, as it was when last measured. */
	readonly units: Uint8Array;
	/** Data rounds that are over. */
	round = 0;
	/** Elections so far, the one that is held included. */
	election = 0;
	/** Number of the election in which each node last led, 0 for never. */
	readonly ledIn: Int32Array;
	/** Whether a node died whose head or members do not know it yet. */
	hasUnnoticedDeath = false;
	readonly #radiusM: number;
	readonly #unitJ: number;
	#neighbourhood: Neighbourhood | undefined;

	/** `onDeath` is told the number of each node whose charge is used up. */
	constructor(field: Field, initialJ: Float64Array, radiusM: number, onDeath: (node: number) => void) {
		this.field = field;
		this.batteries = new Batteries(initialJ, (node) => {
			this.hasUnnoticedDeath = true;
			onDeath(node);
		});
		this.head = new Int32Array(field.nodes).fill(NOBODY);
		this.ledIn = new Int32Array(field.nodes);
		this.units = new Uint8Array(field.nodes);
		this.#radiusM = radiusM;
		let mostJ = 0;
		for (const joules of initialJ) mostJ = Math.max(mostJ, joules);
		this.#unitJ = mostJ / FULL_CHARGE;
	}

	/** Who is within the cluster radius of whom; found when first asked for, since not every election needs it. */
	get neighbourhood(): Neighbourhood {
		this.#neighbourhood ??= neighbourhoodOf(this.field, this.#radiusM);
		return this.#neighbourhood;
	}

	get radiusSquareM2(): number {
		return this.#radiusM * this.#radiusM;
	}

	/** One unit of claimed charge, in joules: all nodes claim in shares of the fullest battery of the network. */
	get unitJ(): number {
		return this.#unitJ;
	}

	/** Brings {@link units} up to date. */
	measureCharges(): void {
		const { chargeJ } = this.batteries;
		const { units } = this;
		const perJ = this.#unitJ > 0 ? 1 / this.#unitJ : 0;
		// Rounds to the nearest: the array takes whole numbers only.
		for (let node = 0; node < units.length; node++) units[node] = chargeJ[node]! * perJ + 0.5;
	}
}
