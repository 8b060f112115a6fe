import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parse, parseDocument } from "yaml";
import { UserError } from "../errors.js";
import { show } from "./describe.js";

/** Keys and indices that lead to a value. */
export type Path = readonly (string | number)[];

/** A path as people write it: `traffic[0].periodS`. */
export function pathText(path: Path): string {
	let text = "";
	for (const step of path) text += typeof step === "number" ? `[${step}]` : text === "" ? step : `.${step}`;
	return text;
}

/** A value that came from the command line, or from another file. */
interface Override {
	readonly path: Path;
	/** How errors name its origin, such as `--set topology.nodes`. */
	readonly label: string;
}

/** A value for a path, and how errors name its origin. */
export interface Assignment extends Override {
	readonly value: unknown;
}

/** Reads `path=value` as given to `--set`; throws a {@link UserError} that names it. */
export function parseAssignment(text: string): Assignment {
	const equals = text.indexOf("=");
	if (equals <= 0) throw new UserError(`--set ${text}: expected path=value`);
	const name = text.slice(0, equals);
	const path = parsePath(name);
	if (path === undefined) throw new UserError(`--set ${name}: expected a path such as traffic[0].periodS`);
	try {
		const options = { prettyErrors: false, stringKeys: true, logLevel: "error" } as const;
		const value = unshared(parse(text.slice(equals + 1), options), []);
		return { path, value, label: `--set ${name}` };
	} catch (error) {
		throw new UserError(`--set ${name}: expected a YAML value, found a fault: ${oneLine(error)}`);
	}
}

/** A scenario as written: its values, and for each of them the place that an error names. */
export class ScenarioDocument {
	/** The file as errors name it. */
	readonly file: string;
	/** Values as plain data, command line included; the loader fills defaults in here. */
	readonly value: Record<string, unknown>;
	readonly #root: Node | null;
	readonly #lines = new LineCounter();
	/** The last one first: it is the one that holds. */
	readonly #overrides: Override[] = [];

	/** Parses YAML; throws a {@link UserError} with the place of what is wrong. `noun` says what it should hold. */
	constructor(file: string, text: string, noun = "a scenario") {
		this.file = file;
		const document = parseDocument(text, {
			lineCounter: this.#lines,
			prettyErrors: false,
			stringKeys: true,
			logLevel: "error",
		});
		const fault = document.errors[0] ?? document.warnings[0];
		if (fault !== undefined) {
			throw new UserError(`${this.#at(fault.pos[0])}: expected YAML, found a fault: ${oneLine(fault)}`);
		}
		this.#root = document.contents;
		let value: unknown;
		try {
			value = unshared(document.toJS(), []);
		} catch (error) {
			throw new UserError(`${file}: expected YAML, found a fault: ${oneLine(error)}`);
		}
		if (!isSection(value)) throw new UserError(`${file}:1:1: expected ${noun}, found ${show(value)}`);
		this.value = value;
	}

	/** Sets a value as `--set path=value` says; throws a {@link UserError} that names it. */
	set(assignment: string): void {
		const { path, value, label } = parseAssignment(assignment);
		this.override(path, value, label);
	}

	/** Sets a value on behalf of an option of the command line. */
	override(path: Path, value: unknown, label: string): void {
		let container: unknown = this.value;
		path.forEach((step, depth) => {
			const key = elementKey(container, step);
			if (key === undefined) {
				const above = pathText(path.slice(0, depth));
				const expected = Array.isArray(container)
					? `a number below ${container.length} in ${above}, found ${show(step)}`
					: `keys and values in ${above}, found ${show(container)}`;
				throw new UserError(`${label}: expected ${expected}`);
			}
			const section = container as Record<string, unknown>;
			if (depth === path.length - 1) define(section, key, value);
			else {
				if (!Object.hasOwn(section, key) || section[key] === null) define(section, key, {});
				container = section[key];
			}
		});
		this.#overrides.unshift({ path, label });
	}

	/** Whether the user wrote something at this path, in the file or on the command line. */
	has(path: Path): boolean {
		return this.#node(path).exact || this.#overrides.some((o) => startsWith(o.path, path));
	}

	/** An error about the value at a path: `file:line:column: path: message`. */
	error(path: Path, message: string, exitCode: 1 | 2 | 3 = 2): UserError {
		return new UserError(`${this.label(path)}: ${message}`, exitCode);
	}

	/** Where the value at a path comes from: `file:line:column: path`, or the option of the command line. */
	label(path: Path): string {
		const name = pathText(path);
		const place = this.#place(path);
		return name === "" || place === `--set ${name}` || place === `--${name}` ? place : `${place}: ${name}`;
	}

	/** Orders errors as the places stand in the file; the command line comes first. */
	order(path: Path): number {
		return this.#override(path) === undefined ? (this.#node(path).offset ?? 0) : -1;
	}

	#place(path: Path): string {
		const override = this.#override(path);
		return override === undefined ? this.#at(this.#node(path).offset ?? 0) : override.label;
	}

	/** The override that made the value at a path, or something inside it that the file does not have. */
	#override(path: Path): Override | undefined {
		const above = this.#overrides.find((o) => startsWith(path, o.path));
		if (above !== undefined || this.#node(path).exact) return above;
		return path.length === 0 ? undefined : this.#overrides.find((o) => startsWith(o.path, path));
	}

	/** Where the value at a path (for an unknown key: the key) or what encloses it begins in the text. */
	#node(path: Path): { readonly offset: number | undefined; readonly exact: boolean } {
		let node: unknown = this.#root;
		let offset = this.#root?.range?.[0];
		for (const step of path) {
			let next: unknown;
			if (isMap(node)) {
				const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
				if (pair === undefined) return { offset, exact: false };
				offset = (pair.key as Node).range?.[0] ?? offset;
				next = pair.value;
			} else if (isSeq(node)) {
				next = node.items[Number(step)];
				if (next === undefined) return { offset, exact: false };
				offset = (next as Node).range?.[0] ?? offset;
			} else return { offset, exact: false };
			node = next;
		}
		return { offset, exact: true };
	}

	#at(offset: number): string {
		const { line, col } = this.#lines.linePos(offset);
		return `${this.file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
	}
}

/** What a YAML error says, without its hints to programmers. */
function oneLine(error: unknown): string {
	return (error as Error).message.replace(/;.*/s, "").replace(/\s+/g, " ");
}

/** A copy in which an alias (`*name`) has become values of its own, so that changing one leaves the other. */
function unshared(value: unknown, above: readonly unknown[]): unknown {
	if (typeof value !== "object" || value === null) return value;
	if (above.includes(value)) throw new Error("an alias to what it is part of");
	const path = [...above, value];
	if (Array.isArray(value)) return value.map((item) => unshared(item, path));
	const copy: Record<string, unknown> = {};
	for (const [key, inner] of Object.entries(value)) define(copy, key, unshared(inner, path));
	return copy;
}

/** Plain keys and values. */
export function isSection(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function elementKey(container: unknown, step: string | number): string | undefined {
	if (isSection(container)) return String(step);
	if (Array.isArray(container) && Number(step) < container.length) return String(step);
	return undefined;
}

/** Unlike an assignment, also makes a key such as `__proto__` an ordinary one, which validation refuses. */
function define(section: Record<string, unknown>, key: string, value: unknown): void {
	Object.defineProperty(section, key, { value, enumerable: true, writable: true, configurable: true });
}

function startsWith(path: Path, start: Path): boolean {
	return start.length <= path.length && start.every((step, i) => String(step) === String(path[i]));
}

/** Reads a path as people write it; undefined for a text that is none. */
export function parsePath(text: string): Path | undefined {
	if (!/^[\w$-]+(\.[\w$-]+|\[\d+\])*$/.test(text)) return undefined;
	return text.split(/[.[]/).map((part) => (part.endsWith("]") ? Number(part.slice(0, -1)) : part));
}
