/** What a chip can do while its node does nothing. */
export interface RestingChip {
	/**
	 * Lets the chip sleep lightly whenever nothing runs and its radio is off, or no more: memory stays, the next timer wakes
	 * it. Returns whether it does as told.
	 */
	allowLightSleep(allowed: boolean): boolean;
	/** Turns off all but the clock until `untilUs` of the node's clock, then starts the firmware anew. Does not return. */
	sleepDeeply(untilUs: number, kept: Uint8Array): void;
	/** What was kept over the deep sleep that the firmware started from; undefined when it did not start from one. */
	kept(): Uint8Array | undefined;
	/** Takes a place on the chip's watchdog, which has to be fed from then on; false when there is none. */
	beginWatchdog(): boolean;
	feedWatchdog(): void;
	/** Gives that place back. */
	endWatchdog(): void;
}

/** How deeply a chip sleeps: not at all; with all its memory; with the clock only, and from a start of the firmware. */
export type Rest = "none" | "light" | "deep";

/** What a chip draws, in µA, and how long it takes to start; from its data sheet. */
export interface RestCosts {
	readonly lightUa: number;
	readonly deepUa: number;
	/** While the firmware starts. */
	readonly activeUa: number;
	/** While the receiver is on. */
	readonly listeningUa: number;
	readonly startUs: number;
}

/**
 * ESP32-C6 and, near enough, ESP32-H2: data sheet of the former for receiving and light sleep, ESP-IDF's guide to low power
 * for deep sleep. The start is an estimate: boot loader, system and a preloaded machine.
 */
export const ESP32_C6_COSTS: RestCosts = {
	lightUa: 180,
	deepUa: 7,
	activeUa: 27_000,
	listeningUa: 74_000,
	startUs: 500_000,
};

/** Shorter than this is not worth falling asleep for: waking the radio takes as long. */
export const LEAST_LIGHT_US = 3_000;

/** What a node is doing, as far as its sleep is concerned. */
export interface RestState {
	/** Time until the next timer of the node, in µs; Infinity for none. */
	readonly gapUs: number;
	/** The receiver is off, and nothing is being sent. */
	readonly isRadioIdle: boolean;
	/** Somebody is on the serial line, which a sleeping chip does not hear. */
	readonly isAttached: boolean;
	/** Nothing is in memory that a start would lose: readings that wait, packets under way. */
	readonly losesNothing: boolean;
	/** How long the receiver is on after a start, until the node is where it was: in a cluster, more than a round. */
	readonly catchUpUs: number;
}

/**
 * How a chip should rest that is allowed at most `most`.
 *
 * Deep sleep draws less than light sleep, but its end costs a start of the firmware and what the node has to hear again. It is
 * chosen where what it saves in the gap is more than twice that: the figures are no better.
 */
export function chooseRest(most: Rest, state: RestState, costs: RestCosts): Rest {
	if (most === "none" || !state.isRadioIdle || state.isAttached || state.gapUs < LEAST_LIGHT_US)
		return "none";
	if (most === "light" || !state.losesNothing) return "light";
	return state.gapUs > leastDeepUs(state.catchUpUs, costs) ? "deep" : "light";
}

/** The shortest gap in which deep sleep saves twice what its end costs, in µs. */
export function leastDeepUs(catchUpUs: number, costs: RestCosts): number {
	const costUc = costs.activeUa * costs.startUs + costs.listeningUa * catchUpUs;
	return costs.startUs + Math.ceil((2 * costUc) / (costs.lightUa - costs.deepUa));
}

/** Lets a chip rest, as deeply as it may, while its node does nothing. */
export class Resting {
	readonly #chip: RestingChip;
	readonly #most: Rest;
	readonly #costs: RestCosts;
	readonly #look: () => Omit<RestState, "gapUs">;
	readonly #keep: () => Uint8Array;
	#isLight = false;

	/** `look` tells what the node is doing; `keep` gives what a deep sleep is to keep. */
	constructor(
		chip: RestingChip,
		most: Rest,
		look: () => Omit<RestState, "gapUs">,
		keep: () => Uint8Array = () => new Uint8Array(0),
		costs: RestCosts = ESP32_C6_COSTS,
	) {
		this.#chip = chip;
		this.#most = most;
		this.#look = look;
		this.#keep = keep;
		this.#costs = costs;
	}

	/**
	 * The node has nothing to do until its next timer at `nextUs`, Infinity for none.
	 *
	 * Light sleep is only allowed here: the chip enters it by itself, and stays awake by itself while its radio is on. Deep
	 * sleep is entered, and does not return.
	 */
	idle(nowUs: number, nextUs: number): void {
		if (this.#most === "none") return;
		const state: RestState = { ...this.#look(), gapUs: nextUs - nowUs };
		this.allowLight(!state.isAttached);
		if (this.#most === "light" || nextUs === Number.POSITIVE_INFINITY) return;
		if (chooseRest(this.#most, state, this.#costs) === "deep") this.#chip.sleepDeeply(nextUs, this.#keep());
	}

	private allowLight(allowed: boolean): void {
		if (allowed === this.#isLight) return;
		this.#chip.allowLightSleep(allowed);
		this.#isLight = allowed;
	}
}
