import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { NodeReadings } from "../../../firmware/app/readings-host.js";
import { Advertisement, encodeAdvertisement } from "../../../firmware/frames/cluster-advertisement.js";
import { encodeJoin, Join } from "../../../firmware/frames/cluster-join.js";
import { encodeSchedule, Schedule } from "../../../firmware/frames/cluster-schedule.js";
import { encodeSync, Sync } from "../../../firmware/frames/cluster-sync.js";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { encodeMacHeader, FrameType, MacHeader } from "../../../firmware/frames/mac-frame.js";
import { SimulatedRadio } from "../../../sim/channel/radio.js";
import { configOf, PAN } from "../../sim/support/radio-bench.js";
import { electionOf, Field, mesh } from "./support/field.js";

const EVERYBODY = LinkAddress.short(0xffff);
/** From the beginning of a frame to the end of its start-of-frame delimiter. */
const SHR_US = 160;

/** Somebody who says what is asked of him, with the short address 9. */
class Stranger {
	readonly #radio: SimulatedRadio;
	#seq = 0;

	constructor(field: Field, node: number) {
		this.#radio = new SimulatedRadio(field.transceivers, node);
		this.#radio.configure(configOf(node));
	}

	say(atUs: number, to: LinkAddress, write: (bytes: Uint8Array, at: number) => number): void {
		const header = new MacHeader();
		header.type = FrameType.data;
		header.panIdCompression = true;
		header.seq = this.#seq++;
		header.destinationPan = PAN;
		header.destination.set(to);
		header.source.setShort(9);
		const psdu = new Uint8Array(127);
		const end = write(psdu, encodeMacHeader(header, psdu, 0));
		putFcs(psdu, end + 2);
		this.#radio.transmit(psdu.slice(0, end + 2), { cca: false, atUs }, { transmitted: () => {} });
	}
}

/** SCHEDULEs that a node said since a time: the section that each names. */
function sections(field: Field, node: number, sinceUs = 0): number[] {
	return field.air
		.filter((frame) => frame.node === node && frame.timeUs >= sinceUs && frame.psdu[10] === 5)
		.map(({ psdu }) => psdu[20]!);
}

test("a head that told of a move when its term ended leads a section of its own in the next one", (t) => {
	const field = new Field(4, mesh(4), {
		cluster: { election: electionOf((node) => node === 1), roundsPerElection: 1 },
		late: [3],
	});
	const stranger = new Stranger(field, 3);
	field.run(16.3);
	const join = new Join();
	join.flags = 0x02;
	join.round = field.nodes[1]!.cluster!.service.round;
	stranger.say(16_351_000, LinkAddress.short(2), (bytes, at) => encodeJoin(join, bytes, at));
	field.run(20);
	const said = sections(field, 1);
	t.true(said.length > 5);
	t.deepEqual(
		said.filter((section) => section > 3),
		[],
	);
	t.is(field.roles()[2], "member 0x0002");
	t.true(field.told[2]!.slots.at(-1)!.timeUs > 30_000_000);
});

test("a head that is told of a clash moves, and not to where it is", (t) => {
	for (let seed = 1; seed <= 8; seed++) {
		const field = new Field(3, mesh(3), {
			cluster: { election: electionOf((node) => node === 1), sections: 2 },
			late: [2],
			seed,
		});
		const stranger = new Stranger(field, 2);
		field.run(16.3);
		const join = new Join();
		join.flags = 0x02;
		join.round = field.nodes[1]!.cluster!.service.round;
		stranger.say(16_351_000, LinkAddress.short(2), (bytes, at) => encodeJoin(join, bytes, at));
		field.run(14);
		const [first] = field.air
			.filter((frame) => frame.node === 1 && frame.timeUs >= 16_000_000 && frame.psdu[10] === 3)
			.map(({ psdu }) => psdu[22]!);
		t.deepEqual(sections(field, 1, 16_000_000), [1 - first!, 1 - first!, 1 - first!], `seed ${seed}`);
	}
});

test("a head of a full section hears who asks in the slot for newcomers", (t) => {
	const field = new Field(5, mesh(5), {
		cluster: { election: electionOf((node) => node === 1), slotsPerSection: 4 },
		late: [4],
	});
	const stranger = new Stranger(field, 4);
	field.run(22);
	t.deepEqual(field.roles().slice(1, 4), ["head 0x0002", "member 0x0002", "member 0x0002"]);
	const { rounds, timeline } = field.nodes[1]!.cluster!;
	const round = rounds.round;
	t.false(timeline.hasElection(round + 1));
	const at = timeline.newcomersAt(round + 1, sections(field, 1).at(-1)!);
	const atUs = field.clocks[1]!.true(rounds.baseUs + timeline.config.roundUs + at) + 2000 - SHR_US;
	const join = new Join();
	// Refused, and told of: whoever sleeps tells nothing.
	join.round = round;
	stranger.say(atUs, LinkAddress.short(2), (bytes, offset) => encodeJoin(join, bytes, offset));
	field.run(6);
	const refusals = field.recorder.of("frameRefused", 1).filter((event) => event["source"] === "0x0009");
	t.deepEqual(
		refusals.map((event) => event["reason"]),
		["join-round"],
	);
});
test("a head that lost the network does not go on leading where it finds it again", (t) => {
	const field = new Field(3, mesh(3), {
		cluster: { election: electionOf((node) => node === 1) },
		late: [2],
	});
	field.run(14);
	t.is(field.roles()[1], "head 0x0002");
	field.kill(0);
	while (field.nodes[1]!.cluster!.service.isInTime && field.queue.nowUs() < 200_000_000) field.run(0.5);
	t.false(field.nodes[1]!.cluster!.service.isInTime);
	const stranger = new Stranger(field, 2);
	const schedule = new Schedule();
	schedule.time.round = 1;
	schedule.time.elapsedUs = 200_000;
	schedule.section = 1;
	schedule.hops = 1;
	const foundUs = field.queue.nowUs() + 10_000;
	stranger.say(foundUs, EVERYBODY, (bytes, at) => encodeSchedule(schedule, bytes, at));
	field.run(0.02);
	t.true(field.nodes[1]!.cluster!.service.isInTime);
	// Until the next election, in round 3.
	field.run(9.7);
	t.deepEqual(sections(field, 1, foundUs), []);
});

test("whoever finds the network while others join looks for a head in this term", (t) => {
	const field = new Field(2, mesh(2), { late: [0] });
	const stranger = new Stranger(field, 0);
	field.run(0.1);
	const ad = new Advertisement();
	ad.time.elapsedUs = 350_000;
	ad.hops = 1;
	stranger.say(110_000, EVERYBODY, (bytes, at) => encodeAdvertisement(ad, bytes, at));
	field.run(0.1);
	t.true(field.nodes[1]!.cluster!.service.isInTime);
	t.is(field.roles()[1], "uncovered");
	const foundUs = field.transceivers.states.onUs(1);
	field.run(9);
	field.awake(1);
	t.true(field.transceivers.states.onUs(1) - foundUs > 50_000, "listens to the slots of heads");
});

test("one false SYNC within the guard, before the true one, costs one election and no more", (t) => {
	const field = new Field(5, mesh(5), {
		cluster: { election: electionOf((node) => node === 1) },
		late: [4],
		// Clocks are off by less than half of what guard times are made for.
		ppm: (node) => [0, 10, -15, 5, 0][node]!,
	});
	const stranger = new Stranger(field, 4);
	const offUs = (node: number): number => {
		const begins = [0, node].map((id) => field.clocks[id]!.true(field.nodes[id]!.cluster!.rounds.baseUs));
		return begins[1]! - begins[0]!;
	};
	field.run(15.99);
	const sync = new Sync();
	sync.time.round = 3;
	sync.time.elapsedUs = 1000;
	stranger.say(15_998_500, EVERYBODY, (bytes, at) => encodeSync(sync, bytes, at));
	field.run(1);
	for (const node of [1, 2, 3]) t.true(Math.abs(offUs(node)) > 2000, `node ${node} was not deceived`);
	field.run(15.5);
	for (const node of [1, 2, 3]) t.true(Math.abs(offUs(node)) < 500, `node ${node}: ${offUs(node)} µs`);
	field.run(30);
	for (const node of [1, 2, 3]) t.true(Math.abs(offUs(node)) < 100, `node ${node}: ${offUs(node)} µs`);
});

test("a node that is stopped while it speaks says nothing any more", (t) => {
	for (const [type, node] of [
		[3, 1],
		[4, 2],
	] as const) {
		const field = new Field(3, mesh(3), { cluster: { election: electionOf((id) => id === 1) } });
		const isOnAir = (): boolean => field.air.some((frame) => frame.node === node && frame.psdu[10] === type);
		while (!isOnAir() && field.queue.nowUs() < 10_000_000) field.run(0.0002);
		t.true(isOnAir());
		if (type === 4) field.transceivers.kill(1);
		field.nodes[node]!.stop();
		const stoppedUs = field.queue.nowUs();
		field.run(30);
		t.is(field.air.filter((frame) => frame.node === node && frame.timeUs > stoppedUs + 30_000).length, 0);
	}
});

test("whoever is on the air when the last window ends leads, as all who hear it believe", (t) => {
	const field = new Field(2, mesh(2), {
		// At the last instant.
		cluster: { election: electionOf(() => false, { uncovered: () => 65_535 }), roundsPerElection: 1 },
	});
	field.run(1 + 40 * 5);
	const roundsOf = (type: number): number[] => [
		...new Set(
			field.air
				.filter(({ node, psdu }) => node === 1 && psdu[9] === 0xff && psdu[10] === type)
				.map(({ timeUs }) => Math.floor((timeUs - 1_000_000) / 5_000_000)),
		),
	];
	t.true(roundsOf(3).length >= 38);
	t.deepEqual(roundsOf(5), roundsOf(3));
});

test("whoever claims to be the sink does not lead a head's readings astray", (t) => {
	const field = new Field(3, mesh(3), { cluster: { election: electionOf((node) => node === 1) } });
	field.run(4);
	const head = field.nodes[1]!;
	const host = new NodeReadings(head, field.nodes[0]!.global!);
	t.is(host.nextHop()?.toString(), "0x0001");
	// As a datagram with the sink's address would have it that a stranger hands in.
	head.routing.learn(host.sinkAddress, LinkAddress.short(9));
	t.is(host.nextHop()?.toString(), "0x0001");
	head.routing.learn(LinkAddress.short(3), LinkAddress.short(3));
	t.is(head.routing.nextHop(LinkAddress.short(3))?.toString(), "0x0003");
});
