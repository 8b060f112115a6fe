import type { CborWriter } from "../../firmware/frames/cbor.js";

/** Writes plain data: numbers, texts, booleans, null, octets, arrays and objects, of which absent values are left out. */
export function writePlain(cbor: CborWriter, value: unknown): void {
	if (value === null) cbor.null();
	else if (typeof value === "number") cbor.number(value);
	else if (typeof value === "string") cbor.text(value);
	else if (typeof value === "boolean") cbor.boolean(value);
	else if (value instanceof Uint8Array) cbor.bytes(value);
	else if (Array.isArray(value)) {
		cbor.array(value.length);
		for (const item of value) writePlain(cbor, item);
	} else if (typeof value === "object") writeObject(cbor, value);
	else throw new RangeError(`writePlain: expected plain data, got ${typeof value}`);
}

function writeObject(cbor: CborWriter, value: object): void {
	const entries = Object.entries(value).filter(([, item]) => item !== undefined);
	// The order of encoded keys: shorter ones first, then octet by octet (all of them are ASCII).
	entries.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
	cbor.map(entries.length);
	for (const [name, item] of entries) {
		cbor.text(name);
		writePlain(cbor, item);
	}
}
