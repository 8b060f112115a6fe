import test from "ava";
import { REAL_TIME_ACK_WAIT_US } from "../../../../firmware/device/radio/software-mac.js";
import { decodeZep, ZepPacket } from "../../../../firmware/device/radio/zep.js";
import { NODE_EVENTS, tee } from "../../../../firmware/events.js";
import { Recorder } from "../../support/recorder.js";
import { softwareMote } from "../support/board-motes.js";
import { joinGroup, realClock } from "../support/multicast.js";

const KEY = "00112233445566778899aabbccddeeff";

test("two boards exchange a fragmented, chained datagram over UDP multicast", async (t) => {
	const recorder = new Recorder();
	let tell = (): void => {};
	const delivered = new Promise<void>((resolve) => {
		tell = resolve;
	});
	const sink = tee(NODE_EVENTS, [recorder.sink, { datagramDelivered: () => tell() }]);
	const ear = await joinGroup(0);
	const members = [await joinGroup(ear.port), await joinGroup(ear.port)];
	const { clock, stop } = realClock();
	t.teardown(() => {
		stop();
		for (const member of [ear, ...members]) member.close();
	});
	const sequences: number[] = [];
	ear.datagrams.onDatagram((bytes, length) => {
		const packet = decodeZep(bytes, length, new ZepPacket());
		if (packet?.device === 1) sequences.push(packet.sequence);
	});
	const boards = [
		{ nodeId: 0, role: "sink", pairKeys: `0x0002=${KEY}` },
		{ nodeId: 1, routing: "static", nextHopId: 0, sensePeriodS: 0, pairKeys: `0x0001=${KEY}` },
	];
	const motes = boards.map((given, i) =>
		softwareMote(given, { datagrams: members[i]!.datagrams, clock, ackWaitUs: REAL_TIME_ACK_WAIT_US }, sink),
	);
	for (const mote of motes) mote.start();
	const payload = Uint8Array.from({ length: 400 }, (_, i) => i);
	motes[1]!.sendUdp(motes[0]!.global!, payload, payload.length);
	await delivered;
	for (const mote of motes) mote.stop();
	const [sent] = recorder.of("datagramSent", 1);
	t.like(recorder.of("datagramDelivered", 0)[0], {
		ident: sent!["ident"],
		digest: sent!["digest"],
		bytes: 448,
	});
	t.is(recorder.of("fragmentStored", 0).length, 4);
	t.deepEqual(
		sequences,
		[...sequences].sort((a, b) => a - b),
	);
});
