import test from "ava";
import { parseSettings } from "../../firmware/device/settings/parse.js";
import { encodeSettings } from "../../firmware/device/settings/stored.js";
import { parseIpv6 } from "../../firmware/frames/ipv6-text.js";
import { hostCipher, hostDigest } from "../../host-tools/crypto.js";
import { XsProcess } from "../../host-tools/xs/process.js";
import { BoardParts, Call, Said } from "./machine/board-parts.js";

const KEY = "00112233445566778899aabbccddeeff";
const SINK = parseIpv6("2001:db8::ff:fe00:1")!;
const END_US = 30_000_000;

/** One board, wherever it runs: takes calls and says what came of them. */
type Board = (call: Uint8Array) => Uint8Array[];

function onV8(): Board {
	let said: Uint8Array[] = [];
	const board = new BoardParts({ cipher: hostCipher, digest: hostDigest }, (bytes) =>
		said.push(bytes.slice()),
	);
	return (call) => {
		said = [];
		board.take(call, call.length);
		return said;
	};
}

function onXs(xs: XsProcess, machine: number): Board {
	xs.create(machine, "test/xs/machine/board-parts");
	return (call) => {
		const said: Uint8Array[] = [];
		const outcome = xs.call(machine, call, call.length, {
			post: (bytes) => said.push(bytes.slice()),
			query: () => new Uint8Array(),
		});
		if ("dead" in outcome) throw new Error(outcome.dead);
		return said;
	};
}

function callOf(kind: number, ...parts: readonly ArrayLike<number>[]): Uint8Array {
	return Uint8Array.of(kind, ...parts.flatMap((part) => Array.from(part)));
}

function time(us: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, us);
	return bytes;
}

/** Lets a sink and a sensor live for half a minute, the sensor sending one large datagram; returns all that they say. */
function converse(boards: readonly [Board, Board]): string[] {
	const log: string[] = [];
	const nextUs = [0, 0];
	let nowUs = 0;
	const call = (board: number, bytes: Uint8Array): void => {
		for (const said of boards[board]!(bytes)) {
			if (said[0] === Said.nextUs) {
				nextUs[board] = new DataView(said.buffer, said.byteOffset).getUint32(1);
				continue;
			}
			log.push(`${nowUs} ${board} ${Buffer.from(said).toString("hex")}`);
			if (said[0] !== Said.datagram) continue;
			call(1 - board, callOf(Call.advance, time(nowUs)));
			call(1 - board, callOf(Call.hear, said.subarray(1)));
		}
	};
	const common = { helloPeriodS: 2, beaconPeriodS: 2, sensePeriodS: 5, channel: 15 };
	const sink = { nodeId: 0, role: "sink", pairKeys: `0x0002=${KEY}` };
	const sensor = { nodeId: 1, pairKeys: `0x0001=${KEY}`, securityLevel: 6, networkKey: KEY };
	call(
		0,
		callOf(
			Call.provision,
			encodeSettings(parseSettings({ ...common, ...sink, securityLevel: 6, networkKey: KEY })),
		),
	);
	call(1, callOf(Call.provision, encodeSettings(parseSettings({ ...common, ...sensor }))));
	let isSent = false;
	for (;;) {
		const board = nextUs[0]! <= nextUs[1]! ? 0 : 1;
		nowUs = nextUs[board]!;
		if (nowUs >= END_US) return log;
		if (!isSent && nowUs > 20_000_000) {
			isSent = true;
			call(1, callOf(Call.send, SINK, [400 >> 8, 400 & 255]));
		}
		call(board, callOf(Call.advance, time(nowUs)));
	}
}

test("a board without its chip is on XS what it is on V8, within a chip's memory", async (t) => {
	const expected = converse([onV8(), onV8()]);
	const ofKind = (kind: number): string[] =>
		expected.filter((line) => line.split(" ")[2]!.startsWith(kind.toString(16).padStart(2, "0")));
	t.true(ofKind(Said.datagram).length > 30);
	t.is(
		ofKind(Said.delivered).length,
		6,
		"the large datagram and all readings but the first, for which there was no way yet",
	);
	t.true(
		ofKind(Said.written).some(
			(line) => line.startsWith("0 1 01") && line.endsWith(Buffer.from("settings").toString("hex")),
		),
	);
	const xs = await XsProcess.start({ modules: ["test/xs/machine/board-parts"] });
	t.teardown(() => xs.close());
	const seen = converse([onXs(xs, 0), onXs(xs, 1)]);
	t.is(seen.length, expected.length);
	t.is(
		seen.findIndex((line, i) => line !== expected[i]),
		-1,
	);
});
