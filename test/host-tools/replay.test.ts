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
	for (const wrong of ["nonsense", "src=here", "frames=x", "frames=5-", "frames=9-1", ""]) {
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
	t.true(replay.outcomes["datagram-delivered"] >= 3);
	t.true(total(replay.outcomes) >= replay.frames);
	const alone = JSON.parse(lowguard("sim", "first-network", "--json").stdout.toString());
	t.is(datagrams.sent, alone.datagrams.sent + 3, "three echo replies");
	t.is(JSON.parse(lowguard(...args).stdout.toString()).eventLogSha256, eventLogSha256);
});

test("loop and speed: twice the frames, and the run's own log tells when", (t) => {
	const count = (...more: string[]) => {
		const args = ["replay", PINGS, ...INTO, "--only", `frag1,src=${RIOT_1}`, "--json", ...more];
		return JSON.parse(lowguard(...args).stdout.toString()).replay.frames;
	};
	t.is(count(), 3);
	t.is(count("--loop", "2", "--speed", "4"), 6);
});

test("wrong arguments end in one line each", (t) => {
	const replay = (...args: string[]) => lowguard("replay", ...args);
	endsWithLine(t, replay(PINGS, "--at", "1,1"), 2, /--into: expected a scenario, found nothing/);
	endsWithLine(t, replay(PINGS, "--into", "first-network"), 2, /--at: expected a place/);
	endsWithLine(t, replay(PINGS, "--into", "first-network", "--at", "1"), 2, /--at: expected X,Y in metres/);
	endsWithLine(t, replay(PINGS, ...INTO, "--speed", "0"), 2, /--speed: expected a number/);
	endsWithLine(t, replay(PINGS, ...INTO, "--loop", "1.5"), 2, /--loop: expected an integer/);
	endsWithLine(t, replay(PINGS, ...INTO, "--map", "0x0001"), 2, /--map: expected ADDRESS=node:N/);
	endsWithLine(
		t,
		replay(PINGS, ...INTO, "--map", "0x0001=node:2"),
		2,
		/expected an address of the capture \(02:/,
	);
	endsWithLine(t, replay(PINGS, ...INTO, "--map", `${RIOT_1}=node:25`), 2, /expected a node from 0 to 24/);
	endsWithLine(
		t,
		replay(PINGS, ...INTO, "--only", "frames=900"),
		2,
		/expected frames that pass --only frames=900, found none/,
	);
	endsWithLine(t, replay("missing.pcap", ...INTO), 3, /missing\.pcap: expected a file, found none/);
	endsWithLine(t, replay(PINGS, "--into", "no-such", "--at", "1,1"), 2, /no-such: unknown scenario/);
});
