import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { type ElectionFactory, FOLLOW, LEAD, TENTATIVELY } from "../../../firmware/cluster/election.js";
import { electionOf, Field, type FieldOptions, mesh } from "./support/field.js";

/** Clocks that are off by up to 40 ppm, each otherwise. */
const ppm = (node: number): number => ((node * 37) % 81) - 40;
const HEADS = electionOf((node) => node === 1 || node === 2);
const ONE_HEAD = electionOf((node) => node === 1);

/** Members send one datagram to their head in each slot, heads one of several fragments to the sink in each round. */
const client: NonNullable<FieldOptions["client"]> = (field, id) => ({
	onSlot: (head) => field.send(id, head),
	onForward: () => field.send(id, "sink", 200),
});

function field(count: number, cluster: FieldOptions["cluster"], options: FieldOptions = {}): Field {
	return new Field(count, mesh(count), { cluster: cluster ?? {}, ppm, client, ...options });
}

/** How many datagrams each node sent that reached another. */
function arrivals(of: Field, from: number): number {
	return of.received.filter((received) => received.from === LinkAddress.short(from + 1).toString()).length;
}

test("heads, members and the sink keep their slots though clocks drift, and sleep outside them", (t) => {
	const f = field(8, { election: HEADS });
	f.run(1 + 12 * 5);
	t.deepEqual(
		f.roles().map((role) => role.split(" ")[0]),
		["none", "head", "head", ...new Array<string>(5).fill("member")],
	);
	for (let node = 1; node < 8; node++) t.true(arrivals(f, node) >= 12, `node ${node}: ${arrivals(f, node)}`);
	// Awake are the phases of elections, 0.4 s of 15 s, and little more.
	for (let node = 1; node < 8; node++) t.true(f.awake(node) < 0.08, `node ${node}: ${f.awake(node)}`);
	t.deepEqual(f.recorder.of("macDropped"), []);
	t.deepEqual(f.leaks(), []);
});

test("an intermediary passes on what heads send that do not reach the sink, though it is a member itself", (t) => {
	// 0 - {1, 2} - {3, 4, 5}
	const links = [
		[0, 1],
		[0, 2],
		[1, 2],
		[1, 3],
		[1, 4],
		[2, 4],
		[2, 5],
		[3, 4],
		[4, 5],
		[3, 5],
	] as const;
	const edges = links.map(([a, b]) => [a, b, -60] as const);
	const f = new Field(6, edges, { cluster: { election: electionOf((node) => node === 3) }, ppm, client });
	f.run(1 + 12 * 5);
	t.is(f.received.filter(({ node, from }) => node === 0 && from === "0x0004").length, 12);
	t.true(
		f.recorder.of("datagramForwarded").length >= 12,
		"somebody between passed each of the head's datagrams on",
	);
	t.deepEqual(f.leaks(), []);
});

test("a dead head is noticed within two rounds, and its members find another in the next but one", (t) => {
	const f = field(6, { election: HEADS, roundsPerElection: 20 });
	f.run(12);
	const dead = f.roles()[3] === "member 0x0002" ? 1 : 2;
	const round = f.nodes[3]!.cluster!.service.round;
	f.kill(dead);
	f.run(20);
	for (let node = 3; node < 6; node++) {
		const roles = f.recorder.of("roleTaken", node);
		const orphaned = roles.find(({ role }) => role === "uncovered");
		t.true((orphaned?.["round"] as number) <= round + 2, `node ${node}`);
		t.is(f.roles()[node], `member 0x000${4 - dead}`);
		t.true((roles.at(-1)?.["round"] as number) <= round + 4, `node ${node}`);
	}
});

test("without another head the orphans of a dead one send to the sink", (t) => {
	const f = field(4, { election: ONE_HEAD, roundsPerElection: 20 });
	f.run(12);
	f.kill(1);
	f.run(25);
	t.deepEqual(f.roles().slice(2), ["direct 0x0001", "direct 0x0001"]);
	const before = arrivals(f, 2);
	f.run(20);
	t.is(arrivals(f, 2), before + 4);
});

test("whoever starts late, or loses its power, has a head again within three rounds", (t) => {
	const f = field(5, { election: ONE_HEAD, roundsPerElection: 30 }, { late: [4] });
	f.run(12);
	f.nodes[4]!.start();
	f.run(15);
	t.is(f.roles()[4], "member 0x0002");
	f.kill(3);
	f.run(3);
	f.revive(3);
	const before = arrivals(f, 3);
	f.run(20);
	t.true(arrivals(f, 3) > before);
	t.deepEqual(f.leaks(), []);
});

test("a sink that loses its power takes up the time that the network kept", (t) => {
	const f = field(4, { election: ONE_HEAD, roundsPerElection: 6 });
	f.run(12);
	f.kill(0);
	f.run(2);
	f.revive(0);
	f.run(30);
	const rounds = f.nodes.map((node) => node.cluster!.service.round);
	t.true(rounds[0]! >= 7);
	t.is(new Set(rounds).size, 1);
	t.true(f.received.at(-1)!.timeUs > 40e6);
});

test("nodes without a sink give up its time, and follow the one that comes in its place", (t) => {
	const f = field(4, { election: ONE_HEAD });
	f.run(12);
	f.kill(0);
	f.run(200);
	t.deepEqual(
		f.nodes.slice(1).map((node) => node.cluster!.service.isInTime),
		[false, false, false],
	);
	f.revive(0);
	f.run(120);
	t.deepEqual(f.roles().slice(1), ["head 0x0002", "member 0x0002", "member 0x0002"]);
	t.is(new Set(f.nodes.map((node) => node.cluster!.service.round & 0xffff)).size, 1);
	t.deepEqual(f.leaks(), []);
});

test("a lone sink, a sink with one node, and nodes that hear nobody", (t) => {
	const alone = field(1, { election: ONE_HEAD });
	alone.run(60);
	t.deepEqual(alone.leaks(), []);
	const two = field(2, { election: electionOf(() => false) });
	two.run(61);
	t.is(two.roles()[1], "direct 0x0001");
	t.is(arrivals(two, 1), 12);
	const isolated = new Field(3, [], { cluster: { election: ONE_HEAD }, ppm, client });
	isolated.run(1000);
	t.deepEqual(isolated.roles(), ["none", "none", "none"]);
	// One scan in nine at most, once the pauses have become long.
	t.true(isolated.awake(1) < 0.2);
});

test("when a cluster has fewer slots than joiners the others find another, or the sink", (t) => {
	const f = field(12, { election: HEADS, slotsPerSection: 5, roundsPerElection: 12 });
	f.run(1 + 8 * 5);
	const roles = f.roles().slice(3);
	t.deepEqual(
		roles.filter((role) => role.startsWith("uncovered")),
		[],
	);
	for (const head of ["member 0x0002", "member 0x0003"])
		t.is(roles.filter((role) => role === head).length, 3, head);
	t.is(roles.filter((role) => role === "direct 0x0001").length, 3);
});

test("a sink names more members than one SCHEDULE has room for, each with a slot of its own", (t) => {
	const count = 61;
	const f = field(
		count,
		{ election: electionOf(() => false), sinkSlots: 80, joinUs: 400_000 },
		{ profile: { neighbours: 64 } },
	);
	f.run(1 + 8 * 5);
	const lastRoundUs = 1e6 + 7 * 5e6;
	const slots = f.told.slice(1).map(({ slots: own }) => own.filter(({ timeUs }) => timeUs >= lastRoundUs));
	for (const own of slots) t.is(own.length, 1);
	const begins = slots.map((own) => own[0]!.timeUs).sort((a, b) => a - b);
	for (let i = 1; i < begins.length; i++) t.true(begins[i]! - begins[i - 1]! > 9000);
});

test("two heads that do not hear each other but took one section part again", (t) => {
	// 1 - 2, 3, 4 - 5: heads 1 and 5 have all members in common, and one section between them.
	const edges = [2, 3, 4].flatMap((member) =>
		[0, 1, 5].map((other) => [Math.min(member, other), Math.max(member, other), -60] as const),
	);
	const f = new Field(6, [...edges, [0, 1, -60], [0, 5, -60]], {
		cluster: { election: electionOf((node) => node === 1 || node === 5), sections: 2, roundsPerElection: 30 },
		ppm,
		client,
		seed: 3,
	});
	f.run(1 + 20 * 5);
	for (const node of [2, 3, 4]) t.true(arrivals(f, node) >= 12, `node ${node}: ${arrivals(f, node)}`);
});

test("nobody follows a head that the gate does not admit", (t) => {
	const f = field(
		5,
		{ election: HEADS },
		{
			gate: () => ({
				admits: (neighbour) => neighbour.low !== 2,
				isProven: () => false,
				noteImplausibleCharge: () => {},
			}),
		},
	);
	f.run(31);
	t.deepEqual(f.roles().slice(3), ["member 0x0003", "member 0x0003"]);
	t.true(f.recorder.values("frameRefused", "reason").includes("cluster-distrusted"));
});

test("among heads that are heard alike the proven one is joined", (t) => {
	const f = field(
		6,
		{ election: HEADS },
		{
			gate: () => ({
				admits: () => true,
				isProven: (neighbour) => neighbour.low === 2,
				noteImplausibleCharge: () => {},
			}),
		},
	);
	f.run(31);
	t.deepEqual(f.roles().slice(3), new Array<string>(3).fill("member 0x0002"));
});

test("a node that nobody covers calls: one that is covered comes forward, and the caller joins it", (t) => {
	const roles = (answers: boolean): string[] => {
		const calls: number[] = [];
		const election: ElectionFactory = {
			...electionOf(() => false),
			reach: "radius",
			create: (_options, { node }) => {
				let hasCalled = false;
				return {
					begin: () => {
						hasCalled = false;
						return node === 1 ? 100 : FOLLOW;
					},
					uncovered: () => 100,
					decide: () => {
						if (node !== 3 || hasCalled) return LEAD;
						hasCalled = true;
						return TENTATIVELY + 50_000;
					},
					withdraws: (_situation, { tentative }) => !tentative,
					called: (situation, { tentative }, tick) => {
						t.true(tentative && situation.heads === 1 && tick >= 0 && tick < 20_000);
						calls.push(node);
						return answers ? tick + 10_000 : FOLLOW;
					},
				};
			},
		};
		// All hear the sink, but from afar: 1 - 2 - 3 are a chain.
		const edges = [1, 2, 3].map((node) => [0, node, -86] as const);
		const f = new Field(4, [...edges, [1, 2, -60], [2, 3, -60]], { cluster: { election }, ppm, client });
		f.run(1 + 9 * 5);
		t.deepEqual(calls, [2, 2, 2]);
		t.deepEqual(f.leaks(), []);
		return f.roles().slice(1);
	};
	t.deepEqual(roles(true), ["head 0x0002", "head 0x0003", "member 0x0003"]);
	t.deepEqual(roles(false), ["head 0x0002", "member 0x0002", "head 0x0004"]);
});
