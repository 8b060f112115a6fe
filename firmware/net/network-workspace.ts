import { LinkAddress } from "../address.js";
import { GRADIENT_BEACON_BYTES, GradientBeacon } from "../frames/gradient-beacon.js";
import { Hello } from "../frames/hello.js";
import { Icmpv6Message } from "../frames/icmpv6.js";
import { Ipv6Header, UpperLayer } from "../frames/ipv6.js";
import { NeighbourMessage } from "../frames/neighbour-message.js";
import { UdpHeader } from "../frames/udp.js";
import { PacketRecords } from "./packet-record.js";

/** What the network layers of one machine work in, one at a time; see `Workspace`. */
export class NetworkWorkspace {
	/** Headers of the packet that is being received or made. */
	readonly ipv6 = new Ipv6Header();
	readonly upper = new UpperLayer();
	readonly udp = new UdpHeader();
	readonly icmpv6 = new Icmpv6Message();
	readonly neighbourMessage = new NeighbourMessage();
	/** The upper layer of a packet that an ICMPv6 error is about. */
	readonly cause = new UpperLayer();
	/** Whom a packet is for, and whom it is from. */
	readonly target = new LinkAddress();
	readonly origin = new LinkAddress();
	/** Whom a neighbour message is about, and whose address one asks for. */
	readonly resolved = new LinkAddress();
	readonly solicited = new Uint8Array(16);
	/** The HELLO that was heard last, and the one that is being written. */
	readonly heard = new Hello();
	readonly hello = new Hello();
	/** The beacon that was heard last, and the one that is being written. */
	readonly heardBeacon = new GradientBeacon();
	readonly beacon = new GradientBeacon();
	/** The message of the node's own that is being written. */
	readonly message = new Uint8Array(GRADIENT_BEACON_BYTES);
	/** Lends what stands for the packets that wait. */
	readonly records = new PacketRecords();
}
