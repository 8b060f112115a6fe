import test from "ava";
import { Purpose } from "../../../sim/rounds/batteries.js";
import { DataRound } from "../../../sim/rounds/data-round.js";
import { Field } from "../../../sim/rounds/field.js";
import { RadioModel } from "../../../sim/rounds/radio-model.js";
import { NetworkState, NOBODY } from "../../../sim/rounds/state.js";

/** One joule a bit for sender and receiver, half a joule to aggregate, distance for nothing; packets of one bit. */
const RADIO = new RadioModel({ electronicsJ: 1, freeSpaceJ: 0, multipathJ: 0, aggregationJ: 0.5 });

function network(charges: readonly number[], heads: readonly number[]) {
	const died: number[] = [];
	const positions = { x: new Float64Array(charges.length), y: new Float64Array(charges.length) };
	const state = new NetworkState(new Field(positions, [0, 0]), Float64Array.from(charges), 1, (node) =>
		died.push(node),
	);
	state.head.set(heads);
	const data = new DataRound(state, RADIO, 1);
	data.prepare();
	return { state, data, died, charges: state.batteries.chargeJ };
}

test("members pay to send, heads to receive, aggregate and send, the others to reach the base", (t) => {
	const { data, charges, state } = network([10, 10, 10, 10], [0, 0, 0, NOBODY]);
	t.deepEqual({ ...data.run() }, { packets: 2, readings: 4 });
	t.deepEqual([...charges], [10 - 2 - 1.5 - 1, 9, 9, 9]);
	t.deepEqual([data.heads, data.uncovered, data.members[0]], [1, 1, 2]);
	const { spentJ } = state.batteries;
	t.is(spentJ[Purpose.send], 4);
	t.is(spentJ[Purpose.receive], 2);
	t.is(spentJ[Purpose.aggregate], 1.5);
});

test("a head that dies while it receives takes with it what it collected; its members have sent in vain", (t) => {
	const { data, charges, died } = network([2, 10, 10, 10], [0, 0, 0, 0]);
	// Receives and aggregates node 1's for 1.5, and has too little left for node 2's.
	t.deepEqual({ ...data.run() }, { packets: 0, readings: 0 });
	t.deepEqual(died, [0]);
	t.deepEqual([...charges], [0, 9, 9, 9]);
});

test("a head that cannot pay for its packet dies with it", (t) => {
	const { data, charges, died } = network([2.2, 10], [0, 0]);
	t.deepEqual({ ...data.run() }, { packets: 0, readings: 0 });
	t.deepEqual(died, [0]);
	t.deepEqual([...charges], [0, 9]);
});

test("who pays with the last of its charge is heard, and dead", (t) => {
	const { data, died, charges } = network([10, 1, 3], [0, 0, NOBODY]);
	t.deepEqual({ ...data.run() }, { packets: 2, readings: 3 });
	t.deepEqual(died, [1]);
	data.prepare();
	t.deepEqual({ ...data.run() }, { packets: 2, readings: 2 });
	t.deepEqual([...charges], [10 - 1.5 - 0.5 - 1 - 0.5 - 1, 0, 1]);
});

test("a member that cannot pay for its packet is not heard, and costs its head nothing", (t) => {
	const { data, charges, died } = network([10, 0.5], [0, 0]);
	t.deepEqual({ ...data.run() }, { packets: 1, readings: 1 });
	t.deepEqual(died, [1]);
	t.deepEqual([...charges], [8.5, 0]);
});

test("whatever happens, what is spent and what is left is what there was", (t) => {
	const { data, state, charges } = network([3, 7, 2.2, 5.1, 1.9, 4], [0, 0, 0, 3, 3, NOBODY]);
	for (let round = 0; round < 10; round++) {
		data.run();
		data.prepare();
		const spent = state.batteries.spentJ.reduce((sum, joules) => sum + joules, 0);
		const left = charges.reduce((sum, joules) => sum + joules, 0);
		t.true(Math.abs(spent + left - 23.2) < 1e-12);
	}
	t.is(state.batteries.living, 0);
});
