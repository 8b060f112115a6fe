/** How a metric is shown and judged. */
export interface MainMetric {
	readonly name: string;
	/** Head of its column, with its unit. */
	readonly label: string;
	readonly scale: number;
	readonly digits: number;
	readonly best: "highest" | "lowest";
}

function metric(name: string, label: string, best: MainMetric["best"], scale = 1, digits = 1): MainMetric {
	return { name, label, scale, digits, best };
}

/** What a reader asks for first. Those that no run has are left out wherever they are shown. */
export const MAIN_METRICS: readonly MainMetric[] = [
	metric("deliveryRatio", "delivered %", "highest", 100),
	metric("lab.falseDelivered.total", "false", "lowest"),
	metric("datagrams.altered", "altered", "lowest"),
	metric("datagrams.foreign", "foreign", "lowest"),
	metric("latencyMs.p95", "p95 ms", "lowest"),
	metric("energyMj.total", "energy J", "lowest", 0.001, 2),
	// Of the first-order model.
	metric("fnd", "first death", "highest", 1, 0),
	metric("hnd", "half dead", "highest", 1, 0),
	metric("lnd", "last death", "highest", 1, 0),
	metric("lndPerFnd", "last/first", "lowest", 1, 2),
	metric("headsPerRound.mean", "heads", "highest", 1, 1),
	metric("chargeVarianceJ2.midLife", "variance mJ²", "lowest", 1e6, 1),
	metric("uncoveredNodeRounds", "uncovered", "lowest", 1, 0),
	metric("controlBits", "control Mbit", "lowest", 1e-6, 2),
	metric("cluster.readings.deliveryRatio", "readings %", "highest", 100),
	metric("cluster.readings.unaccounted", "unaccounted", "lowest"),
	metric("cluster.lifetime.fndRounds", "FND rounds", "highest", 1, 0),
	metric("cluster.lifetime.hndRounds", "HND rounds", "highest", 1, 0),
	metric("cluster.lifetime.lndRounds", "LND rounds", "highest", 1, 0),
	metric("cluster.headsPerRound.mean", "heads", "lowest"),
	metric("cluster.energyPerReadingMj", "mJ/reading", "lowest", 1, 3),
	metric("cluster.control.octetsPerReading", "control B/reading", "lowest"),
	metric("cluster.control.electionShare", "election %", "lowest", 100),
	// Of a worm.
	metric("finalSize", "infected %", "lowest", 100),
	metric("peak", "at once %", "lowest", 100),
	metric("waveMPerS", "wave m/s", "lowest", 1, 2),
];

/** Which end of a metric is good; undefined where nobody said. */
export function bestOf(name: string): MainMetric["best"] | undefined {
	return MAIN_METRICS.find((main) => main.name === name)?.best ?? (isRatio(name) ? "highest" : undefined);
}

/** A share of a whole, from 0 to 1. */
export function isRatio(name: string): boolean {
	return name.endsWith("Ratio");
}
