import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { basename } from "node:path";
import test from "ava";
import { compile, NATIVE, newFolder, RADIO, RISCV, requireCompiler, sourcesOf } from "./compiler.js";

// The native code as the chips' compiler sees it, against the signatures that ESP-IDF v6.0 publishes.

/** What is in interrupt context, and what it calls of ours: it runs while the flash may not be read. */
const IN_INTERRUPT: Readonly<Record<string, readonly string[]>> = {
	"radio154-events.c": ["on_receive", "on_receive_sfd", "on_transmit", "on_failure", "radio154_finish"],
	"radio154-ring.c": ["radio154_ring_put"],
	"radio154-outcome.c": ["radio154_outcome_of_success", "radio154_outcome_of_error"],
	"radio154-notice.c": ["radio154_notice", "post"],
};

for (const compiler of RISCV) {
	const architecture = compiler.options[0]!;

	test(`all native code compiles without a warning: ${architecture}`, (t) => {
		if (!requireCompiler(t, compiler)) return;
		const folder = newFolder();
		t.teardown(() => rmSync(folder, { recursive: true }));
		const sources = [...sourcesOf(NATIVE), ...sourcesOf(RADIO)];
		t.true(sources.length >= 11);
		for (const source of sources) t.notThrows(() => compile(compiler, source, folder), source);
	});

	test(`no atomic operation becomes a call into a library: ${architecture}`, (t) => {
		if (!requireCompiler(t, compiler)) return;
		const folder = newFolder();
		t.teardown(() => rmSync(folder, { recursive: true }));
		for (const source of sourcesOf(RADIO)) {
			const object = compile(compiler, source, folder);
			const undefinedNames = execFileSync("riscv64-unknown-elf-nm", ["-u", object], { encoding: "utf8" });
			t.notRegex(undefinedNames, /__atomic|__sync|malloc|calloc/, source);
		}
	});

	test(`what runs in interrupt context lies in RAM: ${architecture}`, (t) => {
		if (!requireCompiler(t, compiler)) return;
		const folder = newFolder();
		t.teardown(() => rmSync(folder, { recursive: true }));
		for (const source of sourcesOf(RADIO)) {
			const expected = IN_INTERRUPT[basename(source)];
			if (expected === undefined) continue;
			const object = compile(compiler, source, folder);
			const symbols = execFileSync("riscv64-unknown-elf-objdump", ["-t", object], { encoding: "utf8" });
			for (const name of expected) {
				t.regex(symbols, new RegExp(`F \\.iram1\\S*\\s+[0-9a-f]+ ${name}$`, "m"), `${source}: ${name}`);
			}
		}
	});
}
