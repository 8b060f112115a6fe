import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { check, type Sdk } from "./sdk.js";

/** A rule of a makefile that compiles a module: `$(MODULES_DIR)/NAME.xsb: FILE`, and the arguments of xsc. */
const MODULE_RULE = /^\$\(MODULES_DIR\)\/(\S+\.xsb): \S+\n\t@echo[^\n]*\n\txsc (.*)$/gm;
/** Modules that are compiled at once. */
const JOBS = 4;

/**
 * Compiles and links all modules of a generated build as its makefile would, preloading included, without the tools of the chip.
 *
 * `folder` gets what is made. Returns what the linker says of the machine that it made.
 */
export async function linkModules(sdk: Sdk, makefile: string, folder: string): Promise<string> {
	const modules = join(folder, "modules");
	const rules = [...makefile.matchAll(MODULE_RULE)].map(([, name, args]) => ({ name: name!, args: args! }));
	check(rules.length > 0, "expected rules for modules in the makefile");
	const waiting = rules.slice();
	const work = async (): Promise<void> => {
		for (let rule = waiting.pop(); rule !== undefined; rule = waiting.pop()) {
			const target = dirname(join(modules, rule.name));
			mkdirSync(target, { recursive: true });
			await sdk.run("xsc", words(rule.args.replace("$(@D)", target)));
		}
	};
	await Promise.all(Array.from({ length: JOBS }, work));
	const said = await sdk.run("xsl", [
		...["-b", modules, "-o", folder],
		...["PRELOADS", "STRIPS", "CREATION"].flatMap((name) => words(variable(makefile, name))),
		...rules.map((rule) => join(modules, rule.name)),
	]);
	const summary = /\d+ instances, .*/.exec(said);
	check(summary !== null, `expected the linker to say what it made:\n${said}`);
	return summary[0];
}

/** The value of a makefile's variable, which may go over several lines. */
function variable(makefile: string, name: string): string {
	const value = new RegExp(`^${name} =((?:.*\\\\\\n)*.*)$`, "m").exec(makefile)?.[1];
	check(value !== undefined, `expected ${name} in the makefile`);
	return value.replaceAll("\\\n", " ");
}

/** Words of a command line of these makefiles: none has spaces, some have quotes. */
function words(line: string): string[] {
	return line
		.split(/\s+/)
		.filter((word) => word !== "")
		.map((word) => word.replace(/^"(.*)"$/, "$1"));
}
