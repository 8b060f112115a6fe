import type { ReassemblyContext } from "./context.js";

/** Whether no next fragment of a context was verified. */
export function hasProvedNothing({ chain }: ReassemblyContext): boolean {
	return chain === undefined || chain.verified === 0;
}

/**
 * The context that makes room when memory is short; undefined when a newcomer may displace none.
 *
 * What was last heard before `stalledUs` is probably lost, whatever it has proved: the one silent longest goes first, or
 * remains of whole packets that somebody made up would outlive the beginnings of honest ones. Then the oldest that
 * `provesNothing`. What is left is being sent right now; a newcomer, who has proved nothing, displaces none of it, and
 * among themselves the lowest `scoreOf` goes, then the one heard longest ago.
 * `growing`: the context that asks for memory; it goes when it is the least itself.
 */
export function chooseVictim(
	contexts: readonly ReassemblyContext[],
	growing: ReassemblyContext | undefined,
	stalledUs: number,
	scoreOf: (context: ReassemblyContext) => number,
	provesNothing: (context: ReassemblyContext) => boolean = hasProvedNothing,
): ReassemblyContext | undefined {
	let stalled: ReassemblyContext | undefined;
	let unproven: ReassemblyContext | undefined;
	for (let i = 0; i < contexts.length; i++) {
		const context = contexts[i]!;
		if (context === growing) continue;
		if (context.lastUs < stalledUs && (stalled === undefined || context.lastUs < stalled.lastUs)) {
			stalled = context;
		}
		if (unproven === undefined && provesNothing(context)) unproven = context;
	}
	const idle = stalled ?? unproven;
	if (idle !== undefined || growing === undefined) return idle;
	let least = growing;
	let leastScore = scoreOf(growing);
	for (const context of contexts) {
		const score = scoreOf(context);
		const isLess =
			score < leastScore || (score === leastScore && least !== growing && context.lastUs < least.lastUs);
		if (context !== growing && isLess) {
			least = context;
			leastScore = score;
		}
	}
	return least;
}
