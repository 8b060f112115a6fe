import { Decompressed } from "../frames/decompressed.js";

/** What the adaptation layers of one machine work in, one at a time; see `Workspace`. */
export class FragmentWorkspace {
	/** Of the compressed headers that are being read. */
	readonly decompressed = new Decompressed();
}
