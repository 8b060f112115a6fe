import type { LinkAddress } from "../address.js";

/** What a clustered node does with its time: told by the cluster service, which keeps it. */
export interface ClusterClient {
	/** Our own slot begins: hand readings over to `head`, a neighbour or a sink, before `untilUs`. */
	onSlot(head: LinkAddress, untilUs: number): void;
	/** We lead, and our members had their slots: send what was collected towards the sink before `untilUs`. */
	onForward(untilUs: number): void;
	/** A new term begins, whose number of rounds since the start is `round`. */
	onTerm(round: number): void;
	/** The phase of receipts is over: what it told is to be judged before anybody is elected. */
	onReceiptsEnd?(): void;
	/** At a sink: all nodes listen until `untilUs`. Writes one RECEIPT at `offset`; returns its end, or `offset` for no more. */
	writeReceipt(sequence: number, bytes: Uint8Array, offset: number, untilUs: number): number;
	/** A RECEIPT came whose type octet is at `offset`, of whatever node echoed it; returns whether it is news. */
	onReceipt(bytes: Uint8Array, offset: number, end: number): boolean;
}

/** Whom a node lets lead it. */
export interface TrustGate {
	/** Whether announcements and paths of a neighbour are heeded. */
	admits(neighbour: LinkAddress, nowUs: number): boolean;
	/** Whether it has proved itself: among equal heads these are preferred. */
	isProven(neighbour: LinkAddress, nowUs: number): boolean;
	/** A neighbour claimed a charge that neither noise nor harvesting explains, by `units` beyond it. */
	noteImplausibleCharge(neighbour: LinkAddress, units: number, nowUs: number): void;
}
