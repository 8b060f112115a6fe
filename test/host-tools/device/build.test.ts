import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { checkCompiled } from "../../../host-tools/device/build-state.js";
import { readTarget } from "../../../host-tools/device/build-target.js";
import { readImageFolder } from "../../../host-tools/device/image-folder.js";
import { findSdk } from "../../../host-tools/device/sdk.js";
import { UserError } from "../../../host-tools/errors.js";
import { CLI, scratchFolder } from "../run-cli.js";
import { makeElf } from "./make-elf.js";
import { makeImage, writeImage } from "./make-image.js";

/** A tree that passes for the SDK, ESP-IDF and their tools, and where the build is started. */
interface Workshop {
	readonly folder: string;
	readonly environment: Record<string, string>;
	/** What the last mcconfig was called with. */
	calledWith(): string[];
	run(...args: string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string };
}

interface WorkshopOptions {
	readonly moddable?: string;
	readonly idfTag?: string;
	/** What mcconfig does once it has noted its arguments, with `$out` its output folder. */
	readonly mcconfig?: string;
}

const HOST = process.platform === "darwin" ? "mac" : "lin";
/** Writes all that a build of a program named lowguard leaves. */
const BUILDS = `
bin="$out/bin/esp32/esp32c6/release/lowguard" tmp="$out/tmp/esp32/esp32c6/release/lowguard"
mkdir -p "$bin" "$tmp/xsProj-esp32c6/build"
cp "$MADE"/*.bin "$bin"
cp "$MADE/xs_esp32.elf" "$tmp/xsProj-esp32c6/build"
echo '{"creation":{"chunk":{"initial":78848},"heap":{"initial":4928},"stack":512,"keys":{"initial":32,"incremental":32}}}' > "$tmp/manifest_flat.json"
echo "# Built files"`;

function workshop(t: ExecutionContext, options: WorkshopOptions = {}): Workshop {
	const { moddable = "8.2.3", idfTag = "v6.0.1", mcconfig = BUILDS } = options;
	const folder = scratchFolder(t);
	const sdk = join(folder, "moddable");
	const idf = join(folder, "esp-idf");
	const bin = join(sdk, "build", "bin", HOST, "release");
	const devices = join(sdk, "build", "devices", "esp32");
	const compiler = join(folder, "tools", "riscv32-esp-elf");
	for (const path of [join(sdk, "tools"), bin, join(devices, "targets", "esp32c6"), idf, compiler]) {
		mkdirSync(path, { recursive: true });
	}
	writeFileSync(join(sdk, "tools", "VERSION"), `${moddable}\n`);
	writeFileSync(join(devices, "manifest.json"), '{ "build": { "EXPECTED_ESP_IDF": "v6.0" } }');
	const called = join(folder, "called");
	const script = `#!/bin/sh
printf '%s\\n' "$@" > "${called}"
while [ "$1" != -o ]; do shift; done; out=$2
${mcconfig}
`;
	writeFileSync(join(bin, "mcconfig"), script);
	chmodSync(join(bin, "mcconfig"), 0o755);
	writeFileSync(join(idf, "export.sh"), "");
	const git = (...words: string[]) =>
		execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", "-C", idf, ...words]);
	git("init", "-q");
	git("commit", "-q", "--allow-empty", "-m", "release");
	git("tag", "-a", "-m", "release", idfTag);
	const made = writeImage(join(folder, "made"), makeImage(13));
	writeFileSync(
		join(made, "xs_esp32.elf"),
		makeElf([
			{ name: ".iram0.text", address: 0x40800000, bytes: 60_000, isCode: true },
			{ name: ".dram0.bss", address: 0x40820000, bytes: 30_000, isZeroed: true },
			{ name: ".flash.text", address: 0x42000020, bytes: 700_000, isCode: true },
		]),
	);
	const environment = {
		PATH: process.env["PATH"] ?? "",
		HOME: folder,
		MODDABLE: sdk,
		IDF_PATH: idf,
		IDF_TOOLS_PATH: folder,
		MADE: made,
	};
	return {
		folder,
		environment,
		calledWith: () => readFileSync(called, "utf8").trimEnd().split("\n"),
		run(...args) {
			const words = [CLI, "firmware", "build", ...args];
			const { status, stdout, stderr } = spawnSync(process.execPath, words, {
				cwd: folder,
				env: environment,
			});
			return { code: status, stdout: stdout.toString(), stderr: stderr.toString() };
		},
	};
}

test("a build makes an image that can be flashed, and tells its sizes", (t) => {
	const { folder, run, calledWith } = workshop(t);
	const { code, stdout, stderr } = run("--config", "nodeId=9", "--config", "role=sink");
	t.is(code, 0, stderr);
	const out = join(folder, "build", "firmware-images", "esp32c6");
	t.is(readImageFolder(out).chip.name, "ESP32-C6");
	t.regex(stdout, /^build\/firmware-images\/esp32c6 {2}for ESP32-C6\n/);
	t.regex(
		stdout,
		/image .*bootloader 9,\d+, partition table 3,072, application 40,\d+ \(1\.0 % of its partit/,
	);
	t.regex(stdout, /flash +code 700,000, data 0\n/);
	t.regex(stdout, /static RAM +90,000 of 524,288 octets: code 60,000, data 0, zeroed 30,000\n/);
	t.regex(
		stdout,
		/XS machine +165,888 octets of heap: chunks 78,848, 4,928 slots, stack of 512; keys 32 \+ 32/,
	);
	t.regex(stdout, /next: lowguard firmware flash --image build\/firmware-images\/esp32c6 --port PORT/);
	t.regex(stderr, /Moddable SDK 8\.2\.3, ESP-IDF v6\.0\.1\n# Built files/);
	const words = calledWith();
	t.deepEqual(words.slice(0, 6), ["-m", "-p", "esp32/esp32c6", "-t", "build", "-o"]);
	t.regex(words[7]!, /manifest\.json$/);
	t.deepEqual(words.slice(8), ["nodeId=9", "role=sink"]);
});

test("a second build takes the place of the first, and of nothing else", (t) => {
	const { folder, run } = workshop(t);
	t.is(run("--out", "image", "--debug").code, 0);
	t.is(run("--out", "image").code, 0);
	writeFileSync(join(folder, "image", "notes.txt"), "mine");
	const { code, stderr } = run("--out", "image");
	t.is(code, 2);
	t.regex(stderr, /image: expected an empty folder or an earlier image, found notes\.txt in it; nothing was/);
});

test("a build that ESP-IDF gave up is no success, also when an earlier image lies there", (t) => {
	const { folder, run } = workshop(t, {
		mcconfig: `if [ -e "$HOME/broken" ]; then echo "ninja: build stopped"; else ${BUILDS}\nfi`,
	});
	t.is(run().code, 0);
	writeFileSync(join(folder, "broken"), "");
	const { code, stdout, stderr } = run();
	t.is(code, 1);
	t.is(stdout, "");
	t.regex(
		stderr,
		/ninja: build stopped\n.*expected bootloader\.bin, .* of ESP-IDF, found none; the first error/,
	);
});

test("a build that mcconfig gave up tells its code", (t) => {
	const { code, stderr } = workshop(t, { mcconfig: "echo nonsense >&2; exit 7" }).run();
	t.is(code, 1);
	t.regex(stderr, /nonsense\n.*found it ended with code 7/);
});

test("a user who stops a build stops all that it started", async (t) => {
	const { folder, environment } = workshop(t, {
		mcconfig:
			'mkfifo "$HOME/never"; cat "$HOME/never" & trap "echo stopped tools; exit 1" TERM; echo begun; wait',
	});
	const child = spawn(process.execPath, [CLI, "firmware", "build"], { cwd: folder, env: environment });
	let said = "";
	child.stderr.on("data", (data: Buffer) => {
		said += data.toString();
		if (said.includes("begun") && !child.killed) child.kill("SIGTERM");
	});
	const [code] = (await once(child, "close")) as [number | null];
	t.is(code, 143, said);
	t.regex(said, /begun\nstopped tools\nlowguard firmware build: stopped by SIGTERM\n$/);
});

test("sizes can be read by machines", (t) => {
	const { code, stdout } = workshop(t).run("--json");
	t.is(code, 0);
	const report = JSON.parse(stdout) as Record<string, unknown>;
	t.is(report["chip"], "ESP32-C6");
	t.like(report["memory"], { flashCode: 700_000, ramZeroed: 30_000 });
	t.like(report["machine"], { slots: 4928, bytes: 165_888 });
});

test("all that is missing is told at once, with the way to it", (t) => {
	const { environment, run } = workshop(t);
	delete environment["MODDABLE"];
	delete environment["IDF_PATH"];
	const { code, stderr } = run("--target", "esp32h2");
	t.is(code, 3);
	t.regex(stderr, /found 2 things amiss:\n/);
	t.regex(
		stderr,
		/- MODDABLE is not set: install the Moddable SDK 8\.2 or newer \(https:\/\/github\.com\/Mod/,
	);
	t.regex(
		stderr,
		/- IDF_PATH is not set: install ESP-IDF v6\.0 .*'git clone -b v6\.0 .*install\.sh esp32h2'/,
	);
});

const AMISS: readonly [string, WorkshopOptions, (w: Workshop) => void, RegExp][] = [
	[
		"another folder for the SDK",
		{},
		(w) => (w.environment["MODDABLE"] = w.folder),
		/found no tools\/VERSION/,
	],
	[
		"an old SDK",
		{ moddable: "7.1.0" },
		() => {},
		/expected Moddable SDK 8\.2 or newer, found 7\.1\.0; update/,
	],
	[
		"an SDK without tools",
		{},
		(w) => rmSync(join(w.environment["MODDABLE"]!, "build", "bin"), { recursive: true }),
		/found none built; run 'make -C .*build\/makefiles\/(lin|mac)'/,
	],
	[
		"another folder for ESP-IDF",
		{},
		(w) => (w.environment["IDF_PATH"] = w.folder),
		/found no export\.sh in it/,
	],
	[
		"an old ESP-IDF",
		{ idfTag: "v5.5.1" },
		() => {},
		/expected ESP-IDF v6\.0 or v6\.0\.x, .*found v5\.5\.1; run 'git -C/,
	],
	["a new ESP-IDF", { idfTag: "v6.1" }, () => {}, /expected ESP-IDF v6\.0 .*found v6\.1/],
	[
		"an ESP-IDF for other chips only",
		{},
		(w) => rmSync(join(w.folder, "tools"), { recursive: true }),
		/expected the compiler for esp32c6 \(riscv32-esp-elf-gcc\), found none; run '.*install\.sh esp32c6'/,
	],
	[
		"an ESP-IDF without compilers",
		{},
		(w) => (w.environment["IDF_TOOLS_PATH"] = join(w.folder, "none")),
		/expected the compiler for esp32c6 .*found none/,
	],
	[
		"an ESP-IDF that is no clone",
		{},
		(w) => rmSync(join(w.environment["IDF_PATH"]!, ".git"), { recursive: true }),
		/expected a git clone of ESP-IDF with its tags, found none/,
	],
];

for (const [name, options, spoil, says] of AMISS) {
	test(`${name} is told with the remedy`, (t) => {
		const shop = workshop(t, options);
		spoil(shop);
		const error = t.throws(() => findSdk(shop.environment, readTarget("esp32c6")), { instanceOf: UserError });
		t.is(error?.exitCode, 3);
		t.regex(error?.message ?? "", says);
	});
}

test("a target that neither the project nor the SDK has is told with those that there are", (t) => {
	const { run } = workshop(t);
	const { code, stderr } = run("--target", "esp8266");
	t.is(code, 2);
	t.regex(
		stderr,
		/expected esp32c6, esp32h2, esp32, or another that the Moddable SDK has \(esp32c6\), found 'e/,
	);
	t.is(run("--target", "../x").code, 2);
});

test("targets of the project's own take the place of the SDK's", (t) => {
	t.is(readTarget("esp32h2").platform, "esp32:./firmware/device/targets/lowguard_h2");
	t.is(readTarget("esp32").platform, "esp32");
	t.is(readTarget("esp32c6_cdc").platform, "esp32/esp32c6_cdc");
	t.is(readTarget("esp32c6_cdc").chip, "esp32c6");
	t.is(readTarget("m5stack_fire").chip, "esp32");
	t.is(readTarget(undefined).name, "esp32c6");
});

test("settings are checked before anything is built, and keys are refused unsaid", (t) => {
	const { run, folder } = workshop(t);
	const refuse = (setting: string) => {
		const { code, stderr } = run("--config", setting);
		t.is(code, 2, stderr);
		t.is(stderr.trimEnd().split("\n").length, 1);
		return stderr;
	};
	t.regex(refuse("colour=red"), /expected one of nodeId, role, .*injection, found 'colour'/);
	t.regex(refuse("nodeid=3"), /--config: expected nodeId, found 'nodeid'/);
	t.regex(refuse("nodeId=70000"), /--config nodeId: expected an integer from 0 to 65532, found "70000"/);
	t.regex(refuse("nodeId"), /expected KEY=VALUE, found 'nodeId'/);
	t.regex(refuse("injection=maybe"), /expected true or false, found 'maybe'/);
	for (const name of ["networkKey=", "pairKeys=0x0002=", "wifiPassword="]) {
		const secret = "00112233445566778899aabbccddeeff";
		const said = refuse(`${name}${secret}`);
		t.regex(said, /expected no secret here, .*'lowguard firmware provision'/);
		t.false(said.includes(secret));
	}
	t.false(refuse("00112233445566778899aabbccddeeff").includes("0011"));
	const twice = run("--config", "nodeId=1", "--config", "nodeId=2");
	t.regex(twice.stderr, /nodeId: expected each setting once/);
	t.false(existsSync(join(folder, "build")));
	t.is(run("--config", "injection=true").code, 0);
});

test("firmware that was not compiled, or not since it changed, is not built", (t) => {
	const root = scratchFolder(t);
	t.throws(() => checkCompiled(root), { message: /expected manifest\.json in it/ });
	writeFileSync(join(root, "manifest.json"), "{}");
	t.throws(() => checkCompiled(root), {
		message: /expected the compiled firmware, found none; run 'npm run b/,
	});
	for (const path of ["firmware/mac", "build/firmware/mac"]) mkdirSync(join(root, path), { recursive: true });
	const source = join(root, "firmware", "mac", "csma.ts");
	const output = join(root, "build", "firmware", "mac", "csma.js");
	writeFileSync(source, "");
	t.throws(() => checkCompiled(root), {
		message: /expected what firmware\/mac\/csma\.ts compiles to, found none/,
	});
	writeFileSync(output, "");
	utimesSync(source, 1000, 1000);
	utimesSync(output, 1000, 1000);
	t.notThrows(() => checkCompiled(root));
	utimesSync(source, 2000, 2000);
	t.throws(() => checkCompiled(root), { message: /found an older output; run 'npm run build'/ });
	writeFileSync(join(root, "build", "firmware", ".tsbuildinfo"), "");
	t.notThrows(() => checkCompiled(root), "the compiler looked, and had nothing to change");
});
