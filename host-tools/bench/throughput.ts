import { type BenchOutput, Steps } from "./output.js";
import { inTurn, measureApart } from "./own-process.js";
import { framesPerS, type Keeping, type PacketSample } from "./packet-run.js";
import type { BenchSettings } from "./section.js";
import { medianOf, medianRatio } from "./statistics.js";
import { type Claim, figure } from "./wanted.js";

/** A way to run workload A, whose throughput is compared with that of the first way. */
export interface Variant {
	readonly name: string;
	readonly set: readonly string[];
	readonly keeping: Keeping;
	/** The share of throughput that it may cost, in percent. */
	readonly mostCost?: number;
}

const NODES = 1000;
/** So long that compilation is a small part of a run. */
const DURATION_S = 600;
const QUICK_S = 20;

/** Measures the variants in turn and prints what each costs in throughput, by the first one. */
export async function compareThroughput(
	section: string,
	title: string,
	variants: readonly Variant[],
	settings: BenchSettings,
	output: BenchOutput,
): Promise<void> {
	const { rounds, isQuick } = settings;
	const durationS = isQuick ? QUICK_S : DURATION_S;
	const steps = new Steps(section, rounds * variants.length);
	const samples = await inTurn(rounds, variants, ({ name, set, keeping }) =>
		steps.step(name, () =>
			measureApart({ kind: "packets", nodes: NODES, durationS, warmUpS: 0, set, keeping }),
		),
	);
	const claims: Claim[] = [];
	const rows = variants.map(({ name, mostCost }, i) => {
		const of = samples[i]!;
		const cost = (1 - medianRatio(of, samples[0]!, framesPerS)) * 100;
		const figures = {
			name,
			framesPerS: Math.round(medianOf(of, framesPerS)),
			eventsPerFrame: Number(medianOf(of, eventsPerFrame).toFixed(4)),
			costPercent: Number(cost.toFixed(2)),
		};
		output.json(section, { ...figures, nodes: NODES, simulatedS: durationS });
		if (mostCost !== undefined) {
			claims.push({ what: `${name}: cost, %`, value: cost, wanted: { most: mostCost }, digits: 1 });
		}
		return {
			labels: [name],
			cells: [
				figure(figures.framesPerS),
				figure(figures.eventsPerFrame, 2),
				...(i === 0 ? [{ forms: [""] }] : [figure(cost, 1)]),
			],
		};
	});
	output.table(`${title}, ${NODES} nodes, ${durationS} s, medians of ${rounds}`, {
		labelHeads: [""],
		heads: ["frames/s", "events/frame", "cost, %"],
		rows,
	});
	output.text("  cost: the median of what each round lost of the first line's frames/s, measured in turn.");
	if (!isQuick) output.claims(section, claims);
}

const eventsPerFrame = ({ events, frames }: PacketSample): number => events / frames;
