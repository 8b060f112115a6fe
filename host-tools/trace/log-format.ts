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
