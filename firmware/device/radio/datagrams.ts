/** Carries datagrams to all others that share one virtual air: a multicast group, or a list in one process. */
export interface Datagrams {
	/** Sends `bytes[0..length)`; they may change when this returns. A datagram that cannot be sent is lost silently. */
	send(bytes: Uint8Array, length: number): void;
	/** Registers the only taker of datagrams, once; `bytes[0..length)` is valid only during the call. */
	onDatagram(handler: (bytes: Uint8Array, length: number) => void): void;
}
