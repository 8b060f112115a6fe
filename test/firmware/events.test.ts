import test from "ava";
import { completeSink, type EventTable, NODE_EVENTS, tee } from "../../firmware/events.js";

test("codes are unique and positive, and field names are unique within an event", (t) => {
	const events: EventTable = NODE_EVENTS;
	const codes = Object.values(events).map(({ code }) => code);
	t.is(new Set(codes).size, codes.length);
	for (const [name, { code, fields }] of Object.entries(events)) {
		t.true(Number.isInteger(code) && code > 0, name);
		t.is(new Set(fields.map(([field]) => field)).size, fields.length, name);
		t.deepEqual(
			fields.slice(0, 2).map(([field]) => field),
			["timeUs", "node"],
			name,
		);
	}
});

test("a completed sink takes every event, and passes on what it was given", (t) => {
	const heard: unknown[] = [];
	const sink = completeSink(NODE_EVENTS, {
		datagramDropped: (...fields) => heard.push(fields),
	});
	sink.datagramForwarded(1, 2, 3);
	sink.datagramDropped(1, 2, 3, "no-route");
	t.deepEqual(Object.keys(sink).sort(), Object.keys(NODE_EVENTS).sort());
	t.deepEqual(heard, [[1, 2, 3, "no-route"]]);
});

test("a tee passes each event to all that take it, in order", (t) => {
	const heard: string[] = [];
	const sink = tee(NODE_EVENTS, [
		{ datagramForwarded: (timeUs, node, ident) => heard.push(`a ${timeUs} ${node} ${ident}`) },
		{},
		{
			datagramForwarded: () => heard.push("b"),
			datagramDropped: (_timeUs, _node, _ident, reason) => heard.push(`b ${reason}`),
		},
	]);
	sink.datagramForwarded(1, 2, 3);
	sink.datagramDropped(1, 2, 3, "no-route");
	sink.datagramSent(1, 2, 3, 4, 5);
	t.deepEqual(heard, ["a 1 2 3", "b", "b no-route"]);
});

test("a tee hands on every field of an event, and leaves out whoever does not want it", (t) => {
	const field = (name: string) => [name, "uint"] as const;
	const fields = (count: number) => Array.from({ length: count }, (_, i) => field(`f${i}`));
	const table: EventTable = Object.fromEntries(
		Array.from({ length: 9 }, (_, count) => [`of${count}`, { code: count + 1, fields: fields(count) }]),
	);
	type Methods = Record<string, (...fields: unknown[]) => void>;
	const heard: unknown[][] = [];
	const listener = (): Methods =>
		Object.fromEntries(Object.keys(table).map((name) => [name, (...all) => void heard.push(all)]));
	const sink = tee(table, [listener() as never, listener() as never, listener() as never]) as Methods;
	for (let count = 0; count <= 8; count++) {
		const values = Array.from({ length: count }, (_, i) => 100 * count + i);
		heard.length = 0;
		sink[`of${count}`]!(...values);
		t.deepEqual(
			heard.map((all) => all.slice(0, count)),
			[values, values, values],
		);
	}
	const only = listener();
	const alone = tee(table, [completeSink(table, {}), only as never, completeSink(table, {})]) as Methods;
	for (const name of Object.keys(table)) t.is(alone[name], only[name]);
	t.throws(() => tee({ long: { code: 1, fields: fields(9) } }, []), {
		instanceOf: RangeError,
		message: /up to 8 fields in long, got 9/,
	});
});
