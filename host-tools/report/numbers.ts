const COUNT = new Intl.NumberFormat("en");

/** A number with thousands separators. */
export function n(value: number, digits = 0): string {
	return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A count with its noun. */
export function plural(value: number, word: string): string {
	return `${COUNT.format(value)} ${word}${value === 1 ? "" : "s"}`;
}

/** Reasons by falling count: `3 mac-retries, 1 in-flight`. */
export function reasons(counts: Readonly<Record<string, number>>): string {
	return Object.entries(counts)
		.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
		.map(([reason, count]) => `${COUNT.format(count)} ${reason}`)
		.join(", ");
}

/** A share of a whole in percent; 100 % only when nothing is missing. */
export function percent(share: number): string {
	const rounded = (share * 100).toFixed(1);
	return rounded === "100.0" && share < 1 ? "99.9 %" : `${rounded} %`;
}

/** Energy in the unit that suits it. */
export function joules(mj: number): string {
	if (mj >= 1e5) return `${n(mj / 1000, 0)} J`;
	return mj >= 1000 ? `${n(mj / 1000, 2)} J` : `${n(mj, 2)} mJ`;
}
