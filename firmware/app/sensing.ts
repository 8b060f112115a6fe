import { encodeSenml, encodeSenmlRecords, type SenmlRecord, senmlLength } from "../frames/senml.js";
import type { Node } from "../node.js";
import type { Timer } from "../ports.js";
import { READINGS_PORT, SEQUENCE_NAME } from "./ports.js";

/** IPv6 and UDP headers. */
const HEADER_BYTES = 48;

export interface SensingOptions {
	/** IPv6 address of the sink, 16 octets. */
	readonly sink: Uint8Array;
	/** Time between two readings of all sensors. */
	readonly periodUs: number;
	/** Readings of all sensors that go into one pack, 1 or more; a pack begins with its number. */
	readonly readingsPerPack: number;
	/** When the first reading is due. */
	readonly firstUs: number;
	/** SenML base name, such as `n17:`. */
	readonly baseName: string;
	/** Takes the packs of a clustered node, which names and numbers them itself; absent, they are sent to the sink. */
	readonly readings?: ReadingAcceptor;
}

/** Keeps readings until they have arrived: see {@link ReadingService}. */
export interface ReadingAcceptor {
	/** Octets that the records of one pack may have. */
	readonly maxBodyBytes: number;
	/** Takes a copy of encoded records, `bytes[0..length)`, whose times count from `referenceUs`. */
	accept(bytes: Uint8Array, length: number, records: number, referenceUs: number): void;
}

/**
 * Reads the node's sensors at a period and sends SenML packs in CBOR over UDP (RFC 8428).
 *
 * A pack's times are relative to when it was sent, so that a node needs no calendar (RFC 8428, 4.5.3).
 */
export class SensingApp {
	readonly #node: Node;
	readonly #options: SensingOptions;
	readonly #values: number[] = [];
	readonly #takenUs: number[] = [];
	#sequence = 0;
	#timer: Timer = 0;
	readonly #onTimer = (): void => this.sample();

	constructor(node: Node, options: SensingOptions) {
		if (!(options.periodUs > 0)) {
			throw new RangeError(`SensingApp: expected periodUs above 0, got ${options.periodUs}`);
		}
		this.#node = node;
		this.#options = options;
		const most = this.longestPack();
		const room = options.readings?.maxBodyBytes ?? node.profile.maxPacketBytes - HEADER_BYTES;
		if (most > room) {
			throw new RangeError(
				`SensingApp: expected readingsPerPack to fit ${room} octets, got ${options.readingsPerPack} (${most} octets)`,
			);
		}
	}

	start(): void {
		this.#timer = this.#node.ports.clock.at(this.#options.firstUs, this.#onTimer);
	}

	stop(): void {
		this.#node.ports.clock.cancel(this.#timer);
		this.#timer = 0;
		this.#values.length = 0;
		this.#takenUs.length = 0;
	}

	private sample(): void {
		const { clock, sensors } = this.#node.ports;
		const nowUs = clock.nowUs();
		for (const sensor of sensors) this.#values.push(sensor.read());
		this.#takenUs.push(nowUs);
		this.#timer = clock.at(nowUs + this.#options.periodUs, this.#onTimer);
		if (this.#takenUs.length < this.#options.readingsPerPack) return;
		const records = this.measurements(nowUs);
		this.#values.length = 0;
		this.#takenUs.length = 0;
		const { pool } = this.#node.workspace;
		const payload = pool.take();
		this.tell(records, payload, nowUs);
		pool.give(payload);
	}

	/** Writes what was measured to `payload`, and hands it on. */
	private tell(records: SenmlRecord[], payload: Uint8Array, nowUs: number): void {
		const { readings, baseName, sink } = this.#options;
		if (readings !== undefined) {
			const bodyBytes = encodeSenmlRecords(records, payload, 0);
			readings.accept(payload, bodyBytes, records.length, nowUs);
			return;
		}
		records.unshift({ baseName, name: SEQUENCE_NAME, unit: "count", value: this.#sequence++ });
		const length = encodeSenml(records, payload, 0);
		this.#node.network.sendUdp(sink, READINGS_PORT, READINGS_PORT, payload, length);
	}

	/** Octets of a pack whose values and times need most. */
	private longestPack(): number {
		const { sensors } = this.#node.ports;
		const { readingsPerPack, periodUs, baseName, readings } = this.#options;
		const time = -Math.round((readingsPerPack * periodUs) / 1_000_000);
		const records: SenmlRecord[] = [];
		if (readings === undefined) {
			records.push({ baseName, name: SEQUENCE_NAME, unit: "count", value: 0xffffffff });
		}
		for (let i = 0; i < readingsPerPack; i++) {
			for (const { name, unit } of sensors) records.push({ name, unit, value: 0.1, time });
		}
		return senmlLength(records);
	}

	/** What was measured since the last pack, as of `nowUs`. */
	private measurements(nowUs: number): SenmlRecord[] {
		const { sensors } = this.#node.ports;
		const records: SenmlRecord[] = [];
		for (let i = 0; i < this.#takenUs.length; i++) {
			const ageS = Math.round((nowUs - this.#takenUs[i]!) / 1_000_000);
			for (let j = 0; j < sensors.length; j++) {
				const record: SenmlRecord = {
					name: sensors[j]!.name,
					unit: sensors[j]!.unit,
					value: this.#values[i * sensors.length + j]!,
				};
				if (ageS > 0) record.time = -ageS;
				records.push(record);
			}
		}
		return records;
	}
}
