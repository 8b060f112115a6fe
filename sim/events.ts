import { type EventMethods, type EventTable, NODE_EVENTS } from "../firmware/events.js";

const timeUs = ["timeUs", "uint"] as const;
const node = ["node", "uint"] as const;

/** The events of a simulated run: those of its nodes, and what only the simulator sees. */
export const SIM_EVENTS = {
	...NODE_EVENTS,
	/** First event of every run. `scenario`: the resolved scenario as JSON. */
	runStarted: {
		code: 64,
		fields: [timeUs, ["scenario", "text"], ["seed", "uint"], ["fidelity", "text"], ["nodes", "uint"]],
	},
	/**
	 * A node stands at a place, in metres. `role`: `node`, `sink`, `outsider` for a replaying radio, `attacker`, or
	 * `verifying` for a node that takes no code but what is signed.
	 */
	nodePlaced: {
		code: 65,
		fields: [timeUs, node, ["x", "float"], ["y", "float"], ["role", "text"], ["address", "address"]],
	},
	/** A frame's preamble begins. `rssiDbm`: at its best-placed neighbour; -128 when nobody is in range. */
	frameOnAir: {
		code: 66,
		fields: [timeUs, node, ["channel", "uint"], ["rssiDbm", "int"], ["psdu", "bytes"]],
	},
	/** A frame passed a receiver's address filter. `timeUs`: its end. */
	frameReceived: { code: 67, fields: [timeUs, node, ["from", "uint"], ["rssiDbm", "int"]] },
	/**
	 * A unicast frame missed its receiver. `cause`: `collision` (another frame was in the air there),
	 * `noise`, `transmitting`, `off`, or `weak` (below what a receiver locks to).
	 */
	frameLost: { code: 68, fields: [timeUs, node, ["from", "uint"], ["cause", "text"]] },
	/** A node stopped for good; see `nodeStopped` for one that comes back. */
	nodeDied: { code: 69, fields: [timeUs, node, ["cause", "text"]] },
	/** What a node used, in microjoules, at the end of the run or of the node. */
	nodeEnergy: {
		code: 70,
		fields: [
			timeUs,
			node,
			["txUj", "float"],
			["rxUj", "float"],
			["listenUj", "float"],
			["sleepUj", "float"],
			["cpuUj", "float"],
		],
	},
	/** The reassembly memory of a node over the run: the most octets in use. */
	nodeMemory: { code: 71, fields: [timeUs, node, ["peakBytes", "uint"], ["budgetBytes", "uint"]] },
	/** A replayed frame went out. `number`: in the capture, from 1. */
	frameReplayed: { code: 72, fields: [timeUs, node, ["number", "uint"], ["outcome", "text"]] },
	/** Last event of every run. */
	runEnded: { code: 73, fields: [timeUs, ["events", "uint"]] },
	/** A node lost its power, and with it all but what it had stored. */
	nodeStopped: { code: 74, fields: [timeUs, node, ["cause", "text"]] },
	/** A node that came late or had lost its power starts. `boots`: how often it started before. */
	nodeStarted: { code: 75, fields: [timeUs, node, ["boots", "uint"]] },
	/**
	 * What a radio without firmware is there for. `entry`: its number in the scenario's `attacks`; `victim` and `spoofed`:
	 * nodes; `control`: `airtime` for the airtime control, else empty.
	 */
	attackPlanned: {
		code: 76,
		fields: [
			timeUs,
			node,
			["entry", "uint"],
			["kind", "text"],
			["victim", "uint"],
			["spoofed", "uint"],
			["control", "text"],
		],
	},
	/**
	 * What a clustered node has used so far, in microjoules. `moment`: `election` when a round begins, with an election or
	 * one that is due for it; `slots` when what all listen to in an election is over; `death` when the first node died.
	 */
	energySampled: { code: 80, fields: [timeUs, node, ["moment", "text"], ["usedUj", "float"]] },
	/**
	 * A round of the first-order model is over; number 0 stands for the start. `alive`: nodes at its end; `heads`, `uncovered`: nodes that led, or that no
	 * head covered; `packets`, `readings`: that reached the base, the latter of as many as nodes were alive at its beginning;
	 * `controlBits`: sent for elections since the start.
	 */
	roundEnded: {
		code: 96,
		fields: [
			timeUs,
			["round", "uint"],
			["alive", "uint"],
			["heads", "uint"],
			["uncovered", "uint"],
			["packets", "uint"],
			["readings", "uint"],
			["controlBits", "uint"],
		],
	},
	/**
	 * Charges at the end of that round, over all nodes: mean in joules, variance in joules squared, Jain's index of the
	 * shares of their initial charge that nodes have spent.
	 */
	chargeSpread: {
		code: 97,
		fields: [timeUs, ["round", "uint"], ["meanJ", "float"], ["varianceJ2", "float"], ["jain", "float"]],
	},
	/**
	 * The same at a moment that results name: `mid-life`, when half of all charge is spent, or `first-death`; and Gini's
	 * coefficient of the shares spent.
	 */
	lifeMoment: {
		code: 98,
		fields: [
			timeUs,
			["moment", "text"],
			["round", "uint"],
			["varianceJ2", "float"],
			["jain", "float"],
			["gini", "float"],
		],
	},
	/** A node begins to lead in the first-order model. `members`: others that it leads. */
	headElected: { code: 99, fields: [timeUs, node, ["round", "uint"], ["members", "uint"]] },
	/** What all nodes spent in the first-order model, in joules, at the end of the run. */
	chargeSpent: {
		code: 100,
		fields: [
			timeUs,
			["sendJ", "float"],
			["receiveJ", "float"],
			["aggregateJ", "float"],
			["controlSendJ", "float"],
			["controlReceiveJ", "float"],
			["initialJ", "float"],
			["leftJ", "float"],
		],
	},
	/**
	 * The graph of a run of fidelity `graph`. `links`: each direction counts; `largest`: nodes in the largest component;
	 * `excess`: (⟨k²⟩ - ⟨k⟩) / ⟨k⟩ of the degrees k; `periodX` and `periodY`: size in metres of a field without borders, else 0.
	 */
	graphBuilt: {
		code: 112,
		fields: [
			timeUs,
			["links", "uint"],
			["largest", "uint"],
			["meanDegree", "float"],
			["excess", "float"],
			["transitivity", "float"],
			["periodX", "float"],
			["periodY", "float"],
		],
	},
	/** What theory says of a worm on this graph; see `worm/predictions.ts`. `waveMPerS`: 0 where there is no such wave. */
	wormPredicted: {
		code: 113,
		fields: [
			timeUs,
			["transmissibility", "float"],
			["r0", "float"],
			["finalSize", "float"],
			["waveMPerS", "float"],
		],
	},
	/** A node runs a worm. `from`: whose code it took; itself where it had it from the beginning. */
	nodeInfected: { code: 114, fields: [timeUs, node, ["from", "uint"]] },
	/** An infected node was patched, and is immune. */
	nodePatched: { code: 115, fields: [timeUs, node] },
	/** A susceptible node's score of an infected neighbour fell below θ: it drops its code from now on. */
	neighbourDistrusted: { code: 116, fields: [timeUs, node, ["from", "uint"]] },
	/** A node is an attacker's from now on, and its firmware runs on. `entry`: its number in the scenario's `attacks`. */
	nodeCaptured: { code: 77, fields: [timeUs, node, ["entry", "uint"]] },
} as const satisfies EventTable;

export type SimSink = EventMethods<typeof SIM_EVENTS>;
