import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { UserError } from "../errors.js";

/** Checks that `build/firmware` under `root` is what its sources would be compiled to now. Throws a UserError. */
export function checkCompiled(root: string): void {
	const compiled = join(root, "build", "firmware");
	if (!existsSync(join(root, "manifest.json"))) {
		throw new UserError(`${root}: expected manifest.json in it, found none; install lowguard anew`, 3);
	}
	if (!existsSync(compiled)) {
		throw new UserError(`${compiled}: expected the compiled firmware, found none; run 'npm run build'`, 3);
	}
	const sources = join(root, "firmware");
	const names = filesUnder(sources).filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
	// The compiler leaves alone what did not change, and notes there that it looked.
	const lookedMs = Math.max(
		0,
		...filesUnder(compiled)
			.filter((path) => path.endsWith(".tsbuildinfo"))
			.map(changedMs),
	);
	for (const path of names) {
		const output = join(compiled, relative(sources, path).replace(/\.ts$/, ".js"));
		const isFresh = existsSync(output) && changedMs(path) <= Math.max(lookedMs, changedMs(output));
		if (isFresh) continue;
		throw new UserError(
			`${compiled}: expected what ${relative(root, path)} compiles to, found ${existsSync(output) ? "an older output" : "none"}; run 'npm run build'`,
		);
	}
}

function changedMs(path: string): number {
	return statSync(path).mtimeMs;
}

/** All files of a folder and its folders. */
export function filesUnder(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}
