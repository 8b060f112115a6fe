/** Why a recorded packet gives no frame that can be judged. */
export type CaptureDrop =
	/** The capture kept only the beginning of the frame. */
	| "frame-cut"
	/** The pseudo-header before the frame (TAP, ZEP) does not add up. */
	| "capture-header";

/** One IEEE 802.15.4 frame of a capture. */
export interface CapturedFrame {
	/** Number of the packet in its file, from 1, as Wireshark counts. */
	readonly number: number;
	/** Timestamp of the capture in integer microseconds, as the file gives it. */
	readonly timeUs: number;
	/** The frame as recorded, a view of the file; with its FCS when `fcs` says so. */
	readonly psdu: Uint8Array;
	readonly fcs: "present" | "absent";
	readonly rssiDbm?: number;
	/** IEEE 802.15.4 channel. */
	readonly channel?: number;
	readonly lqi?: number;
	readonly drop?: CaptureDrop;
}

/** One packet of a capture file before its link type is looked at. */
export interface CapturedPacket {
	readonly number: number;
	readonly timeUs: number;
	readonly linkType: number;
	/** What was kept of the packet, a view of the file. */
	readonly bytes: Uint8Array;
	/** Octets that the packet had on the wire. */
	readonly originalLength: number;
}

/** Link-layer types (IANA-registered by the tcpdump group) that carry IEEE 802.15.4. */
export const LinkType = {
	ethernet: 1,
	ieee802154WithFcs: 195,
	ieee802154NoFcs: 230,
	ieee802154Tap: 283,
} as const;
