/**
 * Blobs of the store that hold what a node has learnt. Losing the last minute of it costs a little of what it knows, and
 * nothing else; a store may put their writing off. Every other blob must be kept before `set` returns: what a counter
 * reserved must never be given out again, also after a power cut a microsecond later.
 *
 * Names of blobs have at most 15 characters, as NVS wants it.
 */
export const LearntBlob = {
	/** What the policy of reassembly thinks of neighbours. */
	standings: "standing",
	/** How heads of clusters served. */
	services: "service",
	/** Which readings arrived at a sink. */
	arrivals: "arrivals",
	/** What an election learnt. */
	election: "election",
} as const;

/** Whether a store may put the writing of a blob off. */
export function isLearnt(name: string): boolean {
	const { standings, services, arrivals, election } = LearntBlob;
	return name === standings || name === services || name === arrivals || name === election;
}
