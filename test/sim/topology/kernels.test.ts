import test from "ava";
import {
	type DistanceKernel,
	discKernel,
	exponentialKernel,
	gaussianKernel,
	onTorus,
	powerLawKernel,
} from "../../../sim/topology/kernels.js";

const KERNELS: Readonly<Record<string, DistanceKernel>> = {
	gaussian: gaussianKernel(7),
	exponential: exponentialKernel(7),
	"power law": powerLawKernel(7, 3),
	disc: discKernel(7),
};

/** Midpoint sums of a function over distance, each ring with its area. */
function radial(value: (distanceM: number) => number, toM: number): number {
	const step = toM / 20_000;
	let sum = 0;
	for (let r = step / 2; r < toM; r += step) sum += value(r) * 2 * Math.PI * r * step;
	return sum;
}

for (const [name, kernel] of Object.entries(KERNELS)) {
	test(`${name}: the mass within a radius is the integral of the density, and tends to 1`, (t) => {
		for (const radiusM of [1, 5, 20, 100]) {
			const integral = radial((r) => kernel.density(r), radiusM);
			t.true(
				Math.abs(kernel.within(radiusM) - integral) < 1e-4,
				`${radiusM}: ${kernel.within(radiusM)}, ${integral}`,
			);
		}
		t.true(kernel.within(1e7) > 0.999_99 && kernel.within(1e7) <= 1);
		t.is(kernel.within(0), 0);
	});

	test(`${name}: on a torus the integral over the field is 1`, (t) => {
		const wrapped = onTorus(kernel, 30, 12);
		const step = 0.05;
		let sum = 0;
		for (let x = -15 + step / 2; x < 15; x += step)
			for (let y = -6 + step / 2; y < 6; y += step) sum += wrapped.density(Math.hypot(x, y)) * step * step;
		t.true(Math.abs(sum - 1) < 4e-3, `${sum}`);
	});
}

test("transforms are the mean of exp(rate x): by sums over the plane, 1 at rate 0, and infinite for heavy tails", (t) => {
	for (const name of ["gaussian", "exponential", "disc"] as const) {
		const kernel = KERNELS[name]!;
		t.is(kernel.transform(0), 1);
		for (const rate of [0.01, 0.05, 0.1]) {
			// Over the angle, exp(rate r cos) has the mean I0(rate r).
			const mean = radial((r) => kernel.density(r) * bessel(rate * r), name === "disc" ? 7 : 700);
			t.true(
				Math.abs(kernel.transform(rate) / mean - 1) < 1e-3,
				`${name} ${rate}: ${kernel.transform(rate)}, ${mean}`,
			);
		}
	}
	t.is(KERNELS["exponential"]!.transform(1 / 7), Number.POSITIVE_INFINITY);
	t.is(KERNELS["power law"]!.transform(1e-9), Number.POSITIVE_INFINITY);
});

function bessel(z: number): number {
	let sum = 0;
	let term = 1;
	for (let k = 1; term > sum * 1e-16; k++) {
		sum += term;
		term *= (z * z) / (4 * k * k);
	}
	return sum;
}
