import { parentPort, workerData } from "node:worker_threads";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { logHash } from "./log-hash.js";

const { name, seed } = workerData as { name: string; seed: number };
parentPort!.postMessage(logHash(await loadScenario(name, { seed })));
