/** Octets from hex with spaces and comments: `60 00 // version`, so that a dissection stands beside them. */
export function bytesOf(text: string): Uint8Array {
	const digits = text.replace(/\/\/.*$/gm, "").replace(/\s/g, "");
	if (!/^([0-9a-f]{2})*$/i.test(digits))
		throw new TypeError(`bytesOf: expected octets in hex, got ${digits}`);
	return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** `bytes[0..end)` in hex. */
export function hexOf(bytes: Uint8Array, end = bytes.length): string {
	let text = "";
	for (const octet of bytes.subarray(0, end)) text += octet.toString(16).padStart(2, "0");
	return text;
}
