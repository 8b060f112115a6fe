import test from "ava";
import { ClusteredNetwork } from "./support/clustered.js";

test("a member's readings go to its head, with others' to the sink, and a receipt confirms them", (t) => {
	const field = new ClusteredNetwork(3);
	const { network } = field;
	field.members[1]!.accept(21.5);
	network.clock.advanceBy(7_000_000);
	field.members[2]!.accept(22);
	field.members[0]!.accept(20);
	field.slot(1, 0);
	field.slot(2, 0);
	t.deepEqual(network.recorder.values("readingHandedOver", "head"), ["0x0002", "0x0002"]);
	network.clock.advanceBy(5_000_000);
	field.forward(0);
	const arrived = network.recorder.of("readingArrived", 0);
	t.deepEqual(
		arrived.map(({ origin, sequence, via, again }) => [origin, sequence, via, again]),
		[
			["0x0002", 0, "0x0002", 0],
			["0x0003", 0, "0x0002", 0],
			["0x0004", 0, "0x0002", 0],
		],
	);
	t.is(network.recorder.of("datagramSent", 1).length, 1);
	const collected = network.recorder.of("readingCollected", 0);
	t.deepEqual(
		collected.map(({ name, unit, value }) => [name, unit, value]),
		[
			["0002:temp", "Cel", 20],
			["0003:temp", "Cel", 21.5],
			["0004:temp", "Cel", 22],
		],
	);
	// 12 s before it came by the clocks of all, through two nodes that told its age in eighths of a second.
	t.true(Math.abs((collected[1]!["atS"] as number) - 0) < 0.2);
	t.true(Math.abs((collected[2]!["atS"] as number) - 7) < 0.2);
	field.receipts();
	t.is(network.recorder.of("readingConfirmed").length, 3);
	for (const { service } of field.members) t.is(service.buffer.readings.length, 0);
	t.deepEqual(network.leaks(), []);
});

test("what a head loses is sent again by another way, and costs the head its name", (t) => {
	const field = new ClusteredNetwork(3);
	const { network } = field;
	for (let round = 0; round < 8; round++) {
		field.members[2]!.accept(round);
		field.slot(2, round === 0 ? 1 : 0);
		if (round === 0) field.forward(1);
	}
	// Member 0 kept them all to itself.
	field.members[0]!.service.held.clear();
	const { address } = field.members[0]!.node;
	const { trust } = field.members[2]!;
	t.true(trust.admits(address, network.clock.nowUs()));
	field.receipts();
	field.slot(2, 1);
	field.slot(2, 1);
	field.slot(2, 1);
	field.slot(2, 1);
	t.false(trust.admits(address, network.clock.nowUs()));
	field.forward(1);
	field.receipts();
	t.is(network.recorder.of("readingConfirmed").length, 8);
	t.is(network.recorder.of("readingCollected").length, 8);
	t.deepEqual(network.recorder.of("readingAbandoned"), []);
	t.deepEqual(network.leaks(), []);
});
