/** Octets that `text` takes in UTF-8 (RFC 3629); an unpaired surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
	let length = text.length;
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (unit < 0x80) continue;
		length += unit < 0x800 ? 1 : 2;
		if (isPair(text, i)) i++;
	}
	return length;
}

/** Writes `text` in UTF-8 and returns the next offset; octets past the end of `bytes` are lost. */
export function writeUtf8(text: string, bytes: Uint8Array, offset: number): number {
	let at = offset;
	for (let i = 0; i < text.length; i++) {
		let code = text.charCodeAt(i);
		if (code < 0x80) {
			bytes[at++] = code;
			continue;
		}
		if (code < 0x800) {
			bytes[at++] = 0xc0 | (code >> 6);
		} else {
			if (isPair(text, i)) {
				code = 0x10000 + ((code - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00);
				bytes[at++] = 0xf0 | (code >> 18);
				bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
			} else {
				if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
				bytes[at++] = 0xe0 | (code >> 12);
			}
			bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
		}
		bytes[at++] = 0x80 | (code & 0x3f);
	}
	return at;
}

/** Reads UTF-8 from [offset, end); undefined when it is not valid (RFC 3629, section 4). */
export function readUtf8(bytes: Uint8Array, offset: number, end: number): string | undefined {
	let text = "";
	let at = offset;
	while (at < end) {
		const lead = bytes[at++] as number;
		if (lead < 0x80) {
			text += String.fromCharCode(lead);
			continue;
		}
		const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
		if (lead < 0xc2 || lead > 0xf4 || at + more > end) return undefined;
		let code = lead & (0x3f >> more);
		for (let i = 0; i < more; i++) {
			const next = bytes[at++] as number;
			if ((next & 0xc0) !== 0x80) return undefined;
			code = (code << 6) | (next & 0x3f);
		}
		const isOverlong = more === 2 ? code < 0x800 : more === 3 && code < 0x10000;
		if (isOverlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
		if (code < 0x10000) text += String.fromCharCode(code);
		else text += String.fromCharCode(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
	}
	return text;
}

function isPair(text: string, at: number): boolean {
	const low = text.charCodeAt(at + 1);
	const high = text.charCodeAt(at);
	return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
