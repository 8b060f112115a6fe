import { LinkAddress } from "../../firmware/address.js";
import { BufferPool } from "../../firmware/buffer-pool.js";
import { ChainHash } from "../../firmware/fragments/chain-hash.js";
import { ChainReceiver } from "../../firmware/fragments/chain-receiver.js";
import type { ChainPlan } from "../../firmware/fragments/chain-sender.js";
import { Fragmenter } from "../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../firmware/fragments/packet-head.js";
import { predictiveCsmKeyed, predictiveCsmOpen } from "../../firmware/fragments/predictive-variants.js";
import { Reassembler } from "../../firmware/fragments/reassembler.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { encodeIpv6, IPV6_BYTES } from "../../firmware/frames/ipv6.js";
import { decodeMacHeader, encodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { UDP } from "../../firmware/frames/protocols.js";
import { encodeUdp } from "../../firmware/frames/udp.js";
import { Cmac } from "../../firmware/mac/cmac.js";
import { LinkKeyring } from "../../firmware/mac/link-keys.js";
import { NetworkKeyProtection } from "../../firmware/mac/network-key.js";
import { MAX_PSDU_BYTES } from "../../firmware/mac/timing.js";
import { Adaptation } from "../../firmware/net/adaptation.js";
import { linkLocalOf } from "../../firmware/net/addresses.js";
import type { Store } from "../../firmware/ports.js";
import { Counters } from "./counting.js";

/** Between short addresses: what the MAC leaves of a frame, and what link-layer security with MIC-32 leaves. */
const ROOM_BYTES = 116;
const FCS_BYTES = 2;
const PAN = 0xabcd;
const SOURCE = LinkAddress.short(1);
const DESTINATION = LinkAddress.short(2);
const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);
const NO_STORE: Store = { get: () => undefined, set: () => true };

/** What one packet costs one hop. */
export interface CryptographyCost {
	readonly name: string;
	/** Token length b, 0 for link-layer security. */
	readonly tokenBytes: number;
	readonly fragments: number;
	/** Hashes and codes computed by the sender, and by the receiver. */
	readonly hashesSent: number;
	readonly hashesReceived: number;
	readonly shaBlocksSent: number;
	readonly shaBlocksReceived: number;
	readonly aesBlocksSent: number;
	readonly aesBlocksReceived: number;
	/** The dearest single fragment, for its receiver: blocks of the kind that is used. */
	readonly mostBlocksReceived: number;
}

/** A UDP packet of `length` octets. */
function udpPacket(length: number): Uint8Array {
	const packet = new Uint8Array(length);
	for (let i = IPV6_BYTES + 8; i < length; i++) packet[i] = i;
	const fixed = {
		trafficClass: 0,
		flowLabel: 0,
		payloadLength: length - IPV6_BYTES,
		nextHeader: UDP,
		hopLimit: 64,
	};
	encodeIpv6(fixed, linkLocalOf(SOURCE), linkLocalOf(DESTINATION), packet, 0);
	encodeUdp(0xf0b1, 0xf0b2, packet, IPV6_BYTES, length);
	return packet;
}

function fragment(packet: Uint8Array, room: number, hash: ChainHash, plan?: ChainPlan): Uint8Array[] {
	const fragmenter = new Fragmenter(new PacketHead(new ContextTable()), hash);
	fragmenter.begin(packet, packet.length, SOURCE, DESTINATION, 1, room, plan);
	const payloads: Uint8Array[] = [];
	while (!fragmenter.done) {
		const out = new Uint8Array(room);
		payloads.push(out.slice(0, fragmenter.next(out, 0, room)));
	}
	return payloads;
}

/** Chained fragments; the receiver holds no other context, so that each is tried against one chain. */
export function chainCost(keyed: boolean, tokenBytes: number, packetBytes: number): CryptographyCost {
	const counters = new Counters();
	const sent = new ChainHash(counters.digest);
	const key = keyed ? new Cmac(counters.cipher.key(KEY)) : undefined;
	const keys = keyed ? new LinkKeyring(counters.cipher, NO_STORE, () => KEY) : undefined;
	// The subkeys of a link are made when it is first used, and not again for each packet.
	keys?.cmacOf(keys.find(SOURCE)!);
	counters.reset();
	const payloads = fragment(udpPacket(packetBytes), ROOM_BYTES, sent, { keyed, tokenBytes, nonce: 1, key });
	const { shaBlocks: shaBlocksSent, aesBlocks: aesBlocksSent } = counters;
	const received = new ChainHash(counters.digest);
	const pool = new BufferPool(packetBytes);
	const ignore = () => {};
	const reassembler = new Reassembler({
		policy: (keyed ? predictiveCsmKeyed : predictiveCsmOpen).create({}),
		budgetBytes: 4 * packetBytes,
		pool,
		clock: { nowUs: () => 0, at: () => 1, cancel: ignore },
		sink: { contextOpened: ignore, contextClosed: ignore, fragmentRefused: ignore, fragmentStored: ignore },
		node: 0,
	});
	const chains = new ChainReceiver(received, reassembler, keys);
	const adaptation = new Adaptation({ contexts: new ContextTable(), reassembler, pool, chains });
	let shaBlocksReceived = 0;
	let aesBlocksReceived = 0;
	let mostBlocksReceived = 0;
	payloads.forEach((payload, i) => {
		counters.reset();
		const outcome = adaptation.receive(payload, 0, payload.length, SOURCE, DESTINATION, 0, false);
		if (typeof outcome === "string" || (outcome === undefined) === (i === payloads.length - 1)) {
			throw new Error(`chainCost: expected the packet from its ${payloads.length} fragments`);
		}
		shaBlocksReceived += counters.shaBlocks;
		aesBlocksReceived += counters.aesBlocks;
		mostBlocksReceived = Math.max(mostBlocksReceived, counters.shaBlocks + counters.aesBlocks);
	});
	return {
		name: keyed ? "chain, keyed (AES-CMAC)" : "chain, unkeyed (SHA-256)",
		tokenBytes,
		fragments: payloads.length,
		hashesSent: sent.computed,
		hashesReceived: received.computed,
		shaBlocksSent,
		shaBlocksReceived,
		aesBlocksSent,
		aesBlocksReceived,
		mostBlocksReceived,
	};
}

/** Plain fragments under link-layer security at `level` (1: MIC-32, 5: encryption too), one network key. */
export function securityCost(level: 1 | 5, packetBytes: number): CryptographyCost {
	const counters = new Counters();
	const eui64Of = ({ low }: LinkAddress) => LinkAddress.extended(0x02000000, low);
	const protect = (own: LinkAddress) =>
		new NetworkKeyProtection(counters.cipher, NO_STORE, { key: KEY, level, own: eui64Of(own), eui64Of });
	const sender = protect(SOURCE);
	const receiver = protect(DESTINATION);
	const room = ROOM_BYTES - sender.overheadBytes;
	const payloads = fragment(udpPacket(packetBytes), room, new ChainHash(counters.digest));
	const clear = new Uint8Array(MAX_PSDU_BYTES);
	let aesBlocksSent = 0;
	let aesBlocksReceived = 0;
	let mostBlocksReceived = 0;
	for (const [seq, payload] of payloads.entries()) {
		const header = new MacHeader();
		header.type = FrameType.data;
		header.version = 1;
		header.ackRequest = true;
		header.panIdCompression = true;
		header.seq = seq;
		header.destinationPan = PAN;
		header.destination.set(DESTINATION);
		header.source.set(SOURCE);
		const frame = new Uint8Array(MAX_PSDU_BYTES);
		sender.prepare(header);
		const at = encodeMacHeader(header, frame, 0);
		frame.set(payload, at);
		counters.reset();
		const end = sender.protect(header, frame, at, at + payload.length);
		aesBlocksSent += counters.aesBlocks;
		counters.reset();
		const arrived = decodeMacHeader(frame, 0, end);
		if (typeof arrived === "string") throw new Error(`securityCost: ${arrived}`);
		const opened = receiver.unprotect(arrived, frame.subarray(0, end + FCS_BYTES), clear);
		if (typeof opened === "string") throw new Error(`securityCost: ${opened}`);
		aesBlocksReceived += counters.aesBlocks;
		mostBlocksReceived = Math.max(mostBlocksReceived, counters.aesBlocks);
	}
	return {
		name: level === 1 ? "link-layer security, MIC-32" : "link-layer security, ENC-MIC-32",
		tokenBytes: 0,
		fragments: payloads.length,
		hashesSent: 0,
		hashesReceived: 0,
		shaBlocksSent: 0,
		shaBlocksReceived: 0,
		aesBlocksSent,
		aesBlocksReceived,
		mostBlocksReceived,
	};
}

/** All that are compared, for packets of `packetBytes` octets. */
export function cryptographyCosts(packetBytes: number): CryptographyCost[] {
	return [
		chainCost(false, 8, packetBytes),
		chainCost(false, 16, packetBytes),
		chainCost(true, 4, packetBytes),
		chainCost(true, 8, packetBytes),
		securityCost(1, packetBytes),
		securityCost(5, packetBytes),
	];
}
