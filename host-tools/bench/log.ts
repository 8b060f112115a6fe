import type { Section } from "./section.js";
import { compareThroughput, type Variant } from "./throughput.js";

const MOST_COST = 15;
const VARIANTS: readonly Variant[] = [
	{ name: "no log", set: [], keeping: "nothing" },
	{ name: "hashed (--hash)", set: [], keeping: "hash", mostCost: MOST_COST },
	{ name: "written and hashed", set: [], keeping: "log", mostCost: MOST_COST },
	{ name: "with frames.pcap (--out)", set: [], keeping: "folder" },
];

/** What the event log costs in throughput. */
export const log: Section = {
	name: "log",
	about: "what the event log costs in throughput",
	run: (settings, output) =>
		compareThroughput("log", "The event log, workload A", VARIANTS, settings, output),
};
