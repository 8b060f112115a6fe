import type { FragmentDrop } from "../../firmware/fragments/policy.js";
import { checksumOk, ICMPV6, TCP, UDP } from "../../firmware/frames/checksum.js";
import type { AdvertisementDrop } from "../../firmware/frames/cluster-advertisement.js";
import type { JoinDrop } from "../../firmware/frames/cluster-join.js";
import type { ReceiptDrop } from "../../firmware/frames/cluster-receipt.js";
import type { ScheduleDrop } from "../../firmware/frames/cluster-schedule.js";
import type { SyncDrop } from "../../firmware/frames/cluster-sync.js";
import type { GradientDrop } from "../../firmware/frames/gradient-beacon.js";
import type { HelloDrop } from "../../firmware/frames/hello.js";
import { decodeIcmpv6, verifyIcmpv6 } from "../../firmware/frames/icmpv6.js";
import { findUpperLayer, nextHeaderName, UpperLayer } from "../../firmware/frames/ipv6.js";
import { formatIpv6 } from "../../firmware/frames/ipv6-text.js";
import { FrameType, type MacDrop, type MacHeader } from "../../firmware/frames/mac-frame.js";
import { IPV6_IN_IPV6 } from "../../firmware/frames/protocols.js";
import { decodeUdp, verifyUdp } from "../../firmware/frames/udp.js";
import type { LinkDrop } from "../../firmware/mac/link-layer.js";
import type { AdaptationDrop } from "../../firmware/net/adaptation.js";
import type { CaptureDrop } from "./captured-frame.js";
import type { DissectedChain } from "./dissect-chain.js";
import type { ReceptionDrop } from "./reception.js";

/** Why a frame of a capture was refused, or gave nothing. */
export type DissectionDrop =
	| "bad-fcs"
	| ReceptionDrop
	| CaptureDrop
	| MacDrop
	| LinkDrop
	| AdaptationDrop
	| FragmentDrop
	| GradientDrop
	| HelloDrop
	| SyncDrop
	| AdvertisementDrop
	| JoinDrop
	| ScheduleDrop
	| ReceiptDrop;

/** A MAC header as `decode --json` prints it; absent fields are not in the frame. */
export interface DissectedMac {
	readonly type: "beacon" | "data" | "ack" | "command";
	/** Frame version: 0 (2003), 1 (2006), 2 (2015). */
	readonly version: number;
	readonly seq?: number;
	readonly ackRequest: boolean;
	/** Security level, 0 to 7; absent in a secured frame of version 0, which does not say it. */
	readonly security?: number;
	readonly dstPan?: string;
	readonly dst?: string;
	/** Absent where PAN ID compression leaves it out: it is then `dstPan`. */
	readonly srcPan?: string;
	readonly src?: string;
}

/** A whole IPv6 packet as `decode --json` prints it. */
export interface DissectedDatagram {
	/** The whole packet, headers decompressed. */
	readonly hex: string;
	readonly length: number;
	/** Numbers of the frames that it was put together from, in the order of their arrival. */
	readonly frames: readonly number[];
	readonly src: string;
	readonly dst: string;
	/** Upper layer, behind any extension headers: `udp`, `icmpv6`, `tcp`, `none`, or its number. */
	readonly next: string;
	/** Of the innermost upper layer, where it has one that this frame lets check. */
	readonly checksum?: Checksum;
	readonly udp?: { readonly srcPort: number; readonly dstPort: number };
	readonly icmpv6?: { readonly type: number; readonly code: number };
}

/** A node's way to the sink, as its beacon tells it and `decode --json` prints it. */
export interface DissectedGradient {
	readonly sequence: number;
	readonly epoch: number;
	readonly hops: number;
	/** Expected transmissions to the sink. */
	readonly cost: number;
	/** Link-layer address of the sink. */
	readonly sink: string;
}

/** What a node says of itself, as its HELLO tells it and `decode --json` prints it. */
export interface DissectedHello {
	/** `chains`: puts chained fragments together; `clusters`: takes part in elections. */
	readonly capabilities: readonly ("chains" | "clusters")[];
	/** Another at each start of the sender. */
	readonly boot: number;
	/** Number of the broadcast. */
	readonly sequence: number;
	/** With `clusters`: its charge, 0 to 255, and its neighbours within the cluster radius. */
	readonly charge?: number;
	readonly neighbours?: number;
}

/** What SYNC, ADV and SCHEDULE begin with. */
interface ClusterBroadcast {
	readonly sequence: number;
	readonly round: number;
	/** Since that round began, when the frame's start-of-frame delimiter is sent. */
	readonly elapsedUs: number;
	/** Claimed charge of the sender, 0 to 255. */
	readonly charge: number;
	/** Radio hops to the sink. */
	readonly hops: number;
}

/** A message by which nodes form clusters, as `decode --json` prints it. */
export type DissectedCluster =
	| (ClusterBroadcast & {
			readonly type: "sync";
			/** Expected transmissions to the sink. */
			readonly cost: number;
	  })
	| (ClusterBroadcast & {
			readonly type: "advertisement";
			readonly tentative: boolean;
			readonly merit: number;
			readonly section: number;
			/** How likely a datagram of the sender reaches the sink, 0 to 1. */
			readonly completion: number;
	  })
	| {
			readonly type: "join";
			readonly round: number;
			readonly intermediary: boolean;
			readonly charge: number;
	  }
	| (ClusterBroadcast & {
			readonly type: "schedule";
			readonly section: number;
			readonly meanCharge: number;
			readonly completion: number;
			/** Link-layer addresses in the order of their slots. */
			readonly members: readonly string[];
	  })
	| {
			readonly type: "receipt";
			readonly sequence: number;
			readonly issue: number;
			readonly keyed: boolean;
			readonly entries: readonly DissectedReceiptEntry[];
	  };

/** What a receipt says of one node. */
export interface DissectedReceiptEntry {
	readonly node: string;
	/** Number of the newest reading that it tells of. */
	readonly newest: number;
	/** 32 digits from that reading backwards: 1 where it arrived. */
	readonly arrived: string;
	readonly code?: string;
}

export type Checksum = "ok" | "bad" | "elided";

/** One frame as `decode --json` prints it: keys in this order, each where it applies. */
export interface Dissection {
	readonly frame: number;
	readonly timeUs: number;
	readonly length: number;
	readonly fcs: "ok" | "bad" | "absent";
	mac?: DissectedMac;
	lowpan?: readonly string[];
	gradient?: DissectedGradient;
	hello?: DissectedHello;
	cluster?: DissectedCluster;
	fragment?: { readonly tag: number; readonly size: number; readonly offset: number };
	chain?: DissectedChain;
	datagram?: DissectedDatagram;
	drop?: DissectionDrop;
}

const TYPE_NAMES: Readonly<Record<number, DissectedMac["type"]>> = {
	[FrameType.beacon]: "beacon",
	[FrameType.data]: "data",
	[FrameType.ack]: "ack",
	[FrameType.command]: "command",
};

/** What `decode --json` says of a MAC header. */
export function dissectMac(header: MacHeader): DissectedMac {
	const { version, destination, source, destinationPan, sourcePan } = header;
	const isLegacySecured = header.securityEnabled && version === 0;
	return {
		type: TYPE_NAMES[header.type]!,
		version,
		...(header.seq >= 0 && { seq: header.seq }),
		ackRequest: header.ackRequest,
		...(!isLegacySecured && { security: header.securityEnabled ? header.security.level : 0 }),
		...(destinationPan >= 0 && { dstPan: pan(destinationPan) }),
		...(destination.byteLength > 0 && { dst: destination.toString() }),
		...(sourcePan >= 0 && { srcPan: pan(sourcePan) }),
		...(source.byteLength > 0 && { src: source.toString() }),
	};
}

function pan(id: number): string {
	return `0x${id.toString(16).padStart(4, "0")}`;
}

/** What `decode --json` says of the IPv6 packet `packet[0..length)`. */
export function dissectDatagram(
	packet: Uint8Array,
	length: number,
	frames: readonly number[],
	isChecksumElided: boolean,
): DissectedDatagram {
	const upper = findUpperLayer(packet, 0, length);
	const protocol = typeof upper === "string" ? (packet[6] as number) : upper.protocol;
	const checksum = typeof upper === "string" ? undefined : checkChecksum(packet, length, isChecksumElided);
	return {
		hex: Buffer.from(packet.buffer, packet.byteOffset, length).toString("hex"),
		length,
		frames,
		src: formatIpv6(packet, 8),
		dst: formatIpv6(packet, 24),
		next: nextHeaderName(protocol),
		...(checksum !== undefined && { checksum }),
		...(typeof upper !== "string" && !upper.fragmented && dissectUpper(packet, upper, length)),
	};
}

/** Ports, or type and code; nothing for another upper layer or one that is not whole. */
function dissectUpper(
	packet: Uint8Array,
	{ protocol, offset }: UpperLayer,
	length: number,
): Pick<DissectedDatagram, "udp" | "icmpv6"> {
	if (protocol === UDP) {
		const udp = decodeUdp(packet, offset, length);
		if (typeof udp !== "string") return { udp: { srcPort: udp.sourcePort, dstPort: udp.destinationPort } };
	}
	if (protocol === ICMPV6) {
		const message = decodeIcmpv6(packet, offset, length);
		if (typeof message !== "string") return { icmpv6: { type: message.type, code: message.code } };
	}
	return {};
}

const innermost = new UpperLayer();

/** The checksum of the upper layer, behind all IPv6 headers; undefined where there is none to check. */
function checkChecksum(packet: Uint8Array, length: number, isElided: boolean): Checksum | undefined {
	let base = 0;
	let upper = findUpperLayer(packet, base, length, innermost);
	while (typeof upper === "object" && upper.protocol === IPV6_IN_IPV6 && !upper.fragmented) {
		base = upper.offset;
		upper = findUpperLayer(packet, base, length, innermost);
	}
	if (typeof upper === "string" || upper.fragmented) return undefined;
	const { protocol, offset, destinationOffset } = upper;
	switch (protocol) {
		case UDP:
			if (isElided) return "elided";
			if (typeof decodeUdp(packet, offset, length) === "string") return "bad";
			return verdict(verifyUdp(packet, length, offset, base + 8, destinationOffset));
		case ICMPV6:
			return verdict(verifyIcmpv6(packet, length, offset, base + 8, destinationOffset));
		case TCP:
			return verdict(checksumOk(packet, length, offset, TCP, base + 8, destinationOffset));
		default:
			return undefined;
	}
}

function verdict(isRight: boolean): Checksum {
	return isRight ? "ok" : "bad";
}
