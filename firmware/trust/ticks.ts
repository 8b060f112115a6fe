const TICK_US = 62_500;
/** {@link ticks} in a second. */
export const TICKS_PER_S = 16;

/** A time in sixteenths of a second, of which 32 bits last eight years; at least 1, for 0 means never. */
export function ticks(timeUs: number): number {
	return Math.floor(timeUs / TICK_US) + 1;
}
