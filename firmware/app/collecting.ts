import { decodeSenml, resolveSenml } from "../frames/senml.js";
import type { Node } from "../node.js";
import { READINGS_PORT } from "./ports.js";

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
			for (const record of resolveSenml(pack.records)) {
				if (record.value === undefined) continue;
				const atS = nowUs / 1_000_000 + (record.time ?? 0);
				sink.readingCollected(nowUs, node.config.id, record.name ?? "", record.unit ?? "", record.value, atS);
			}
		});
	}
}
