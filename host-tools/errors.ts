/**
 * How a command ends: 0 done, 1 the run failed or a check did not hold, 2 bad arguments, scenario or
 * input, 3 something outside (port, file, tool) is missing, 130 or 143 stopped by SIGINT or SIGTERM.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 130 | 143;

/**
 * Something that the user can put right: printed as one line, without a stack trace.
 *
 * The message says where, what was expected and what was found, as in
 * `walk.pcap: expected a pcap or pcapng file, found text`.
 */
export class UserError extends Error {
	override readonly name = "UserError";
	readonly exitCode: Exclude<ExitCode, 0>;

	constructor(message: string, exitCode: Exclude<ExitCode, 0> = 2) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** The code of a Node.js system error, such as `ENOENT`; undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !("code" in error)) return undefined;
	return typeof error.code === "string" ? error.code : undefined;
}

/** A failed file operation as a {@link UserError}: a missing or closed file is exit code 3. */
export function fileError(path: string, error: unknown): unknown {
	switch (systemErrorCode(error)) {
		case "ENOENT":
			return new UserError(`${path}: expected a file, found none`, 3);
		case "ENOTDIR":
			return new UserError(`${path}: expected a folder on the way, found a file`, 3);
		case "EISDIR":
			return new UserError(`${path}: expected a file, found a folder`, 2);
		case "EEXIST":
			return new UserError(`${path}: expected a new file, found one that exists; nothing was overwritten`, 2);
		case "EACCES":
		case "EPERM":
			return new UserError(`${path}: expected permission, found none`, 3);
		case "ENOSPC":
			return new UserError(`${path}: expected free space, found a full disk`, 3);
		default:
			return error;
	}
}
