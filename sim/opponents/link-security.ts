import type { PolicyFactory } from "../../firmware/fragments/policy.js";
import { RFC4944_TIMEOUT_US, rfc4944Factory } from "../../firmware/fragments/rfc4944.js";

/*
 * Reassembly as `rfc4944` has it, below it the link-layer security of IEEE 802.15.4-2020, clause 9: every data frame
 * bears a MIC of 4 octets (security level 1, CCM* without encryption) under one key of the whole network, and a node
 * takes no other. Whoever lacks the key never reaches reassembly; whoever has it can be anybody. Frames become 9 octets
 * longer (auxiliary security header 5, MIC 4), so that long packets may need one fragment more.
 *
 * The policy only asks for the level; a scenario's node.security.level may raise it, and node.security.key is the key.
 */

/** MIC-32 (IEEE 802.15.4-2020, 9.4.2.2). */
const SECURITY_LEVEL = 1;

/** RFC 4944 behind link-layer security. */
export const linkSecurity: PolicyFactory = {
	...rfc4944Factory("link-security", RFC4944_TIMEOUT_US / 1e6),
	securityLevel: SECURITY_LEVEL,
};
