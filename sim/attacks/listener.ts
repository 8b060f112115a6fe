import { BufferPool } from "../../firmware/buffer-pool.js";
import { u16le } from "../../firmware/bytes.js";
import { Reassembler } from "../../firmware/fragments/reassembler.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { DuplicateFilter } from "../../firmware/mac/duplicates.js";
import { FCS_BYTES } from "../../firmware/mac/timing.js";
import { Adaptation } from "../../firmware/net/adaptation.js";
import { datagramDigest, datagramIdent } from "../../firmware/net/ident.js";
import type { Radio } from "../../firmware/ports.js";
import type { SimSink } from "../events.js";
import type { EventQueue } from "../kernel/queue.js";

const BUFFER_BYTES = 2048;

/**
 * The ear of a radio that runs no firmware: puts together what is addressed to it, with memory without end,
 * and tells of each datagram that reached it, such as the answers to a replayed request.
 */
export function listen(
	node: number,
	radio: Radio,
	queue: EventQueue,
	sink: SimSink,
	contexts: ContextTable,
): void {
	const pool = new BufferPool(BUFFER_BYTES);
	const quiet = { contextOpened() {}, contextClosed() {}, fragmentRefused() {}, fragmentStored() {} };
	const reassembler = new Reassembler({
		policy: rfc4944.create({}),
		budgetBytes: Number.POSITIVE_INFINITY,
		pool,
		clock: queue,
		sink: quiet,
		node,
	});
	const adaptation = new Adaptation({ contexts, reassembler, pool });
	const duplicates = new DuplicateFilter();
	const received = new MacHeader();
	const frameReceived = (psdu: Uint8Array): void => {
		const end = psdu.length - FCS_BYTES;
		const header = decodeMacHeader(psdu, 0, end, received);
		if (typeof header === "string" || header.type !== FrameType.data || header.destination.isBroadcast)
			return;
		const nowUs = queue.nowUs();
		if (duplicates.isDuplicate(header.source, header.seq, u16le(psdu, end), nowUs)) return;
		const { source, destination } = header;
		const packet = adaptation.receive(psdu, header.next, header.end, source, destination, nowUs, false);
		if (typeof packet !== "object") return;
		const { buffer, length } = packet;
		const ident = datagramIdent(buffer, length);
		sink.datagramDelivered(nowUs, node, ident, datagramDigest(buffer, length), length, 1);
		pool.give(buffer);
	};
	radio.onReceive({ frameReceived });
}
