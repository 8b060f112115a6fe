import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemErrorCode, UserError } from "../errors.js";

const PEERS = fileURLToPath(new URL("../../../host-tools/peers/", import.meta.url));
const PROGRAM = "ns3-6lowpan";
const INSTALL = "apt-get install --no-install-recommends g++ make pkg-config libns3-dev (Debian 12)";

/** How ns-3 ran workload A. */
export interface Ns3Sample {
	/** All frames, acknowledgements included. */
	readonly frames: number;
	/** Wall time of the set-up, and of the run without it. */
	readonly startS: number;
	readonly wallS: number;
	readonly peakRssMb: number;
}

/**
 * Builds our program for ns-3 in a folder that exists; returns its path. Downloads nothing.
 *
 * Throws a UserError of exit code 3 that says what to install, where ns-3 or a compiler is missing.
 */
export async function buildNs3(folder: string): Promise<string> {
	for (const tool of ["pkg-config", "make", "g++"]) {
		if ((await run(tool, ["--version"])).code !== 0) throw missing(tool);
	}
	if ((await run("pkg-config", ["--exists", "ns3-lr-wpan", "ns3-sixlowpan"])).code !== 0)
		throw missing("ns-3");
	for (const name of ["Makefile", `${PROGRAM}.cc`]) copyFileSync(join(PEERS, name), join(folder, name));
	const { code, stderr } = await run("make", ["--silent", "-C", folder, "CXX=g++"]);
	if (code !== 0) throw new UserError(`expected ${PROGRAM} to build, found that it does not:\n${stderr}`, 3);
	return join(folder, PROGRAM);
}

function missing(what: string): UserError {
	return new UserError(
		`SKIPPED, NOTHING WAS COMPARED: expected ${what}, found none; to install: ${INSTALL}`,
		3,
	);
}

/** Runs workload A on ns-3. */
export async function runNs3(program: string, nodes: number, durationS: number): Promise<Ns3Sample> {
	const workload = ["--P=512", "--T=10", "--seed=1", "--range=45", "--spacing=30"];
	const { code, stdout, stderr } = await run(program, [`--N=${nodes}`, `--S=${durationS}`, ...workload]);
	if (code !== 0) throw new Error(`${program}: expected exit code 0, found ${code}\n${stderr}`);
	const { phyTx, setupWall, runWall, peakRssKb } = JSON.parse(stdout) as Record<string, number>;
	return { frames: phyTx!, startS: setupWall!, wallS: runWall!, peakRssMb: peakRssKb! / 1024 };
}

interface Ended {
	/** Null for a program that was not found, or ended by a signal. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

function run(program: string, args: readonly string[]): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
		let stdout = "";
		let stderr = "";
		child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
		child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
		child.once("error", (error) => {
			if (systemErrorCode(error) === "ENOENT") resolve({ code: null, stdout, stderr });
			else reject(error);
		});
		child.once("close", (code) => resolve({ code, stdout, stderr }));
	});
}
