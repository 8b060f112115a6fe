import { ackForgery } from "./ack-forgery.js";
import { adaptive } from "./adaptive.js";
import type { AttackFactory } from "./attack.js";
import { bufferReservation } from "./buffer-reservation.js";
import { datagramReplay } from "./datagram-replay.js";
import { downgrade } from "./downgrade.js";
import { dsnPreemption } from "./dsn-preemption.js";
import { earlyInjection } from "./early-injection.js";
import { forgedDatagram } from "./forged-datagram.js";
import { fragmentDuplication } from "./fragment-duplication.js";
import { fragnFlood } from "./fragn-flood.js";
import { framing } from "./framing.js";
import { headerReplay } from "./header-replay.js";
import { onOff } from "./on-off.js";
import { selectiveForwarding } from "./selective-forwarding.js";
import { selectiveJamming } from "./selective-jamming.js";
import { sizeConflict } from "./size-conflict.js";
import { sybil } from "./sybil.js";
import { tableFlush } from "./table-flush.js";
import { tagPrediction } from "./tag-prediction.js";
import { timeoutAbuse } from "./timeout-abuse.js";
import { tinyAndOverlapping } from "./tiny-and-overlapping.js";
import { whitewashing } from "./whitewashing.js";

/** The attacks that ship, by the name that a scenario gives them. */
export const ATTACKS: ReadonlyMap<string, AttackFactory> = new Map<string, AttackFactory>(
	[
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
	].map((factory) => [factory.name, factory]),
);
