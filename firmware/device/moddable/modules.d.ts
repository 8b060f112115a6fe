// What Moddable's published typings lack of the modules that are used here.

/** A host function, by the name of its C function; the argument must be a literal, and the use `native("…").call(this, …)`. */
declare function native(name: string): (...args: unknown[]) => unknown;
/** A class of host objects, by the name of their C destructor; the argument must be a literal. */
declare function Native(destructor: string): new () => object;

declare module "crypt" {
	/** A running hash; `reset` begins another one. */
	export class Digest {
		constructor(type: "SHA256");
		write(bytes: Uint8Array): void;
		close(): ArrayBuffer;
		reset(): void;
	}

	/** One block at a time, from the start of `data` to the start of `result`, which may be the same. */
	export class BlockCipher {
		constructor(cipher: "AES", key: ArrayBuffer);
		encrypt(data: ArrayBuffer, result: ArrayBuffer): ArrayBuffer;
	}
}

declare module "embedded:sensor/Humidity-Temperature/SHT3x" {
	/** Throws when nothing answers on the bus. */
	export default class {
		constructor(options: { sensor: object });
		sample(): { thermometer: { temperature?: number }; hygrometer: { humidity?: number } };
		close(): void;
	}
}

declare module "embedded:sensor/Temperature/TMP117" {
	/** Throws when nothing answers on the bus; calls `onError` for another sensor, and is then closed. */
	export default class {
		constructor(options: { sensor: object; onError?: (message: string) => void });
		sample(): { temperature: number };
		close(): void;
	}
}

declare module "embedded:sensor/Barometer-Humidity-Temperature/BME68x" {
	/** Throws when nothing answers on the bus. Humidity from 0 to 1, pressure in Pa; no sample before it has measured. */
	export default class {
		constructor(options: { sensor: object });
		sample():
			| {
					thermometer: { temperature: number };
					hygrometer: { humidity: number };
					barometer: { pressure: number };
			  }
			| undefined;
		close(): void;
	}
}

declare module "embedded:io/socket/udp" {
	export default class UDP {
		constructor(options: { port: number; onReadable(count: number): void });
		/** The next datagram; undefined for none. */
		read(): ArrayBuffer | undefined;
		/** Throws when the datagram finds no memory or no route. */
		write(bytes: Uint8Array, address: string, port: number): void;
		/** Joins a multicast group on every interface that has an address. */
		add(group: string): void;
	}
}

declare module "embedded:network/interface/wifi" {
	/** `connection`: 500 and above once an address was given. */
	export default class {
		constructor(options: { onChanged(this: WiFi): void });
		readonly connection: number;
		readonly address: string | undefined;
		connect(options: { SSID: string; password?: string; secure?: boolean }): void;
	}
	type WiFi = InstanceType<typeof import("embedded:network/interface/wifi").default>;
}
