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
