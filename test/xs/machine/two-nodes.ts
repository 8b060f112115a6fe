import { NODE_EVENTS, type NodeEvents } from "../../../firmware/events.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { CSMA_DEFAULTS } from "../../../firmware/mac/csma.js";
import { CHAINING_DEFAULTS } from "../../../firmware/net/chaining.js";
import { Node, type NodeProfile } from "../../../firmware/node.js";
import type { Cipher, Digest, Ports } from "../../../firmware/ports.js";
import { Workspace } from "../../../firmware/workspace.js";
import { HandClock } from "../../firmware/support/hand-clock.js";
import { SeededRandom } from "../../firmware/support/random.js";
import { Wire } from "../../firmware/support/wire.js";
import { NativeCrypto } from "./native-crypto.js";

const PORT = 0xf0b5;
const LINK_KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

/** A sink that forgets. */
function nobody(): NodeEvents {
	return Object.fromEntries(
		Object.keys(NODE_EVENTS).map((name) => [name, () => {}]),
	) as unknown as NodeEvents;
}

const PROFILE: NodeProfile = {
	channel: 26,
	panId: 0xabcd,
	txPowerDbm: 0,
	prefix: undefined,
	contexts: new ContextTable(),
	resolvesAddresses: false,
	csma: CSMA_DEFAULTS,
	neighbours: 16,
	queueLength: 8,
	hopLimit: 64,
	elideUdpChecksum: false,
	maxPacketBytes: 1280,
	budgetBytes: 2560,
	chaining: CHAINING_DEFAULTS,
};

function makeNode(id: number, wire: Wire, clock: HandClock, workspace: Workspace, crypto: Crypto): Node {
	const blobs = new Map<string, Uint8Array>();
	const ports: Ports = {
		radio: wire.radio(),
		clock,
		sink: nobody(),
		store: {
			get: (name) => blobs.get(name),
			set: (name, value) => {
				if (value === undefined) blobs.delete(name);
				else blobs.set(name, value.slice());
				return true;
			},
		},
		...crypto,
		sensors: [],
		battery: { level: () => 255 },
		random: (purpose) => new SeededRandom(id * 1000 + purpose.length),
	};
	return new Node(
		{
			profile: PROFILE,
			id,
			shortAddress: id + 1,
			extendedHigh: 0x02000000,
			extendedLow: id + 1,
			isSink: id === 0,
			routing: { kind: "static", routes: [] },
			policy: undefined,
			protection: undefined,
			linkKeyOf: () => LINK_KEY,
		},
		ports,
		workspace,
	);
}

/** The two ports that compute. */
export interface Crypto {
	readonly cipher: Cipher;
	readonly digest: Digest;
}

/**
 * Two nodes under a link key on a wire; one sends the other `count` packets of `length` octets. Says each
 * frame of the air, then each payload that arrived.
 */
export function converse(
	crypto: Crypto,
	count: number,
	length: number,
	say: (bytes: Uint8Array) => void,
): void {
	const clock = new HandClock();
	const wire = new Wire(clock);
	const workspace = new Workspace(1280);
	const nodes = [0, 1].map((id) => makeNode(id, wire, clock, workspace, crypto));
	const arrived: Uint8Array[] = [];
	nodes[0]!.network.bind(PORT, (packet, offset, end) => arrived.push(packet.slice(offset, end)));
	for (const node of nodes) node.start();
	for (let i = 0; i < count; i++) {
		const payload = new Uint8Array(length).fill(i);
		nodes[1]!.network.sendUdp(nodes[0]!.linkLocal, PORT, PORT, payload, length);
		clock.advanceBy(1_000_000);
		for (const { psdu } of wire.frames.splice(0)) say(psdu);
		for (const bytes of arrived.splice(0)) say(bytes);
	}
}

/** Takes calls of three octets: how many packets, and how long they are (big-endian). */
export default function start(): void {
	const native = new NativeCrypto();
	const crypto: Crypto = { digest: native, cipher: native };
	host.onCall((bytes) => {
		converse(crypto, bytes[0]!, bytes[1]! * 256 + bytes[2]!, (said) => host.post(said, said.length));
	});
}
