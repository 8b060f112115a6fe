import type { Style } from "./style.js";

/** One place of a table. */
export interface Cell {
	/** What it says, the fullest form first; all cells of a table show the same form. */
	readonly forms: readonly string[];
	/** Colours what is shown. */
	readonly paint?: ((text: string) => string) | undefined;
}

/** Rows with labels on the left and cells on the right. */
export interface Table {
	/** Heads of the label columns. */
	readonly labelHeads: readonly string[];
	readonly heads: readonly string[];
	readonly rows: readonly { readonly labels: readonly string[]; readonly cells: readonly Cell[] }[];
}

const GAP = "  ";

/**
 * The lines of a table in the fullest form that fits into `columns`; long heads break after hyphens and spaces.
 *
 * Where even the shortest does not fit, the columns go into blocks below each other, each with the labels.
 */
export function tableLines(table: Table, columns: number, style: Style): string[] {
	const labelWidths = table.labelHeads.map((head, i) =>
		widest([head, ...table.rows.map((row) => row.labels[i]!)]),
	);
	const forms = Math.max(1, ...table.rows.flatMap(({ cells }) => cells.map((cell) => cell.forms.length)));
	for (let form = 0; ; form++) {
		const widths = table.heads.map((head, i) =>
			widest([...piecesOf(head), ...table.rows.map(({ cells }) => shown(cells[i]!, form))]),
		);
		const isLast = form === forms - 1;
		const blocks = intoBlocks(labelWidths, widths, columns);
		if (blocks.length > 1 && !isLast) continue;
		return blocks.flatMap((block, i) => [
			...(i === 0 ? [] : [""]),
			...headLines(table, labelWidths, widths, block).map(style.dim),
			...rowLines(table, form, labelWidths, widths, block, style),
		]);
	}
}

/** The parts of a head between which it may break. */
function piecesOf(head: string): readonly string[] {
	return head.match(/[^- ]*[- ]?/g)!.map((piece) => piece.trimEnd());
}

/** A head in lines of at most `width`, in which each of its pieces fits. */
function wrapHead(head: string, width: number): string[] {
	const lines: string[] = [""];
	for (const piece of head.match(/[^- ]*[- ]?/g)!) {
		const longer = lines.at(-1)! + piece;
		if (longer.trimEnd().length <= width) lines[lines.length - 1] = longer;
		else lines.push(piece);
	}
	return lines.map((line) => line.trimEnd());
}

function shown(cell: Cell, form: number): string {
	return cell.forms[Math.min(form, cell.forms.length - 1)]!;
}

function widest(texts: readonly string[]): number {
	return Math.max(0, ...texts.map((text) => text.length));
}

/** Indices of the columns of each block. */
function intoBlocks(labelWidths: readonly number[], widths: readonly number[], columns: number): number[][] {
	const labels = labelWidths.reduce((sum, width) => sum + GAP.length + width, 0);
	const blocks: number[][] = [];
	let used = Number.POSITIVE_INFINITY;
	widths.forEach((width, i) => {
		used += GAP.length + width;
		if (used > columns) {
			blocks.push([]);
			used = labels + GAP.length + width;
		}
		blocks.at(-1)!.push(i);
	});
	return blocks;
}

function labelsText(labels: readonly string[], widths: readonly number[]): string {
	return labels.map((label, i) => GAP + label.padEnd(widths[i]!)).join("");
}

/** The heads of a block, their last lines level. */
function headLines(
	{ labelHeads, heads }: Table,
	labelWidths: readonly number[],
	widths: readonly number[],
	block: readonly number[],
): string[] {
	const wrapped = block.map((i) => wrapHead(heads[i]!, widths[i]!));
	const height = Math.max(1, ...wrapped.map((lines) => lines.length));
	return Array.from({ length: height }, (_, row) => {
		const labels = row === height - 1 ? labelHeads : labelHeads.map(() => "");
		const texts = wrapped.map((lines, k) => {
			const line = lines[row - (height - lines.length)] ?? "";
			return GAP + line.padStart(widths[block[k]!]!);
		});
		return `${labelsText(labels, labelWidths)}${texts.join("")}`.trimEnd();
	});
}

function rowLines(
	table: Table,
	form: number,
	labelWidths: readonly number[],
	widths: readonly number[],
	block: readonly number[],
	style: Style,
): string[] {
	return table.rows.map(({ labels, cells }) => {
		const texts = block.map((i) => {
			const cell = cells[i]!;
			const text = shown(cell, form);
			return GAP + " ".repeat(widths[i]! - text.length) + (cell.paint?.(text) ?? text);
		});
		return (style.cyan(labelsText(labels, labelWidths)) + texts.join("")).trimEnd();
	});
}
