import type { AttackFactory } from "./attack.js";
import { ClusterEar } from "./cluster-ear.js";
import { FalseHeads } from "./false-heads.js";
import { identityOption, LOUD } from "./option-schemas.js";

/**
 * Many invented heads announce themselves in each election, all with a full charge, and lead whoever believes them: their
 * members' readings are acknowledged and go nowhere. Nobody's score outlives a name that is new in each election. Under
 * spoofed names the blame is that of the nodes who bear them.
 */
export const sybilVolunteers: AttackFactory = {
	name: "sybil-volunteers",
	options: {
		identity: identityOption("invented"),
		txPowerDbm: LOUD,
		identities: {
			type: "integer",
			minimum: 1,
			maximum: 64,
			default: 8,
			description: "Invented heads at a time",
		},
		renewed: { type: "boolean", default: true, description: "They bear new names in each election" },
		charge: {
			type: "integer",
			minimum: 0,
			maximum: 255,
			default: 255,
			description: "Charge that they claim, 255 for a full one",
		},
	},
	create(options, context) {
		const ear = new ClusterEar(context);
		const heads = new FalseHeads(context, ear, {
			charge: options["charge"] as number,
		});
		const count = options["identities"] as number;
		let turn = 0;
		// Of names that others have, another one each time.
		const name = () =>
			options["identity"] === "spoofed"
				? context.neighbours[turn++ % context.neighbours.length]!
				: context.identity();
		const invent = () => Array.from({ length: count }, name);
		let names = invent();
		ear.onRound((times) => {
			if (times.hasElection) {
				if (options["renewed"] === true) names = invent();
				heads.announce(names, times);
			}
			heads.schedule(times);
		});
	},
};
