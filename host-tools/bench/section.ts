import type { BenchOutput } from "./output.js";

/** How the bench was asked to measure. */
export interface BenchSettings {
	/** Measurements of each figure, of which the median is printed. */
	readonly rounds: number;
	/** Short runs that show that the bench works; their figures say nothing. */
	readonly isQuick: boolean;
	/** A million nodes too. */
	readonly isLarge: boolean;
	/** The functions that took the most time too. */
	readonly showsFunctions: boolean;
}

/** A part of the bench that can be asked for by its name. */
export interface Section {
	readonly name: string;
	/** What it measures, in a few words. */
	readonly about: string;
	run(settings: BenchSettings, output: BenchOutput): Promise<void>;
}
