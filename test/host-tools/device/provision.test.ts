import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { parsePairKeys } from "../../../firmware/device/settings/forms.js";
import { loadSettings } from "../../../firmware/device/settings/stored.js";
import { octetsOf, pairwiseKeys } from "../../../firmware/mac/pairwise-keys.js";
import { hostCipher } from "../../../host-tools/crypto.js";
import { memoryStore } from "../../firmware/device/support/board-bench.js";
import { lowguard, scratchFolder } from "../run-cli.js";
import { CabledBench, type CabledBoard } from "./board-on-cable.js";
import { requireSocat } from "./pty-cable.js";
import { RunningCli } from "./running-cli.js";

const MASTER = "000102030405060708090a0b0c0d0e0f";
const NETWORK = "f0e0d0c0b0a090807060504030201000";

function keyFile(t: ExecutionContext, text: string): string {
	const path = join(scratchFolder(t), "keys");
	writeFileSync(path, text);
	chmodSync(path, 0o600);
	return path;
}

async function provision(
	t: ExecutionContext,
	bench: CabledBench,
	board: CabledBoard,
	args: readonly string[],
	input?: string,
): Promise<{ code: number | null; cli: RunningCli }> {
	const cli = new RunningCli(t, ["firmware", "provision", "--port", board.path, ...args], input);
	return { code: await bench.until(cli.ended), cli };
}

test("a bare board gets number, network and keys, keeps them over a start, and tells no key", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const store = memoryStore();
	const board = await bench.plugIn(t, { build: {}, store });
	const keys = keyFile(t, `# of this test\nmasterKey=${MASTER}\nnetworkKey = ${NETWORK}\n`);
	const { code, cli } = await provision(t, bench, board, [
		...["--id", "3", "--role", "sensor", "--pan", "0x1234", "--channel", "15", "--set", "securityLevel=5"],
		...["--keys", keys, "--neighbours", "0-9"],
	]);
	t.is(code, 0, cli.stderr);
	t.is(board.starts, 2);
	t.regex(cli.stderr, /running; node 3, sensor; radio 154; channel 15; PAN 0x1234/);
	const said = cli.stdout.toString();
	t.regex(said, /^nodeId +3 {2}\(stored\)$/m);
	t.regex(said, /^pairKeys +9 keys, not shown {2}\(stored\)$/m);
	t.regex(said, /^networkKey +not shown {2}\(stored\)$/m);
	const stored = loadSettings(store);
	t.is(stored.networkKey, NETWORK);
	const keyOf = pairwiseKeys(hostCipher, octetsOf(MASTER), LinkAddress.short(4), () => true);
	for (const { neighbour, hex } of parsePairKeys(stored.pairKeys!)!) {
		t.is(hex, Buffer.from(keyOf(neighbour)!).toString("hex"));
	}
	for (const secret of [MASTER, NETWORK, ...parsePairKeys(stored.pairKeys!)!.map(({ hex }) => hex)]) {
		t.false((said + cli.stderr).includes(secret.slice(0, 12)), "a key was printed");
	}
	const listed = await provision(t, bench, board, ["--json"]);
	t.is(listed.code, 0, listed.cli.stderr);
	const told = JSON.parse(listed.cli.stdout.toString()) as Record<string, { value: unknown; source: string }>;
	t.deepEqual(told["channel"], { value: 15, source: "stored" });
	t.deepEqual(told["minBe"], { value: 3, source: "default" });
	t.deepEqual(told["networkKey"], { value: "not shown", source: "stored" });
	t.is(board.starts, 2);
});

test("keys come from stdin too; a setting goes back to the build's; the board need not start anew", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const store = memoryStore();
	const board = await bench.plugIn(t, { build: { nodeId: 1, channel: 20 }, store });
	const args = ["--channel", "12", "--keys", "-", "--no-restart"];
	const first = await provision(t, bench, board, args, `networkKey=${NETWORK}\n`);
	t.is(first.code, 0, first.cli.stderr);
	t.deepEqual(loadSettings(store), { channel: 12, networkKey: NETWORK });
	const back = await provision(t, bench, board, ["--unset", "channel", "--no-restart"]);
	t.is(back.code, 0, back.cli.stderr);
	t.regex(back.cli.stdout.toString(), /^channel {2}20 {2}\(build\)$/m);
	t.deepEqual(loadSettings(store), { networkKey: NETWORK });
	t.is(board.starts, 1);
});

test("settings that do not go together change nothing, and the board says which", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const store = memoryStore();
	const board = await bench.plugIn(t, { build: { nodeId: 1 }, store });
	const { code, cli } = await provision(t, bench, board, ["--channel", "12", "--set", "securityLevel=5"]);
	t.is(code, 2);
	t.regex(cli.stderr, /networkKey: expected one under securityLevel 5, got none; nothing was changed/);
	t.deepEqual(loadSettings(store), {});
	t.is(board.starts, 1);
});

test("nobody at the other end is told with what to do", async (t) => {
	if (!requireSocat(t)) return;
	const bench = new CabledBench();
	const board = await bench.plugIn(t, { build: { nodeId: 1 } });
	board.switchOff();
	const { code, cli } = await provision(t, bench, board, []);
	t.is(code, 3);
	t.regex(
		cli.stderr,
		/expected a board with Lowguard, found nobody that answers; flash it with 'lowguard firmware flash'/,
	);
});

test("what cannot be right is refused before a port is opened, and secrets have no place on the command line", (t) => {
	const port = ["--port", "/nowhere/ttyUSB0"];
	const short = keyFile(t, `networkKey=${NETWORK.slice(2)}\n`);
	const both = keyFile(t, `masterKey=${MASTER}\npairKeys=0x0001=${NETWORK}\n`);
	const wrong: [string[], RegExp][] = [
		[["--channel", "27"], /--channel: channel: expected an integer from 11 to 26, got "27"/],
		[["--set", "chanel=12"], /--set: expected a setting \(.*--help lists them\), found 'chanel'/],
		[["--set", `networkKey=${NETWORK}`], /--set: expected networkKey in --keys, where nobody sees it/],
		[["--channel", "12", "--set", "channel=13"], /--set: expected each setting once, found channel again/],
		[["--keys", short], /line 1: networkKey: expected 32 hexadecimal digits, got something else/],
		[["--keys", both, "--neighbours", "0"], /expected no pairKeys beside a masterKey/],
		[["--keys", both], /--neighbours: expected nodes to share keys with/],
		[["--neighbours", "0-4"], /--neighbours: expected a masterKey in --keys, found none/],
		[["--keys", "env:LOWGUARD_NO_SUCH"], /expected a variable LOWGUARD_NO_SUCH, found none/],
	];
	for (const [args, line] of wrong) {
		const { code, stderr, stdout } = lowguard("firmware", "provision", ...port, ...args);
		t.is(code, 2, stderr);
		t.regex(stderr, line);
		t.false(stderr.includes(NETWORK.slice(2, 14)), "a key was printed");
		t.is(stdout.length, 0);
	}
});
