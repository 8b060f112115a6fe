import { CommandCode } from "../../firmware/device/serial/records.js";
import { formatPairKeys, parsePairKeys } from "../../firmware/device/settings/forms.js";
import { parseSetting } from "../../firmware/device/settings/parse.js";
import { SETTING_KEYS, settingKind } from "../../firmware/device/settings/table.js";
import { octetsOf, pairwiseKeys } from "../../firmware/mac/pairwise-keys.js";
import { addressOf } from "../../firmware/mote/addresses.js";
import { hostCipher } from "../crypto.js";
import { UserError } from "../errors.js";
import { type BoardLink, CommandRefused } from "./board-link.js";

/** A command takes so much of a text; longer ones go in pieces. */
const PIECE_CHARACTERS = 180;

/** What a board is to be told: settings as text, undefined for what its build says. */
export type Changes = ReadonlyMap<string, string | undefined>;

/** A setting as a board tells it: of a secret only that it is there. */
export interface ToldSetting {
	readonly key: string;
	readonly value: unknown;
	readonly source: string;
}

/** Stages all changes and keeps them, or changes nothing. Throws a UserError. */
export async function applyChanges(link: BoardLink, changes: Changes): Promise<void> {
	await link.request(CommandCode.discardSettings);
	try {
		for (const [key, text] of changes) await stage(link, key, text);
		await link.request(CommandCode.saveSettings);
	} catch (error) {
		if (error instanceof CommandRefused) {
			await link.request(CommandCode.discardSettings);
			throw new UserError(`${error.message}; nothing was changed`, 2);
		}
		throw error;
	}
}

async function stage(link: BoardLink, key: string, text: string | undefined): Promise<void> {
	if (text === undefined) {
		await link.request(CommandCode.setSetting, [key]);
		return;
	}
	const [first = "", ...others] = pieces(text);
	await link.request(CommandCode.setSetting, [key, first]);
	for (const piece of others) await link.request(CommandCode.appendSetting, [key, piece]);
}

/** A text in pieces that are whole items of its list each, since a board looks at what it has so far. */
function pieces(text: string): string[] {
	const found: string[] = [];
	let rest = text;
	while (rest.length > PIECE_CHARACTERS) {
		const comma = rest.lastIndexOf(",", PIECE_CHARACTERS);
		if (comma <= 0) break;
		found.push(rest.slice(0, comma));
		rest = rest.slice(comma);
	}
	found.push(rest);
	return found;
}

/** What a board has of the settings that are known here. */
export async function readSettings(
	link: BoardLink,
	keys: readonly string[] = SETTING_KEYS,
): Promise<ToldSetting[]> {
	const told: ToldSetting[] = [];
	for (const key of keys) {
		const result = await link.request(CommandCode.getSetting, [key]);
		if (!Array.isArray(result) || typeof result[1] !== "string") {
			throw new UserError(`${link.port}: expected a setting, found something else`, 1);
		}
		told.push({ key, value: result[0], source: result[1] });
	}
	return told;
}

/** What does not stand on a board as it was to be. */
export function findDifferences(told: readonly ToldSetting[], changes: Changes): string[] {
	return told.flatMap(({ key, value, source }) => {
		const text = changes.get(key);
		if (text === undefined) return source === "stored" ? [key] : [];
		if (source !== "stored") return [key];
		if (key === "pairKeys") {
			const count = parsePairKeys(text)?.length ?? 0;
			return String(value).startsWith(`${count} `) ? [] : [key];
		}
		return settingKind(key)?.isSecret === true || value === parseSetting(key, text) ? [] : [key];
	});
}

/** The keys that node `own` shares with each of `neighbours` under a master key, as the setting `pairKeys` has them. */
export function derivePairKeys(
	masterKey: string,
	own: number,
	neighbours: readonly number[],
	addressing: "short" | "extended",
): string {
	const keyOf = pairwiseKeys(hostCipher, octetsOf(masterKey), addressOf(own, addressing), () => true);
	const pairs = neighbours.flatMap((number) => {
		const neighbour = addressOf(number, addressing);
		const key = keyOf(neighbour);
		return key === undefined ? [] : [{ neighbour, hex: Buffer.from(key).toString("hex") }];
	});
	return formatPairKeys(pairs);
}
