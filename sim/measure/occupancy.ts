/** What is kept of one open context. */
interface Open {
	readonly source: string;
	readonly tag: number;
	readonly bytes: number;
	readonly isAttackers: boolean;
}

/** The memory of one node in reassembly, over time. */
class NodeOccupancy {
	readonly open: Open[] = [];
	bytes = 0;
	attackers = 0;
	sinceUs = 0;
	/** Integrals over time. */
	contextsUs = 0;
	bytesUs = 0;
	attackersUs = 0;
	peakContexts = 0;
	peakBytes = 0;
	peakAttackers = 0;

	/** Adds up what was in use since the last change. */
	settle(timeUs: number): void {
		const spanUs = timeUs - this.sinceUs;
		this.sinceUs = timeUs;
		this.contextsUs += this.open.length * spanUs;
		this.bytesUs += this.bytes * spanUs;
		this.attackersUs += this.attackers * spanUs;
	}
}

/** Mean over time and peak of what a group of nodes had in use, each node on its own. */
export interface OccupancySummary {
	contexts: { mean: number; peak: number };
	bytes: { mean: number; peak: number };
	/** Contexts that an attacker's frame opened: mean over time and peak, and their share of all. */
	attackers: { mean: number; peak: number; share: number };
}

/** Adds up who holds reassembly memory for how long; memory grows with nodes and open contexts alone. */
export class Occupancy {
	readonly #nodes = new Map<number, NodeOccupancy>();

	/** A context was opened; `bytesInUse` of the node with it. */
	opened(
		timeUs: number,
		node: number,
		source: string,
		tag: number,
		bytesInUse: number,
		isAttackers: boolean,
	): void {
		const at = this.#of(node);
		at.settle(timeUs);
		at.open.push({ source, tag, bytes: bytesInUse - at.bytes, isAttackers });
		at.bytes = bytesInUse;
		if (isAttackers) at.attackers++;
		at.peakContexts = Math.max(at.peakContexts, at.open.length);
		at.peakBytes = Math.max(at.peakBytes, bytesInUse);
		at.peakAttackers = Math.max(at.peakAttackers, at.attackers);
	}

	/** A context was closed; of several under one name, the oldest whose memory is what the node has now less. */
	closed(timeUs: number, node: number, source: string, tag: number, bytesInUse: number): void {
		const at = this.#of(node);
		at.settle(timeUs);
		const freed = at.bytes - bytesInUse;
		const named = (open: Open): boolean => open.source === source && open.tag === tag;
		let index = at.open.findIndex((open) => named(open) && open.bytes === freed);
		if (index < 0) index = at.open.findIndex(named);
		at.bytes = bytesInUse;
		if (index < 0) return;
		const [gone] = at.open.splice(index, 1);
		if (gone!.isAttackers) at.attackers--;
	}

	/** Ends the run. */
	finish(timeUs: number): void {
		for (const node of this.#nodes.values()) node.settle(timeUs);
	}

	/** Over a group of nodes, after {@link finish}. */
	summary(nodes: readonly number[], durationUs: number): OccupancySummary {
		const sum = { contextsUs: 0, bytesUs: 0, attackersUs: 0 };
		const peak = { contexts: 0, bytes: 0, attackers: 0 };
		for (const node of nodes) {
			const at = this.#nodes.get(node);
			if (at === undefined) continue;
			sum.contextsUs += at.contextsUs;
			sum.bytesUs += at.bytesUs;
			sum.attackersUs += at.attackersUs;
			peak.contexts = Math.max(peak.contexts, at.peakContexts);
			peak.bytes = Math.max(peak.bytes, at.peakBytes);
			peak.attackers = Math.max(peak.attackers, at.peakAttackers);
		}
		const mean = (integral: number): number =>
			nodes.length === 0 || durationUs === 0 ? 0 : integral / durationUs / nodes.length;
		return {
			contexts: { mean: mean(sum.contextsUs), peak: peak.contexts },
			bytes: { mean: mean(sum.bytesUs), peak: peak.bytes },
			attackers: {
				mean: mean(sum.attackersUs),
				peak: peak.attackers,
				share: sum.contextsUs === 0 ? 0 : sum.attackersUs / sum.contextsUs,
			},
		};
	}

	#of(node: number): NodeOccupancy {
		let known = this.#nodes.get(node);
		if (known === undefined) {
			known = new NodeOccupancy();
			this.#nodes.set(node, known);
		}
		return known;
	}
}
