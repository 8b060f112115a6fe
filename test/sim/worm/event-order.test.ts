import test from "ava";
import { completeSink } from "../../../firmware/events.js";
import { runWorm } from "../../../host-tools/run/worm-run.js";
import { SIM_EVENTS } from "../../../sim/events.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import { optionsOf } from "../../../sim/scenario/scenario.js";
import { LinkContacts } from "../../../sim/worm/transmission.js";
import { loadText } from "../support/run-text.js";

const DENSE = `
name: dense
fidelity: graph
durationS: 1000
topology: { kind: random-spatial, nodes: 300, scaleM: 150, meanDegree: 12 }
worm: { initial: 3, contactsPerS: 0.3, fragments: 2, detectionShare: 0.2, theta: 0.1, patchPerS: 0.1 }
`;

test("each node is infected by the first neighbour whose code comes through, as paths of shortest time have it", async (t) => {
	const loaded = await loadText(t, DENSE);
	const { scenario, modules } = loaded;
	const { start, to } = modules.topology.create(optionsOf(scenario.topology), scenario.seed).contacts!;
	const infectedUs = new Map<number, number>();
	const first: number[] = [];
	const sink = completeSink(SIM_EVENTS, {
		nodeInfected: (timeUs, node, from) => {
			infectedUs.set(node, timeUs);
			if (from === node) first.push(node);
		},
	});
	runWorm(loaded, { sinks: [sink] });

	// A link's delay and a node's patch do not depend on when they begin, so that times follow by relaxing links.
	const contacts = new LinkContacts(scenario.worm);
	const dueUs = new Float64Array(300).fill(Number.POSITIVE_INFINITY);
	for (const node of first) dueUs[node] = 0;
	for (let isChanged = true; isChanged; ) {
		isChanged = false;
		for (let from = 0; from < 300; from++) {
			if (dueUs[from] === Number.POSITIVE_INFINITY) continue;
			const patchS = new RandomStream(scenario.seed, "worm-patch", from).exponential() / 0.1;
			for (let link = start[from]!; link < start[from + 1]!; link++) {
				// Scores of 0.5 bear three detections until they are below 0.1.
				const random = new RandomStream(scenario.seed, "worm-contact", link);
				if (contacts.draw(random, 1, 3, patchS) !== "infected") continue;
				const atUs = dueUs[from]! + Math.round(contacts.atS * 1e6);
				if (atUs >= dueUs[to[link]!]!) continue;
				dueUs[to[link]!] = atUs;
				isChanged = true;
			}
		}
	}
	t.true(infectedUs.size > 200);
	for (let node = 0; node < 300; node++)
		t.is(infectedUs.get(node) ?? Number.POSITIVE_INFINITY, dueUs[node]!, `node ${node}`);
});
