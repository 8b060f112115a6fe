import test from "ava";
import { XsProcess } from "../../host-tools/xs/process.js";
import { ascii, startXs } from "./support/machines.js";

const ENTRY = "test/xs/machine/shared-state";

/** What each attempt gave, by its name. */
function attempts(xs: XsProcess, id: number): Record<string, string> {
	const results: Record<string, string> = {};
	xs.create(id, ENTRY);
	xs.call(id, new Uint8Array(), 0, {
		post(bytes) {
			for (const line of new TextDecoder().decode(bytes).split("\n")) {
				const [name, result] = line.split(": ");
				results[name!] = result!;
			}
		},
		query: () => new Uint8Array(),
	});
	return results;
}

const FRESH = {
	variable: "1",
	object: "1",
	array: "1",
	"private field": "1",
	"read a map": "1",
	"read octets": "0",
	"own global": "5",
	"name by a field": "Named",
};

test("on the chip's terms, variables and objects of modules are each machine's own, all else is constant", async (t) => {
	const xs = await startXs(t, { firmware: false, modules: [ENTRY], asChip: true });
	if (!xs) return;
	for (let id = 0; id < 3; id++)
		t.deepEqual(attempts(xs, id), {
			...FRESH,
			"write to a map": "TypeError",
			"write octets": "TypeError",
			"variable that held a function": "TypeError",
			"static field": "TypeError",
			"property of a function": "TypeError",
			"name in a constructor": "TypeError",
			"method of a prototype": "TypeError",
			"toString of an object": "TypeError",
		});
});

test("on plain terms what one machine does shows in no other, but for octets", async (t) => {
	const xs = await startXs(t, { firmware: false, modules: [ENTRY] });
	if (!xs) return;
	for (let id = 0; id < 3; id++)
		t.deepEqual(attempts(xs, id), {
			...FRESH,
			"read octets": String(id),
			"write to a map": "TypeError",
			"write octets": String(id + 1),
			"variable that held a function": "2",
			"static field": "1",
			"property of a function": "1",
			"name in a constructor": "Named",
			"method of a prototype": "0",
			"toString of an object": "own",
		});
});

test("on the chip's terms a built-in that no module calls for is gone, and those that one does call for are there", async (t) => {
	const entry = "test/xs/machine/hidden";
	if (!(await startXs(t, { firmware: false }))) return;
	const outcomes = async (asChip: boolean) => {
		const xs = await XsProcess.start({ firmware: false, modules: [entry], asChip });
		t.teardown(() => xs.close());
		return ["flat", "push", "join", "reverse"].map((name, id) => {
			xs.create(id, entry);
			const outcome = xs.call(id, ascii(name), name.length);
			return "dead" in outcome ? outcome.dead : "done";
		});
	};
	t.deepEqual(await outcomes(false), ["done", "done", "done", "done"]);
	t.deepEqual(await outcomes(true), [
		"stripped built-in: flat",
		"done",
		"done",
		"stripped built-in: reverse",
	]);
});
