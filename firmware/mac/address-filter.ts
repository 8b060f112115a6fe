import { AddressMode, BROADCAST_SHORT, NO_SHORT_ADDRESS } from "../address.js";
import { FrameType, type MacHeader } from "../frames/mac-frame.js";
import type { RadioConfig } from "../ports.js";

/** The address filter of one transceiver (IEEE 802.15.4-2020, section 6.6.2); until it is configured, of no PAN. */
export class AddressFilter {
	promiscuous = false;
	private pan = BROADCAST_SHORT;
	private short = BROADCAST_SHORT;
	private extendedHigh = 0;
	private extendedLow = 0;
	private coordinator = false;

	configure(config: RadioConfig): void {
		this.pan = config.panId;
		this.short = config.shortAddress;
		this.extendedHigh = config.extendedHigh | 0;
		this.extendedLow = config.extendedLow | 0;
		this.promiscuous = config.promiscuous;
		this.coordinator = config.panCoordinator;
	}

	/** Whether the node takes the frame: addressed to it, to all, or it listens to everything. */
	accepts(header: MacHeader): boolean {
		if (this.promiscuous) return true;
		if (header.type === FrameType.ack) return false;
		const toPan = header.destinationPan;
		if (toPan >= 0 && toPan !== this.pan && toPan !== BROADCAST_SHORT) return false;
		const { destination } = header;
		if (destination.mode === AddressMode.short && destination.low === BROADCAST_SHORT) return true;
		if (destination.mode !== AddressMode.none) return this.isAddressee(header);
		if (header.type === FrameType.beacon) {
			return header.sourcePan === this.pan || this.pan === BROADCAST_SHORT;
		}
		return this.coordinator && (header.sourcePan < 0 || header.sourcePan === this.pan);
	}

	/** Whether the frame's destination is this node's own address. */
	isAddressee(header: MacHeader): boolean {
		const { destination } = header;
		if (destination.mode === AddressMode.short) {
			// Short addresses from here on name no node: 0xfffe has none, 0xffff is everybody.
			if (destination.low >= NO_SHORT_ADDRESS) return false;
			return destination.low === this.short && this.isOwnPan(header);
		}
		return (
			destination.mode === AddressMode.extended &&
			destination.low === this.extendedLow &&
			destination.high === this.extendedHigh &&
			this.isOwnPan(header)
		);
	}

	/** Whether the frame asks this node for an acknowledgement: who listens to everything gives none. */
	acknowledges(header: MacHeader): boolean {
		return header.ackRequest && !this.promiscuous && this.isAddressee(header);
	}

	private isOwnPan(header: MacHeader): boolean {
		const toPan = header.destinationPan;
		return toPan < 0 || toPan === this.pan || toPan === BROADCAST_SHORT;
	}
}
