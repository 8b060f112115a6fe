import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expectation, oneOf, show, suggestion, wordsOf } from "./describe.js";
import { type Path, pathText, type ScenarioDocument } from "./document.js";

type Schema = Readonly<Record<string, unknown>>;

const ajv = new Ajv2020({
	allErrors: true,
	useDefaults: true,
	verbose: true,
	strict: true,
	allowUnionTypes: true,
	// A union such as anyOf in an option would otherwise have to repeat its type.
	strictTypes: false,
});
const compiled = new WeakMap<object, ValidateFunction>();

/** One fault, before it has a place. */
interface Fault {
	readonly path: Path;
	readonly message: string;
}

/**
 * Checks a value against a schema and fills its defaults in. `path` is where it stands in the document.
 *
 * Throws the UserError of the fault that comes first in the file. Throws an Error when the schema itself is
 * wrong.
 */
export function validate(document: ScenarioDocument, path: Path, value: unknown, schema: Schema): void {
	let check = compiled.get(schema);
	if (check === undefined) {
		check = ajv.compile(schema);
		compiled.set(schema, check);
	}
	if (check(value)) return;
	const faults = leaves(check.errors ?? []).map((error) => toFault(path, value, error));
	faults.sort((a, b) => document.order(a.path) - document.order(b.path));
	throw document.error(faults[0]!.path, faults[0]!.message);
}

/**
 * Without the errors of the branches of an `anyOf`, and of parts of a key: what holds them says it all. Without
 * missing keys that are misspelt.
 */
function leaves(errors: readonly ErrorObject[]): readonly ErrorObject[] {
	const unions = errors.filter((error) => error.keyword === "anyOf");
	const inUnion = (error: ErrorObject): boolean =>
		unions.some((union) => union !== error && error.schemaPath.startsWith(`${union.schemaPath}/`));
	const left = errors.filter((error) => error.propertyName === undefined && !inUnion(error));
	return left.filter((error) => !isMisspelt(error, left));
}

/** Whether a missing key stands there under a name that is nearly right. */
function isMisspelt(missing: ErrorObject, errors: readonly ErrorObject[]): boolean {
	if (missing.keyword !== "required") return false;
	return errors.some(
		({ keyword, instancePath, params }) =>
			keyword === "additionalProperties" &&
			instancePath === missing.instancePath &&
			suggestion(String(params["additionalProperty"]), [String(missing.params["missingProperty"])]) !== "",
	);
}

function toFault(base: Path, root: unknown, error: ErrorObject): Fault {
	const path = [...base, ...steps(root, error.instancePath)];
	const schema = (error.parentSchema ?? {}) as Schema;
	const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
	switch (error.keyword) {
		case "additionalProperties": {
			const key = String(error.params["additionalProperty"]);
			return { path: [...path, key], message: unknownKey(key, properties, error.data) };
		}
		case "propertyNames": {
			const key = String(error.params["propertyName"]);
			return {
				path: [...path, key],
				message: `unknown key; expected ${expectation(error.schema as Schema)}`,
			};
		}
		case "required": {
			const key = String(error.params["missingProperty"]);
			const message = `missing key ${pathText([...path, key])}; expected ${expectation(properties[key] ?? {})}`;
			return { path, message };
		}
		case "uniqueItems":
			return { path, message: `expected ${expectation(schema)}, found ${show(error.data)}` };
		case "minItems":
		case "maxItems": {
			const bound = error.keyword === "minItems" ? "least" : "most";
			const found = (error.data as readonly unknown[]).length;
			return { path, message: `expected at ${bound} ${error.schema as number} entries, found ${found}` };
		}
		default: {
			const hint = typeof error.data === "string" ? suggestion(error.data, wordsOf(schema)) : "";
			return {
				path,
				message: `expected ${expectation(schema, error.data)}, found ${show(error.data)}${hint}`,
			};
		}
	}
}

/** Names the keys that could have been meant: all but the one that names the model, which stands there already. */
function unknownKey(key: string, properties: Readonly<Record<string, Schema>>, data: unknown): string {
	const present = data as Readonly<Record<string, unknown>>;
	const known = Object.keys(properties).filter(
		(name) => !((name === "kind" || name === "policy") && typeof present[name] === "string"),
	);
	if (known.length === 0) return "unknown key; expected no more keys";
	return `unknown key; expected ${oneOf(known)}${suggestion(key, known)}`;
}

/** The steps of a JSON pointer (RFC 6901), with numbers where they lead into a list. */
function steps(root: unknown, pointer: string): Path {
	const path: (string | number)[] = [];
	let value = root;
	for (const part of pointer.split("/").slice(1)) {
		const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
		path.push(Array.isArray(value) ? Number(key) : key);
		value = (value as Readonly<Record<string, unknown>>)[key];
	}
	return path;
}

/** The same values with keys in the order of the schema, so that equal scenarios are written equally. */
export function inSchemaOrder<T>(value: T, schema: Schema): T {
	const properties = schema["properties"] as Readonly<Record<string, Schema>> | undefined;
	if (properties === undefined || typeof value !== "object" || value === null) return value;
	const from = value as Readonly<Record<string, unknown>>;
	const ordered: Record<string, unknown> = {};
	for (const [key, inner] of Object.entries(properties)) {
		if (Object.hasOwn(from, key)) ordered[key] = inSchemaOrder(from[key], inner);
	}
	for (const [key, inner] of Object.entries(from)) if (!Object.hasOwn(ordered, key)) ordered[key] = inner;
	return ordered as T;
}
