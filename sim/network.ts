import { LinkAddress } from "../firmware/address.js";
import type { BufferPool } from "../firmware/buffer-pool.js";
import type { NodeEvents } from "../firmware/events.js";
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
	readonly pool: BufferPool;
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

/** Slow changes of a quantity between two bounds, in steps of 1/8, another at each node. */
export class SyntheticSensor implements Sensor {
	readonly name: string;
	readonly unit: string;
	readonly #low: number;
	readonly #span: number;
	readonly #periodUs: number;
	readonly #phaseUs: number;
	readonly #clock: Clock;

	constructor(
		name: string,
		unit: string,
		low: number,
		high: number,
		periodUs: number,
		clock: Clock,
		random: Random,
	) {
		this.name = name;
		this.unit = unit;
		this.#low = low;
		this.#span = high - low;
		this.#periodUs = periodUs;
		this.#phaseUs = random.below(Math.round(periodUs / 1000)) * 1000;
		this.#clock = clock;
	}

	read(): number {
		const turn = ((this.#clock.nowUs() + this.#phaseUs) % this.#periodUs) / this.#periodUs;
		const triangle = turn < 0.5 ? 2 * turn : 2 - 2 * turn;
		return Math.round((this.#low + this.#span * triangle) * 8) / 8;
	}
}

/** The link-layer addresses of the simulated nodes: short ones from 1 on, EUI-64 of a local range. */
export const ADDRESS_BASE = 1;
/** 02:4c:47:00 … is locally administered. */
export const EUI64_HIGH = 0x024c4700;

/** The address that node `index` uses. */
export function addressOf(index: number, addressing: "short" | "extended"): LinkAddress {
	return addressing === "short"
		? LinkAddress.short(index + ADDRESS_BASE)
		: LinkAddress.extended(EUI64_HIGH, index + ADDRESS_BASE);
}

/** The number of the node, or of the radio without firmware, that has an address; undefined for a foreign one. */
export function numberOf(address: LinkAddress): number | undefined {
	if (address.byteLength === 8 && address.high !== EUI64_HIGH) return undefined;
	const number = address.low - ADDRESS_BASE;
	return address.byteLength > 0 && number >= 0 ? number : undefined;
}
