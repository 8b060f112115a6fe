/** 2^32 over the golden ratio, odd. */
const SPREAD = 0x9e3779b1 | 0;
/** Words before a message: its name, and how many there are. */
const HEAD_WORDS = 2;

/**
 * Remembers what came of messages of 32-bit words. Each has one place, by its content, where a newer one takes that of an
 * older one; it is known again only where its name and every word are the same.
 */
export class WordMemory {
	/** The message that is asked for: written before {@link recall}. */
	readonly message: Int32Array;
	/** All places; what came of the message that was asked for last goes to those from {@link at} on, and stays there. */
	readonly words: Int32Array;
	at = 0;
	/** Messages that were not remembered. */
	missed = 0;
	readonly #placesBits: number;
	readonly #placeWords: number;
	readonly #resultWords: number;

	/** `placesBits`: the logarithm of how many messages are remembered at once, from 1 on. */
	constructor(placesBits: number, messageWords: number, resultWords: number) {
		this.#placesBits = placesBits;
		this.#resultWords = resultWords;
		this.#placeWords = HEAD_WORDS + messageWords + resultWords;
		this.message = new Int32Array(messageWords);
		this.words = new Int32Array(this.#placeWords << placesBits);
	}

	/**
	 * Whether `message[0..count)` is remembered under `name`, not 0; what came of it is then at {@link at}. Where it is not, it
	 * has that place now, and whoever asked writes there what comes of it.
	 */
	recall(name: number, count: number): boolean {
		const { message, words } = this;
		let sum = name;
		let factor = SPREAD;
		for (let i = 0; i < count; i++) {
			sum = (sum + Math.imul(message[i]!, factor)) | 0;
			factor = (factor + 2 * SPREAD) | 0;
		}
		const place = Math.imul(sum ^ (sum >>> 15), SPREAD) >>> (32 - this.#placesBits);
		const head = this.#placeWords * place;
		const from = head + HEAD_WORDS + this.#resultWords;
		this.at = head + HEAD_WORDS;
		if (words[head] === name && words[head + 1] === count && isSame(message, words, from, count)) return true;
		this.missed++;
		words[head] = name;
		words[head + 1] = count;
		for (let i = 0; i < count; i++) words[from + i] = message[i]!;
		return false;
	}
}

function isSame(message: Int32Array, words: Int32Array, from: number, count: number): boolean {
	for (let i = 0; i < count; i++) if (words[from + i] !== message[i]) return false;
	return true;
}
