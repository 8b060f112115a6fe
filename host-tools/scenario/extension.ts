import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type ExtensionFactory, type ExtensionPoint, isModulePath } from "../../sim/scenario/extensions.js";
import { isReservedOption } from "../../sim/scenario/scenario.js";
import { type Schema, sectionSchema } from "../../sim/scenario/section-schema.js";
import { type FileTopologyFactory, isTextFault } from "../../sim/topology/file-topology.js";
import type { Options } from "../../sim/topology/topology.js";
import { fileError, UserError } from "../errors.js";
import { oneOf, show, suggestion } from "./describe.js";
import { isSection, type Path, type ScenarioDocument } from "./document.js";
import { importModule } from "./user-module.js";
import { validate } from "./validate.js";

/** The model that a section names, with the section's schema. */
export interface Extension {
	readonly factory: ExtensionFactory;
	readonly schema: Schema;
}

/**
 * Finds the model that a section names, checks the section against the model's options and fills their
 * defaults in. `directory` is what paths of modules are relative to. Throws a UserError.
 */
export async function loadExtension(
	document: ScenarioDocument,
	path: Path,
	section: Record<string, unknown>,
	point: ExtensionPoint,
	directory: string,
): Promise<Extension> {
	const name = section[point.key] as string;
	const keyPath = [...path, point.key];
	const factory = isModulePath(name)
		? await importFactory(document, keyPath, name, directory, point)
		: point.shipped.get(name);
	if (factory === undefined) {
		const names = [...point.shipped.keys()];
		const expected = `${oneOf(names)}, or the path of a module (.js or .mjs)`;
		const hint = suggestion(name, names);
		throw document.error(keyPath, `unknown ${point.noun}; expected ${expected}, found ${show(name)}${hint}`);
	}
	const schema = schemaOf(point, factory);
	try {
		validate(document, path, section, schema);
	} catch (error) {
		if (error instanceof UserError) throw error;
		throw document.error(keyPath, `expected options with valid JSON Schemas, found: ${messageOf(error)}`);
	}
	return { factory, schema };
}

/** One schema for each model, so that it is compiled once however many scenarios are loaded. */
const schemas = new Map<ExtensionPoint, WeakMap<ExtensionFactory, Schema>>();

function schemaOf(point: ExtensionPoint, factory: ExtensionFactory): Schema {
	const known = schemas.get(point) ?? new WeakMap<ExtensionFactory, Schema>();
	schemas.set(point, known);
	const schema = known.get(factory) ?? sectionSchema(point, factory);
	known.set(factory, schema);
	return schema;
}

async function importFactory(
	document: ScenarioDocument,
	path: Path,
	name: string,
	directory: string,
	point: ExtensionPoint,
): Promise<ExtensionFactory> {
	const file = resolve(directory, name);
	const module = await importModule(file);
	if ("refusal" in module) throw document.error(path, module.refusal, module.exitCode);
	const exported = module.exports[point.exportName];
	const shape = `an export \`${point.exportName}\` with name, options and ${point.method}()`;
	if (
		!isSection(exported) ||
		typeof exported["name"] !== "string" ||
		typeof exported[point.method] !== "function" ||
		!isSection(exported["options"])
	) {
		throw document.error(
			path,
			`expected ${shape}, found ${exported === undefined ? "none" : "another shape"}`,
		);
	}
	for (const [name, schema] of Object.entries(exported["options"])) {
		if (isReservedOption(name))
			throw document.error(path, `expected options with other names than ${name}, which scenarios use`);
		if (!isSection(schema) || !("default" in schema))
			throw document.error(path, `expected option ${name} to be a JSON Schema with a default`);
	}
	return exported as unknown as ExtensionFactory;
}

/**
 * Puts what stands in the file that option `file` names in its place, and `file` to null.
 *
 * Throws a UserError that names the file and its line.
 */
export async function inlineFile(
	document: ScenarioDocument,
	path: Path,
	section: Record<string, unknown>,
	{ factory, schema }: Extension,
	scenarioPath: string,
): Promise<void> {
	const name = section["file"];
	if (typeof name !== "string" || !("fromText" in factory)) return;
	const filePath = [...path, "file"];
	let text: string;
	const file = resolve(dirname(scenarioPath), name);
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		throw missing(document, filePath, file, error);
	}
	const result: Options | ReturnType<FileTopologyFactory["fromText"]> = (
		factory as FileTopologyFactory
	).fromText(text);
	if (isTextFault(result)) {
		throw new UserError(`${join(dirname(document.file), name)}:${result.line}: ${messageOf(result)}`);
	}
	for (const [key, value] of Object.entries(result)) {
		if (document.has([...path, key]))
			throw document.error([...path, key], `expected either a file or ${key}, found both`);
		section[key] = value;
	}
	section["file"] = null;
	validate(document, path, section, schema);
}

function missing(document: ScenarioDocument, path: Path, file: string, error: unknown): unknown {
	const reason = fileError(file, error);
	if (!(reason instanceof UserError)) return error;
	const found = reason.exitCode === 3 ? "found none" : "found something else";
	return document.error(path, `expected a file, ${found} at ${file}`, 3);
}

/** The first line of what an error says; what came is `found` to people, `got` to callers in code. */
export function messageOf(error: unknown): string {
	const hasMessage = typeof error === "object" && error !== null && "message" in error;
	const [line = ""] = String(hasMessage ? error.message : error).split("\n");
	return line.replace(/^(.*\bexpected .*), got /, "$1, found ");
}
