/** What a fragment, or a packet that never became whole, tells of the address that it bears. */
export type EvidenceKind =
	/** A chained packet was verified to its end. */
	| "completed"
	/** A chain was begun and not finished in time. */
	| "incomplete"
	/** A next fragment at the expected offset that verifies against no chain. */
	| "mismatch"
	/** A chain, or a nonce, that was used before. */
	| "replayed"
	/** A fragment that verifies, and contradicts its own packet: past its end, misaligned, another size. */
	| "malformed";

/**
 * Who could have caused a piece of evidence.
 *
 * `anyone`: whoever has a radio; `jammer`: its owner, or somebody who spoils his frames; `member`: any holder of the
 * network key; `owner`: nobody but the owner of the address.
 */
export type Culprit = "anyone" | "jammer" | "member" | "owner";

/** Who could have caused it without a key, under a keyed anchor, and under link-layer security with a network key. */
export interface EvidenceRow {
	readonly unkeyed: Culprit;
	readonly keyed: Culprit;
	readonly secured: Culprit;
}

/** The one table that says what counts against whom. */
export const EVIDENCE: Readonly<Record<EvidenceKind, EvidenceRow>> = {
	// Whoever makes up success for another pays for it with airtime, and gains nothing that is not shared.
	completed: { unkeyed: "anyone", keyed: "owner", secured: "member" },
	incomplete: { unkeyed: "anyone", keyed: "jammer", secured: "member" },
	// Next fragments bear no proof of who sent them, under a key either.
	mismatch: { unkeyed: "anyone", keyed: "anyone", secured: "member" },
	replayed: { unkeyed: "anyone", keyed: "anyone", secured: "member" },
	malformed: { unkeyed: "anyone", keyed: "owner", secured: "member" },
};

/** What a piece of evidence may do. */
export interface Weight {
	/** Share of a full fault, 0 to 1. */
	readonly share: number;
	/** Whether it can block, or else stops at the score of somebody unknown. */
	readonly blocks: boolean;
}

/** What evidence weighs, by who could have caused it: nobody is punished for what another could do in his name. */
export const WEIGHTS: Readonly<Record<Culprit, Weight>> = {
	anyone: { share: 0, blocks: false },
	jammer: { share: 1, blocks: false },
	member: { share: 1 / 4, blocks: false },
	owner: { share: 1, blocks: true },
};
