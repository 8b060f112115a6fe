import type { LinkAddress } from "../address.js";
import type { Clock, Random, Sink } from "../ports.js";
import type { Agenda } from "./agenda.js";
import type { ClusterClient, TrustGate } from "./client.js";
import type { ClusterRouting } from "./cluster-routing.js";
import type { ClusterConfig } from "./config.js";
import type { Neighbourhood } from "./neighbourhood.js";
import type { RadioDuty } from "./radio-duty.js";
import type { RoundClock } from "./round-clock.js";
import type { SendWindow } from "./send-window.js";
import type { Timeline } from "./timeline.js";
import type { Voice } from "./voice.js";

export type Role = "head" | "member" | "direct" | "uncovered";

/** What the parts of a clustered node share. */
export interface ClusterParts {
	readonly node: number;
	readonly isSink: boolean;
	readonly address: LinkAddress;
	readonly config: ClusterConfig;
	readonly timeline: Timeline;
	readonly clock: Clock;
	readonly random: Random;
	readonly sink: Pick<Sink, "roleTaken">;
	readonly rounds: RoundClock;
	readonly agenda: Agenda;
	readonly duty: RadioDuty;
	readonly voice: Voice;
	readonly window: SendWindow;
	readonly ways: ClusterRouting;
	readonly neighbourhood: Neighbourhood;
	gate(): TrustGate;
	client(): ClusterClient | undefined;
	/** Our charge, 0 to 255. */
	charge(): number;
	/** The round of the election that the term began with, -1 before the first. */
	term(): number;
	/** Octets of a broadcast's payload. */
	room(): number;
}
