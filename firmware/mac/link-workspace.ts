import { LinkAddress } from "../address.js";
import { MacHeader } from "../frames/mac-frame.js";

/** What the link layers of one machine work in, one at a time; see `Workspace`. */
export class LinkWorkspace {
	/** Header of the frame that is being received. */
	readonly received = new MacHeader();
	/** The address of nobody, which no one changes. */
	readonly none = new LinkAddress();
}
