/** What DEEC's formulas ask of a network under the first-order radio model; energies a bit in joules. */
export interface FirstOrderNetwork {
	readonly nodes: number;
	/** Side of the square field, in metres. */
	readonly sideM: number;
	/** Mean distance from a node to the sink, in metres. */
	readonly sinkDistanceM: number;
	/** Bits that each node sends in a round. */
	readonly packetBits: number;
	/** Charge of all nodes at the start, in joules. */
	readonly totalJ: number;
	readonly electronicsJ: number;
	/** Of the amplifier, per m². */
	readonly freeSpaceJ: number;
	/** Of the amplifier, per m⁴. */
	readonly multipathJ: number;
	readonly aggregationJ: number;
}

/**
 * Clusters that cost least: √(N / 2π) √(ε_fs / ε_mp) M / d² (Heinzelman, Chandrakasan, Balakrishnan, IEEE Transactions on
 * Wireless Communications 1(4), 2002).
 */
export function cheapestClusters({
	nodes,
	sideM,
	sinkDistanceM,
	freeSpaceJ,
	multipathJ,
}: FirstOrderNetwork): number {
	return (
		(Math.sqrt(nodes / (2 * Math.PI)) * Math.sqrt(freeSpaceJ / multipathJ) * sideM) /
		(sinkDistanceM * sinkDistanceM)
	);
}

/**
 * Rounds that the charge of all lasts, R = E_total / E_round, where a round costs
 * L (2 N E_el + N E_DA + k ε_mp d⁴ + N ε_fs M² / (2 π k)) with the cheapest k (Qing, Zhu, Wang, "Design of a distributed
 * energy-efficient clustering algorithm for heterogeneous wireless sensor networks", Computer Communications 29, 2006).
 *
 * Compared with public MATLAB code of DEEC, which has the same cost of a round and takes d = 0.765 M / 2 for a sink in
 * the centre. That code's k has √ of the distance √(ε_fs / ε_mp) in place of the distance, which we take for a mistake:
 * with it R is 5 % lower in the usual field.
 */
export function deecLifetimeRounds(network: FirstOrderNetwork): number {
	const { nodes, sideM, sinkDistanceM, packetBits, totalJ } = network;
	const clusters = cheapestClusters(network);
	const sink2 = sinkDistanceM * sinkDistanceM;
	const head2 = (sideM * sideM) / (2 * Math.PI * clusters);
	const bitJ =
		2 * nodes * network.electronicsJ +
		nodes * network.aggregationJ +
		clusters * network.multipathJ * sink2 * sink2 +
		nodes * network.freeSpaceJ * head2;
	return totalJ / (packetBits * bitJ);
}
