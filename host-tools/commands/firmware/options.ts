import type { CommandArguments } from "../../command.js";
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
