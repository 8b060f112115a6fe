import test from "ava";
import { LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { hasGoodFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader } from "../../firmware/frames/mac-frame.js";
import { Dissector } from "../../host-tools/capture/dissector.js";
import { FrameFilter } from "../../host-tools/capture/frame-filter.js";
import { openCapture } from "../../host-tools/capture/read-capture.js";
import { FrameRewriter } from "../../host-tools/capture/rewrite.js";
import { UserError } from "../../host-tools/errors.js";
import { replayText } from "../../host-tools/report/replay-text.js";
import { makeStyle } from "../../host-tools/report/style.js";
import { capturePath, endsWithLine, lowguard } from "./run-cli.js";

const RIOT_1 = "02:00:00:00:12:34:00:01";
const RIOT_2 = "02:00:00:00:12:34:00:02";
const PINGS = capturePath("riot-ping-500.pcap");
const INTO = ["--into", "first-network", "--at", "35,35", "--start", "20"];

function recorded(name: string) {
	return [...openCapture(capturePath(name)).frames()];
}

function rewriter(map: Readonly<Record<string, LinkAddress>>, panId = 0xabcd): FrameRewriter {
	return new FrameRewriter({ panId, lookUp: (address) => map[address.toString()] });
}

test("a mapped frame bears the new addresses, PAN and FCS; its checksums stay right for whoever reassembles", (t) => {
	const rewrite = rewriter({
		[RIOT_1]: LinkAddress.short(7),
		[RIOT_2]: parseLinkAddress("02:aa:bb:cc:dd:ee:ff:01")!,
	});
	const dissector = new Dissector({
		contexts: new ContextTable(),
		policy: rfc4944.create({}),
		as: [],
		budgetBytes: 1e6,
	});
	let echoes = 0;
	for (const frame of recorded("riot-ping-500.pcap")) {
		const psdu = rewrite.rewrite(frame.psdu);
		if (psdu === undefined) return t.fail(`frame ${frame.number} no longer fits`);
		t.true(hasGoodFcs(psdu));
		const header = decodeMacHeader(psdu, 0, psdu.length - 2);
		if (typeof header === "string") return t.fail(header);
		for (const address of [header.source, header.destination])
			t.false(address.toString().startsWith("02:00"));
		if (header.destination.byteLength > 0 && !header.destination.isBroadcast)
			t.is(header.destinationPan, 0xabcd);
		const { datagram } = dissector.dissect({ ...frame, psdu });
		if (datagram === undefined || datagram.length < 500) continue;
		echoes++;
		t.is(datagram.checksum, "ok", `frame ${frame.number}`);
		const ends = [datagram.src, datagram.dst].sort();
		t.deepEqual(ends, ["fe80::aa:bbcc:ddee:ff01", "fe80::ff:fe00:7"]);
	}
	t.is(echoes, 6);
});

test("a frame with no mapped address is sent octet for octet", (t) => {
	const rewrite = rewriter({ "0x1234": LinkAddress.short(7) });
	for (const { psdu } of recorded("riot-ping-500.pcap")) t.is(rewrite.rewrite(psdu), psdu);
});

test("the input of a rewrite is left alone", (t) => {
	const rewrite = rewriter({ [RIOT_1]: LinkAddress.short(7) });
	for (const { psdu } of recorded("riot-ping-500.pcap")) {
		const before = psdu.slice();
		rewrite.rewrite(psdu);
		t.deepEqual(psdu, before);
	}
});

test("filters choose by kind, address and number", (t) => {
	const frames = recorded("riot-ping-500.pcap");
	const chosen = (text: string | undefined) => {
		const filter = new FrameFilter(text);
		return frames.filter(({ number, psdu }) => filter.passes(number, psdu)).map(({ number }) => number);
	};
	const acks = chosen("ack");
	t.true(acks.length > 0 && acks.length < frames.length);
	t.is(chosen("all").length, frames.length);
	t.deepEqual(chosen(undefined), chosen("data,beacon,command"));
	t.is(chosen(undefined).length + acks.length, frames.length);
	t.is(chosen("frag1").length, 6);
	t.is(chosen("fragment").length, chosen("frag1").length + chosen("fragn").length);
	t.is(chosen(`frag1,src=${RIOT_1}`).length, 3);
	t.is(chosen(`frag1,src=${RIOT_1},dst=${RIOT_1}`).length, 0);
	t.deepEqual(chosen("all,frames=3-5"), [3, 4, 5]);
	t.deepEqual(chosen("all,frames=4"), [4]);
	for (const wrong of [
		"nonsense",
		"src=here",
		"frames=x",
		"frames=5-",
		"frames=9-1",
		"src=0x0001=2",
		"data,",
		"toString",
		"",
	]) {
		t.throws(() => new FrameFilter(wrong), { instanceOf: UserError, message: /^--only/ });
	}
});

test("recorded pings of a RIOT node are answered by a node of the network, and every frame has an outcome", (t) => {
	const maps = ["--map", `${RIOT_1}=self`, "--map", `${RIOT_2}=node:6`];
	const args = ["replay", PINGS, ...INTO, "--only", `data,src=${RIOT_1}`, ...maps, "--json", "--hash"];
	const result = lowguard(...args);
	t.is(result.code, 0, result.stderr);
	const { replay, datagrams, eventLogSha256 } = JSON.parse(result.stdout.toString());
	const total = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
	t.is(total(replay.sent), replay.frames);
	t.is(replay.sent.acked, 18, "three pings of six fragments");
	t.is(replay.outcomes["fragment-stored"], 15);
	// The radio acknowledges the replies that it gets; those are none of the recorded frames.
	t.is(replay.outcomes["not-received"], undefined);
	t.is(replay.unsent, 0);
	t.true(replay.outcomes["datagram-delivered"] >= 3);
	t.true(total(replay.outcomes) >= replay.frames);
	t.false("replayed" in JSON.parse(result.stdout.toString()), "told once, under replay");
	const alone = JSON.parse(lowguard("sim", "first-network", "--json").stdout.toString());
	t.is(datagrams.sent, alone.datagrams.sent + 3, "three echo replies");
	t.is(JSON.parse(lowguard(...args).stdout.toString()).eventLogSha256, eventLogSha256);
});

/** Sends the attacker's frames of a recorded attack to node 6, as recorded: from themselves, or as node 1. */
function attack(name: string, policy: string, ...more: string[]) {
	const path = capturePath(`attacks/${name}.pcap`);
	const sidecar = ["--attackers", capturePath(`attacks/${name}.json`)];
	const set = ["--set", `reassembly.policy=${policy}`, "--set", "durationS=45"];
	return lowguard(
		"replay",
		path,
		...INTO,
		...sidecar,
		"--map",
		`${RIOT_2}=node:6`,
		...set,
		"--json",
		...more,
	);
}

function score(name: string, policy: string, self: string) {
	const result = attack(name, policy, "--map", `${self}=self`);
	if (result.code !== 0) throw new Error(result.stderr);
	const { frames, attackers, unsent } = JSON.parse(result.stdout.toString()).replay;
	return { frames, unsent, ...attackers };
}

test("of a recorded attack only the attacker's frames are sent, and each is scored once", (t) => {
	const promises = (policy: string) => score("riot-buffer-reservation", policy, "02:00:00:00:12:34:00:66");
	const riot = promises("riot");
	t.is(riot.frames, 57);
	t.is(riot.unsent, 0);
	t.is(riot.accepted + riot.refused + riot.unjudged, 57);
	t.true(riot.accepted >= 3, "memory for three promises of 1,500 octets at least");
	t.deepEqual(riot.refusals, { "reassembly-full": riot.refused });
	t.is(riot.recall, riot.refused / (riot.accepted + riot.refused));
	const standard = promises("rfc4944");
	t.deepEqual([standard.accepted, Object.keys(standard.refusals)], [0, ["fragment-size"]]);
});

test("the same overlapping fragments are accepted by RIOT's rules and refused by OpenThread's", (t) => {
	const overlap = (policy: string) => score("riot-overlap", policy, RIOT_1);
	const riot = overlap("riot");
	t.deepEqual([riot.frames, riot.accepted, riot.recall], [9, 9, 0]);
	const openthread = overlap("openthread");
	t.is(openthread.accepted, 0);
	t.deepEqual(openthread.refusals, { "fragment-orphan": 9 });
});

test("a list of attackers and a filter must both hold; the list must be the capture's own", (t) => {
	const only = attack("riot-overlap", "riot", "--only", `src=${RIOT_2}`);
	endsWithLine(t, only, 2, /expected frames that pass --only src=.* and --attackers .*, found none/);
	const list = ["--attackers", capturePath("attacks/riot-header-replay.json")];
	endsWithLine(t, attack("riot-overlap", "riot", ...list), 2, /attacker_frames\[193\]: expected an integer/);
	endsWithLine(
		t,
		attack("riot-overlap", "riot", "--attackers", "none.json"),
		3,
		/none\.json: expected a file/,
	);
});

test("loop and speed: twice the frames, and the run's own log tells when", (t) => {
	const count = (...more: string[]) => {
		const args = ["replay", PINGS, ...INTO, "--only", `frag1,src=${RIOT_1}`, "--json", ...more];
		return JSON.parse(lowguard(...args).stdout.toString()).replay.frames;
	};
	t.is(count(), 3);
	t.is(count("--loop", "2", "--speed", "4"), 6);
});

test("frames that the end of the run came before are told", (t) => {
	const args = ["--into", "first-network", "--at", "-5,-5", "--power", "-5", "--start", "119.9"];
	const result = lowguard("replay", PINGS, ...args, "--json");
	t.is(result.code, 0, result.stderr);
	const { replay } = JSON.parse(result.stdout.toString());
	t.is(replay.frames, 42);
	t.true(replay.unsent > 30 && replay.unsent < 42, `${replay.unsent}`);
	const sent = Object.values(replay.sent as Record<string, number>).reduce((a, b) => a + b, 0);
	t.is(sent + replay.unsent, replay.frames);
});

test("the report for people: thousands, what was not sent, how broadcasts count", (t) => {
	const report = {
		...{ capture: "walk.pcap", frames: 12_345, tooLong: 0, unsent: 1_045, late: 0 },
		...{ sent: { acked: 11_300 }, outcomes: { "fragment-stored": 11_300 } },
	};
	const lines = replayText(report, makeStyle(false)).split("\n");
	t.is(lines[0], "replay  walk.pcap: 12,345 frames; 11,300 acked; 1,045 unsent when the run ended");
	t.regex(lines[1]!, /^ {2}fragment-stored +11,300 {2}█+$/);
	t.regex(lines[2]!, /broadcast counts once for each receiver/);
});

test("the report for people scores an attacker's frames by reason, the most frequent first", (t) => {
	const attackers = { accepted: 2, refused: 6, refusals: { a: 2, b: 4 }, unjudged: 1, recall: 0.75 };
	const report = { capture: "walk.pcap", frames: 9, tooLong: 0, unsent: 0, late: 0, sent: {}, outcomes: {} };
	const lines = replayText({ ...report, attackers }, makeStyle(false)).split("\n");
	t.is(lines[1], "attacker  6 refused (75.0 % of those judged): 4 b, 2 a");
	t.regex(lines[2]!, /^ +2 accepted; 1 not judged/);
	const none = { ...attackers, accepted: 0, refused: 0, refusals: {}, recall: null };
	t.is(replayText({ ...report, attackers: none }, makeStyle(false)).split("\n")[1], "attacker  0 refused");
});

test("wrong arguments end in one line each", (t) => {
	const replay = (...args: string[]) => lowguard("replay", ...args);
	endsWithLine(t, replay(PINGS, "--at", "1,1"), 2, /--into: expected a scenario, found nothing/);
	endsWithLine(t, replay(PINGS, "--into", "first-network"), 2, /--at: expected a place/);
	endsWithLine(t, replay(PINGS, "--into", "first-network", "--at", "1"), 2, /--at: expected X,Y in metres/);
	endsWithLine(t, replay(PINGS, ...INTO, "--speed", "0"), 2, /--speed: expected a number/);
	endsWithLine(t, replay(PINGS, ...INTO, "--loop", "1.5"), 2, /--loop: expected an integer/);
	endsWithLine(t, replay(PINGS, ...INTO, "--map", "0x0001"), 2, /--map: expected ADDRESS=node:N/);
	const map = (...texts: string[]) => replay(PINGS, ...INTO, ...texts.flatMap((text) => ["--map", text]));
	endsWithLine(t, map(`${RIOT_1}=node:25`), 2, /expected a node from 0 to 24, found 25/);
	endsWithLine(t, map(`${RIOT_1}=node:6=x`), 2, /--map: expected ADDRESS=node:N or .*, found '.*=x'/);
	endsWithLine(t, map("0xffff=node:6"), 2, /expected the address of one node, found the one for all/);
	const both = `${RIOT_1}, ${RIOT_2}`;
	endsWithLine(t, map("0x0002=node:6"), 2, new RegExp(`of the capture \\(${both}\\), found 0x0002`));
	endsWithLine(t, map(`${RIOT_1}=node:6`, `${RIOT_1}=self`), 2, /expected each address once, found 02:.*:01/);
	endsWithLine(
		t,
		replay(PINGS, ...INTO, "--only", "frames=900"),
		2,
		/expected frames that pass --only frames=900, found none/,
	);
	endsWithLine(t, replay("missing.pcap", ...INTO), 3, /missing\.pcap: expected a file, found none/);
	endsWithLine(t, replay(PINGS, "--into", "no-such", "--at", "1,1"), 2, /no-such: unknown scenario/);
});
