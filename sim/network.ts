import type { LinkAddress } from "../firmware/address.js";
import { syntheticSensors } from "../firmware/app/synthetic-sensor.js";
import type { NodeEvents } from "../firmware/events.js";
import { ADDRESS_BASE, EUI64_HIGH } from "../firmware/mote/addresses.js";
import type {
	Battery,
	Cipher,
	Clock,
	Digest,
	Ports,
	Radio,
	Random,
	Sensor,
	Store,
} from "../firmware/ports.js";
import { RandomStream } from "./kernel/random.js";

/** A store that lives as long as the simulation; a reboot of the node finds it unchanged. */
export class MemoryStore implements Store {
	/** Undefined until something is stored: most nodes of most runs store nothing. */
	#blobs: Map<string, Uint8Array> | undefined;

	get(name: string): Uint8Array | undefined {
		return this.#blobs?.get(name)?.slice();
	}

	set(name: string, value: Uint8Array | undefined): boolean {
		if (value === undefined) this.#blobs?.delete(name);
		else {
			this.#blobs ??= new Map();
			this.#blobs.set(name, value.slice());
		}
		return true;
	}
}

/** What all nodes of a simulation share. */
export interface SharedPorts {
	readonly clock: Clock;
	readonly sink: NodeEvents;
	readonly cipher: Cipher;
	readonly digest: Digest;
	readonly seed: number;
	/** True time, which made-up quantities follow. */
	readonly trueClock: Clock;
}

/** The ports of one simulated node. What few nodes use is made when it is asked for. */
export class SimulatedPorts implements Ports {
	readonly radio: Radio;
	readonly battery: Battery;
	readonly #shared: SharedPorts;
	readonly #node: number;
	#store: Store | undefined;
	#sensors: readonly Sensor[] | undefined;
	#boots = 0;

	constructor(shared: SharedPorts, node: number, radio: Radio, battery: Battery) {
		this.#shared = shared;
		this.#node = node;
		this.radio = radio;
		this.battery = battery;
	}

	get clock(): Clock {
		return this.#shared.clock;
	}

	get sink(): NodeEvents {
		return this.#shared.sink;
	}

	get cipher(): Cipher {
		return this.#shared.cipher;
	}

	get digest(): Digest {
		return this.#shared.digest;
	}

	get store(): Store {
		this.#store ??= new MemoryStore();
		return this.#store;
	}

	get sensors(): readonly Sensor[] {
		const { seed, trueClock } = this.#shared;
		this.#sensors ??= syntheticSensors(trueClock, new RandomStream(seed, "sensors", this.#node));
		return this.#sensors;
	}

	/** How often the node started anew. */
	get boots(): number {
		return this.#boots;
	}

	/** The node lost its power: from now on it draws other numbers, as from a hardware generator. */
	reboot(): void {
		this.#boots++;
	}

	random(purpose: string): Random {
		const stream = this.#boots === 0 ? purpose : `${purpose}-boot-${this.#boots}`;
		return new RandomStream(this.#shared.seed, stream, this.#node);
	}
}

/** The number of the node, or of the radio without firmware, that has an address; undefined for a foreign one. */
export function numberOf(address: LinkAddress): number | undefined {
	if (address.byteLength === 8 && address.high !== EUI64_HIGH) return undefined;
	const number = address.low - ADDRESS_BASE;
	return address.byteLength > 0 && number >= 0 ? number : undefined;
}
