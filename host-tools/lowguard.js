#!/usr/bin/env node
// npm links a command when it first sees it and not again: this file is there before anything is built.
import { existsSync } from "node:fs";
import process from "node:process";

const cli = new URL("../build/host-tools/cli.js", import.meta.url);
if (existsSync(cli)) await import(cli.href);
else {
	process.stderr.write("lowguard: expected to be built, found nothing built; npm run build does it\n");
	process.exitCode = 3;
}
