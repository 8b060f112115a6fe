import { n } from "../report/numbers.js";
import type { Style } from "../report/style.js";
import type { Cell } from "../report/table.js";

/** What a figure is held against; `least` for what should be large, `most` for what should be small. */
export type Wanted = { readonly least: number } | { readonly most: number };

/** A figure that something may be wanted of. */
export interface Claim {
	/** What was measured, in words and with its unit. */
	readonly what: string;
	readonly value: number;
	/** Left out where it only stands beside another figure. */
	readonly wanted?: Wanted;
	/** Decimals that it is printed with. */
	readonly digits?: number;
}

/** Whether a figure is as wanted; what is NaN is not. */
export function isMet(value: number, wanted: Wanted): boolean {
	return "least" in wanted ? value >= wanted.least : value <= wanted.most;
}

/** A figure as it is printed. */
export function figure(value: number, digits = 0): Cell {
	return { forms: [n(value, digits)] };
}

/** What is wanted of a figure, and whether it is met; empty where nothing is. */
export function verdict(value: number, wanted: Wanted | undefined, style: Style, digits = 0): Cell {
	if (wanted === undefined) return { forms: [""] };
	const limit = "least" in wanted ? `≥ ${n(wanted.least, digits)}` : `≤ ${n(wanted.most, digits)}`;
	const met = isMet(value, wanted);
	return { forms: [`${limit} ${met ? "ok" : "missed"}`], paint: met ? style.green : style.red };
}
