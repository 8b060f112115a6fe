import { isDeepStrictEqual } from "node:util";

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Compares the fields that both sides name, records within records too; undefined when all are equal, else
 * the first that differs. A field that only `expected` has is none of ours.
 */
export function compare(actual: Fields, expected: Fields, path = ""): string | undefined {
	for (const [name, wanted] of Object.entries(expected)) {
		if (!(name in actual)) continue;
		const got = actual[name];
		if (isRecord(got) && isRecord(wanted)) {
			const difference = compare(got, wanted, `${path}${name}.`);
			if (difference !== undefined) return difference;
		} else if (!isDeepStrictEqual(got, wanted)) {
			return `${path}${name}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`;
		}
	}
	return undefined;
}
