import type { PolicyFactory } from "../../firmware/fragments/policy.js";
import { rfc4944Factory } from "../../firmware/fragments/rfc4944.js";

/*
 * Reassembly as `rfc4944` has it, below it the link-layer security of IEEE 802.15.4-2020, clause 9: every data frame
 * bears a MIC of 4 octets (security level 1, CCM* without encryption) under one key of the whole network, and a node
 * takes no other. Whoever lacks the key never reaches reassembly; whoever has it can be anybody. Frames become 9 octets
 * longer (auxiliary security header 5, MIC 4), so that long packets may need one fragment more.
 *
 * The time-out is 3 s, as RIOT has it: with 60 s each datagram of which the link lost a fragment would hold a fourth of
 * the memory for a minute, and losses by interference would look like losses by the protocol.
 *
 * The policy only asks for the level; a scenario's node.security.level may raise it, and node.security.key is the key.
 */

/** MIC-32 (IEEE 802.15.4-2020, 9.4.2.2). */
const SECURITY_LEVEL = 1;
const TIMEOUT_S = 3;

/** RFC 4944 behind link-layer security. */
export const linkSecurity: PolicyFactory = {
	...rfc4944Factory("link-security", TIMEOUT_S),
	securityLevel: SECURITY_LEVEL,
};
