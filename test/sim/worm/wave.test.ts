import test from "ava";
import { wormOf } from "./run-worm.js";

/** A strip that a wave crosses from the left, 40 deviations of the kernel long. */
const STRIP = `
name: strip
fidelity: graph
durationS: 10000
topology: { kind: random-spatial, nodes: 4000, widthM: 2400, heightM: 240, scaleM: 60, meanDegree: 8 }
worm: { initial: 100, place: left, contactsPerS: 0.1, fragments: 1, patchPerS: 0.05 }
`;

test("Gaussian waves near the speed of theory from below, the nearer the more nodes a kernel covers", async (t) => {
	const ratios: number[] = [];
	for (const nodes of [2000, 40000]) {
		const set = [`topology.nodes=${nodes}`, `worm.initial=${nodes / 40}`];
		const { waveMPerS, predicted, waveFit } = await wormOf(t, STRIP, set);
		t.true(waveFit! > 0.98, `${waveFit}`);
		ratios.push(waveMPerS! / predicted.waveMPerS!);
	}
	const [sparse, dense] = ratios as [number, number];
	t.log(`${sparse} with 39 nodes within a deviation of the kernel, ${dense} with 785`);
	t.true(sparse > 0.55 && sparse < 0.85, `${sparse}`);
	t.true(dense > sparse + 0.05 && dense < 1.02, `${sparse}, ${dense}`);
});

test("a wave goes twice as fast when all rates double, and twice as far when all lengths do", async (t) => {
	const { waveMPerS: speed } = await wormOf(t, STRIP);
	const rates = ["worm.contactsPerS=0.2", "worm.patchPerS=0.1"];
	const fast = await wormOf(t, STRIP, rates);
	t.true(Math.abs(fast.waveMPerS! / speed! / 2 - 1) < 1e-5, `${fast.waveMPerS! / speed!}`);
	const lengths = ["topology.widthM=4800", "topology.heightM=480", "topology.scaleM=120"];
	const wide = await wormOf(t, STRIP, lengths);
	t.true(Math.abs(wide.waveMPerS! / speed! / 2 - 1) < 1e-5, `${wide.waveMPerS! / speed!}`);
});

test("patches and trust slow a wave", async (t) => {
	const { waveMPerS: free, predicted } = await wormOf(t, STRIP, ["worm.patchPerS=0"]);
	const patched = await wormOf(t, STRIP, ["worm.patchPerS=0.2"]);
	t.true(patched.waveMPerS! < 0.95 * free!, `${patched.waveMPerS}, ${free}`);
	t.true(patched.predicted.waveMPerS! < predicted.waveMPerS!);
	const trusting = await wormOf(t, STRIP, ["worm.patchPerS=0", "worm.theta=0.5", "worm.scores=uniform"]);
	t.true(trusting.waveMPerS! < 0.9 * free!, `${trusting.waveMPerS}, ${free}`);
});

test("light tails advance as one front, heavy ones hop ahead and spread from new foci", async (t) => {
	const field = [
		"topology.nodes=10000",
		"topology.widthM=2000",
		"topology.heightM=2000",
		"worm.place=centre",
		"worm.initial=10",
	];
	const foci: number[] = [];
	for (const kernel of ["gaussian", "power-law"]) {
		const found = await wormOf(t, STRIP, [...field, `topology.kernel=${kernel}`, "topology.scaleM=30"]);
		t.true(found.finalSize > 0.9);
		foci.push(found.foci!);
		t.is(found.predicted.waveMPerS === null, kernel === "power-law");
	}
	t.is(foci[0], 0);
	t.true(foci[1]! >= 4, `${foci}`);
});
