import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { CSMA_DEFAULTS } from "../../../firmware/mac/csma.js";
import { LinkLayer } from "../../../firmware/mac/link-layer.js";
import { LinkWorkspace } from "../../../firmware/mac/link-workspace.js";
import type { FrameProtection } from "../../../firmware/mac/protection.js";
import { NeighbourTable } from "../../../firmware/trust/neighbours.js";
import { bytesOf, hexOf } from "../frames/bytes-of.js";
import { HandClock } from "../support/hand-clock.js";
import { counting } from "../support/packets.js";
import { SeededRandom } from "../support/random.js";
import { Recorder } from "../support/recorder.js";
import { type LoopRadio, Wire } from "../support/wire.js";

const PAN = 0xabcd;
const EUI = LinkAddress.extended(0x02000000, 0x12340001);
const SHORT_1 = LinkAddress.short(1);
const SHORT_2 = LinkAddress.short(2);
const BROADCAST = LinkAddress.short(0xffff);

interface Taken {
	readonly payload: string;
	readonly source: string;
	readonly rssiDbm: number;
}

class Station {
	readonly link: LinkLayer;
	readonly radio: LoopRadio;
	readonly recorder = new Recorder();
	readonly neighbours = new NeighbourTable(4);
	readonly taken: Taken[] = [];
	readonly outcomes: string[] = [];
	readonly deliveries: string[] = [];

	constructor(
		wire: Wire,
		address: LinkAddress,
		workspace = new LinkWorkspace(),
		protection?: FrameProtection,
		random = new SeededRandom(1),
	) {
		this.radio = wire.radio();
		this.radio.configure({
			channel: 26,
			panId: PAN,
			shortAddress: address.byteLength === 2 ? address.low : 0xfffe,
			extendedHigh: EUI.high,
			extendedLow: EUI.low,
			txPowerDbm: 0,
			promiscuous: false,
			panCoordinator: false,
		});
		this.radio.receive(true);
		this.link = new LinkLayer({
			node: 0,
			workspace,
			radio: this.radio,
			clock: wire.clock,
			random,
			sink: this.recorder.sink,
			neighbours: this.neighbours,
			csma: CSMA_DEFAULTS,
			panId: PAN,
			address,
			protection,
			owner: {
				receiveFrame: (psdu, header, rssiDbm) => {
					const payload = hexOf(psdu.slice(header.next, header.end));
					this.taken.push({ payload, source: header.source.toString(), rssiDbm });
				},
				noteDelivery: (destination, outcome) => this.deliveries.push(`${destination}: ${outcome}`),
			},
		});
	}

	send(destination: LinkAddress, payload: Uint8Array): void {
		const at = this.link.begin(destination);
		this.link.buffer.set(payload, at);
		this.link.commit(at + payload.length, { noteSent: (outcome) => this.outcomes.push(outcome) });
	}

	/** A frame of another sender, in hex without its FCS. */
	hear(text: string): void {
		const bytes = bytesOf(`${text} 00 00`);
		putFcs(bytes, bytes.length);
		this.radio.inject(bytes);
	}
}

function pair(first = SHORT_1, second = SHORT_2) {
	const clock = new HandClock();
	const wire = new Wire(clock);
	return { clock, wire, a: new Station(wire, first), b: new Station(wire, second) };
}

test("headers octet for octet, as a dissector expects them", (t) => {
	const frames: [source: LinkAddress, destination: LinkAddress, header: string][] = [
		// data, acknowledgement request, PAN compression, version 1; PAN 0xabcd, to 0x0002, from 0x0001
		[SHORT_1, SHORT_2, "6198 SS cdab 0200 0100"],
		// no acknowledgement is asked for of everybody
		[SHORT_1, BROADCAST, "4198 SS cdab ffff 0100"],
		// to 0x0002 from 02:00:00:00:12:34:00:01
		[EUI, SHORT_2, "61d8 SS cdab 0200 0100341200000002"],
		[SHORT_1, EUI, "619c SS cdab 0100341200000002 0100"],
		[EUI, LinkAddress.extended(0x0a0b0c0d, 0x01020304), "61dc SS cdab 040302010d0c0b0a 0100341200000002"],
	];
	for (const [source, destination, header] of frames) {
		const { clock, wire, a } = pair(source);
		a.send(destination, bytesOf("3f01"));
		clock.advanceBy(1_000_000);
		const psdu = wire.frames[0]!.psdu;
		const sequence = psdu[2]!.toString(16).padStart(2, "0");
		t.is(hexOf(psdu, psdu.length - 2), `${header.replace("SS", sequence).replaceAll(" ", "")}3f01`);
	}
});

test("room for 116 octets between short addresses, 104 between extended ones, and it fills a frame", (t) => {
	const rooms: [LinkAddress, LinkAddress, number][] = [
		[SHORT_1, SHORT_2, 116],
		[SHORT_1, BROADCAST, 116],
		[EUI, SHORT_2, 110],
		[SHORT_1, EUI, 110],
		[EUI, EUI, 104],
	];
	for (const [source, destination, room] of rooms) {
		const { clock, wire, a } = pair(source);
		t.is(a.link.room(destination), room);
		a.send(destination, counting(room));
		clock.advanceBy(1_000_000);
		t.is(wire.frames[0]!.psdu.length, 127);
	}
});

test("sequence numbers rise by one a frame, not a transmission, and wrap", (t) => {
	const { clock, wire, a } = pair();
	wire.isAckLost = (index) => index === 0;
	for (let i = 0; i < 257; i++) {
		a.send(SHORT_2, bytesOf("3f"));
		clock.advanceBy(100_000);
	}
	const sequence = wire.frames.map(({ psdu }) => psdu[2]!);
	t.is(sequence.length, 258);
	t.is(sequence[1], sequence[0]!);
	for (let i = 2; i < 258; i++) t.is(sequence[i], (sequence[i - 1]! + 1) & 0xff);
});

test("a payload arrives once although its acknowledgement was lost", (t) => {
	const { clock, wire, a, b } = pair();
	wire.isAckLost = (index) => index < 2;
	b.radio.rssiDbm = -71;
	a.send(SHORT_2, bytesOf("3faabb"));
	clock.advanceBy(100_000);
	t.deepEqual(a.outcomes, ["sent"]);
	t.deepEqual(b.taken, [{ payload: "3faabb", source: "0x0001", rssiDbm: -71 }]);
	t.deepEqual(b.recorder.values("frameRefused", "reason"), ["duplicate", "duplicate"]);
	t.deepEqual(b.recorder.values("frameRefused", "source"), ["0x0001", "0x0001"]);
	const heard = b.neighbours.find(SHORT_1)!;
	t.is(heard.received, 1);
	t.is(heard.rssiMean256, -71 * 256);
});

test("statistics of our transmissions: three lost acknowledgements and one that came", (t) => {
	const { clock, wire, a, b } = pair();
	b.send(SHORT_1, bytesOf("3f"));
	clock.advanceBy(100_000);
	wire.isAckLost = (index) => index < 4;
	a.send(SHORT_2, bytesOf("3f"));
	clock.advanceBy(100_000);
	const neighbour = a.neighbours.find(SHORT_2)!;
	t.is(neighbour.transmissions, 4);
	const expected = (7 / 8) ** 3 * (7 / 8) + 1 / 8;
	t.true(Math.abs(neighbour.deliveryRatio / 32768 - expected) < 0.001);
	t.deepEqual(a.deliveries, ["0x0002: sent"]);
});

test("a frame that nobody acknowledges is given up and told of; a busy channel is no transmission", (t) => {
	const { clock, wire, a, b } = pair();
	b.send(SHORT_1, bytesOf("3f"));
	clock.advanceBy(100_000);
	b.radio.receive(false);
	a.send(SHORT_2, bytesOf("3f"));
	clock.advanceBy(100_000);
	t.deepEqual(a.outcomes, ["mac-retries"]);
	t.deepEqual(a.recorder.values("macDropped", "destination"), ["0x0002"]);
	t.is(a.neighbours.find(SHORT_2)!.transmissions, 4);
	wire.isBusy = () => true;
	a.send(SHORT_2, bytesOf("3f"));
	clock.advanceBy(100_000);
	t.deepEqual(a.recorder.values("macDropped", "reason"), ["mac-retries", "mac-channel-busy"]);
	t.is(a.neighbours.find(SHORT_2)!.transmissions, 4);
	t.deepEqual(a.deliveries, ["0x0002: mac-retries", "0x0002: mac-channel-busy"]);
});

test("a broadcast is sent once, without acknowledgement, and counts in no statistics", (t) => {
	const { clock, wire, a, b } = pair();
	a.send(BROADCAST, bytesOf("3f01"));
	clock.advanceBy(100_000);
	t.is(wire.frames.length, 1);
	t.deepEqual(a.outcomes, ["sent"]);
	t.deepEqual(a.deliveries, []);
	t.is(b.taken.length, 1);
	t.is(a.neighbours.entries.length, 0);
});

test("what is no data frame for us is refused with its reason", (t) => {
	const refused: [frame: string, reason: string, source: string][] = [
		["", "mac-truncated", ""],
		["6198 01", "mac-truncated", ""],
		["0200 05", "mac-not-data", ""], // an acknowledgement
		["6388 01 cdab 0200 0100 04", "mac-not-data", ""], // a command
		["0108 01 cdab 0200", "mac-no-source", ""],
		["61b8 01 cdab 0200 0100", "mac-reserved", ""], // version 3
		["6998 01 cdab 0100 0200 05 01000000 00 00000000", "mac-security-unsupported", "0x0002"],
	];
	for (const [frame, reason, source] of refused) {
		const { a } = pair();
		a.hear(frame);
		t.deepEqual(a.recorder.values("frameRefused", "reason"), [reason], frame);
		t.deepEqual(a.recorder.values("frameRefused", "source"), [source], frame);
		t.deepEqual(a.taken, [], frame);
		t.is(a.neighbours.entries.length, 0, frame);
	}
});

test("a frame without sequence number is never a duplicate (IEEE 802.15.4-2020, 7.2.2.7)", (t) => {
	const { a } = pair();
	for (let i = 0; i < 2; i++) a.hear("41a9 cdab 0100 0200 3f");
	t.is(a.taken.length, 2, JSON.stringify(a.recorder.events));
});

test("random frames never throw, and each is either taken or refused", (t) => {
	const { a } = pair();
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 125 }), (bytes) => {
			const before = a.taken.length + a.recorder.events.length;
			a.hear(hexOf(bytes));
			t.is(a.taken.length + a.recorder.events.length, before + 1);
			t.true(a.neighbours.entries.length <= 4);
		}),
		{ numRuns: 2000 },
	);
});

/** Two stations of one machine. */
function neighbours(protection?: FrameProtection) {
	const clock = new HandClock();
	const wire = new Wire(clock);
	const workspace = new LinkWorkspace();
	const a = new Station(wire, SHORT_1, workspace, protection);
	return { clock, wire, workspace, a, b: new Station(wire, SHORT_2, workspace) };
}

test("stations of one machine send at once, and each frame keeps its own octets until it is over", (t) => {
	const { clock, wire, workspace, a, b } = neighbours();
	wire.isAckLost = (index) => index < 2;
	for (let i = 0; i < 20; i++) {
		a.send(SHORT_2, counting(40 + i));
		b.send(SHORT_1, counting(10 + i));
		t.is(workspace.lent, 2);
		clock.advanceBy(100_000);
		t.is(workspace.lent, 0);
	}
	const lengths = ({ taken }: Station): number[] => taken.map(({ payload }) => payload.length / 2);
	t.deepEqual(
		lengths(b),
		Array.from({ length: 20 }, (_, i) => 40 + i),
	);
	t.deepEqual(
		lengths(a),
		Array.from({ length: 20 }, (_, i) => 10 + i),
	);
});

test("a frame that is not sent is given back: no counter left, nothing to write, a busy channel", (t) => {
	const spent: FrameProtection = {
		overheadBytes: 0,
		prepare: () => false,
		protect: (_header, _frame, _offset, end) => end,
		unprotect: (_header, psdu) => psdu,
	};
	const without = neighbours(spent);
	t.is(without.a.link.begin(SHORT_2), -1);
	t.is(without.workspace.lent, 0);
	const { clock, wire, workspace, a } = neighbours();
	t.false(
		a.link.broadcastAt(
			0,
			() => -1,
			() => t.fail(),
		),
	);
	t.is(workspace.lent, 0);
	wire.isBusy = () => true;
	const told: boolean[] = [];
	const write = (at: number): number => at + 10;
	t.true(a.link.broadcastAt(0, write, (sent) => told.push(sent)));
	t.false(
		a.link.broadcastAt(0, write, () => t.fail()),
		"another one is under way",
	);
	t.is(workspace.lent, 1);
	clock.advanceBy(100_000);
	t.deepEqual(told, [false]);
	t.is(workspace.lent, 0);
});

test("a station that loses its power on the air takes its frame along: nobody else writes into it", (t) => {
	const { clock, workspace, a, b } = neighbours();
	a.send(SHORT_2, counting(100));
	clock.advanceBy(3_000);
	a.link.stop();
	a.link.stop();
	t.is(workspace.lent, 0);
	b.send(SHORT_1, counting(50));
	clock.advanceBy(100_000);
	t.deepEqual(
		b.taken.map(({ payload }) => payload),
		[hexOf(counting(100))],
	);
	t.is(workspace.lent, 0);
	a.send(SHORT_2, counting(20));
	t.is(workspace.lent, 1);
	clock.advanceBy(100_000);
	t.is(b.taken.length, 2);
	t.is(workspace.lent, 0);
});
