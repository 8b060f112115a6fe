import process from "node:process";
import { xsHost } from "../../host-tools/xs/host-build.js";

const started = performance.now();
process.stdout.write(`${await xsHost()}\n`);
process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
