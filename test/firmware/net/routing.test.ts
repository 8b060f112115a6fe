import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { ReverseRoutes, staticRouting } from "../../../firmware/net/routing.js";

const at = (low: number): LinkAddress => LinkAddress.short(low);

test("no routes at all: every destination is a neighbour", (t) => {
	t.is(staticRouting([]).nextHop(at(7))?.low, 7);
});

test("the route of the destination, else the way its packets came, else the default", (t) => {
	const routing = staticRouting([
		{ via: at(1) },
		{ destination: at(7), via: at(2) },
		{ destination: at(7), via: at(3) },
	]);
	t.is(routing.nextHop(at(7))?.low, 2);
	t.is(routing.nextHop(at(8))?.low, 1);
	routing.learn(at(8), at(4));
	routing.learn(at(7), at(5));
	t.is(routing.nextHop(at(8))?.low, 4);
	t.is(routing.nextHop(at(7))?.low, 2);
	t.is(staticRouting([{ destination: at(7), via: at(2) }]).nextHop(at(8)), undefined);
});

test("the statistics of every next hop are kept", (t) => {
	const routing = staticRouting([{ via: at(1) }, { destination: at(7), via: at(2) }]);
	t.deepEqual(
		[1, 2, 7].map((low) => routing.dependsOn(at(low))),
		[true, true, false],
	);
});

test("a way back is the latest one, by value; the 33rd displaces the oldest", (t) => {
	const routes = new ReverseRoutes();
	const origin = at(0);
	const via = at(100);
	for (let i = 0; i < 32; i++) routes.learn(origin.setShort(i), via.setShort(100 + i));
	for (let i = 0; i < 32; i++) t.is(routes.find(at(i))?.low, 100 + i);
	routes.learn(at(5), at(200));
	t.is(routes.find(at(5))?.low, 200);
	t.is(routes.find(at(0))?.low, 100);
	routes.learn(at(50), at(150));
	t.is(routes.find(at(0)), undefined);
	t.is(routes.find(at(50))?.low, 150);
	t.is(routes.find(LinkAddress.extended(0, 5)), undefined);
});

test("ways back over a neighbour that does not answer are forgotten", (t) => {
	const routes = new ReverseRoutes();
	routes.learn(at(5), at(1));
	routes.learn(at(6), at(2));
	routes.learn(at(7), at(1));
	routes.forget(at(1));
	t.deepEqual(
		[5, 6, 7].map((low) => routes.find(at(low))?.low),
		[undefined, 2, undefined],
	);
	for (let i = 0; i < 32; i++) routes.learn(at(100 + i), at(3));
	t.is(routes.find(at(131))?.low, 3);
	t.is(routes.find(at(6)), undefined);
});

test("whatever is forgotten, a new way displaces the oldest of 32", (t) => {
	const routes = new ReverseRoutes();
	for (let i = 0; i < 36; i++) routes.learn(at(i), at(i === 2 || i === 34 ? 201 : 200));
	// There are 4 to 35; forgotten are 34 and then 10.
	routes.forget(at(201));
	routes.remove(at(10));
	for (let i = 36; i < 40; i++) routes.learn(at(i), at(202));
	const kept = Array.from({ length: 40 }, (_, i) => i).filter((i) => routes.find(at(i)) !== undefined);
	t.deepEqual(kept, [
		...Array.from({ length: 34 }, (_, i) => i).filter((i) => i >= 6 && i !== 10),
		35,
		36,
		37,
		38,
		39,
	]);
});
