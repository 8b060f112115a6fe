import process from "node:process";
import test from "ava";
import { hostCipher, hostDigest } from "../../host-tools/crypto.js";
import { XsProcess, XsProcessError } from "../../host-tools/xs/process.js";
import { converse } from "./machine/two-nodes.js";
import { startXs } from "./support/machines.js";

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}

test("a machine is created, called, asks and posts in order", async (t) => {
	const xs = await startXs(t, { firmware: false, modules: ["test/xs/machine/echo"] });
	if (!xs) return;
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
	const xs = await startXs(t, { modules: ["test/xs/machine/two-nodes"] });
	if (!xs) return;
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

/** Waits until no process has this number; the child's end has to pass through the event loop. */
async function ended(pid: number): Promise<void> {
	for (;;) {
		try {
			process.kill(pid, 0);
		} catch {
			return;
		}
		await new Promise((resolve) => setImmediate(resolve));
	}
}

test("a process that is killed is noticed at the next call, and one that is closed ends", async (t) => {
	const options = { firmware: false, modules: ["test/xs/machine/echo"] };
	const killed = await startXs(t, options);
	const closed = await startXs(t, options);
	if (!killed || !closed) return;
	killed.create(1, "test/xs/machine/echo");
	process.kill(killed.pid!, "SIGKILL");
	await ended(killed.pid!);
	t.throws(() => killed.call(1, new Uint8Array(), 0), { instanceOf: XsProcessError });
	closed.create(1, "test/xs/machine/echo");
	closed.close();
	await ended(closed.pid!);
	t.throws(() => closed.stats(1), { message: "XS: the process has been closed" });
});

test("killed while a machine computes, a process is noticed by the call that waits", async (t) => {
	const xs = await startXs(t, { firmware: false, modules: ["test/xs/machine/echo"] });
	if (!xs) return;
	xs.create(1, "test/xs/machine/echo");
	const error = t.throws(
		() =>
			xs.call(1, Uint8Array.of(1), 1, {
				post: () => {},
				query: () => {
					process.kill(xs.pid!, "SIGKILL");
					return new Uint8Array();
				},
			}),
		{ instanceOf: XsProcessError },
	);
	t.is(error?.message, "XS: the process ended unexpectedly");
});

test("a module that fails to load is named, with what it threw", async (t) => {
	if (!(await startXs(t, { firmware: false }))) return;
	await t.throwsAsync(XsProcess.start({ firmware: false, modules: ["test/xs/machine/nobody"] }), {
		instanceOf: XsProcessError,
		message: /test\/xs\/machine\/nobody: .*no such module/,
	});
	await t.throwsAsync(XsProcess.start({ firmware: false, modules: ["test/xs/process.test"] }), {
		instanceOf: XsProcessError,
	});
});

test("a handler that throws ends the process, and none can call machines", async (t) => {
	const xs = await startXs(t, { firmware: false, modules: ["test/xs/machine/echo"] });
	if (!xs) return;
	xs.create(1, "test/xs/machine/echo");
	const call = (post: () => void) => () =>
		xs.call(1, Uint8Array.of(1), 1, { post, query: () => new Uint8Array() });
	t.throws(() => xs.call(2, new Uint8Array(), 0), { message: "machine 2: there is no such machine" });
	t.notThrows(call(() => {}));
	t.throws(
		call(() => xs.stats(1)),
		{ message: "XS: a handler asked for what only its caller may ask for" },
	);
	t.throws(
		call(() => {}),
		{ message: "XS: the process has been closed" },
	);
});
