/*
 * Every constant of the score, with its unit and its reason. Shares are fixed point: 1 is ONE; evidence counts in
 * units of EVIDENCE_ONE (Q8.8); surprise in bits, units of BIT (Q8.8).
 */

/** 1 in Q0.16, as nearly as 16 bits hold it. */
export const ONE = 0xffff;
/** One piece of evidence, in Q8.8. */
export const EVIDENCE_ONE = 256;
/** One bit of surprise, in Q8.8. */
export const BIT = 256;

/** Score of somebody of whom nothing is known: neither trusted nor distrusted. */
export const PRIOR = ONE >> 1;
/** A success closes 1/2^5 of the distance to 1: some 50 in a row make a good name, none makes it at once. */
export const SUCCESS_SHIFT = 5;
/** A hard fault halves the score … */
export const FAULT_SHIFT = 1;
/** … and one that follows within this time quarters it, in seconds: an attack under way is no accident. */
export const REPEATED_FAULT_S = 10;
export const REPEATED_FAULT_SHIFT = 2;

/**
 * A neighbour who loses as much as his link explains settles at this score whatever the link: 0.9, the ratio of what
 * successes give to what expected losses take being 9.
 */
export const EXPECTED_BALANCE = 9;
/** The most that one incomplete packet costs, as a share of the score: a fault that nobody can prove. */
export const SOFT_FAULT_MOST = 1 / 4;

/** Evidence is halved above this sum, in pieces: the forecast rests on about the last hundred packets. */
export const EVIDENCE_MOST = 64;
/** Fewer pieces of evidence than this make no name: a newcomer. */
export const NEWCOMER_EVIDENCE = 4;
/** One-sided 90 % bound of the forecast, in standard deviations. */
export const FORECAST_DEVIATIONS = 1.28;

/**
 * Alarm of the cumulative sum of surprise, in bits. Under what the link predicts it is reached once in 2^24 packets at
 * most (Lorden 1971: the mean time to a false alarm of a likelihood-ratio CUSUM is at least the exponential of its
 * threshold).
 */
export const ALARM_BITS = 24;
/** No failure is called less likely than this: nobody knows a link that well. */
export const LEAST_FAILURE = 1 / 256;

/** Half-life of a bad name, in seconds: ten minutes of silence forgive half. */
export const FORGIVE_HALF_LIFE_S = 600;
/** Half-life of a good name, in seconds: an hour of silence forgets half. */
export const FORGET_HALF_LIFE_S = 3600;

/** Below this a neighbour is blocked: three hard faults in a row of somebody at 0.9. */
export const BLOCK_BELOW = Math.floor(0.15 * ONE);
/** The first block lasts this long, in seconds; each further one twice as long … */
export const BLOCK_S = 30;
/** … up to this. */
export const BLOCK_MOST_S = 3600;
/** Score after a block. */
export const PROBATION_SCORE = Math.floor(0.3 * ONE);
/** Verified packets that end a probation. */
export const PROBATION_PROOFS = 5;
/** Evidence that others could have made up cannot push a score below this. */
export const FORGEABLE_FLOOR = PRIOR;

/** Admission asks for a score of 0.2 with empty memory, and 0.7 with full: 0.2 + 0.5 u². */
export const ADMISSION_BASE = 0.2;
export const ADMISSION_SLOPE = 0.5;
/** Contexts that a neighbour of score 1 may hold while memory is empty. */
export const QUOTA_CONTEXTS = 8;
/** Contexts that all unknown identities together may hold: making up more of them gains nothing. */
export const NEWCOMER_CONTEXTS = 2;

/** A context lives for four times what its missing fragments usually take, and this on top, in µs … */
export const DEADLINE_BASE_US = 200_000;
export const DEADLINE_GAPS = 4;
/** … but at least as long as two frames may take with all their retransmissions, and no longer than RIOT waits. */
export const DEADLINE_LEAST_US = 500_000;
export const DEADLINE_MOST_US = 3_000_000;
/** Time between two fragments of somebody who was not heard yet, in µs: some five frames on a busy channel. */
export const USUAL_GAP_US = 50_000;

/**
 * A context that was silent for longer than a gap usually takes is the first to make room, in µs. Measured in `lab-25`
 * with 1,280 octets under 60 forged packets a second: 12 % of honest packets delivered with 200 ms, 27 % with 75 ms,
 * 32 % with 50 ms, 33 % with 25 ms, where reservation costs two points more.
 */
export const STALLED_US = USUAL_GAP_US;

/**
 * Octets that a context is charged besides its slots: two addresses (18), size, tag, octets stored and charged (8), three
 * times (12), offsets of an elided checksum (4), flags (1), its first slot and how many (2).
 */
export const CONTEXT_BYTES = 45;
/** And those that its chain is charged, where it has one: flags, nonce and key (6), count (1), three tokens (48). */
export const CHAIN_BYTES = 55;

/** Neighbours whose standing is kept. */
export const STANDINGS = 32;
/** Somebody with a name who was silent for so long makes room for a newcomer, in seconds. */
export const STALE_S = 3600;
/** The store is written at most this often, in seconds: flash wears. */
export const SAVE_PERIOD_S = 60;
