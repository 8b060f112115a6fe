import { n } from "../report/numbers.js";
import { type BenchOutput, Steps } from "./output.js";
import { inTurn, measureApart } from "./own-process.js";
import { framesPerS, type PacketSample } from "./packet-run.js";
import type { BenchSettings, Section } from "./section.js";
import { medianOf, medianRatio } from "./statistics.js";
import { type Claim, figure, isMet, verdict } from "./wanted.js";

interface Size {
	readonly nodes: number;
	readonly durationS: number;
	/** The same for a quick bench. */
	readonly quickS: number;
	/** Simulated seconds of a run before, so that what compiles does not count. */
	readonly warmUpS: number;
	readonly framesPerS?: { readonly least: number };
	readonly bytesPerNode?: { readonly most: number };
}

const SIZES: readonly Size[] = [
	{ nodes: 100, durationS: 36_000, quickS: 60, warmUpS: 3600, framesPerS: { least: 250_000 } },
	{
		nodes: 1000,
		durationS: 3600,
		quickS: 20,
		warmUpS: 0,
		framesPerS: { least: 300_000 },
		bytesPerNode: { most: 16_000 },
	},
	{
		nodes: 10_000,
		durationS: 600,
		quickS: 10,
		warmUpS: 0,
		framesPerS: { least: 250_000 },
		bytesPerNode: { most: 8000 },
	},
	{
		nodes: 100_000,
		durationS: 60,
		quickS: 7,
		warmUpS: 0,
		framesPerS: { least: 200_000 },
		bytesPerNode: { most: 6000 },
	},
];
/** Only where it was asked for, and once. */
const LARGEST: Size = { nodes: 1_000_000, durationS: 10, quickS: 6, warmUpS: 0 };
const SMALL = 1000;
const BIG = 100_000;
/** Throughput of the big network by that of the small one, in percent. */
const LEAST_RATIO = 65;

/** A size, and how its runs went. */
interface Measured {
	readonly size: Size;
	readonly samples: readonly PacketSample[];
}

/** Throughput and memory of workload A by the size of the network. */
export const size: Section = {
	name: "size",
	about: "workload A by the number of nodes: frames a second, memory, start-up",
	run: async (settings, output) => {
		const measured = await measureSizes(settings);
		printTable(measured, settings, output);
		if (!settings.isQuick) output.claims("size", claimsOf(measured));
	},
};

async function measureSizes({ rounds, isQuick, isLarge }: BenchSettings): Promise<Measured[]> {
	const steps = new Steps("size", rounds * SIZES.length + (isLarge ? 1 : 0));
	const measure = ({ nodes, durationS, quickS, warmUpS }: Size): Promise<PacketSample> =>
		steps.step(`${n(nodes)} nodes`, () =>
			measureApart({
				kind: "packets",
				nodes,
				durationS: isQuick ? quickS : durationS,
				warmUpS: isQuick ? 0 : warmUpS,
				set: [],
				keeping: "nothing",
			}),
		);
	const samples = await inTurn(rounds, SIZES, measure);
	const measured = SIZES.map((size, i) => ({ size, samples: samples[i]! }));
	if (isLarge) measured.push({ size: LARGEST, samples: [await measure(LARGEST)] });
	return measured;
}

function printTable(measured: readonly Measured[], settings: BenchSettings, output: BenchOutput): void {
	const { isQuick, rounds } = settings;
	const { style } = output;
	const rows = measured.map(({ size, samples }) => {
		const of = (pick: (sample: PacketSample) => number): number => medianOf(samples, pick);
		const figures = {
			nodes: size.nodes,
			simulatedS: isQuick ? size.quickS : size.durationS,
			framesPerS: Math.round(of(framesPerS)),
			steadyFramesPerS: Math.round(of((s) => s.steadyFramesPerS)),
			eventsPerS: Math.round(of(({ events, wallS }) => events / wallS)),
			eventsPerFrame: Number(of(({ events, frames }) => events / frames).toFixed(4)),
			bytesPerNode: Math.round(of((s) => s.bytesPerNode)),
			peakRssMb: Math.round(of((s) => s.peakRssMb)),
			startMs: Math.round(of((s) => s.startS) * 1000),
			wallS: Number(of((s) => s.wallS).toFixed(3)),
		};
		const wanted = isQuick ? {} : { framesPerS: size.framesPerS, bytesPerNode: size.bytesPerNode };
		const met = Object.entries(wanted).flatMap(([name, limit]) =>
			limit === undefined ? [] : [[name, isMet(figures[name as keyof typeof wanted], limit)] as const],
		);
		output.json("size", { ...figures, wanted, met: Object.fromEntries(met) });
		return {
			labels: [n(size.nodes), `${n(figures.simulatedS)} s`],
			cells: [
				figure(figures.framesPerS),
				verdict(figures.framesPerS, wanted.framesPerS, style),
				figure(figures.steadyFramesPerS),
				figure(figures.eventsPerFrame, 2),
				figure(figures.bytesPerNode),
				verdict(figures.bytesPerNode, wanted.bytesPerNode, style),
				figure(figures.peakRssMb),
				figure(figures.startMs),
				figure(figures.wallS, 1),
			],
		};
	});
	output.table(`Workload A (grid-one-hop), one core, medians of ${rounds}`, {
		labelHeads: ["nodes", "simulated"],
		heads: [
			"frames/s",
			"wanted",
			"steady frames/s",
			"events/frame",
			"bytes/node",
			"wanted",
			"peak MB",
			"start ms",
			"run s",
		],
		rows,
	});
	output.text(
		"  frames: data and acknowledgements. frames/s: of the whole run, as sim --json gives it; steady: of the",
		"  second half of its simulated time. bytes: live objects and buffers at the end, the process before the",
		"  run subtracted, by nodes.",
	);
	if (isQuick) return;
	const warm = SIZES.filter(({ warmUpS }) => warmUpS > 0).map(
		({ nodes, warmUpS }) => `${n(nodes)} nodes: after a run of ${n(warmUpS)} s that does not count`,
	);
	output.text(`  ${warm.join("; ")}; the other runs begin cold.`);
}

function samplesOf(measured: readonly Measured[], nodes: number): readonly PacketSample[] | undefined {
	return measured.find(({ size }) => size.nodes === nodes)?.samples;
}

/** What is wanted of more than one row, or of a run as a whole. */
function claimsOf(measured: readonly Measured[]): Claim[] {
	const small = samplesOf(measured, SMALL)!;
	const big = samplesOf(measured, BIG)!;
	const largest = samplesOf(measured, LARGEST.nodes);
	const run = `${n(BIG)} nodes, 60 s`;
	return [
		{
			what: `frames/s at ${n(BIG)} nodes by those at ${n(SMALL)}, %`,
			value: medianRatio(big, small, framesPerS) * 100,
			wanted: { least: LEAST_RATIO },
		},
		{
			what: `steady frames/s at ${n(BIG)} nodes by those at ${n(SMALL)}, %`,
			value: medianRatio(big, small, (s) => s.steadyFramesPerS) * 100,
		},
		{
			what: `${run}: start and run, s`,
			value: medianOf(big, ({ startS, wallS }) => startS + wallS),
			wanted: { most: 40 },
			digits: 1,
		},
		{ what: `${run}: start, s`, value: medianOf(big, (s) => s.startS), wanted: { most: 5 }, digits: 1 },
		{ what: `${run}: peak, MB`, value: medianOf(big, (s) => s.peakRssMb), wanted: { most: 1500 } },
		...(largest === undefined
			? []
			: [
					{
						what: `${n(LARGEST.nodes)} nodes, 10 s: peak, MB`,
						value: medianOf(largest, (s) => s.peakRssMb),
						wanted: { most: 16_000 },
					},
				]),
	];
}
