import { LinkAddress } from "../../firmware/address.js";
import {
	ADVERTISEMENT_TYPE,
	decodeAdvertisement,
	TENTATIVE,
} from "../../firmware/frames/cluster-advertisement.js";
import { AS_INTERMEDIARY, decodeJoin, JOIN_TYPE } from "../../firmware/frames/cluster-join.js";
import {
	decodeReceipt,
	RECEIPT_KEYED,
	RECEIPT_READINGS,
	RECEIPT_TYPE,
	ReceiptEntry,
	receiptEntry,
} from "../../firmware/frames/cluster-receipt.js";
import { decodeSchedule, SCHEDULE_TYPE, scheduleMember } from "../../firmware/frames/cluster-schedule.js";
import { decodeSync, SYNC_TYPE } from "../../firmware/frames/cluster-sync.js";
import { decodeGradientBeacon, GRADIENT_BEACON_TYPE } from "../../firmware/frames/gradient-beacon.js";
import { CHAINS, CLUSTERS, decodeHello, HELLO_TYPE } from "../../firmware/frames/hello.js";
import { hex } from "./dissect-chain.js";
import type { Dissection, DissectionDrop } from "./dissection.js";

/** Adds to `result` what a message says whose type octet is at `offset`. */
type Reader = (
	psdu: Uint8Array,
	offset: number,
	end: number,
	result: Dissection,
) => DissectionDrop | undefined;

/** A message of Lowguard's own on page 15: what `lowpan` calls it, and how it is read. */
export interface Message {
	readonly name: string;
	readonly read: Reader;
}

const readHello: Reader = (psdu, offset, end, result) => {
	const hello = decodeHello(psdu, offset, end);
	if (typeof hello === "string") return hello;
	const { boot, sequence, charge, neighbours } = hello;
	const isClustered = (hello.capabilities & CLUSTERS) !== 0;
	const capabilities: ("chains" | "clusters")[] = [];
	if ((hello.capabilities & CHAINS) !== 0) capabilities.push("chains");
	if (isClustered) capabilities.push("clusters");
	result.hello = { capabilities, boot, sequence, ...(isClustered && { charge, neighbours }) };
	return undefined;
};

const readGradient: Reader = (psdu, offset, end, result) => {
	const beacon = decodeGradientBeacon(psdu, offset, end);
	if (typeof beacon === "string") return beacon;
	const { sequence, epoch, hops, cost256, root } = beacon;
	result.gradient = { sequence, epoch, hops, cost: cost256 / 256, sink: String(root) };
	return undefined;
};

const readSync: Reader = (psdu, offset, end, result) => {
	const sync = decodeSync(psdu, offset, end);
	if (typeof sync === "string") return sync;
	const { time, hops, charge, cost256 } = sync;
	result.cluster = { type: "sync", ...time, hops, charge, cost: cost256 / 256 };
	return undefined;
};

const readAdvertisement: Reader = (psdu, offset, end, result) => {
	const advertisement = decodeAdvertisement(psdu, offset, end);
	if (typeof advertisement === "string") return advertisement;
	const { time, charge, merit, section, hops, completion } = advertisement;
	const tentative = (advertisement.flags & TENTATIVE) !== 0;
	result.cluster = {
		type: "advertisement",
		...time,
		tentative,
		charge,
		merit,
		section,
		hops,
		completion: completion / 255,
	};
	return undefined;
};

const readJoin: Reader = (psdu, offset, end, result) => {
	const join = decodeJoin(psdu, offset, end);
	if (typeof join === "string") return join;
	const { charge, round } = join;
	result.cluster = { type: "join", round, intermediary: (join.flags & AS_INTERMEDIARY) !== 0, charge };
	return undefined;
};

const readSchedule: Reader = (psdu, offset, end, result) => {
	const schedule = decodeSchedule(psdu, offset, end);
	if (typeof schedule === "string") return schedule;
	const { time, section, charge, meanCharge, hops, completion } = schedule;
	const members = Array.from({ length: schedule.members }, (_, i) =>
		String(scheduleMember(schedule, i, psdu, new LinkAddress())),
	);
	result.cluster = {
		type: "schedule",
		...time,
		section,
		charge,
		meanCharge,
		hops,
		completion: completion / 255,
		members,
	};
	return undefined;
};

const readReceipt: Reader = (psdu, offset, end, result) => {
	const receipt = decodeReceipt(psdu, offset, end);
	if (typeof receipt === "string") return receipt;
	const { sequence, issue, flags } = receipt;
	const keyed = (flags & RECEIPT_KEYED) !== 0;
	const entries = Array.from({ length: receipt.entries }, (_, i) => {
		const { node, newest, arrived, code } = receiptEntry(receipt, i, psdu, new ReceiptEntry());
		return {
			node: String(node),
			newest,
			arrived: bits(arrived),
			...(keyed && { code: hex(code, 0, code.length) }),
		};
	});
	result.cluster = { type: "receipt", sequence, issue, keyed, entries };
	return undefined;
};

const MESSAGES: ReadonlyMap<number, Message> = new Map([
	[HELLO_TYPE, { name: "hello", read: readHello }],
	[SYNC_TYPE, { name: "sync", read: readSync }],
	[ADVERTISEMENT_TYPE, { name: "advertisement", read: readAdvertisement }],
	[JOIN_TYPE, { name: "join", read: readJoin }],
	[SCHEDULE_TYPE, { name: "schedule", read: readSchedule }],
	[RECEIPT_TYPE, { name: "receipt", read: readReceipt }],
	[GRADIENT_BEACON_TYPE, { name: "gradient-beacon", read: readGradient }],
]);

/** The message of a type octet; undefined for a type that nobody knows. */
export function messageOf(type: number | undefined): Message | undefined {
	return type === undefined ? undefined : MESSAGES.get(type);
}

/** A bitmap of readings as 32 digits, the newest first. */
function bits(arrived: number): string {
	let text = "";
	for (let i = 0; i < RECEIPT_READINGS; i++) text += (arrived >>> i) & 1;
	return text;
}
