import type { Dissection } from "../capture/dissection.js";
import type { Dissector } from "../capture/dissector.js";
import type { Style } from "./style.js";

/** Counts what a capture held, for the lines at its end. */
export class DecodeSummary {
	readonly #types = new Map<string, number>();
	readonly #upperLayers = new Map<string, number>();
	readonly #checksums = new Map<string, number>();
	readonly #drops = new Map<string, number>();
	readonly #verdicts = new Map<string, number>();
	#frames = 0;
	#datagrams = 0;
	#reassembled = 0;
	#firstUs = 0;
	#lastUs = 0;

	/** Counts one frame. */
	add(found: Dissection): void {
		if (this.#frames++ === 0) this.#firstUs = found.timeUs;
		this.#lastUs = found.timeUs;
		count(this.#types, found.mac?.type ?? "unreadable");
		if (found.drop !== undefined) count(this.#drops, found.drop);
		const { datagram, chain } = found;
		if (chain?.verdict !== undefined) count(this.#verdicts, chain.verdict);
		if (datagram === undefined) return;
		this.#datagrams++;
		if (datagram.frames.length > 1) this.#reassembled++;
		count(this.#upperLayers, datagram.next);
		if (datagram.checksum !== undefined) count(this.#checksums, datagram.checksum);
	}

	/** The lines; `packets` is how many the file holds, frames or not. */
	lines(packets: number, dissector: Dissector, style: Style): string[] {
		const { bold } = style;
		const seconds = ((this.#lastUs - this.#firstUs) / 1e6).toFixed(3);
		const others = packets - this.#frames;
		const frames = this.#frames === 0 ? "0" : `${this.#frames} in ${seconds} s: ${list(this.#types)}`;
		const datagrams =
			this.#datagrams === 0
				? "0"
				: `${this.#datagrams}, ${this.#reassembled} of them from fragments: ${list(this.#upperLayers)}`;
		const lines = [`${bold("frames")}      ${frames}`, `${bold("datagrams")}   ${datagrams}`];
		if (others > 0) lines[0] += `; ${others} other packets`;
		if (this.#checksums.size > 0) lines.push(`${bold("checksums")}   ${list(this.#checksums)}`);
		if (this.#verdicts.size > 0) lines.push(`${bold("chained")}     ${list(this.#verdicts)}`);
		if (this.#drops.size > 0) lines.push(`${bold("refused")}     ${list(this.#drops)}`);
		const unfinished = list(dissector.abandoned);
		const open = dissector.open > 0 ? `${dissector.open} open at the end` : "";
		if (unfinished !== "" || open !== "") {
			lines.push(`${bold("unfinished")}  ${[unfinished, open].filter((part) => part !== "").join(", ")}`);
		}
		for (const hint of decodeHints(dissector)) lines.push(`${bold("hint")}        ${hint}`);
		return lines;
	}
}

/** What to give for what could not be read or verified. */
export function decodeHints(dissector: Dissector): string[] {
	return [contextHint(dissector), keyHint(dissector)].filter((hint) => hint !== undefined);
}

function keyHint({ unverified }: Dissector): string | undefined {
	if (unverified === 0) return undefined;
	const packets = unverified === 1 ? "1 datagram is" : `${unverified} datagrams are`;
	return `${packets} unverified for want of a key: --link-key ADDRESS,ADDRESS=HEX or --master-key HEX`;
}

function contextHint({ undecompressed, missingContexts }: Dissector): string | undefined {
	if (undecompressed === 0) return undefined;
	const ids = [...missingContexts].sort((a, b) => a - b);
	const options = (ids.length === 0 ? ["N"] : ids).map((id) => `--context ${id}=PREFIX`).join(" ");
	const packets = undecompressed === 1 ? "1 datagram needs" : `${undecompressed} datagrams need`;
	return `${packets} a context: ${options}`;
}

function count(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

function list(counts: ReadonlyMap<string, number>): string {
	const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
	return sorted.map(([key, value]) => `${value} ${key}`).join(", ");
}
