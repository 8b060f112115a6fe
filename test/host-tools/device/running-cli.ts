import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { ExecutionContext } from "ava";
import { CLI } from "../run-cli.js";

/** A run of `lowguard` that a test follows while it goes on. */
export class RunningCli {
	readonly child: ChildProcess;
	/** Its exit code. */
	readonly ended: Promise<number | null>;
	stdout: Buffer = Buffer.alloc(0);
	stderr = "";
	readonly #waiting = new Set<() => void>();

	constructor(t: ExecutionContext, args: readonly string[], input?: string) {
		const child = spawn(process.execPath, [CLI, ...args], { stdio: ["pipe", "pipe", "pipe"] });
		this.child = child;
		child.stdin.end(input ?? "");
		child.stdout.on("data", (chunk: Buffer) => {
			this.stdout = Buffer.concat([this.stdout, chunk]);
			this.#look();
		});
		child.stderr.on("data", (chunk: Buffer) => {
			this.stderr += chunk.toString();
			this.#look();
		});
		this.ended = once(child, "close").then(([code]) => {
			this.#look();
			return code as number | null;
		});
		t.teardown(async () => {
			if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
			await this.ended;
		});
	}

	/** Resolves once stdout matches; rejects when the run ends without that. */
	says(pattern: RegExp): Promise<void> {
		return this.#sees(() => pattern.test(this.stdout.toString()), `stdout ${pattern}`);
	}

	/** The same for stderr. */
	notes(pattern: RegExp): Promise<void> {
		return this.#sees(() => pattern.test(this.stderr), `stderr ${pattern}`);
	}

	/** The same for whatever a test looks at when something has come. */
	shows(what: () => boolean): Promise<void> {
		return this.#sees(what, "something else");
	}

	/** Sends a signal; resolves to the exit code. */
	stop(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
		this.child.kill(signal);
		return this.ended;
	}

	#sees(isSeen: () => boolean, what: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const look = (): void => {
				if (isSeen()) {
					this.#waiting.delete(look);
					resolve();
				} else if (this.child.exitCode !== null || this.child.signalCode !== null) {
					this.#waiting.delete(look);
					reject(new Error(`expected ${what}, and it ended\n${this.stdout}\n${this.stderr}`));
				}
			};
			this.#waiting.add(look);
			look();
		});
	}

	#look(): void {
		for (const look of [...this.#waiting]) look();
	}
}
