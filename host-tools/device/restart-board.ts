import { setTimeout as wait } from "node:timers/promises";
import { CommandCode } from "../../firmware/device/serial/records.js";
import { UserError } from "../errors.js";
import { BoardLink, LineLost, NoReply } from "./board-link.js";
import type { BoardInfo } from "./board-records.js";
import { PortError } from "./serial-line.js";

/** How long a board may take to start and to greet. */
const START_MS = 15_000;
const REOPEN_MS = 250;

/**
 * Starts a board anew; returns what it says of itself then.
 *
 * A board on USB goes off the bus meanwhile, so its port is opened again. Throws a UserError when it does not come back.
 */
export async function restartBoard(port: string, baudRate: number): Promise<BoardInfo> {
	const first = await restart(port, baudRate);
	if (first !== undefined) return first;
	for (let waitedMs = 0; waitedMs < START_MS; waitedMs += REOPEN_MS) {
		await wait(REOPEN_MS);
		let link: BoardLink;
		try {
			link = await BoardLink.open(port, silent(), baudRate);
		} catch (error) {
			if (error instanceof PortError) continue;
			throw error;
		}
		try {
			return await link.greet(START_MS);
		} catch (error) {
			if (!(error instanceof LineLost)) throw error;
		} finally {
			await link.close();
		}
	}
	throw new UserError(`${port}: expected the board to come back, found it gone; plug it in again`, 3);
}

/** Asks for a start and waits for the greeting; undefined when the line was lost meanwhile. */
async function restart(port: string, baudRate: number): Promise<BoardInfo | undefined> {
	let onHello: (info: BoardInfo | undefined) => void = () => {};
	const late = new AbortController();
	const link = await BoardLink.open(
		port,
		{
			...silent(),
			record: (record) => {
				if (record.type === "hello") onHello(record.info);
			},
			lost: () => onHello(undefined),
		},
		baudRate,
	);
	try {
		await link.greet(START_MS);
		// From here on: opening a port starts some boards, and they greet for that too.
		const hello = new Promise<BoardInfo | undefined>((resolve) => {
			onHello = resolve;
		});
		await link.request(CommandCode.restart);
		const tooLate = wait(START_MS, undefined, { signal: late.signal }).then(() => {
			throw new NoReply(port);
		});
		return await Promise.race([hello, tooLate]);
	} catch (error) {
		if (error instanceof LineLost) return undefined;
		throw error;
	} finally {
		late.abort();
		await link.close();
	}
}

function silent() {
	return { record: () => {}, text: () => {}, spoiled: () => {}, lost: () => {} };
}
