import process from "node:process";
import { stdoutHasColour } from "../output.js";
import { makeStyle, type Style } from "../report/style.js";
import { type Table, tableLines } from "../report/table.js";
import { Progress } from "../run/progress.js";
import { type Claim, figure, isMet, verdict } from "./wanted.js";

/** Wide enough for every table, where stdout is no terminal. */
const COLUMNS = 120;

/** What the sections of the bench print: tables for people, or lines of JSON. */
export class BenchOutput {
	readonly style: Style = makeStyle(stdoutHasColour());
	readonly #isJson: boolean;

	constructor(isJson: boolean) {
		this.#isJson = isJson;
	}

	/** Prints figures as one line of JSON, where that was asked for. */
	json(section: string, figures: object): void {
		if (this.#isJson) process.stdout.write(`${JSON.stringify({ section, ...figures })}\n`);
	}

	/** Prints lines for people. */
	text(...lines: readonly string[]): void {
		if (!this.#isJson) process.stdout.write(`${lines.join("\n")}\n`);
	}

	/** Prints a table for people under its title. */
	table(title: string, table: Table): void {
		const columns = process.stdout.columns ?? COLUMNS;
		this.text("", this.style.bold(title), ...tableLines(table, columns, this.style));
	}

	/** Prints figures with what is wanted of them. */
	claims(section: string, claims: readonly Claim[]): void {
		for (const { what, value, wanted } of claims) {
			this.json(section, { what, value, wanted, met: wanted && isMet(value, wanted) });
		}
		const { style } = this;
		const rows = claims.map(({ what, value, wanted, digits = 0 }) => ({
			labels: [what],
			cells: [figure(value, digits), verdict(value, wanted, style, digits)],
		}));
		this.text("", ...tableLines({ labelHeads: [""], heads: ["measured", "wanted"], rows }, COLUMNS, style));
	}
}

/** Tells on the terminal which of the measurements of a section is under way. */
export class Steps {
	readonly #progress: Progress;
	readonly #count: number;
	#done = 0;

	constructor(section: string, count: number) {
		this.#progress = new Progress(section);
		this.#count = count;
	}

	/** Does one of them. */
	async step<T>(what: string, work: () => Promise<T>): Promise<T> {
		this.#progress.update(this.#done / this.#count, what);
		try {
			return await work();
		} finally {
			this.#done++;
			this.#progress.clear();
		}
	}
}
