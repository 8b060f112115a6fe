/** From so many octets on the engine's own copy is faster than a loop, which it takes longer to begin. */
const LONG_BYTES = 32;

/** Copies all of `octets` into `into` at an offset, which must have room; returns the offset behind them. */
export function putOctets(octets: Uint8Array, into: Uint8Array, offset: number): number {
	const count = octets.length;
	if (count < LONG_BYTES) for (let i = 0; i < count; i++) into[offset + i] = octets[i]!;
	else into.set(octets, offset);
	return offset + count;
}
