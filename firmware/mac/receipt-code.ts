import { AddressMode, type LinkAddress } from "../address.js";
import { putI32be, putU16be } from "../bytes.js";
import { RECEIPT_CODE_BYTES, type ReceiptEntry } from "../frames/cluster-receipt.js";
import type { Cmac } from "./cmac.js";

/** First octet of what is authenticated: 1 to 3 are those of chained fragments, under the same keys. */
const RECEIPT = 4;
const MESSAGE_BYTES = 1 + 8 + 2 + 2 + 4;

/**
 * The codes of a receipt's entries, each under the key that the sink shares with its node: AES-CMAC(key, 4 ‖ address as 8
 * octets ‖ issue ‖ newest ‖ arrived), of which the first 4 octets count.
 */
export class ReceiptCode {
	readonly #message = new Uint8Array(MESSAGE_BYTES);

	/** The code of an entry; valid until the next call. */
	of(cmac: Cmac, issue: number, entry: ReceiptEntry): Uint8Array {
		const message = this.#message;
		message[0] = RECEIPT;
		putAddress(entry.node, message);
		putU16be(message, 9, issue);
		putU16be(message, 11, entry.newest);
		putI32be(message, 13, entry.arrived);
		return cmac.compute(message, 0, MESSAGE_BYTES);
	}

	/** Whether the code of an entry holds. */
	holds(cmac: Cmac, issue: number, entry: ReceiptEntry): boolean {
		const code = this.of(cmac, issue, entry);
		let difference = 0;
		for (let i = 0; i < RECEIPT_CODE_BYTES; i++) difference |= code[i]! ^ entry.code[i]!;
		return difference === 0;
	}
}

/** An EUI-64 as it is, a short address as 0000:00ff:fe00:XXXX, as in the anchors of chained fragments. */
function putAddress({ mode, high, low }: LinkAddress, message: Uint8Array): void {
	const isExtended = mode === AddressMode.extended;
	putI32be(message, 1, isExtended ? high : 0xff);
	putI32be(message, 5, isExtended ? low : 0xfe000000 | low);
}
