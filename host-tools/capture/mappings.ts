import { type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { UserError } from "../errors.js";
import { listAddresses } from "./address-list.js";
import { type AddressMap, isMappable } from "./rewrite.js";

/** One `--map`: a recorded address, and the node that takes its place, undefined for the radio that sends. */
export interface Mapping {
	readonly text: string;
	readonly recorded: LinkAddress;
	readonly node: number | undefined;
}

/** Reads all `--map` for a capture with these addresses. Throws a UserError. */
export function readMappings(texts: readonly string[], addresses: ReadonlySet<string>): readonly Mapping[] {
	const mappings: Mapping[] = [];
	for (const text of texts) {
		const [, from = "", to = "", number] = /^([^=]*)=(node:([0-9]+)|self)$/.exec(text) ?? [];
		const recorded = parseLinkAddress(from);
		if (recorded === undefined || to === "") {
			throw new UserError(`--map: expected ADDRESS=node:N or ADDRESS=self, found '${text}'`);
		}
		if (!isMappable(recorded)) {
			throw new UserError(`--map ${text}: expected the address of one node, found the one for all`);
		}
		if (!addresses.has(String(recorded))) {
			const expected = `expected an address of the capture${listAddresses(addresses)}`;
			throw new UserError(`--map ${text}: ${expected}, found ${recorded}`);
		}
		if (mappings.some((other) => other.recorded.equals(recorded))) {
			throw new UserError(`--map ${text}: expected each address once, found ${recorded} again`);
		}
		mappings.push({ text, recorded, node: number === undefined ? undefined : Number(number) });
	}
	return mappings;
}

/** What the mappings do to recorded addresses; `addressOf` knows the address of each node, and of the radio that sends. */
export function mapAddresses(
	mappings: readonly Mapping[],
	panId: number,
	addressOf: (mapping: Mapping) => LinkAddress,
): AddressMap {
	const pairs = mappings.map((mapping) => [mapping.recorded, addressOf(mapping)] as const);
	return {
		panId,
		lookUp: (address) => pairs.find(([recorded]) => recorded.equals(address))?.[1],
	};
}
