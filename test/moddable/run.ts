import process from "node:process";
import { checkGeneration } from "./generation.js";
import { Failure, Sdk } from "./sdk.js";
import { checkTwoBoards } from "./two-boards.js";

// What needs the Moddable SDK, and is therefore no part of `npm test`.

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
	const home = process.env["MODDABLE"];
	if (home === undefined || home === "") {
		say("SKIPPED: $MODDABLE is not set, so nothing was built with the Moddable SDK and run.");
		say("firmware/device/README.md says how to get it; then: MODDABLE=… npm run test:moddable");
		return 0;
	}
	try {
		const sdk = new Sdk(home);
		for (const line of await checkGeneration(sdk)) say(line);
		for (const line of await checkTwoBoards(sdk)) say(line);
		return 0;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		process.stderr.write(`FAILED: ${error.message}\n`);
		return 1;
	}
}

process.exitCode = await main();
