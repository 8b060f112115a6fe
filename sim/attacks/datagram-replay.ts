import { Dispatch } from "../../firmware/frames/lowpan.js";
import type { AttackContext, AttackFactory } from "./attack.js";
import { copyOf, isToVictim } from "./eavesdropping.js";
import type { Heard } from "./heard.js";
import { predict } from "./prediction.js";

/** Senders whose datagrams are recorded at a time, and whole datagrams that are kept. */
const UNDER_WAY = 16;
const KEPT = 64;

/** A datagram that is being recorded. */
interface Recording {
	readonly source: string;
	readonly tag: number;
	readonly frames: Uint8Array[];
	/** Where its next fragment must begin. */
	nextAt: number;
}

interface Whole {
	readonly frames: readonly Uint8Array[];
	readonly timeUs: number;
}

/** Whole datagrams, recorded frame by frame as honest nodes sent them, are sent again later, as they were. */
export const datagramReplay: AttackFactory = {
	name: "datagram-replay",
	options: {
		delayS: {
			type: "number",
			minimum: 0,
			maximum: 1e6,
			default: 5,
			description: "Least age of what is replayed, in seconds: more than receivers remember",
		},
	},
	create(options, context) {
		const delayUs = Math.round((options["delayS"] as number) * 1e6);
		const kept: Whole[] = [];
		record(context, (frames) => {
			kept.push({ frames, timeUs: context.nowUs() });
			if (kept.length > KEPT) kept.shift();
		});
		let turn = 0;
		context.onStrike(() => {
			const old = kept.filter(({ timeUs }) => timeUs + delayUs <= context.nowUs());
			if (old.length === 0) return;
			for (const frame of old[turn++ % old.length]!.frames) context.send(frame.slice());
		});
	},
};

/** Tells of each datagram to the victim of which every frame was heard. */
function record(context: AttackContext, onWhole: (frames: readonly Uint8Array[]) => void): void {
	const underWay: Recording[] = [];
	context.hear((heard) => {
		if (!isToVictim(heard, context)) return;
		if (!heard.hasFragment) {
			if (isWhole(heard)) onWhole([copyOf(heard)]);
			return;
		}
		const { fragment, contentAt, contentEnd, header } = heard;
		const source = String(header.source);
		if (fragment.first) {
			const prediction = predict(heard, context.contexts, (length) => new Uint8Array(length));
			if (prediction === undefined) return;
			const frames = [copyOf(heard)];
			const began = { source, tag: fragment.tag, frames, nextAt: prediction.firstEnd };
			const at = underWay.findIndex((other) => other.source === source);
			if (at >= 0) underWay[at] = began;
			else if (underWay.push(began) > UNDER_WAY) underWay.shift();
			return;
		}
		const known = underWay.find((other) => other.source === source && other.tag === fragment.tag);
		if (known === undefined || fragment.offset !== known.nextAt) return;
		known.frames.push(copyOf(heard));
		known.nextAt += contentEnd - contentAt;
		if (known.nextAt >= fragment.size) {
			underWay.splice(underWay.indexOf(known), 1);
			onWhole(known.frames);
		}
	});
}

/** Whether a frame carries a whole IPv6 packet. */
function isWhole({ psdu, header }: Heard): boolean {
	const dispatch = psdu[header.next]!;
	return (dispatch & 0xe0) === Dispatch.iphc || dispatch === Dispatch.ipv6;
}
