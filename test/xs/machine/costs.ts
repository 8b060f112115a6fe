import { LinkAddress } from "../../../firmware/address.js";
import { BufferPool } from "../../../firmware/buffer-pool.js";
import type { Situation } from "../../../firmware/cluster/election.js";
import { game } from "../../../firmware/cluster/game.js";
import { ChainHash } from "../../../firmware/fragments/chain-hash.js";
import { ChainReceiver } from "../../../firmware/fragments/chain-receiver.js";
import { Fragmenter } from "../../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../../firmware/fragments/packet-head.js";
import { predictiveCsmKeyed } from "../../../firmware/fragments/predictive-variants.js";
import { Reassembler } from "../../../firmware/fragments/reassembler.js";
import { rfc4944 } from "../../../firmware/fragments/rfc4944.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { Cmac } from "../../../firmware/mac/cmac.js";
import { LinkKeyring } from "../../../firmware/mac/link-keys.js";
import { Adaptation } from "../../../firmware/net/adaptation.js";
import type { Cipher, Clock, Digest, Random } from "../../../firmware/ports.js";
import { ServiceTable } from "../../../firmware/trust/service-table.js";
import { StandingTable } from "../../../firmware/trust/standing.js";

/** What a node does whose cost in instructions is watched. */
export const OPERATIONS = [
	"nothing",
	"plain fragment received",
	"keyed fragment received",
	"token under a key",
	"token without a key",
	"election",
	"fragment score updated",
	"service score updated",
] as const;
export type Operation = (typeof OPERATIONS)[number];

const NEIGHBOURS = 32;
/** A packet of so many octets goes in so many fragments, plain and keyed. */
export const PACKET_BYTES = 480;
const ROOM_BYTES = 112;
const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);
const OURS = LinkAddress.short(1);
const THEIRS = LinkAddress.short(2);

const SITUATION: Situation = {
	election: 9,
	charge: 180,
	neighbours: NEIGHBOURS,
	claimedCharge: 160 * NEIGHBOURS,
	richerNeighbours: 11,
	reachCost: 90,
	sinceLed: 5,
	heads: 0,
	leastMerit: 256,
};

const hash = new Uint8Array(32);
const digest: Digest = {
	sha256(bytes, offset, end) {
		host.sha256(bytes, offset, end, hash);
		return hash;
	},
};
const cipher: Cipher = {
	key(key) {
		const handle = host.aesKey(key);
		return { encrypt: (block, offset) => host.aesEncrypt(handle, block, offset) };
	},
};
const clock: Clock = { nowUs: () => 0, at: () => 1, cancel: () => {} };
const random: Random = { int32: () => 4711, below: (bound) => 4711 % bound };
const store = { get: () => undefined, set: () => true };

/** Work that is made ready first; running it returns how many units it was. */
type Work = (times: number) => () => number;

/** Receives packets in fragments; a unit is a fragment. */
function receiver(keyed: boolean): Work {
	const contexts = new ContextTable();
	const pool = new BufferPool(1280);
	const sink = { contextOpened() {}, contextClosed() {}, fragmentRefused() {}, fragmentStored() {} };
	const policy = (keyed ? predictiveCsmKeyed : rfc4944).create({});
	const reassembler = new Reassembler({ policy, budgetBytes: 5120, pool, clock, sink, node: 0 });
	const chainHash = new ChainHash(digest);
	const keys = new LinkKeyring(cipher, store, () => KEY);
	const chains = keyed ? new ChainReceiver(chainHash, reassembler, keys) : undefined;
	const adaptation = new Adaptation({ contexts, reassembler, pool, chains });
	const fragmenter = new Fragmenter(new PacketHead(contexts), chainHash);
	const key = new Cmac(cipher.key(KEY));
	const packet = udpPacket();
	let tag = 0;
	return (times) => {
		const payloads: Uint8Array[] = [];
		for (let i = 0; i < times; i++) {
			tag++;
			const plan = keyed ? { keyed: true, tokenBytes: 4, nonce: tag, key } : undefined;
			fragmenter.begin(packet, PACKET_BYTES, THEIRS, OURS, tag, ROOM_BYTES, plan);
			while (!fragmenter.done) {
				const payload = new Uint8Array(ROOM_BYTES);
				payloads.push(payload.subarray(0, fragmenter.next(payload, 0, ROOM_BYTES)));
			}
		}
		return () => {
			for (const bytes of payloads) {
				const outcome = adaptation.receive(bytes, 0, bytes.length, THEIRS, OURS, 0, false);
				if (typeof outcome === "string") throw new Error(outcome);
				if (outcome !== undefined) pool.give(outcome.buffer);
			}
			return payloads.length;
		};
	};
}

/** Makes tokens of full fragments, as whoever sends and whoever verifies them does. */
function tokens(keyed: boolean): Work {
	const chainHash = new ChainHash(digest);
	const key = keyed ? new Cmac(cipher.key(KEY)) : undefined;
	const fields = { flags: 1, keyed, tokenBytes: keyed ? 4 : 8, nonce: 1, key };
	const bytes = new Uint8Array(ROOM_BYTES);
	return (times) => () => {
		for (let i = 0; i < times; i++)
			chainHash.token(fields, PACKET_BYTES, 8 * i, bytes, 0, 96, bytes, 96, undefined);
		return times;
	};
}

/** One election: asked when its first window begins and at the instant that it names, told how the term came out. */
function elections(): Work {
	const election = game.create({}, { node: 7, random, omniscience: undefined });
	return (times) => () => {
		for (let i = 0; i < times; i++) {
			let decision = election.begin(SITUATION);
			if (decision >= 0) decision = election.decide(SITUATION, decision);
			election.merit?.(SITUATION);
			election.learn?.({
				led: decision < 0,
				covered: true,
				extraHeads: 1,
				spent256: 90,
				neighboursSpent256: 70,
				charge: 180,
				neighboursCharge: 160,
			});
		}
		return times;
	};
}

/** Scores of the neighbour that is found last, alternately better and worse, a quarter of an hour apart. */
function standings(): Work {
	const table = new StandingTable(NEIGHBOURS);
	const address = new LinkAddress();
	for (let i = 0; i < NEIGHBOURS; i++) table.obtain(address.setShort(i), 0);
	let nowUs = 0;
	return (times) => () => {
		for (let i = 0; i < times; i++) {
			nowUs += 900_000_000;
			const place = table.find(address, nowUs);
			if ((i & 1) === 0) table.noteSuccess(place);
			else table.noteIncomplete(place, 0.9, 1, false);
		}
		return times;
	};
}

function services(): Work {
	const table = new ServiceTable(NEIGHBOURS);
	const address = new LinkAddress();
	for (let i = 0; i < NEIGHBOURS; i++) table.obtain(address.setShort(i), 0);
	let nowUs = 0;
	return (times) => () => {
		for (let i = 0; i < times; i++) {
			nowUs += 900_000_000;
			const place = table.find(address, nowUs);
			if ((i & 1) === 0) table.noteArrived(place, nowUs);
			else table.noteMissing(place, 0.9, true, nowUs);
		}
		return times;
	};
}

/** An IPv6 packet with a UDP header, from one of the two to the other. */
function udpPacket(): Uint8Array {
	const packet = new Uint8Array(1280);
	packet.set([0x60, 0, 0, 0, (PACKET_BYTES - 40) >> 8, (PACKET_BYTES - 40) & 255, 17, 64]);
	packet.set([0xfe, 0x80], 8);
	THEIRS.writeInterfaceId(packet, 16);
	packet.set([0xfe, 0x80], 24);
	OURS.writeInterfaceId(packet, 32);
	packet.set([0xf0, 0xb1, 0xf0, 0xb2, (PACKET_BYTES - 40) >> 8, (PACKET_BYTES - 40) & 255, 0x12, 0x34], 40);
	return packet;
}

const MAKERS: Readonly<Record<Operation, () => Work>> = {
	nothing: () => () => () => 1,
	"plain fragment received": () => receiver(false),
	"keyed fragment received": () => receiver(true),
	"token under a key": () => tokens(true),
	"token without a key": () => tokens(false),
	election: elections,
	"fragment score updated": standings,
	"service score updated": services,
};

/** Takes calls of two octets, an operation and how often, which make it ready, and of none, which run it and post the units. */
export default function start(): void {
	let run = (): number => 0;
	host.onCall((bytes, length) => {
		if (length === 2) run = MAKERS[OPERATIONS[bytes[0]!]!]()(bytes[1]!);
		else {
			const units = run();
			host.post(Uint8Array.of(units >> 8, units), 2);
		}
	});
}
