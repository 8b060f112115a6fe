import { BROADCAST } from "../../firmware/address.js";
import { encodeSync, SYNC_BYTES, Sync } from "../../firmware/frames/cluster-sync.js";
import { CHAINS, CLUSTER_HELLO_BYTES, CLUSTERS, encodeHello, Hello } from "../../firmware/frames/hello.js";
import { SHR_US, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { AttackFactory } from "./attack.js";
import { ClusterEar, type RoundTimes } from "./cluster-ear.js";
import { FalseHeads } from "./false-heads.js";
import { identityOption, LOUD } from "./option-schemas.js";

/** After the sink's own SYNC, among its echoes. */
const SYNC_AFTER_US = 8_000;

/**
 * A loud radio says that it leads, that it is next to the sink, and that it is there: all who hear it take it for a
 * neighbour, and those beyond their own reach send into the void (Karlof and Wagner 2003, section 5.6).
 */
export const helloFlood: AttackFactory = {
	name: "hello-flood",
	options: {
		identity: identityOption("own"),
		txPowerDbm: LOUD,
		message: {
			enum: ["all", "advertisement", "sync", "hello"],
			default: "all",
			description:
				"What it floods: heads that announce themselves, ways to the sink, neighbours, or all of them",
		},
		hops: {
			type: "integer",
			minimum: 0,
			maximum: 254,
			default: 0,
			description: "Hops to the sink that its SYNCs claim; 0: it is one",
		},
		shiftMs: {
			type: "number",
			minimum: -1e5,
			maximum: 1e5,
			default: 0,
			description: "How much later than it did the round began, by its SYNCs: sets clocks wrong",
		},
		charge: {
			type: "integer",
			minimum: 0,
			maximum: 255,
			default: 255,
			description: "Charge that it claims, 255 for a full one",
		},
	},
	create(options, context) {
		const message = options["message"] as "all" | "advertisement" | "sync" | "hello";
		const charge = options["charge"] as number;
		const does = (kind: typeof message): boolean => message === "all" || message === kind;
		const ear = new ClusterEar(context);
		const heads = new FalseHeads(context, ear, { charge });
		const name = context.identity();
		let sequence = 0;
		const broadcast = (payload: Uint8Array, atUs?: number): void => {
			const psdu = context.forge.frame({ source: name.address, destination: BROADCAST }, payload);
			context.send(psdu, atUs === undefined ? {} : { atUs });
		};
		const sync = ({ round, beganUs }: RoundTimes): void => {
			const atUs = context.nowUs() + TURNAROUND_US;
			const hops = options["hops"] as number;
			const frame = Object.assign(new Sync(), { hops, charge, cost256: 256 * hops });
			const shiftUs = Math.round(1000 * (options["shiftMs"] as number));
			const elapsedUs = Math.max(0, atUs + SHR_US - beganUs - shiftUs);
			Object.assign(frame.time, { sequence: sequence++ & 0xffff, round, elapsedUs });
			const payload = new Uint8Array(SYNC_BYTES);
			encodeSync(frame, payload, 0);
			broadcast(payload, atUs);
		};
		ear.onRound((times) => {
			if (times.hasElection && does("sync")) context.at(times.beganUs + SYNC_AFTER_US, () => sync(times));
			if (times.hasElection && does("advertisement")) heads.announce([name], times);
			if (does("advertisement")) heads.schedule(times);
		});
		context.onStrike(() => {
			if (!does("hello")) return;
			const hello = Object.assign(new Hello(), {
				capabilities: CHAINS | CLUSTERS,
				boot: 1,
				sequence: sequence++ & 0xffff,
				charge,
				neighbours: 255,
			});
			const payload = new Uint8Array(CLUSTER_HELLO_BYTES);
			encodeHello(hello, payload, 0);
			broadcast(payload);
		});
	},
};
