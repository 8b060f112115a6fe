/** How a front moved. */
export interface Front {
	readonly speedMPerS: number;
	/** Share of the variance of places that a constant speed explains, from 0 to 1. */
	readonly fit: number;
}

/** Rings that the way of a front is cut into. */
const RINGS = 20;
/** Those that count: near its origin a front is still forming, and at the end it meets the border. */
const FIRST_RING = 6;
const LAST_RING = 16;
/** Fewer nodes than these tell no median. */
const LEAST_IN_RING = 5;

/**
 * The speed of a front from its origin outwards: through the median times of infection of rings of equal width, from three tenths
 * to eight tenths of the greatest distance, by least squares.
 *
 * `distanceM` of each infected node from where the front began, `timeS` of its infection; `reachM`: the greatest distance that a
 * node has. Undefined when a ring has too few nodes, or the front stood in no order of time.
 */
export function frontOf(
	distanceM: ArrayLike<number>,
	timeS: ArrayLike<number>,
	reachM: number,
): Front | undefined {
	const rings: number[][] = Array.from({ length: RINGS }, () => []);
	for (let i = 0; i < distanceM.length; i++) {
		rings[Math.min(RINGS - 1, Math.floor((distanceM[i]! / reachM) * RINGS))]?.push(timeS[i]!);
	}
	const times: number[] = [];
	const places: number[] = [];
	for (let ring = FIRST_RING; ring < LAST_RING; ring++) {
		const inRing = rings[ring]!.sort((a, b) => a - b);
		if (inRing.length < LEAST_IN_RING) return undefined;
		times.push(inRing[inRing.length >> 1]!);
		places.push(((ring + 0.5) * reachM) / RINGS);
	}
	return line(times, places);
}

/** Least squares of places over times; undefined where places do not rise with time. */
function line(times: readonly number[], places: readonly number[]): Front | undefined {
	const count = times.length;
	const meanTime = times.reduce((sum, time) => sum + time, 0) / count;
	const meanPlace = places.reduce((sum, place) => sum + place, 0) / count;
	let timeSquare = 0;
	let placeSquare = 0;
	let product = 0;
	for (let i = 0; i < count; i++) {
		const time = times[i]! - meanTime;
		const place = places[i]! - meanPlace;
		timeSquare += time * time;
		placeSquare += place * place;
		product += time * place;
	}
	if (!(product > 0)) return undefined;
	return { speedMPerS: product / timeSquare, fit: (product * product) / (timeSquare * placeSquare) };
}
