import { NOBODY } from "./state.js";

/** No merit was heard: more than any. */
const NO_MERIT = 256;

/** What each node heard in the election that is held. */
export class Heard {
	/** Heads that announced themselves within reach, the node itself not counted. */
	readonly heads: Int32Array;
	/** Heads beside those that everybody heard, of whom no more is told than that they are there. */
	headsToAll = 0;
	/** The least merit of these and of the tentative ones, 256 for none. */
	readonly leastMerit: Int16Array;
	/** The head that the node would join, or {@link NOBODY}. */
	readonly best: Int32Array;

	constructor(nodes: number) {
		this.heads = new Int32Array(nodes);
		this.leastMerit = new Int16Array(nodes);
		this.best = new Int32Array(nodes);
	}

	clear(): void {
		this.heads.fill(0);
		this.headsToAll = 0;
		this.leastMerit.fill(NO_MERIT);
		this.best.fill(NOBODY);
	}

	/** Heads that a node heard; those that everybody heard include the node itself where it is one. */
	headsOf(node: number): number {
		return this.heads[node]! + this.headsToAll;
	}

	/** Lets a node forget what it heard: all of it has died. */
	forget(node: number): void {
		this.heads[node] = 0;
		this.leastMerit[node] = NO_MERIT;
		this.best[node] = NOBODY;
	}
}
