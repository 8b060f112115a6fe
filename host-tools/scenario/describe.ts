/** JSON Schema as ajv hands it to its errors. */
type Schema = Readonly<Record<string, unknown>>;

/** Upper limits from here on only keep nonsense out; they are named when they are what was exceeded. */
const REMOTE_LIMIT = 10_000;
const SHOWN_CHARACTERS = 40;

/** What a schema accepts, in words, such as `an integer of at least 1`. `got` is what came instead. */
export function expectation(schema: Schema, got?: unknown): string {
	if (Array.isArray(schema["enum"])) return oneOf(schema["enum"].map(String));
	if ("const" in schema) return show(schema["const"]);
	if (Array.isArray(schema["anyOf"])) {
		return (schema["anyOf"] as Schema[]).map((branch) => expectation(branch, got)).join(", or ");
	}
	const types = [schema["type"]].flat();
	return types.map((type) => expectedType(String(type), schema, got)).join(" or ");
}

function expectedType(type: string, schema: Schema, got: unknown): string {
	switch (type) {
		case "integer":
			return `an integer${range(schema, got)}`;
		case "number":
			return `a number${range(schema, got)}`;
		case "boolean":
			return "true or false";
		case "null":
			return "null";
		case "array":
			return listOf(schema, got);
		case "object":
			return keysOf(schema, got);
		default:
			return text(schema);
	}
}

function text(schema: Schema): string {
	const title = typeof schema["title"] === "string" ? schema["title"] : "text";
	const examples = schema["examples"];
	return Array.isArray(examples) ? `${title} such as ${String(examples[0])}` : title;
}

/** The keys by name where just these must be there. */
function keysOf(schema: Schema, got: unknown): string {
	const required = (schema["required"] ?? []) as readonly string[];
	const known = Object.keys((schema["properties"] ?? {}) as object);
	const isClosed = schema["additionalProperties"] === false;
	if (isClosed && known.length > 0 && required.length === known.length) {
		return `the ${known.length === 1 ? "key" : "keys"} ${known.join(" and ")}`;
	}
	const isEmpty = typeof got === "object" && got !== null && Object.keys(got).length === 0;
	return isEmpty && typeof schema["minProperties"] === "number" ? "at least one key" : "keys and values";
}

function listOf(schema: Schema, got: unknown): string {
	const items = schema["items"] as Schema | undefined;
	const unique = schema["uniqueItems"] === true ? "different " : "";
	if (items?.["type"] === "integer") return `a list of ${unique}integers${range(items, undefined)}`;
	if (items?.["type"] === "number") return `a list of ${unique}numbers${range(items, undefined)}`;
	return Array.isArray(got) && got.length === 0 ? "a list that is not empty" : "a list";
}

function range(schema: Schema, got: unknown): string {
	const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
	const most = (maximum ?? exclusiveMaximum) as number | undefined;
	const isRemote = most !== undefined && most >= REMOTE_LIMIT && !(typeof got === "number" && got > most);
	const parts: string[] = [];
	if (typeof exclusiveMinimum === "number") parts.push(`above ${exclusiveMinimum}`);
	if (typeof minimum === "number" && typeof maximum === "number" && !isRemote) {
		return ` from ${minimum} to ${maximum}`;
	}
	if (typeof minimum === "number") parts.push(`of at least ${minimum}`);
	if (typeof maximum === "number" && !isRemote) parts.push(`of at most ${maximum}`);
	if (typeof exclusiveMaximum === "number" && !isRemote) parts.push(`below ${exclusiveMaximum}`);
	return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

/** `a`, or `one of a, b, c`. */
export function oneOf(names: readonly string[]): string {
	return names.length === 1 ? names[0]! : `one of ${names.join(", ")}`;
}

/** A value as it could stand in a scenario, cut to one short piece of a line. */
export function show(value: unknown): string {
	if (value === undefined || value === null) return "nothing";
	const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
	return shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}...` : shown;
}

/** The words that a schema lists, in all its branches. */
export function wordsOf(schema: Schema): readonly string[] {
	const branches = (schema["anyOf"] ?? []) as readonly Schema[];
	return [...((schema["enum"] ?? []) as readonly unknown[]).map(String), ...branches.flatMap(wordsOf)];
}

/** `; did you mean NAME?` for the nearest of the known names, or nothing when none is near. */
export function suggestion(wrong: string, known: Iterable<string>): string {
	let best = "";
	let least = Math.max(1, Math.floor(wrong.length / 3)) + 1;
	for (const name of known) {
		const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
		if (distance < least) {
			least = distance;
			best = name;
		}
	}
	return best === "" ? "" : `; did you mean ${best}?`;
}

/** Insertions, deletions, replacements of one character and swaps of two that lead from one word to another. */
function editDistance(a: string, b: string): number {
	let before: number[] = [];
	let row = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
			let least = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
			const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			if (isSwap) least = Math.min(least, before[j - 2]! + 1);
			next.push(least);
		}
		before = row;
		row = next;
	}
	return row[b.length]!;
}
