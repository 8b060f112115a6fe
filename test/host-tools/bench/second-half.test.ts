import test from "ava";
import { SecondHalf } from "../../../host-tools/bench/second-half.js";
import { runScenario } from "../../../host-tools/run/run.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";

test("the steady rate is that of the frames from the middle to the end, by the wall time between", (t) => {
	let nowMs = 0;
	let frames = 0;
	const half = new SecondHalf(() => nowMs);
	const metrics = { summary: () => ({ frames: { data: frames - 1, acks: 1 } }) as never };
	const pauses: readonly (readonly [share: number, atMs: number, frames: number])[] = [
		[0.4, 900, 10],
		[0.55, 1000, 100],
		[0.8, 1300, 200],
		[1, 1500, 400],
	];
	for (const [share, atMs, count] of pauses) {
		nowMs = atMs;
		frames = count;
		half.onProgress(share, undefined, metrics);
	}
	t.is(half.framesPerS, 600);
});

test("without a pause after the middle there is no steady rate", (t) => {
	t.is(new SecondHalf().framesPerS, Number.NaN);
});

test("of a run, about half of the frames lie in its second half", async (t) => {
	const set = ["topology.nodes=25", "durationS=60"];
	let nowMs = 0;
	let endedMs = 0;
	const half = new SecondHalf(() => nowMs);
	let middle = 0;
	const { summary } = runScenario(await loadScenario("grid-one-hop", { set }), {
		onProgress: (share, simulation, metrics) => {
			// A clock that shows simulated time.
			nowMs = simulation.nowUs() / 1000;
			half.onProgress(share, simulation, metrics);
			const { data, acks } = metrics.summary().frames;
			if (share <= 0.5) middle = data + acks;
			endedMs = nowMs;
		},
	});
	t.is(endedMs, 60_000);
	const { data, acks } = summary.frames;
	t.is(half.framesPerS, (data + acks - middle) / 30);
	t.true(middle > 0 && middle < data + acks);
});
