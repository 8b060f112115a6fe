import { LinkAddress } from "../../../../firmware/address.js";
import { BufferPool } from "../../../../firmware/buffer-pool.js";
import { ArrivedChain } from "../../../../firmware/fragments/chain.js";
import type { ArrivedFragment } from "../../../../firmware/fragments/policy.js";
import type { PredictiveCsm } from "../../../../firmware/fragments/predictive-csm.js";
import { Reassembler } from "../../../../firmware/fragments/reassembler.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "../../../../firmware/mac/csma.js";
import { NeighbourTable } from "../../../../firmware/trust/neighbours.js";
import { RandomStream } from "../../../../sim/kernel/random.js";
import { HandClock } from "../../support/hand-clock.js";
import type { LinkModel } from "./link-model.js";

/** A first fragment, and a next one, between short addresses (b = 8). */
const FIRST_BYTES = 88;
const NEXT_BYTES = 96;
const HELLO_PERIOD_US = 30_000_000;
/** One transmission with its backoff and the wait for its acknowledgement, at least, and what the backoff adds. */
const ATTEMPT_US = 6_000;
const BACKOFF_US = 8_000;
const SOURCE = LinkAddress.short(1);
const RECEIVER = LinkAddress.short(2);

export interface NeighbourCase {
	readonly policy: PredictiveCsm;
	readonly link: LinkModel;
	readonly seed: number;
	readonly datagrams: number;
	/** Fragments of each datagram. */
	readonly fragments: number;
	/** Time between the beginnings of two datagrams. */
	readonly periodUs: number;
	/** Share of his datagrams of which the neighbour withholds a fragment after the first, on purpose. */
	readonly withheld: number;
	/** Ends at the first state other than normal. */
	readonly untilAlarm?: boolean;
	/** Called with the neighbour table before the first datagram. */
	prepare?(neighbours: NeighbourTable): void;
}

export interface NeighbourOutcome {
	completed: number;
	/** Contexts that were opened and not completed in time. */
	incomplete: number;
	/** First fragments that were refused. */
	refused: number;
	blocks: number;
	probations: number;
	leastScore: number;
	/** Datagrams before the first probation or block, and before the first block; the count of all if there was none. */
	untilAlarm: number;
	untilBlock: number;
}

/**
 * One neighbour who sends chained datagrams over a lossy link, with retransmissions, to a receiver under a policy:
 * what the policy comes to think of him. Chains count as verified, nothing is hashed.
 *
 * Each frame is sent until it is acknowledged, four times at most; a datagram whose fragment was not acknowledged is
 * given up. His numbered broadcasts, one in 30 s, are all that the receiver knows of the link.
 */
export function observeNeighbour(setting: NeighbourCase): NeighbourOutcome {
	const { policy, link, datagrams, fragments, periodUs, withheld } = setting;
	const clock = new HandClock();
	const pool = new BufferPool(1280);
	const neighbours = new NeighbourTable(4);
	const neighbour = neighbours.obtain(SOURCE)!;
	setting.prepare?.(neighbours);
	const random = new RandomStream(setting.seed, "neighbour", 0);
	const outcome: NeighbourOutcome = {
		completed: 0,
		incomplete: 0,
		refused: 0,
		blocks: 0,
		probations: 0,
		leastScore: 1,
		untilAlarm: datagrams,
		untilBlock: datagrams,
	};
	let sent = 0;
	policy.attach({
		node: 0,
		clock,
		store: { get: () => undefined, set: () => true },
		sink: {
			standingChanged: (_timeUs, _node, _address, state) => {
				if (state === "blocked") {
					outcome.blocks++;
					outcome.untilBlock = Math.min(outcome.untilBlock, sent);
				} else if (state === "probation") outcome.probations++;
				if (state === "blocked" || state === "probation")
					outcome.untilAlarm = Math.min(outcome.untilAlarm, sent);
			},
		},
		neighbours,
		maxRetries: CSMA_DEFAULTS.maxRetries,
		longestDeliveryUs: longestDeliveryUs(CSMA_DEFAULTS),
	});
	const ignore = () => {};
	const reassembler = new Reassembler({
		policy,
		budgetBytes: 8 * 1280,
		pool,
		clock,
		sink: { contextOpened: ignore, contextClosed: ignore, fragmentRefused: ignore, fragmentStored: ignore },
		node: 0,
		host: { noteAbandoned: () => outcome.incomplete++ },
	});
	const data = new Uint8Array(NEXT_BYTES);
	const size = FIRST_BYTES + (fragments - 1) * NEXT_BYTES;
	const isKeyed = policy.name === "predictive-csm-keyed";
	let sequence = 0;
	let helloUs = 0;

	for (; sent < datagrams; sent++) {
		const startUs = sent * periodUs;
		for (; helloUs <= startUs; helloUs += HELLO_PERIOD_US) {
			link.advanceTo(helloUs);
			if (link.broadcastArrives()) neighbour.noteBroadcast(sequence & 0xffff);
			sequence++;
		}
		const tag = sent & 0xffff;
		const withholds = withheld > 0 && random.below(2 ** 32) < withheld * 2 ** 32;
		const lastSent = withholds ? 1 + random.below(fragments - 1) : fragments;
		let timeUs = startUs;
		for (let i = 0; i < lastSent; i++) {
			let arrived = false;
			let acknowledged = false;
			for (let attempt = 0; attempt <= CSMA_DEFAULTS.maxRetries && !acknowledged; attempt++) {
				timeUs += ATTEMPT_US + random.below(BACKOFF_US);
				link.advanceTo(timeUs);
				if (!link.dataArrives()) continue;
				if (!arrived) {
					clock.advanceTo(timeUs);
					neighbour.noteReceived(-80, timeUs);
					take(i, tag, timeUs);
				}
				arrived = true;
				acknowledged = link.acknowledgementArrives();
			}
			if (!acknowledged) break;
		}
		clock.advanceTo(startUs + periodUs - 1);
		const known = policy.standings.find(SOURCE, clock.nowUs());
		if (known >= 0)
			outcome.leastScore = Math.min(outcome.leastScore, policy.standings.at(known).score / 0xffff);
		if (setting.untilAlarm === true && outcome.untilAlarm < datagrams) break;
	}
	return outcome;

	function take(index: number, tag: number, timeUs: number): void {
		const chain = new ArrivedChain();
		chain.keyed = isKeyed;
		chain.flags = isKeyed ? 1 : 2;
		chain.tokenBytes = 8;
		chain.nonce = tag;
		// Tokens tell the datagrams apart; the last one is zero.
		if (index < fragments - 1) {
			chain.token[0] = 1 + index;
			chain.token[1] = sent >>> 24;
			chain.token[2] = sent >>> 16;
			chain.token[3] = sent >>> 8;
			chain.token[4] = sent;
		}
		if (index > 0) {
			chain.context = reassembler.contexts.find((context) => context.tag === tag);
			// Its first fragment was refused, or its time is up.
			if (chain.context === undefined) return;
		}
		const fragment: ArrivedFragment = {
			source: SOURCE,
			destination: RECEIVER,
			size,
			tag,
			offset: index === 0 ? 0 : FIRST_BYTES + (index - 1) * NEXT_BYTES,
			length: index === 0 ? FIRST_BYTES : NEXT_BYTES,
			first: index === 0,
			secured: false,
			chain,
			timeUs,
		};
		const result = reassembler.accept(fragment, data, 0);
		if (typeof result === "object") {
			outcome.completed++;
			pool.give(result.buffer);
		} else if (typeof result === "string") outcome.refused++;
	}
}
