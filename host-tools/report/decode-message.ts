import type {
	DissectedCluster,
	DissectedGradient,
	DissectedHello,
	DissectedReceiptEntry,
	Dissection,
} from "../capture/dissection.js";

/** A message of Lowguard's own in a few words; undefined where a frame carries none. */
export function messagePart({ gradient, hello, cluster }: Dissection): string | undefined {
	if (gradient !== undefined) return gradientPart(gradient);
	if (hello !== undefined) return helloPart(hello);
	return cluster === undefined ? undefined : clusterPart(cluster);
}

function gradientPart({ hops, cost, epoch }: DissectedGradient): string {
	return `gradient beacon, ${hopsPart(hops)}, cost ${cost.toFixed(1)}, epoch ${epoch}`;
}

function helloPart({ boot, capabilities, charge, neighbours }: DissectedHello): string {
	const told = charge === undefined ? [] : [`charge ${charge}`, `${neighbours} neighbours`];
	return [`hello, boot ${boot}`, ...capabilities, ...told].join(", ");
}

function clusterPart(found: DissectedCluster): string {
	switch (found.type) {
		case "sync":
			return `sync ${whenPart(found)}, charge ${found.charge}, ${hopsPart(found.hops)}, cost ${found.cost.toFixed(1)}`;
		case "advertisement": {
			const { tentative, charge, merit, section, hops, completion } = found;
			const kind = tentative ? "tentative advertisement" : "advertisement";
			const way = `${hopsPart(hops)}, completion ${completion.toFixed(2)}`;
			return `${kind} ${whenPart(found)}, charge ${charge}, merit ${merit}, section ${section}, ${way}`;
		}
		case "join":
			return `join of round ${found.round}${found.intermediary ? ", as intermediary" : ""}, charge ${found.charge}`;
		case "schedule": {
			const { section, charge, meanCharge, hops, completion, members } = found;
			const way = `${hopsPart(hops)}, completion ${completion.toFixed(2)}`;
			const slots = members.length === 0 ? "no members" : `members ${members.join(" ")}`;
			return `schedule ${whenPart(found)}, section ${section}, charge ${charge}, members' mean ${meanCharge}, ${way}, ${slots}`;
		}
		case "receipt": {
			const { issue, keyed, entries } = found;
			return [`receipt ${issue}`, ...(keyed ? ["keyed"] : []), ...entries.map(entryPart)].join(", ");
		}
	}
}

/** `of round 7 after 200.0 ms`: what receivers set their clocks by. */
function whenPart({ round, elapsedUs }: { readonly round: number; readonly elapsedUs: number }): string {
	return `of round ${round} after ${(elapsedUs / 1000).toFixed(1)} ms`;
}

function hopsPart(hops: number): string {
	return `${hops} hop${hops === 1 ? "" : "s"}`;
}

/** `0x0003 up to 12: 11100…`, without what is older than the oldest that arrived. */
function entryPart({ node, newest, arrived }: DissectedReceiptEntry): string {
	const known = arrived.replace(/0+$/, "");
	return `${node} up to ${newest}: ${known === "" ? "none" : known}`;
}
