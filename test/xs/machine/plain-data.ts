import { CborMajor } from "../../../firmware/frames/cbor.js";
import type { CborReader } from "../../../firmware/frames/cbor-reader.js";

/** Simple values (RFC 8949, section 3.3) as the first octet of their item. */
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

/** Reads a value of plain data; byte strings are copied. `bytes` is what the reader reads. */
export function readPlain(reader: CborReader, bytes: Uint8Array): unknown {
	switch (reader.peek()) {
		case CborMajor.text:
			return reader.text();
		case CborMajor.bytes:
			return reader.bytes()?.slice();
		case CborMajor.array: {
			const items: unknown[] = [];
			const count = reader.array();
			for (let i = 0; reader.has(i, count); i++) items.push(readPlain(reader, bytes));
			return items;
		}
		case CborMajor.map: {
			const values: Record<string, unknown> = {};
			const count = reader.map();
			for (let i = 0; reader.has(i, count); i++) {
				const name = reader.text();
				values[name] = readPlain(reader, bytes);
			}
			return values;
		}
		case CborMajor.simple: {
			const first = bytes[reader.offset];
			if (first === FALSE || first === TRUE) return reader.boolean();
			if (first !== NULL) return reader.number();
			reader.offset++;
			return null;
		}
		default:
			return reader.number();
	}
}
