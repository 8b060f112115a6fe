import { ackForgery } from "./ack-forgery.js";
import { adaptive } from "./adaptive.js";
import { advertisementReplay } from "./advertisement-replay.js";
import type { AttackFactory } from "./attack.js";
import { badMouthing } from "./bad-mouthing.js";
import { bufferReservation } from "./buffer-reservation.js";
import { blackholeHead, energyLie, greyholeHead } from "./captured-heads.js";
import { datagramReplay } from "./datagram-replay.js";
import { downgrade } from "./downgrade.js";
import { dsnPreemption } from "./dsn-preemption.js";
import { earlyInjection } from "./early-injection.js";
import { electionJamming } from "./election-jamming.js";
import { forgedDatagram } from "./forged-datagram.js";
import { fragmentDuplication } from "./fragment-duplication.js";
import { fragnFlood } from "./fragn-flood.js";
import { framing } from "./framing.js";
import { headerReplay } from "./header-replay.js";
import { helloFlood } from "./hello-flood.js";
import { onOff } from "./on-off.js";
import { selectiveForwarding } from "./selective-forwarding.js";
import { selectiveJamming } from "./selective-jamming.js";
import { sizeConflict } from "./size-conflict.js";
import { sybil } from "./sybil.js";
import { sybilVolunteers } from "./sybil-volunteers.js";
import { tableFlush } from "./table-flush.js";
import { tagPrediction } from "./tag-prediction.js";
import { timeoutAbuse } from "./timeout-abuse.js";
import { tinyAndOverlapping } from "./tiny-and-overlapping.js";
import { whitewashing } from "./whitewashing.js";

/** Attacks on fragments and datagrams. */
const ON_FRAGMENTS: readonly AttackFactory[] = [
	bufferReservation,
	fragmentDuplication,
	earlyInjection,
	headerReplay,
	fragnFlood,
	tinyAndOverlapping,
	sizeConflict,
	tagPrediction,
	timeoutAbuse,
	selectiveForwarding,
	framing,
	onOff,
	whitewashing,
	sybil,
	forgedDatagram,
	datagramReplay,
	dsnPreemption,
	ackForgery,
	selectiveJamming,
	tableFlush,
	downgrade,
	adaptive,
];

/** Attacks on elections: their scenario must have one. */
const ON_ELECTIONS: readonly AttackFactory[] = [
	energyLie,
	blackholeHead,
	greyholeHead,
	sybilVolunteers,
	badMouthing,
	helloFlood,
	advertisementReplay,
	electionJamming,
];

function byName(factories: readonly AttackFactory[]): ReadonlyMap<string, AttackFactory> {
	return new Map(factories.map((factory) => [factory.name, factory]));
}

export const FRAGMENT_ATTACKS = byName(ON_FRAGMENTS);
export const ELECTION_ATTACKS = byName(ON_ELECTIONS);

/** The attacks that ship, by the name that a scenario gives them. */
export const ATTACKS = byName([...ON_FRAGMENTS, ...ON_ELECTIONS]);
