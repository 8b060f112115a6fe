import { ONE, PRIOR } from "./parameters.js";

/*
 * Constants of the service score, each with its unit and its reason. Shares are fixed point as in `parameters.ts`; those
 * that the two scores have in common stand there.
 */

/** From this score on somebody new may lead: one half, less what rounding leaves of a bad name that time has forgiven … */
export const ENTER_SCORE = PRIOR - 16;
/** … until it falls below this one, … */
export const LEAVE_SCORE = Math.floor(0.4 * ONE);
/** … and again from this one on: what moves to and fro does not let in and out. */
export const READMIT_SCORE = Math.floor(0.45 * ONE);
/** A term of eight readings that all arrived makes a good name: 1 - 0.5 · (31/32)^8 = 0.61. */
export const PROVEN_SCORE = Math.floor(0.6 * ONE);
/** Fewer receipts than this neither dismiss nor prove anybody. */
export const LEAST_RECEIPTS = 3;

/**
 * A reading that did not arrive costs as many 40ths of the score as the loss is bits of surprise. Measured: an honest head
 * whose claim is true settles between 0.65 (completion 0.5) and 0.92 (0.99), and is not dismissed in ten runs of 100,000
 * readings. With 48, a blackhole that claims 0.5 lasts half as long again; with less, newcomers over lossy ways are dismissed.
 */
export const BITS_OF_SCORE = 40;
/** No way is taken to be better than 1 - 1/32: its owner may think too well of it, and is not to be dismissed for that. */
export const LEAST_LOSS = 1 / 32;
/**
 * Nor better than the ways of all other heads turn out to be on average, beginning with 31 of 32: where claims are too good
 * everywhere, nobody is to blame. A head that claims 1 and lets 0.8 through is dismissed 407 times in 100,000 readings when
 * it is the only one, and never beside four alike.
 */
export const USUAL_ARRIVED = 31;
export const USUAL_READINGS = 32;
/** Nor worse than this, whatever its owner claims: nobody gets a better excuse by claiming a bad way. */
export const WORST_COMPLETION = 1 / 2;

/**
 * Half-life of a bad name after the first dismissal, in seconds; each further one doubles it, seven in all. Two hours:
 * a head that drops eight readings of eight is out for 5.2 hours the first time, one that drops three of three for 2.4.
 */
export const SERVICE_FORGIVE_HALF_LIFE_S = 7200;
export const DISMISSALS_MOST = 7;

/** What nobody authenticates pushes no score below this: enough to dismiss, for 3.2 hours the first time … */
export const UNPROVEN_FLOOR = Math.floor(0.35 * ONE);
/** … and counts as so many dismissals at most. */
export const UNPROVEN_DISMISSALS_MOST = 3;

/** An implausible claim takes this share of the score at most, … */
export const IMPLAUSIBLE_MOST = 1 / 32;
/** … in full when it is so many units of charge beyond what can be, of 255; … */
export const IMPLAUSIBLE_FULL_UNITS = 8;
/** … and alone never pushes it below that of somebody unknown: announcements bear no proof of who sent them. */
export const IMPLAUSIBLE_FLOOR = PRIOR;

/** Heads whose service is remembered, {@link SERVICE_BYTES} each. */
export const SERVICES = 64;

/** Changes of the score are told from this size on, and each change of who is admitted. */
export const TOLD_STEP = ONE >> 4;
