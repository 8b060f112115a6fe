import type { BlockCipher } from "../../../firmware/ports.js";
import { hostCipher, hostDigest } from "../../../host-tools/crypto.js";
import type { Machine } from "../../../host-tools/xs/machine.js";
import type { XsHandler, XsOutcome } from "../../../host-tools/xs/process.js";
import main from "../../xs/machine/mote.js";

/** What a machine of XS does, done by this engine: shows what of a difference is the engine's, and what the protocol's. */
export class LocalMachine implements Machine {
	#handler: (bytes: Uint8Array, length: number) => void = () => {};
	#peer: XsHandler | undefined;
	readonly #natives: XsHost;

	constructor() {
		this.#natives = this.#makeNatives();
		this.#enter(() => main());
	}

	call(bytes: Uint8Array, length: number, handler: XsHandler): XsOutcome {
		this.#peer = handler;
		// Whoever kept the view beyond the call would find something else in it.
		const buffer = bytes.slice(0, length);
		this.#enter(() => this.#handler(buffer, length));
		buffer.fill(0xee);
		return { meter: 0 };
	}

	destroy(): void {
		this.#handler = () => {};
	}

	/** Runs something with this machine's natives in place of the last one's. */
	#enter(run: () => void): void {
		(globalThis as unknown as { host: XsHost }).host = this.#natives;
		run();
	}

	#makeNatives(): XsHost {
		return {
			post: (bytes, length) => this.#peer!.post(bytes.slice(0, length)),
			query: (bytes, length, into) => {
				const answer = this.#peer!.query(bytes.slice(0, length));
				into.set(answer);
				return answer.length;
			},
			sha256: (bytes, offset, end, into) => into.set(hostDigest.sha256(bytes, offset, end)),
			aesKey: (key) => hostCipher.key(key) as unknown as XsAesKey,
			aesEncrypt: (key, block, offset) => (key as unknown as BlockCipher).encrypt(block, offset),
			onCall: (handler) => {
				this.#handler = handler;
			},
			print: () => {},
		};
	}
}
