import { rfc4944Factory } from "../../firmware/fragments/rfc4944.js";

/*
 * The cheapest defence there is, and the baseline that any other must beat: RFC 4944 as `rfc4944` has it, with a
 * time-out of 3 s instead of 60 s. The RFC (section 5.3) allows it, and RIOT has the same by default, counted there from
 * the last fragment and here from the first.
 */

/** RFC 4944 with a time-out of 3 s, and nothing else. */
export const timeout3s = rfc4944Factory("timeout-3s", 3);
