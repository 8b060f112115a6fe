import { Ajv2020 } from "ajv/dist/2020.js";
import test from "ava";
import { EXTENSION_POINTS } from "../../sim/scenario/extensions.js";
import { scenarioJsonSchema } from "../../sim/scenario/json-schema.js";
import { isReservedOption, optionsOf } from "../../sim/scenario/scenario.js";
import { SCENARIO_SCHEMA } from "../../sim/scenario/schema.js";
import { resolveSinks } from "../../sim/scenario/sinks.js";
import { grid } from "../../sim/topology/grid.js";

type Schema = Readonly<Record<string, unknown>>;

test("the JSON Schema for editors is a valid schema that judges scenarios", (t) => {
	const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
	const schema = scenarioJsonSchema();
	t.true(ajv.validateSchema(schema) === true, ajv.errorsText());
	const check = ajv.compile(schema);
	const base = { name: "x", topology: { kind: "grid", nodes: 4 } };
	const judge = (extra: object) => check({ ...base, ...extra });
	t.true(judge({}), ajv.errorsText(check.errors));
	t.true(judge({ topology: { kind: "mine.mjs", whatever: 1 } }));
	t.true(judge({ reassembly: { policy: "riot" }, channel: { propagation: { exponent: 2 } } }));
	t.true(judge({ traffic: [{ kind: "poisson", ratePerS: 2 }, { kind: "readings" }] }));
	t.false(judge({ topology: { kind: "grid", nodez: 4 } }));
	t.false(judge({ topology: { kind: "gird" } }));
	t.false(judge({ topology: {} }));
	t.false(judge({ traffic: [{ kind: "poisson", periodS: 2 }] }));
	t.false(judge({ reassembly: { budgetBytes: -1 } }));
	t.false(judge({ channel: { propagation: { kind: "log-distance", exponnent: 3 } } }));
	t.false(judge({ nodes: 3 }));
});

test("every property has a description, and all but the names of things a default", (t) => {
	const visit = (schema: Schema, path: string): void => {
		const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
		const required = (schema["required"] ?? []) as readonly string[];
		for (const [name, property] of Object.entries(properties)) {
			t.is(typeof property["description"], "string", `${path}.${name}`);
			t.true("default" in property || required.includes(name), `${path}.${name}`);
			if (property["type"] === "object") t.true("additionalProperties" in property, `${path}.${name}`);
			visit(property, `${path}.${name}`);
		}
	};
	visit(SCENARIO_SCHEMA, "");
});

test("no shipped model has an option that scenarios keep for themselves", (t) => {
	for (const point of Object.values(EXTENSION_POINTS)) {
		for (const factory of point.shipped.values()) {
			t.false(Object.keys(factory.options).some(isReservedOption), factory.name);
		}
	}
	t.deepEqual(optionsOf({ kind: "grid", nodes: 3, budgetBytes: 1, policy: "x" }), { nodes: 3 });
});

test("sinks: words, ties and numbers", (t) => {
	const four = grid.create({ nodes: 16, spacingM: 5.656, jitterM: 0 }, 1);
	t.deepEqual(resolveSinks("corner", four), [0]);
	// Four nodes are equally near to the centre of an even grid: the lowest number wins.
	t.deepEqual(resolveSinks("centre", four), [5]);
	t.deepEqual(resolveSinks("centre", grid.create({ nodes: 25, spacingM: 10, jitterM: 0 }, 1)), [12]);
	t.deepEqual(resolveSinks("none", four), []);
	t.deepEqual(resolveSinks([9, 3], four), [3, 9]);
	const message = "sinks: expected node numbers below 16, got 16";
	t.throws(() => resolveSinks([16], four), { instanceOf: RangeError, message });
});
