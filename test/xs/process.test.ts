import test from "ava";
import { XsProcess } from "../../host-tools/xs/process.js";

test("a machine is created, called, asks and posts in order", async (t) => {
	const xs = await XsProcess.start({ modules: ["test/xs/machine/echo"] });
	t.teardown(() => xs.close());
	const said: string[] = [];
	t.log(xs.root);
	t.log(xs.create(7, "test/xs/machine/echo"));
	const outcome = xs.call(7, Uint8Array.of(1, 2, 3, 4), 3, {
		post: (bytes) => said.push(`post ${bytes.join(" ")}`),
		query: (bytes) => {
			said.push(`query ${bytes.join(" ")}`);
			return Uint8Array.of(9, 8);
		},
	});
	t.log(outcome, xs.stats(7), xs.collect(7));
	t.deepEqual(said, ["post 1 2 3", "query 1 2 3", "post 9 8"]);
});
