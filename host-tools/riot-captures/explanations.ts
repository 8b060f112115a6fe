import { existsSync } from "node:fs";
import { join } from "node:path";
import { readInputFile } from "../capture/read-capture.js";
import { UserError } from "../errors.js";

/** File beside the captures that says why the model differs from RIOT, ping by ping. */
const FILE = "disagreements.json";

/** Why the model differs from RIOT on one ping. */
export interface Explanation {
	/** Name of the capture without its ending. */
	readonly capture: string;
	readonly isUnderAttack: boolean;
	readonly sequence: number;
	readonly why: string;
}

/** The explanations of a folder of captures; none without a file of them. Throws a UserError. */
export function readExplanations(folder: string): readonly Explanation[] {
	const path = join(folder, FILE);
	if (!existsSync(path)) return [];
	const fail = (where: string): never => {
		const keys = '"capture", "isUnderAttack", "sequence", "why"';
		throw new UserError(`${path}: ${where}: expected an object with ${keys}, found something else`);
	};
	let list: unknown;
	try {
		list = JSON.parse(readInputFile(path).toString("utf8"));
	} catch (error) {
		if (error instanceof UserError) throw error;
	}
	if (!Array.isArray(list)) throw new UserError(`${path}: expected a list in JSON, found something else`);
	return list.map((entry: unknown, i) => (isExplanation(entry) ? entry : fail(`[${i}]`)));
}

function isExplanation(entry: unknown): entry is Explanation {
	if (typeof entry !== "object" || entry === null) return false;
	const { capture, isUnderAttack, sequence, why, ...more } = entry as Record<string, unknown>;
	const isComplete =
		typeof capture === "string" && typeof isUnderAttack === "boolean" && typeof why === "string";
	return isComplete && Number.isInteger(sequence) && Object.keys(more).length === 0;
}
