import test from "ava";
import { exponentialKernel, gaussianKernel, powerLawKernel } from "../../../sim/topology/kernels.js";
import { finalSize, waveSpeed } from "../../../sim/worm/predictions.js";

/** Nodes by degree, Poisson with this mean. */
function poisson(mean: number): number[] {
	const counts: number[] = [];
	let share = Math.exp(-mean);
	for (let k = 0; k < 100; share *= mean / ++k) counts.push(share * 1e6);
	return counts;
}

test("final size of Poisson graphs is that of the well-mixed model: S = 1 - exp(-R0 S)", (t) => {
	for (const [r0, size] of [
		[0.9, 0],
		[1.1, 0.1761],
		[1.5, 0.5828],
		[2, 0.7968],
		[3, 0.9405],
	] as const) {
		for (const transmissibility of [0.2, 0.5, 1]) {
			const found = finalSize(poisson(r0 / transmissibility), transmissibility, 0, 0);
			t.true(Math.abs(found - size) < 1e-4, `${r0} ${transmissibility}: ${found}`);
		}
	}
});

test("immune nodes: the same graph with fewer of them, and none left over above the critical share", (t) => {
	// Poisson again: those who are not immune have links to (1 - immune) of the nodes.
	for (const immune of [0.2, 0.5, 0.7]) {
		const found = finalSize(poisson(6), 0.5, immune, 0) / (1 - immune);
		const alone = finalSize(poisson(6 * (1 - immune)), 0.5, 0, 0);
		t.true(Math.abs(found - alone) < 1e-5, `${immune}: ${found}, ${alone}`);
	}
	t.true(finalSize(poisson(6), 0.5, 0.7, 0) < 1e-6);
});

test("a graph in which all have three links: u = 1 - T + T u², so the threshold is at T = 1/2", (t) => {
	const cubic = [0, 0, 0, 1000];
	t.true(finalSize(cubic, 0.49, 0, 0) < 1e-9);
	for (const transmissibility of [0.6, 0.9]) {
		const u = (1 - transmissibility) / transmissibility;
		t.true(Math.abs(finalSize(cubic, transmissibility, 0, 0) - (1 - u ** 3)) < 1e-9);
	}
});

test("those infected first count: small outbreaks have the size initial / (1 - R0)", (t) => {
	const found = finalSize(poisson(1), 0.5, 0, 1e-4);
	t.true(Math.abs(found / 2e-4 - 1) < 0.01, `${found}`);
	t.is(finalSize([10], 1, 0, 0.3), 0.3);
});

test("Gaussian waves: s(λ) = β n exp(σ² λ² / 2) - β - γ, whose tangent through the origin is the speed", (t) => {
	// With p = (β + γ) / (β n): the least of (exp(z² / 2) - p) / z is at (z² - 1) exp(z² / 2) = -p; for p = 1/2 at z = 0.8154.
	const sigma = 30;
	const delay = (s: number): number => 0.2 / (0.2 + 0.6 + s);
	const z = root((x) => (x * x - 1) * Math.exp((x * x) / 2) + 0.5, 0.1, 1);
	const expected = ((Math.exp((z * z) / 2) - 0.5) / z) * 0.2 * 8 * sigma;
	const found = waveSpeed(gaussianKernel(sigma).transform, 8, delay)!;
	t.true(Math.abs(found / expected - 1) < 1e-9, `${found}, ${expected}`);
	// Twice as fast in time and three times as far in space.
	const scaled = waveSpeed(gaussianKernel(3 * sigma).transform, 8, (s) => 0.4 / (0.4 + 1.2 + s))!;
	t.true(Math.abs(scaled / expected / 6 - 1) < 1e-9);
});

test("exponential kernels: by trying every decay up to the kernel's own", (t) => {
	const scale = 25;
	let least = Number.POSITIVE_INFINITY;
	for (let z = 1e-4; z < 1; z += 1e-5)
		least = Math.min(least, ((1.5 * 5) / (1 - z * z) ** 1.5 - 1.5 - 0.5) / (z / scale));
	const found = waveSpeed(exponentialKernel(scale).transform, 5, (s) => 1.5 / (1.5 + 0.5 + s))!;
	t.true(Math.abs(found / least - 1) < 1e-6, `${found}, ${least}`);
});

test("slow growth has the speed of diffusion, 2 sqrt(D r), and heavy tails have no wave", (t) => {
	// n β - β - γ = r = 0.001, and infections that jump by σ at rate n β diffuse with D = σ² n β / 2.
	const found = waveSpeed(gaussianKernel(10).transform, 2.001, (s) => 1 / (2 + s))!;
	const expected = 2 * Math.sqrt(((100 * 2.001) / 2) * 0.001);
	t.true(Math.abs(found / expected - 1) < 1e-3, `${found}, ${expected}`);
	t.is(
		waveSpeed(powerLawKernel(10, 5).transform, 3, (s) => 1 / (2 + s)),
		undefined,
	);
});

function root(f: (x: number) => number, from: number, to: number): number {
	let [low, high] = [from, to];
	for (let i = 0; i < 100; i++) {
		const middle = (low + high) / 2;
		if (f(middle) < 0 === f(low) < 0) low = middle;
		else high = middle;
	}
	return low;
}
