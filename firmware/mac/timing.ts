/**
 * Times of the 2.4 GHz O-QPSK PHY and its MAC (IEEE 802.15.4-2020, tables 8-93, 8-94, 11-1 and
 * clause 12), in microseconds. One symbol is 16 µs, one octet two symbols.
 */
export const SYMBOL_US = 16;
export const OCTET_US = 32;
/** Preamble (4), start-of-frame delimiter (1) and PHY header (1). */
export const SHR_PHR_US = 6 * OCTET_US;
/** Preamble and start-of-frame delimiter. */
export const SHR_US = 5 * OCTET_US;
/** aUnitBackoffPeriod. */
export const BACKOFF_UNIT_US = 20 * SYMBOL_US;
/** CCA detection time. */
export const CCA_US = 8 * SYMBOL_US;
/** aTurnaroundTime. */
export const TURNAROUND_US = 12 * SYMBOL_US;
/** macAckWaitDuration, from the end of the frame. */
export const ACK_WAIT_US = 54 * SYMBOL_US;
/** macSifsPeriod, after a frame of up to {@link MAX_SIFS_FRAME_BYTES}. */
export const SIFS_US = 12 * SYMBOL_US;
/** macLifsPeriod. */
export const LIFS_US = 40 * SYMBOL_US;
/** aMaxSifsFrameSize: octets of the PSDU. */
export const MAX_SIFS_FRAME_BYTES = 18;
/** aMaxPhyPacketSize: octets of the PSDU, FCS included. */
export const MAX_PSDU_BYTES = 127;
/** Octets of an immediate acknowledgement. */
export const ACK_BYTES = 5;
/** Octets of the FCS. */
export const FCS_BYTES = 2;

/** Time on the air of a PSDU, preamble to last octet. */
export function airtimeUs(psduBytes: number): number {
	return SHR_PHR_US + psduBytes * OCTET_US;
}
