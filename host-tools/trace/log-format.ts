/**
 * The event log: a CBOR sequence (RFC 8742) in deterministic encoding (RFC 8949, section 4.2.1).
 *
 * The first item is `["lowguard-log", version, {metadata}]`; each one behind it is an event,
 * `[code, field, field, …]`, with the fields in the order that the event tables declare.
 */
export const LOG_NAME = "lowguard-log";
export const LOG_VERSION = 1;

/** What a log says about itself. Nothing that differs between two equal runs, such as the time of day. */
export type LogMetadata = Readonly<Record<string, string | number>>;

/** Whether a file begins as an event log does. */
export function isLog(file: Uint8Array): boolean {
	const head = [0x83, 0x60 + LOG_NAME.length, ...Buffer.from(LOG_NAME)];
	return head.every((octet, at) => file[at] === octet);
}
