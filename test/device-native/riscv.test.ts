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
	"radio154-enhanced-ack.c": ["radio154_enhanced_ack"],
	"radio154-notice.c": ["radio154_notice", "post"],
};

for (const compiler of RISCV) {
	const architecture = compiler.options[0]!;
	const folder = newFolder();
	const objects = new Map<string, string>();
	test.after.always(`remove what was compiled: ${architecture}`, () => rmSync(folder, { recursive: true }));

	/** The object file of a source, compiled once. */
	const objectOf = (source: string): string => {
		const object = objects.get(source) ?? compile(compiler, source, folder);
		objects.set(source, object);
		return object;
	};

	test.serial(`all native code compiles without a warning: ${architecture}`, (t) => {
		if (!requireCompiler(t, compiler)) return;
		const sources = [...sourcesOf(NATIVE), ...sourcesOf(RADIO)];
		t.true(sources.length >= 11);
		for (const source of sources) t.notThrows(() => objectOf(source), basename(source));
	});

	test.serial(`no atomic operation becomes a call into a library: ${architecture}`, (t) => {
		if (!requireCompiler(t, compiler)) return;
		for (const source of sourcesOf(RADIO)) {
			const absent = execFileSync("riscv64-unknown-elf-nm", ["-u", objectOf(source)], { encoding: "utf8" });
			t.notRegex(absent, /__atomic|__sync|malloc|calloc/, source);
		}
	});

	test.serial(`what runs in interrupt context lies in RAM: ${architecture}`, (t) => {
		if (!requireCompiler(t, compiler)) return;
		for (const source of sourcesOf(RADIO)) {
			const expected = IN_INTERRUPT[basename(source)];
			if (expected === undefined) continue;
			const symbols = execFileSync("riscv64-unknown-elf-objdump", ["-t", objectOf(source)], {
				encoding: "utf8",
			});
			for (const name of expected) {
				t.regex(symbols, new RegExp(`F \\.iram1\\S*\\s+[0-9a-f]+ ${name}$`, "m"), `${source}: ${name}`);
			}
		}
	});
}
