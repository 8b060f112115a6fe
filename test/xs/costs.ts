import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { XsProcess } from "../../host-tools/xs/process.js";
import { COSTS_MODULE, measureCosts } from "./support/costs.js";

// `npm run xs-costs`: measures what the firmware costs on XS, and keeps it as what later versions are held to.

const FILE = fileURLToPath(new URL("../../../test/xs/costs.json", import.meta.url));

const xs = await XsProcess.start({ modules: [COSTS_MODULE] });
const costs = measureCosts(xs);
xs.close();
writeFileSync(FILE, `${JSON.stringify(costs, null, "\t")}\n`);
for (const [name, instructions] of Object.entries(costs))
	process.stdout.write(`${String(instructions).padStart(8)}  ${name}\n`);
