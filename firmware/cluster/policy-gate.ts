import type { LinkAddress } from "../address.js";
import type { TrustGate } from "./client.js";

/** What the policy of reassembly thinks of neighbours. */
interface Standings {
	/** Whether a neighbour is blocked or on probation; absent, nobody is. */
	isBarred?(address: LinkAddress, timeUs: number): boolean;
	/** Whether a neighbour has proved something; absent, nobody has. */
	isEstablished?(address: LinkAddress): boolean;
}

/** Judges neighbours by how they send fragments alone, as the policy of reassembly does: nobody whom it bars leads. */
export class PolicyGate implements TrustGate {
	readonly #policy: Standings;

	constructor(policy: Standings) {
		this.#policy = policy;
	}

	admits(neighbour: LinkAddress, nowUs: number): boolean {
		return this.#policy.isBarred?.(neighbour, nowUs) !== true;
	}

	isProven(neighbour: LinkAddress): boolean {
		return this.#policy.isEstablished?.(neighbour) === true;
	}

	noteImplausibleCharge(): void {}
}
