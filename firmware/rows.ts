/** The fields of a row, each with what it begins with: a 32-bit integer, or a truth value. */
export type RowFields = Readonly<Record<string, number | boolean>>;

/** An object with these fields. */
export type Fields<F extends RowFields> = {
	-readonly [K in keyof F]: F[K] extends boolean ? boolean : number;
};

/** A row is made in a memory at a place of its own, in which whatever row was there ends. */
export type RowClass<F extends RowFields> = new (
	memory?: RowMemory,
	place?: number,
) => Fields<F> & {
	readonly place: number;
};

/** Rows that are made room for at once. */
const BLOCK_ROWS = 8;

/** Where the rows of one class lie; it grows with the highest place. */
export class RowMemory {
	readonly #blocks: Int32Array[] = [];

	/** The block in which a place lies, with `BLOCK_ROWS` times `fields` numbers. */
	block(place: number, fields: number): Int32Array {
		const blocks = this.#blocks;
		const index = Math.floor(place / BLOCK_ROWS);
		while (blocks.length <= index) blocks.push(new Int32Array(BLOCK_ROWS * fields));
		return blocks[index]!;
	}
}

/**
 * A class of objects whose fields lie in rows of integers: a property of its own takes 16 octets on the chip, and one of a
 * row takes 4. For objects of which there are many; what is no 32-bit integer stays a property of its own.
 */
export function rowClass<F extends RowFields>(fields: F): RowClass<F> {
	const names = Object.keys(fields);
	class Row {
		readonly #numbers: Int32Array;
		readonly #place: number;

		constructor(memory = new RowMemory(), place = 0) {
			this.#place = place;
			this.#numbers = memory.block(place, names.length);
			const at = (place % BLOCK_ROWS) * names.length;
			for (let i = 0; i < names.length; i++) this.#numbers[at + i] = Number(fields[names[i]!]);
		}

		get place(): number {
			return this.#place;
		}

		static {
			names.forEach((name, i) => {
				const isTruth = typeof fields[name] === "boolean";
				Object.defineProperty(Row.prototype, name, {
					get(this: Row): number | boolean {
						const value = this.#numbers[(this.#place % BLOCK_ROWS) * names.length + i]!;
						return isTruth ? value !== 0 : value;
					},
					set(this: Row, value: number | boolean): void {
						this.#numbers[(this.#place % BLOCK_ROWS) * names.length + i] = Number(value);
					},
				});
			});
		}
	}
	return Row as unknown as RowClass<F>;
}
