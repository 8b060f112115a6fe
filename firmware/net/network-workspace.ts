import { Ipv6Header, UpperLayer } from "../frames/ipv6.js";
import { UdpHeader } from "../frames/udp.js";

/** What the network layers of one machine work in, one at a time; see `Workspace`. */
export class NetworkWorkspace {
	/** Headers of the packet that is being received. */
	readonly ipv6 = new Ipv6Header();
	readonly upper = new UpperLayer();
	readonly udp = new UdpHeader();
}
