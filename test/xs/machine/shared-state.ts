let counter = 0;
let handler: () => number = () => 1;
const state = { count: 0 };
const list: number[] = [];
const map = new Map([["a", 1]]);
const octets = new Uint8Array(4);

class Counter {
	static all = 0;
	#count = 0;
	bump(): number {
		return ++this.#count;
	}
}
const instance = new Counter();

class NamedByField extends Error {
	override name = "Named";
}

class NamedByConstructor extends Error {
	constructor() {
		super();
		this.name = "Named";
	}
}

function noop(): void {}

/** Things that modules do with what they made while they were loaded, by name. */
const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
	variable: () => ++counter,
	object: () => ++state.count,
	array: () => list.push(1),
	"private field": () => instance.bump(),
	"read a map": () => map.get("a"),
	"read octets": () => octets[0],
	"own global": () => ((globalThis as Record<string, unknown>)["mine"] = 5),
	"name by a field": () => new NamedByField().name,
	"write to a map": () => map.set("b", 2).size,
	"write octets": () => {
		octets[0] = octets[0]! + 1;
		return octets[0];
	},
	"variable that held a function": () => {
		handler = () => 2;
		return handler();
	},
	"static field": () => ++Counter.all,
	"property of a function": () => Object.assign(noop, { extra: 1 }).extra,
	"name in a constructor": () => new NamedByConstructor().name,
	"method of a prototype": () => Object.assign(Array.prototype, { extra: 1 }).length,
	"toString of an object": () => {
		const own: { toString?: () => string } = {};
		own.toString = () => "own";
		return String(own);
	},
};

/** Posts what became of each attempt, as lines of text. */
export default function start(): void {
	host.onCall(() => {
		const lines: string[] = [];
		for (const [name, attempt] of Object.entries(ATTEMPTS)) {
			try {
				lines.push(`${name}: ${String(attempt())}`);
			} catch (error) {
				lines.push(`${name}: ${(error as Error).name}`);
			}
		}
		const text = lines.join("\n");
		const said = Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
		host.post(said, said.length);
	});
}
