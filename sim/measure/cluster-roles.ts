import { Moments } from "./spread.js";

/** Who led how often, and whether nodes had somebody who led them. */
export interface RoleSummary {
	/** Rounds that were looked at, while a node lived. */
	rounds: number;
	headsPerRound: { mean: number; deviation: number };
	/** Nodes that were alive, added up over rounds; sinks not counted. */
	nodeRounds: number;
	/**
	 * Shares of them. `led`: heads, and members of one that lives and leads; `direct`: those that send to the sink; `orphaned`:
	 * members of one that does not lead, and have not noticed; `uncovered`: those that nobody leads.
	 */
	covered: { led: number; direct: number; orphaned: number; uncovered: number };
	/** Rounds that a node led. */
	headRounds: { mean: number; deviation: number; least: number; most: number };
}

/** Looks at the roles of all nodes in the middle of each round. */
export class ClusterRoles {
	readonly #roles: string[] = [];
	readonly #heads: number[] = [];
	readonly #isNode: boolean[] = [];
	readonly #isUp: boolean[] = [];
	readonly #headRounds: number[] = [];
	readonly #perRound = new Moments();
	readonly #counts = { led: 0, direct: 0, orphaned: 0, uncovered: 0 };
	#nodeRounds = 0;
	#roundUs = Number.POSITIVE_INFINITY;
	#lookUs = Number.POSITIVE_INFINITY;

	begin(roundUs: number): void {
		this.#roundUs = roundUs;
		this.#lookUs = roundUs / 2;
	}

	/** A node that is no sink; whether it has power yet is told apart. */
	place(node: number): void {
		this.#isNode[node] = true;
		this.#headRounds[node] = 0;
	}

	/** `head`: the number of the node that bears the address of its head; undefined for nobody's. */
	take(timeUs: number, node: number, role: string, head: number | undefined): void {
		this.advance(timeUs);
		this.#roles[node] = role;
		this.#heads[node] = head ?? -1;
	}

	/** A node has lost its power, for a while or for good, or has it again. */
	power(timeUs: number, node: number, isUp: boolean): void {
		if (this.#isUp[node] === isUp) return;
		this.advance(timeUs);
		this.#isUp[node] = isUp;
		this.#roles[node] = "";
	}

	/** Looks at all rounds whose middle has passed. */
	advance(timeUs: number): void {
		while (this.#lookUs < timeUs) {
			this.#look();
			this.#lookUs += this.#roundUs;
		}
	}

	summary(): RoleSummary {
		const share = (count: number): number => (this.#nodeRounds === 0 ? 0 : count / this.#nodeRounds);
		const { led, direct, orphaned, uncovered } = this.#counts;
		const spread = new Moments();
		let least = Number.POSITIVE_INFINITY;
		let most = 0;
		for (const rounds of this.#headRounds) {
			if (rounds === undefined) continue;
			spread.add(rounds);
			least = Math.min(least, rounds);
			most = Math.max(most, rounds);
		}
		return {
			rounds: this.#perRound.count,
			headsPerRound: { mean: this.#perRound.mean, deviation: this.#perRound.deviation },
			nodeRounds: this.#nodeRounds,
			covered: {
				led: share(led),
				direct: share(direct),
				orphaned: share(orphaned),
				uncovered: share(uncovered),
			},
			headRounds: {
				mean: spread.mean,
				deviation: spread.deviation,
				least: spread.count === 0 ? 0 : least,
				most,
			},
		};
	}

	#look(): void {
		let alive = 0;
		let heads = 0;
		for (let node = 0; node < this.#isNode.length; node++) {
			if (this.#isNode[node] !== true || this.#isUp[node] !== true) continue;
			alive++;
			if (this.#roles[node] === "head") {
				heads++;
				this.#headRounds[node]!++;
			}
			this.#counts[this.#coverage(node)]++;
		}
		if (alive === 0) return;
		this.#nodeRounds += alive;
		this.#perRound.add(heads);
	}

	#coverage(node: number): keyof RoleSummary["covered"] {
		const role = this.#roles[node];
		if (role === "direct") return "direct";
		if (role === "head") return "led";
		if (role !== "member") return "uncovered";
		const head = this.#heads[node]!;
		return this.#isUp[head] === true && this.#roles[head] === "head" ? "led" : "orphaned";
	}
}
