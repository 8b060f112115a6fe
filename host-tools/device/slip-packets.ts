const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/** A packet between two ENDs, its special octets escaped (RFC 1055). */
export function slipPacket(data: Uint8Array): Uint8Array {
	let special = 0;
	for (const octet of data) if (octet === END || octet === ESC) special++;
	const packet = new Uint8Array(data.length + special + 2);
	let at = 0;
	packet[at++] = END;
	for (const octet of data) {
		if (octet === END || octet === ESC) {
			packet[at++] = ESC;
			packet[at++] = octet === END ? ESC_END : ESC_ESC;
		} else packet[at++] = octet;
	}
	packet[at] = END;
	return packet;
}

/** Finds the packets of a loader among whatever else comes over a serial line. */
export class SlipReader {
	readonly #onPacket: (packet: Uint8Array) => void;
	readonly #packet: number[] = [];
	#inside = false;
	#escaping = false;

	constructor(onPacket: (packet: Uint8Array) => void) {
		this.#onPacket = onPacket;
	}

	/** Takes what came; the octets outside of packets are dropped. */
	take(data: Uint8Array): void {
		for (const octet of data) this.#takeOctet(octet);
	}

	#takeOctet(octet: number): void {
		if (octet === END) {
			// Two ENDs on end mean that the first closed a packet whose beginning was lost.
			const isWhole = this.#inside && this.#packet.length > 0 && !this.#escaping;
			if (isWhole) this.#onPacket(Uint8Array.from(this.#packet));
			this.#inside = !isWhole;
			this.#packet.length = 0;
			this.#escaping = false;
		} else if (!this.#inside) return;
		else if (this.#escaping) {
			this.#escaping = false;
			if (octet === ESC_END) this.#packet.push(END);
			else if (octet === ESC_ESC) this.#packet.push(ESC);
			else this.#drop();
		} else if (octet === ESC) this.#escaping = true;
		else this.#packet.push(octet);
	}

	#drop(): void {
		this.#inside = false;
		this.#packet.length = 0;
	}
}
