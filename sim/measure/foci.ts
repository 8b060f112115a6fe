import type { Positions } from "../channel/links.js";
import { shortest } from "../topology/spatial-edges.js";

/**
 * How many infections began a new focus: nobody within `radiusM` of the node had been infected before.
 *
 * `order`: the infected nodes as they were infected, the first `known` of them from outside. `period`: as in `ContactGraph`.
 */
export function countFoci(
	{ x, y }: Positions,
	order: readonly number[],
	known: number,
	radiusM: number,
	period: readonly [x: number, y: number],
): number {
	const cells = new Map<string, number[]>();
	const isAlone = (node: number, column: number, row: number): boolean => {
		for (let r = row - 1; r <= row + 1; r++) {
			for (let c = column - 1; c <= column + 1; c++) {
				for (const other of cells.get(keyOf(c, r)) ?? []) {
					const dx = shortest(x[other]! - x[node]!, period[0]);
					const dy = shortest(y[other]! - y[node]!, period[1]);
					if (dx * dx + dy * dy <= radiusM * radiusM) return false;
				}
			}
		}
		return true;
	};
	// On a torus, cells divide the period into whole parts that are at least as wide as the radius.
	const columns = Math.max(1, Math.floor(period[0] / radiusM));
	const rows = Math.max(1, Math.floor(period[1] / radiusM));
	const widthM = Number.isFinite(columns) ? period[0] / columns : radiusM;
	const heightM = Number.isFinite(rows) ? period[1] / rows : radiusM;
	const keyOf = (column: number, row: number): string => `${wrapped(column, columns)},${wrapped(row, rows)}`;
	let foci = 0;
	order.forEach((node, i) => {
		const column = Math.floor(x[node]! / widthM);
		const row = Math.floor(y[node]! / heightM);
		if (i >= known && isAlone(node, column, row)) foci++;
		const key = keyOf(column, row);
		const members = cells.get(key);
		if (members === undefined) cells.set(key, [node]);
		else members.push(node);
	});
	return foci;
}

function wrapped(index: number, count: number): number {
	return Number.isFinite(count) ? (index + count) % count : index;
}
