import { toDb } from "../kernel/math.js";
import type { LinkGraph } from "./links.js";

/** What a radio reports as the strength of a frame: whole dBm. */
export function rssiDbmOf(powerMw: number): number {
	return Math.round(toDb(powerMw));
}

/** 0 at -100 dBm to 255 at -60 dBm, as CC2420 and AT86RF233 drivers scale it. */
export function linkQuality(rssiDbm: number): number {
	return Math.max(0, Math.min(255, Math.round(((rssiDbm + 100) * 255) / 40)));
}

/** What arrives at a node's best-placed neighbour, in dBm; -128 where nobody is in range. */
export function strongestDbm(links: LinkGraph, node: number): number {
	let mw = 0;
	for (let i = links.start[node]!; i < links.start[node + 1]!; i++) mw = Math.max(mw, links.powerMw[i]!);
	return mw > 0 ? rssiDbmOf(mw) : -128;
}
