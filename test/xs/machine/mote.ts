import { BufferPool } from "../../../firmware/buffer-pool.js";
import { CborReader } from "../../../firmware/frames/cbor-reader.js";
import { Mote } from "../../../firmware/mote/mote.js";
import type { MoteParts } from "../../../firmware/mote/parts.js";
import type { MotePlan, SensingPlan } from "../../../firmware/mote/plan.js";
import { Call, OUTCOMES } from "../../../host-tools/xs/mote-protocol.js";
import { ELECTIONS } from "../../../sim/opponents/elections/index.js";
import { REASSEMBLY_POLICIES } from "../../../sim/opponents/index.js";
import { MachinePorts } from "./machine-ports.js";
import { readPlain } from "./plain-data.js";

/** As large as a simulation's, since what a buffer does not hold is refused. */
const BUFFER_BYTES = 2048;

const PARTS: MoteParts = {
	policy: (name) => REASSEMBLY_POLICIES.get(name),
	election: (name) => ELECTIONS.get(name),
};

/** A mote in a machine of its own, which does what its host calls. */
class RemoteMote {
	readonly #reader = new CborReader(new Uint8Array(0), 0, 0);
	#plan: MotePlan | undefined;
	#ports: MachinePorts | undefined;
	#mote: Mote | undefined;

	/** Takes one call, `bytes[0..length)`; a property, since each function on the way takes from a small stack. */
	readonly take = (bytes: Uint8Array, length: number): void => {
		const reader = this.#reader.reset(bytes, 0, length);
		reader.array();
		const call = reader.number();
		const nowUs = reader.number();
		if (call === Call.create) this.#create(bytes);
		const ports = this.#ports!;
		ports.timeUs = nowUs;
		if (call === Call.received)
			ports.handler(reader.bytes()!, reader.number(), reader.number(), reader.number());
		else if (call === Call.fired) ports.fire(reader.number());
		else if (call === Call.done) ports.done(OUTCOMES[reader.number()]!);
		else this.#command(call, bytes);
	};

	#command(call: number, bytes: Uint8Array): void {
		const reader = this.#reader;
		if (call === Call.create) {
			this.#mote = new Mote(this.#plan!, this.#ports!, new BufferPool(BUFFER_BYTES), PARTS);
			this.#plan = undefined;
			return;
		}
		const mote = this.#mote!;
		if (call === Call.start) mote.start();
		else if (call === Call.stop) mote.stop();
		else if (call === Call.sense) mote.startSensing(readPlain(reader, bytes) as SensingPlan);
		else if (call === Call.send) {
			const destination = reader.bytes()!;
			const payload = reader.bytes()!;
			mote.sendUdp(destination, payload, payload.length);
		} else this.#ports!.report(mote.peakBytes, mote.roundsBeganUs);
	}

	#create(bytes: Uint8Array): void {
		const reader = this.#reader;
		const plan = readPlain(reader, bytes) as MotePlan;
		const sensors = readPlain(reader, bytes) as [string, string][];
		this.#plan = plan;
		this.#ports = new MachinePorts(plan.maxPacketBytes, sensors);
	}
}

/** Begins to take calls. */
export default function main(): void {
	host.onCall(new RemoteMote().take);
}
