import type { LinkAddress } from "../firmware/address.js";
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
	readonly #blobs = new Map<string, Uint8Array>();

	get(name: string): Uint8Array | undefined {
		return this.#blobs.get(name)?.slice();
	}

	set(name: string, value: Uint8Array | undefined): boolean {
		if (value === undefined) this.#blobs.delete(name);
		else this.#blobs.set(name, value.slice());
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
}

/** The ports of one simulated node. */
export class SimulatedPorts implements Ports {
	readonly radio: Radio;
	readonly clock: Clock;
	readonly sink: NodeEvents;
	readonly cipher: Cipher;
	readonly digest: Digest;
	readonly sensors: readonly Sensor[];
	readonly battery: Battery;
	readonly #seed: number;
	readonly #node: number;
	#store: Store | undefined;
	#boots = 0;

	constructor(shared: SharedPorts, node: number, radio: Radio, sensors: readonly Sensor[], battery: Battery) {
		this.radio = radio;
		this.clock = shared.clock;
		this.sink = shared.sink;
		this.cipher = shared.cipher;
		this.digest = shared.digest;
		this.sensors = sensors;
		this.battery = battery;
		this.#seed = shared.seed;
		this.#node = node;
	}

	get store(): Store {
		this.#store ??= new MemoryStore();
		return this.#store;
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
		return new RandomStream(this.#seed, stream, this.#node);
	}
}

/** The number of the node, or of the radio without firmware, that has an address; undefined for a foreign one. */
export function numberOf(address: LinkAddress): number | undefined {
	if (address.byteLength === 8 && address.high !== EUI64_HIGH) return undefined;
	const number = address.low - ADDRESS_BASE;
	return address.byteLength > 0 && number >= 0 ? number : undefined;
}
