import test from "ava";
import { hostCipher, hostDigest } from "../../host-tools/crypto.js";
import { XsProcess } from "../../host-tools/xs/process.js";
import { converse } from "./machine/two-nodes.js";

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}

test("a machine is created, called, asks and posts in order", async (t) => {
	const xs = await XsProcess.start({ modules: ["test/xs/machine/echo"] });
	t.teardown(() => xs.close());
	xs.create(7, "test/xs/machine/echo");
	const said: string[] = [];
	const outcome = xs.call(7, Uint8Array.of(1, 2, 3, 4), 3, {
		post: (bytes) => said.push(`post ${bytes.join(" ")}`),
		query: (bytes) => {
			said.push(`query ${bytes.join(" ")}`);
			return Uint8Array.of(9, 8);
		},
	});
	t.true("meter" in outcome);
	t.deepEqual(said, ["post 1 2 3", "query 1 2 3", "post 9 8"]);
});

test("two nodes under a link key say on XS, octet by octet, what they say on V8", async (t) => {
	const xs = await XsProcess.start({ modules: ["test/xs/machine/two-nodes"] });
	t.teardown(() => xs.close());
	const onV8: string[] = [];
	converse({ cipher: hostCipher, digest: hostDigest }, 20, 900, (bytes) => onV8.push(hex(bytes)));
	const onXs: string[] = [];
	// Two nodes and the air between them need more than a chip has for one.
	xs.create(0, "test/xs/machine/two-nodes", { slots: 20_000, stackSlots: 2048 });
	const outcome = xs.call(0, Uint8Array.of(20, 900 >> 8, 900 & 255), 3, {
		post: (bytes) => onXs.push(hex(bytes)),
		query: () => new Uint8Array(),
	});
	t.like(outcome, { dead: undefined });
	t.is(onXs.length, onV8.length);
	t.is(
		onXs.findIndex((text, i) => text !== onV8[i]),
		-1,
	);
	t.is(onV8.filter((text) => text.length === 2 * 900).length, 20, "all payloads arrived");
});
