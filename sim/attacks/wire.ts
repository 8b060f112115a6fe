import type { PolicyFactory, WireFormat } from "../../firmware/fragments/policy.js";
import { FRAGN_BYTES } from "../../firmware/frames/fragment.js";
import type { Scenario } from "../scenario/scenario.js";

/** Security control, frame counter and key index. */
const SECURITY_BYTES = 6;
const PAGE_SWITCH_BYTES = 1;

/** How a network's frames look: what an attacker must know to make some. */
export interface Wire {
	/** Fragments as in RFC 4944, with a hash chain, or with one under link keys. */
	readonly format: WireFormat;
	/** Octets of each token; 0 in the plain format. */
	readonly tokenBytes: number;
	/** Link-layer security, 0 for none. */
	readonly securityLevel: number;
	/** Octets of a frame from which its addresses and its fragment header can be read. */
	readonly beginningBytes: number;
}

/** How the frames of a scenario's network look. */
export function wireOf({ node }: Scenario, policy: PolicyFactory): Wire {
	const { chain, security, addressing } = node;
	const format = chain.format === "auto" ? (policy.wire ?? "plain") : chain.format;
	const tokenBytes = format === "plain" ? 0 : format === "keyed" ? chain.keyedTokenBytes : chain.tokenBytes;
	const securityLevel = Math.max(security.level, policy.securityLevel ?? 0);
	const macBytes = addressing === "short" ? 9 : 21;
	return {
		format,
		tokenBytes,
		securityLevel,
		beginningBytes:
			macBytes +
			(securityLevel > 0 ? SECURITY_BYTES : 0) +
			(format === "plain" ? 0 : PAGE_SWITCH_BYTES) +
			FRAGN_BYTES,
	};
}
