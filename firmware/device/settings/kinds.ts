/** What a setting is once it was read: plain data, as CBOR and JSON know it. */
export type SettingValue = number | string | boolean;

/** How one setting is read from what a build, a console or a stored blob gives. */
export interface Kind<T extends SettingValue> {
	/** What the setting is when nobody gives it; null for one that then is absent. */
	readonly fallback: T | null;
	/** May be written, and is never told. */
	readonly isSecret: boolean;
	/** What it means, with its unit. */
	readonly description: string;
	/** What is accepted, for error messages. */
	readonly expected: string;
	/** The value that `given` stands for; undefined for none. Text may stand for numbers and booleans. */
	read(given: unknown): T | undefined;
}

/** A number that stands in a text, such as `26`, `-7`, `0.5` or `0xabcd`; undefined for anything else. */
export function readNumber(given: unknown): number | undefined {
	if (typeof given === "number") return Number.isFinite(given) ? given : undefined;
	if (typeof given !== "string" || given === "" || given.trim() !== given) return undefined;
	const number = Number(given);
	return Number.isFinite(number) ? number : undefined;
}

/** An integer of a range. */
export function integer(
	least: number,
	most: number,
	fallback: number | null,
	description: string,
): Kind<number> {
	return {
		fallback,
		isSecret: false,
		description,
		expected: `an integer from ${least} to ${most}`,
		read(given) {
			const number = readNumber(given);
			const fits = number !== undefined && Number.isInteger(number) && number >= least && number <= most;
			return fits ? number + 0 : undefined;
		},
	};
}

/** A number of a range, perhaps with a fraction. */
export function quantity(
	least: number,
	most: number,
	fallback: number | null,
	description: string,
): Kind<number> {
	return {
		fallback,
		isSecret: false,
		description,
		expected: `a number from ${least} to ${most}`,
		read(given) {
			const number = readNumber(given);
			return number !== undefined && number >= least && number <= most ? number + 0 : undefined;
		},
	};
}

/** True or false, also as text or as 1 and 0. */
export function flag(fallback: boolean, description: string): Kind<boolean> {
	return {
		fallback,
		isSecret: false,
		description,
		expected: "true or false",
		read(given) {
			if (given === true || given === "true" || given === 1 || given === "1") return true;
			if (given === false || given === "false" || given === 0 || given === "0") return false;
			return undefined;
		},
	};
}

/** One of some words. */
export function choice<const T extends string>(
	words: readonly T[],
	fallback: T | null,
	description: string,
): Kind<T> {
	return {
		fallback,
		isSecret: false,
		description,
		expected: `one of ${words.join(", ")}`,
		read(given) {
			const word = typeof given === "number" ? String(given) : given;
			for (const known of words) if (known === word) return known;
			return undefined;
		},
	};
}

/** A text of a form of its own; `normal` gives the one way in which it is kept, or undefined for a bad one. */
export function text(
	expected: string,
	normal: (text: string) => string | undefined,
	fallback: string | null,
	description: string,
	isSecret = false,
): Kind<string> {
	return {
		fallback,
		isSecret,
		description,
		expected,
		read: (given) => (typeof given === "string" ? normal(given) : undefined),
	};
}
