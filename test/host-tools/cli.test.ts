import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { capturePath, endsWithLine, lowguard, scratchFolder } from "./run-cli.js";

test("the help lists every command, and each has its own", (t) => {
	const { code, stdout } = lowguard("--help");
	t.is(code, 0);
	for (const name of ["sim", "replay", "decode", "trace"]) {
		t.regex(stdout.toString(), new RegExp(`^ {2}${name} +\\w`, "m"));
	}
	const help = lowguard("decode", "--help");
	t.is(help.code, 0);
	t.regex(help.stdout.toString(), /^Usage: lowguard decode FILE/);
	for (const option of ["--json", "--context", "--policy", "--as", "--help"]) {
		t.true(help.stdout.includes(option), option);
	}
	const none = lowguard();
	t.is(none.code, 2);
	t.is(none.stdout.length, 0);
	t.regex(none.stderr, /^Usage: lowguard COMMAND/);
});

test("a group of commands lists them, and each has its own help", (t) => {
	const { code, stdout } = lowguard("firmware", "--help");
	t.is(code, 0);
	const listed = stdout.toString();
	t.regex(listed, /^Usage: lowguard firmware COMMAND/);
	for (const name of ["build", "flash", "monitor", "replay", "provision"]) {
		t.regex(listed, new RegExp(`^ {2}${name} +\\S`, "m"));
	}
	const help = lowguard("firmware", "monitor", "--help");
	t.is(help.code, 0);
	t.regex(help.stdout.toString(), /^Usage: lowguard firmware monitor \[--port PORT\]/);
	const unknown = lowguard("firmware", "moniter");
	endsWithLine(
		t,
		unknown,
		2,
		/^lowguard firmware: expected a command \(build, .*provision\), found 'moniter'/,
	);
	const badOption = lowguard("firmware", "monitor", "--prot", "x");
	endsWithLine(t, badOption, 2, /^lowguard firmware monitor: .*; lowguard firmware monitor --help lists/);
	t.is(lowguard("firmware").code, 2);
});

test("the version is that of the package", (t) => {
	const manifest = new URL("../../../package.json", import.meta.url);
	const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
	t.is(lowguard("--version").stdout.toString(), `lowguard ${version}\n`);
});

test("arguments that are not known are named, in one line, with exit code 2", (t) => {
	const capture = capturePath("ns3-ll-4n.pcap");
	endsWithLine(t, lowguard("decoed", capture), 2, /expected a command \(sim, .*firmware\), found 'decoed'/);
	endsWithLine(t, lowguard("toString"), 2, /found 'toString'/);
	endsWithLine(t, lowguard("decode", capture, "--jsn"), 2, /lowguard decode: unknown option '--jsn'/);
	endsWithLine(t, lowguard("decode", capture, "--policy"), 2, /option '--policy <value>' argument missing/);
	endsWithLine(t, lowguard("decode", capture, "--json=1"), 2, /option '--json' does not take an argument/);
	endsWithLine(t, lowguard("decode"), 2, /expected FILE, found no argument/);
	endsWithLine(t, lowguard("decode", capture, "b", "c"), 2, /expected one FILE, found also 'b', 'c'/);
});

test("values that are not right are named with what was expected", (t) => {
	const capture = capturePath("ns3-ll-4n.pcap");
	const decode = (...options: string[]) => lowguard("decode", capture, "--json", ...options);
	endsWithLine(t, decode("--as", "2"), 2, /--as: expected an address as 0x0002 or .*, found '2'/);
	for (const context of ["16=2001:db8::/64", "0=2001:db8::", "2001:db8::/64", "0=2001:db8::/129", "=::/0"]) {
		endsWithLine(t, decode("--context", context), 2, /--context: expected a context as 0=2001:db8::\/64/);
	}
	const as = ["--as", "0x0001"];
	endsWithLine(t, decode(...as, "--memory", "12"), 2, /--memory: expected octets from 128 to .*, found '12'/);
	endsWithLine(t, decode(...as, "--memory", "1e4"), 2, /--memory: expected octets .*, found '1e4'/);
	endsWithLine(t, decode("--memory", "6000"), 2, /--memory: expected --as with it, found none/);
	endsWithLine(t, decode("--policy", "riott"), 2, /--policy: expected rfc4944, riot,.* found 'riott'/);
	endsWithLine(
		t,
		decode("--policy", "./none.js"),
		3,
		/--policy \.\/none\.js: expected a module, found none at /,
	);
});

test("files that cannot be read: the place, what was expected, what was found", (t) => {
	const folder = scratchFolder(t);
	const file = (name: string, content: string | Uint8Array): string => {
		writeFileSync(join(folder, name), content);
		return join(folder, name);
	};
	const good = readFileSync(capturePath("ns3-ll-4n.pcap"));
	const foreign = Buffer.from(good);
	foreign.writeUInt32LE(127, 20);
	const cases: readonly (readonly [string, 2 | 3, RegExp])[] = [
		[join(folder, "missing.pcap"), 3, /missing\.pcap: expected a file, found none/],
		[folder, 2, /expected a file, found a folder/],
		[file("empty.pcap", ""), 2, /empty\.pcap: expected a pcap or pcapng file, found an empty file/],
		[file("text.pcap", "hello\n"), 2, /text\.pcap: expected a pcap or pcapng file, found text/],
		[file("head.pcap", good.subarray(0, 20)), 2, /head\.pcap: expected a pcap header of 24 octets, found 20/],
		[
			file("cut.pcap", good.subarray(0, good.length - 3)),
			2,
			/cut\.pcap: frame 118 at octet \d+: expected 5 octets of packet, found 2/,
		],
		[file("wifi.pcap", foreign), 2, /wifi\.pcap: expected link type 195, 230, 283 or 1 .*, found 127/],
	];
	for (const [path, code, line] of cases) {
		endsWithLine(t, lowguard("decode", path, "--json"), code, line);
		endsWithLine(t, lowguard("decode", path), code, line);
	}
	for (const [path, code] of cases) t.is(lowguard("trace", path, "--to", "jsonl").code, code);
});

test("a reader that goes away is no failure", async (t) => {
	const cli = fileURLToPath(new URL("../../host-tools/cli.js", import.meta.url));
	const child = spawn(process.execPath, [cli, "trace", capturePath("ns3-ctx0-9n.pcap"), "--to", "jsonl"]);
	let stderr = "";
	child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
	child.stdout.destroy();
	const [code] = (await once(child, "close")) as [number];
	t.is(code, 0);
	t.is(stderr, "");
});

test("the command is there before the build, and says what it lacks", (t) => {
	const launcher = fileURLToPath(new URL("../../../host-tools/lowguard.js", import.meta.url));
	const built = spawnSync(process.execPath, [launcher, "--version"]);
	t.deepEqual([built.status, built.stderr.toString()], [0, ""]);
	t.regex(built.stdout.toString(), /^lowguard \d/);
	const clone = join(scratchFolder(t), "host-tools");
	mkdirSync(clone);
	copyFileSync(launcher, join(clone, "lowguard.js"));
	writeFileSync(join(clone, "package.json"), '{ "type": "module" }');
	const unbuilt = spawnSync(process.execPath, [join(clone, "lowguard.js"), "--version"]);
	t.deepEqual([unbuilt.status, unbuilt.stdout.toString()], [3, ""]);
	t.regex(unbuilt.stderr.toString(), /^lowguard: .*; npm run build does it\n$/);
});
