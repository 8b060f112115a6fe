import { Dispatch, EXPERIMENTAL_PAGE } from "../../firmware/frames/lowpan.js";
import { FrameType } from "../../firmware/frames/mac-frame.js";
import type { AttackContext, AttackFactory } from "./attack.js";
import { CAPTURE_OPTIONS, type CaptureHooks } from "./captures.js";
import { Heard } from "./heard.js";

/** Page 15 types below this one are messages, from it on fragments. */
const FIRST_FRAGMENT_TYPE = 0x40;

/** Options of captured nodes that claim a charge and lead. */
const CLAIM_OPTIONS = {
	...CAPTURE_OPTIONS,
	charge: {
		type: "integer",
		minimum: 0,
		maximum: 255,
		default: 255,
		description: "Charge that captured nodes claim, 255 for a full one",
	},
} as const;

function volunteersOption(by: boolean): Readonly<Record<string, unknown>> {
	return {
		type: "boolean",
		default: by,
		description: "Captured nodes lead in every term, whatever the election would decide on their claim",
	};
}

function hooksOf(options: Readonly<Record<string, unknown>>): CaptureHooks {
	return { charge: () => options["charge"] as number, volunteers: options["volunteers"] as boolean };
}

/**
 * Captured nodes claim a full charge whatever they have left, so that they lead more often than is their turn; as heads
 * they serve well. What it costs is theirs: what it takes from others is the plan of who spends what when.
 */
export const energyLie: AttackFactory = {
	name: "energy-lie",
	options: { ...CLAIM_OPTIONS, volunteers: volunteersOption(false) },
	captures: hooksOf,
	create() {},
};

/**
 * Captured nodes claim a full charge, lead in every term, acknowledge their members' readings, and forward nothing, neither
 * as heads nor as intermediaries. They go on announcing, scheduling and echoing as if all were well.
 */
export const blackholeHead: AttackFactory = {
	name: "blackhole-head",
	options: { ...CLAIM_OPTIONS, volunteers: volunteersOption(true) },
	captures: hooksOf,
	create(_options, context) {
		if (context.index > 0) return;
		const frame = new Heard(context.wire);
		for (const { node } of context.captured) context.capture(node, (psdu) => isDatagram(frame.whole(psdu)));
	},
};

/** As `blackhole-head`, but a share of the datagrams only disappears: bad luck, for whoever looks at one of them. */
export const greyholeHead: AttackFactory = {
	name: "greyhole-head",
	options: {
		...CLAIM_OPTIONS,
		volunteers: volunteersOption(true),
		dropped: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1,
			default: 0.5,
			description: "Share of the datagrams that they drop instead of sending them on",
		},
	},
	captures: hooksOf,
	create(options, context) {
		if (context.index > 0) return;
		for (const { node } of context.captured) {
			const greyhole = new Greyhole(context, node, options["dropped"] as number);
			context.capture(node, (psdu) => greyhole.swallows(psdu));
		}
	},
};

/** Whether a frame carries data on its way, and is no message between neighbours. */
function isDatagram({ isUnicast, header, psdu }: Heard): boolean {
	if (!isUnicast || header.type !== FrameType.data || header.next >= header.end) return false;
	const isPage15 = psdu[header.next] === (Dispatch.page | EXPERIMENTAL_PAGE);
	return !isPage15 || (psdu[header.next + 1] ?? 0) >= FIRST_FRAGMENT_TYPE;
}

/** Drops whole datagrams: all fragments of one, or none. */
class Greyhole {
	readonly #frame: Heard;
	readonly #random: ReturnType<AttackContext["random"]>;
	readonly #share: number;
	/** Tag of the datagram that it sends, and whether that disappears. */
	#tag = -1;
	#drops = false;

	constructor(context: AttackContext, node: number, share: number) {
		this.#frame = new Heard(context.wire);
		this.#random = context.random(`greyhole-${node}`);
		this.#share = share;
	}

	swallows(psdu: Uint8Array): boolean {
		const frame = this.#frame.whole(psdu);
		if (!isDatagram(frame)) return false;
		const { hasFragment, fragment } = frame;
		if (!hasFragment) return this.#random.uniform() < this.#share;
		if (fragment.first && fragment.tag !== this.#tag) {
			this.#tag = fragment.tag;
			this.#drops = this.#random.uniform() < this.#share;
		}
		return this.#drops && fragment.tag === this.#tag;
	}
}
