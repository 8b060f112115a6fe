import { decodeSenml, resolveSenml, type SenmlRecord } from "../frames/senml.js";
import type { Node } from "../node.js";
import type { Sink } from "../ports.js";
import { READINGS_PORT, SEQUENCE_NAME } from "./ports.js";

/** Times below count from now (RFC 8428, section 4.5.3). */
const ABSOLUTE_TIME_S = 0x10000000;

/** Takes the SenML packs of all nodes and tells the sink port of each reading. */
export class CollectingApp {
	/** Packs that were no SenML. */
	malformed = 0;

	constructor(node: Node) {
		const { clock, sink } = node.ports;
		node.network.bind(READINGS_PORT, (packet, offset, end) => {
			const pack = decodeSenml(packet, offset, end);
			if (typeof pack === "string") {
				this.malformed++;
				return;
			}
			const nowUs = clock.nowUs();
			tellReadings(pack.records, nowUs, nowUs, node.id, sink);
		});
	}
}

/** Tells of each reading in these records, whose relative times count from `referenceUs`. */
export function tellReadings(
	records: readonly SenmlRecord[],
	referenceUs: number,
	nowUs: number,
	node: number,
	sink: Pick<Sink, "readingCollected">,
): void {
	for (const record of resolveSenml(records)) {
		if (record.value === undefined || record.name?.endsWith(SEQUENCE_NAME) === true) continue;
		const timeS = record.time ?? 0;
		const atS = timeS < ABSOLUTE_TIME_S ? referenceUs / 1_000_000 + timeS : timeS;
		sink.readingCollected(nowUs, node, record.name ?? "", record.unit ?? "", record.value, atS);
	}
}
