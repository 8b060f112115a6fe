import type { CommandArguments } from "../../command.js";
import type { LinkHandlers } from "../../device/board-link.js";
import { UserError } from "../../errors.js";

/** An integer of a range that an option gives, as decimal digits. Throws a UserError. */
export function readWhole(
	args: CommandArguments,
	name: string,
	otherwise: number,
	least: number,
	most: number,
): number {
	const text = args.text(name);
	if (text === undefined) return otherwise;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < least || value > most) {
		throw new UserError(`--${name}: expected an integer from ${least} to ${most}, found '${text}'`);
	}
	return value;
}

/** How long a board may take to answer when its port is opened: some start anew because of that. */
export const GREETING_LIMIT_MS = 10_000;

/** For commands that want replies only. */
export function silentLink(): LinkHandlers {
	return { record: () => {}, text: () => {}, spoiled: () => {}, lost: () => {} };
}
