import { type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { decodeIcmpv6, Icmpv6Type } from "../../firmware/frames/icmpv6.js";
import { findUpperLayer } from "../../firmware/frames/ipv6.js";
import { riot } from "../../sim/opponents/riot.js";
import type { CapturedFrame } from "../capture/captured-frame.js";
import type { DissectedDatagram } from "../capture/dissection.js";
import { Dissector } from "../capture/dissector.js";
import type { Capture } from "../capture/read-capture.js";
import { Reception } from "../capture/reception.js";
import type { PingOutcome, RecordedAttack, RecordedPing } from "../capture/sidecar.js";

/** What Lowguard's model of RIOT says of one ping, beside what RIOT did. */
export interface PredictedPing {
	readonly recorded: RecordedPing;
	readonly outcome: PingOutcome;
	/** The modelled victim put the request together, with a right checksum: it would answer. */
	readonly isRequestWhole: boolean;
	/** Reassemblies that the modelled victim had open when the request was whole; undefined when it never was. */
	readonly openBesides: number | undefined;
	/** Both the outcome and the victim's decision are as recorded. */
	readonly agrees: boolean;
}

/** What the model says of a recorded attack. */
export interface Prediction {
	readonly pings: readonly PredictedPing[];
	/** Datagrams of pings under attack that the modelled nodes put together, checksum right or not. */
	readonly wholeRequests: number;
	readonly wholeReplies: number;
}

interface Echo {
	readonly data: string;
	readonly isChecksumRight: boolean;
	/** Reassemblies that its receiver had open when it was whole. */
	readonly open: number;
}

/** Echo messages of one node, by ICMP identifier and sequence number. */
type Echoes = ReadonlyMap<string, readonly Echo[]>;

/**
 * Feeds a recorded attack to two nodes that reassemble as RIOT does, and says what becomes of each ping.
 *
 * A ping is answered when the victim puts the request together with a right checksum, and the pinger the
 * reply that the victim really sent; it is corrupted when the data of that differ from those that the pinger
 * sent. Each node gets the frames of the capture that it received ({@link Reception}); the sidecar serves to
 * know what the pinger itself sent, and nothing else.
 */
export function predict(capture: Capture, attack: RecordedAttack): Prediction {
	const { senders, pings } = attack;
	const pinger = parseLinkAddress(attack.pinger)!;
	const victim = parseLinkAddress(attack.victim)!;
	const isSentByPinger = ({ number }: CapturedFrame): boolean => senders[number - 1] === "1";
	const sent = listen(capture, undefined, Icmpv6Type.echoRequest, isSentByPinger);
	const requests = listen(capture, victim, Icmpv6Type.echoRequest);
	const replies = listen(capture, pinger, Icmpv6Type.echoReply);
	const of = (echoes: Echoes, ping: RecordedPing) => echoes.get(`${ping.icmpId}/${ping.sequence}`) ?? [];
	const isRight = ({ isChecksumRight }: Echo): boolean => isChecksumRight;
	const predicted = pings.map((recorded) => {
		const request = of(requests, recorded).find(isRight);
		const isRequestWhole = request !== undefined;
		const reply = of(replies, recorded).find(isRight);
		let outcome: PingOutcome = "lost";
		if (isRequestWhole && reply !== undefined) {
			outcome = of(sent, recorded).some(({ data }) => data === reply.data) ? "ok" : "corrupted";
		}
		const agrees = outcome === recorded.outcome && isRequestWhole === recorded.isReplyStarted;
		return { recorded, outcome, isRequestWhole, openBesides: request?.open, agrees };
	});
	const count = (echoes: Echoes) =>
		pings.reduce((sum, ping) => sum + (ping.isUnderAttack ? of(echoes, ping).length : 0), 0);
	return { pings: predicted, wholeRequests: count(requests), wholeReplies: count(replies) };
}

/** The echo messages of a type that a node with RIOT's reassembly puts together, an observer without `node`. */
function listen(
	capture: Capture,
	node: LinkAddress | undefined,
	type: number,
	passes: (frame: CapturedFrame) => boolean = () => true,
): Echoes {
	const as = node === undefined ? [] : [node];
	const reception = new Reception(as);
	for (const frame of capture.frames()) reception.add(frame);
	const stack = riot.stack!;
	const dissector = new Dissector({
		contexts: new ContextTable(),
		policy: riot.create({}),
		as,
		budgetBytes: node === undefined ? Number.POSITIVE_INFINITY : stack.memoryBytes,
		rejectsDuplicates: stack.rejectsDuplicates,
		missed: reception.missed(),
	});
	const echoes = new Map<string, Echo[]>();
	for (const frame of capture.frames()) {
		if (!passes(frame)) continue;
		const { datagram } = dissector.dissect(frame);
		if (datagram?.icmpv6?.type === type) note(echoes, datagram, dissector.open);
	}
	return echoes;
}

function note(echoes: Map<string, Echo[]>, datagram: DissectedDatagram, open: number): void {
	const packet = Buffer.from(datagram.hex, "hex");
	const upper = findUpperLayer(packet, 0, packet.length);
	if (typeof upper === "string") return;
	const message = decodeIcmpv6(packet, upper.offset, packet.length);
	if (typeof message === "string") return;
	const key = `${message.identifier}/${message.sequence}`;
	const data = packet.subarray(message.next).toString("hex");
	const isChecksumRight = datagram.checksum === "ok";
	echoes.set(key, [...(echoes.get(key) ?? []), { data, isChecksumRight, open }]);
}
