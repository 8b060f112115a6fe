import type { ReassemblyContext } from "../../../../firmware/fragments/context.js";
import type { FragmentDrop } from "../../../../firmware/fragments/policy.js";
import { PredictiveCsm } from "../../../../firmware/fragments/predictive-csm.js";
import type { NeighbourTable } from "../../../../firmware/trust/neighbours.js";
import { completion, frameReception } from "../../../../firmware/trust/prediction.js";

const SLACK = 0.1;
const ALARM = 3;

/**
 * Another rule for packets that stay incomplete, to compare with: S ×= 1 - P/4, and the sum
 * C = max(0, C + 1[fail] - (1 - P) - 0.1) with its alarm at 3, P being how likely a packet completes.
 */
export class WordedRule extends PredictiveCsm {
	neighbours: NeighbourTable | undefined;
	alarms = 0;
	/** How likely a full frame arrives, when it is told; else as observed. */
	readonly #reception: number | undefined;
	readonly #nextFragments: number;
	#sum = 0;

	constructor(nextFragments: number, reception?: number) {
		super(
			{ name: "worded-rule", trustsAddresses: true, keyed: false },
			{ timeoutUs: 3e6, newcomerContexts: 2, quotaContexts: 8 },
		);
		this.#nextFragments = nextFragments;
		this.#reception = reception;
	}

	override noteCompleted(context: ReassemblyContext, timeUs: number): void {
		super.noteCompleted(context, timeUs);
		this.#sum = Math.max(0, this.#sum - (1 - this.#completion(context)) - SLACK);
	}

	override noteAbandoned(context: ReassemblyContext, reason: FragmentDrop, timeUs: number): void {
		if (context.chain === undefined || reason !== "reassembly-timed-out") return;
		const i = this.standings.obtain(context.source, timeUs);
		const likely = this.#completion(context);
		this.standings.at(i).score = Math.floor(this.standings.at(i).score * (1 - likely / 4));
		this.#sum = Math.max(0, this.#sum + likely - SLACK);
		if (this.#sum < ALARM) return;
		this.#sum = 0;
		this.alarms++;
		this.standings.noteFault(i, 1, true, timeUs);
	}

	#completion(context: ReassemblyContext): number {
		const reception = this.#reception ?? frameReception(this.neighbours?.find(context.source));
		return completion(reception, this.#nextFragments, 3);
	}
}
