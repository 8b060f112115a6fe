import { join } from "node:path";
import process from "node:process";
import { CommandCode, SniffMode } from "../../firmware/device/serial/records.js";
import { parseIpv6 } from "../../firmware/frames/ipv6-text.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader } from "../../firmware/frames/mac-frame.js";
import { LinuxBoard } from "./linux-board.js";
import { check, Failure, type Sdk } from "./sdk.js";

/** Datagrams that may cross before one is chained. */
const MOST_ATTEMPTS = 5;
/** Octets of the payload that crosses, and of IPv6 and UDP before it. */
const PAYLOAD_BYTES = 600;
const HEADER_BYTES = 48;
/** Where the board with number 0 is. */
const SINK = "2001:db8::ff:fe00:1";
/** The first octet behind the page switch is that of a chained fragment from here on. */
const FIRST_FRAGMENT_DISPATCH = 0xc0;

/** Builds the firmware for Linux, lets two boards exchange a datagram over multicast, and returns a line for each finding. */
export async function checkTwoBoards(sdk: Sdk): Promise<string[]> {
	// The number of the sensor stands on the command line of its build, that of the sink with its process.
	const output = await sdk.mcconfig("lin", ["-m", "-t", "build", "nodeId=1", "radio=udp"]);
	const library = join(output, "bin/lin/mc/release/lowguard/mc.so");
	const headless = await sdk.headless();
	const air = `udpPort=${20_000 + (process.pid % 20_000)} beaconPeriodS=1 helloPeriodS=1`;
	const sink = new LinuxBoard("sink", headless, library, `nodeId=0 role=sink ${air}`);
	const sensor = new LinuxBoard("sensor", headless, library, `sensePeriodS=0 ${air}`);
	const lines: string[] = [];
	try {
		lines.push(...(await exchange(sink, sensor)));
	} finally {
		for (const board of [sink, sensor]) {
			const said = /stack: .*/.exec(await board.end());
			if (said !== null) lines.push(`${board.name}: ${said[0]}`);
		}
	}
	return lines;
}

async function exchange(sink: LinuxBoard, sensor: LinuxBoard): Promise<string[]> {
	const lines: string[] = [];
	for (const [board, nodeId] of [
		[sink, 0],
		[sensor, 1],
	] as const) {
		const { info } = await board.until("its greeting", "hello");
		check(
			info.state === "running" && info.nodeId === nodeId,
			`${board.name}: greeted as ${JSON.stringify(info)}`,
		);
		lines.push(
			`${board.name}: node ${info.nodeId}, firmware ${info.firmware}, radio ${info.radio}, ${info.state}`,
		);
	}
	await sensor.until("a route to the sink", "event", ({ event }) => event.type === "routeChanged");
	await sink.command(CommandCode.startSniffing, [SniffMode.own, 0]);
	for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
		const { bytes, fragments, chained } = await sendDatagram(sensor, sink);
		check(fragments > 1, "expected the datagram to arrive in fragments");
		const what = `a datagram of ${bytes} octets, ${HEADER_BYTES} of them headers, crossed in ${fragments} fragments`;
		lines.push(`${what}, ${chained} of them chained`);
		if (chained === fragments) return lines;
		// The sensor chains once it knows that the sink can put chains together.
		const from = sink.records.length;
		await sink.until("its next HELLO", "event", ({ event }) => event["kind"] === "hello", from);
	}
	throw new Failure(`expected chained fragments:\n${lines.join("\n")}`);
}

/** Has a datagram cross, and says how. */
async function sendDatagram(
	sensor: LinuxBoard,
	sink: LinuxBoard,
): Promise<{ bytes: number; fragments: number; chained: number }> {
	const sentFrom = sensor.records.length;
	const from = sink.records.length;
	await sensor.command(CommandCode.sendDatagram, [parseIpv6(SINK)!, PAYLOAD_BYTES]);
	const { event: sent } = await sensor.until(
		"the datagram to be sent",
		"event",
		({ event }) => event.type === "datagramSent",
		sentFrom,
	);
	const { event: delivered } = await sink.until(
		"the datagram to arrive",
		"event",
		({ event }) => event.type === "datagramDelivered",
		from,
	);
	check(delivered["digest"] === sent["digest"], "expected the datagram to arrive unchanged");
	const bytes = Number(delivered["bytes"]);
	check(
		bytes === PAYLOAD_BYTES + HEADER_BYTES,
		`expected ${PAYLOAD_BYTES + HEADER_BYTES} octets, got ${bytes}`,
	);
	let fragments = 0;
	let chained = 0;
	for (const record of sink.records.slice(from)) {
		if (record.type === "event" && record.event.type === "fragmentStored") fragments++;
		if (record.type === "frame" && !record.isSent && isChained(record.psdu)) chained++;
	}
	return { bytes, fragments, chained };
}

function isChained(psdu: Uint8Array): boolean {
	const header = decodeMacHeader(psdu, 0, psdu.length - 2);
	if (typeof header === "string") return false;
	const at = header.next;
	return psdu[at] === (Dispatch.page | EXPERIMENTAL_PAGE) && psdu[at + 1]! >= FIRST_FRAGMENT_DISPATCH;
}
