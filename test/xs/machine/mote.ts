import { CborReader } from "../../../firmware/frames/cbor-reader.js";
import { Mote } from "../../../firmware/mote/mote.js";
import type { MoteParts } from "../../../firmware/mote/parts.js";
import type { MotePlan, SensingPlan } from "../../../firmware/mote/plan.js";
import { Workspace } from "../../../firmware/workspace.js";
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
	#ports: MachinePorts | undefined;
	#mote: Mote | undefined;

	/** Takes one call, `bytes[0..length)`; a property, since each function on the way takes from a small stack. */
	readonly take = (bytes: Uint8Array, length: number): void => {
		const reader = this.#reader.reset(bytes, 0, length);
		reader.array();
		const call = reader.number();
		const nowUs = reader.number();
		if (call === Call.create) {
			this.#create(bytes, nowUs);
			return;
		}
		const ports = this.#ports!;
		ports.timeUs = nowUs;
		if (call === Call.received)
			ports.receiver!.frameReceived(reader.bytes()!, reader.number(), reader.number(), reader.number());
		else if (call === Call.fired) ports.fire(reader.number());
		else if (call === Call.done) ports.waiter!.transmitted(OUTCOMES[reader.number()]!);
		else if (call === Call.send) this.#mote!.sendUdp(reader.bytes()!, reader.bytes()!, reader.number());
		else if (call === Call.start) this.#mote!.start();
		else if (call === Call.stop) this.#mote!.stop();
		else if (call === Call.sense) this.#mote!.startSensing(readPlain(reader, bytes) as SensingPlan);
		else ports.report(this.#mote!.peakBytes, this.#mote!.roundsBeganUs);
	};

	#create(bytes: Uint8Array, nowUs: number): void {
		const reader = this.#reader;
		const plan = readPlain(reader, bytes) as MotePlan;
		const sensors = readPlain(reader, bytes) as [string, string][];
		const ports = new MachinePorts(plan.maxPacketBytes, sensors);
		ports.timeUs = nowUs;
		this.#ports = ports;
		this.#mote = new Mote(plan, ports, new Workspace(BUFFER_BYTES), PARTS);
	}
}

/** Begins to take calls. */
export default function main(): void {
	host.onCall(new RemoteMote().take);
}
