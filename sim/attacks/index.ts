import type { AttackFactory } from "./attack.js";
import { bufferReservation } from "./buffer-reservation.js";
import { earlyInjection } from "./early-injection.js";
import { fragmentDuplication } from "./fragment-duplication.js";
import { fragnFlood } from "./fragn-flood.js";
import { headerReplay } from "./header-replay.js";
import { tinyAndOverlapping } from "./tiny-and-overlapping.js";

/** The attacks that ship, by the name that a scenario gives them. */
export const ATTACKS: ReadonlyMap<string, AttackFactory> = new Map<string, AttackFactory>(
	[bufferReservation, fragmentDuplication, earlyInjection, headerReplay, fragnFlood, tinyAndOverlapping].map(
		(factory) => [factory.name, factory],
	),
);
