import process from "node:process";
import test from "ava";
import { Calibration } from "../../../host-tools/bench/calibration.js";
import { BenchOutput } from "../../../host-tools/bench/output.js";

/** What a calibration with these rates prints. */
function printed(...rates: readonly number[]): string {
	const { write } = process.stdout;
	let text = "";
	process.stdout.write = (chunk: string | Uint8Array): boolean => {
		text += String(chunk);
		return true;
	};
	try {
		let looks = 0;
		const calibration = new Calibration(new BenchOutput(false), () => rates[looks++] ?? Number.NaN);
		calibration.end();
	} finally {
		process.stdout.write = write;
	}
	return text;
}

test.serial("a machine that was as fast at the end as at the start was quiet", (t) => {
	const text = printed(10, 9.5);
	t.regex(text, /start the bare event queue does 10\.00 million/);
	t.regex(text, /end the bare event queue does 9\.50 million/);
	t.notRegex(text, /not quiet/);
});

test.serial("one that became slower, or faster, was not", (t) => {
	t.regex(printed(10, 7), /not quiet/);
	t.regex(printed(7, 10), /not quiet/);
});
