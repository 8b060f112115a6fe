import test from "ava";
import fc from "fast-check";
import { RandomStream } from "../../../sim/kernel/random.js";
import { LinkTheory } from "../../../sim/worm/link-theory.js";
import { LinkContacts, strikesUntilDistrust, type WormOptions } from "../../../sim/worm/transmission.js";

function linkTransform(options: WormOptions, prr: number, strikes: number, decayPerS = 0): number {
	return new LinkTheory(options, prr).transform(strikes, decayPerS);
}

const OPTIONS: WormOptions = {
	initial: 1,
	place: "random",
	contactsPerS: 2,
	fragments: 1,
	keepsFragments: false,
	patchPerS: 1,
	verifyingShare: 0,
	theta: 0,
	scores: "equal",
	score: 0.5,
	detectionShare: 0,
};

/** Share of drawn links that pass the worm on before an exponential patch, and the mean of exp(-decay delay) over them. */
function drawn(
	options: WormOptions,
	prr: number,
	strikes: number,
	decayPerS: number,
	draws = 20_000,
): number {
	const contacts = new LinkContacts(options);
	let sum = 0;
	for (let i = 0; i < draws; i++) {
		const random = new RandomStream(3, "draw", i);
		const patchS = options.patchPerS === 0 ? 1e9 : random.exponential() / options.patchPerS;
		if (contacts.draw(random, prr, strikes, patchS) === "infected")
			sum += Math.exp(-decayPerS * contacts.atS);
	}
	return sum / draws;
}

test("one fragment, nothing lost, no trust: T = β / (β + γ), and its transform β / (β + γ + s)", (t) => {
	t.is(linkTransform(OPTIONS, 1, Number.POSITIVE_INFINITY), 2 / 3);
	t.is(linkTransform(OPTIONS, 1, Number.POSITIVE_INFINITY, 2), 2 / 5);
	t.is(linkTransform({ ...OPTIONS, patchPerS: 0 }, 1, Number.POSITIVE_INFINITY), 1);
});

test("closed forms: m fragments of which each must come, and a sender with n tries", (t) => {
	// Lost copies thin the contacts: β = r q^m.
	const lossy = { ...OPTIONS, fragments: 3 };
	const beta = 2 * 0.8 ** 3;
	t.true(Math.abs(linkTransform(lossy, 0.8, Number.POSITIVE_INFINITY) - beta / (beta + 1)) < 1e-14);
	// Infection at rate x = r a, detection at rate y = r (1 - a): T_n = x / (x + γ) (1 - (y / (x + y + γ))^n).
	const watched = { ...OPTIONS, detectionShare: 0.3 };
	for (const strikes of [1, 2, 5]) {
		const expected = (1.4 / 2.4) * (1 - (0.6 / 3) ** strikes);
		t.true(Math.abs(linkTransform(watched, 1, strikes) - expected) < 1e-14, `${strikes}`);
	}
	t.is(linkTransform(OPTIONS, 1, 0), 0);
	// Kept fragments of one copy without loss change nothing; a link that carries nothing infects nobody.
	const kept = linkTransform({ ...OPTIONS, fragments: 7, keepsFragments: true }, 1, Number.POSITIVE_INFINITY);
	t.true(Math.abs(kept - 2 / 3) < 1e-15);
	t.is(linkTransform({ ...OPTIONS, keepsFragments: true }, 0, Number.POSITIVE_INFINITY), 0);
	t.is(linkTransform({ ...OPTIONS, detectionShare: 1, patchPerS: 0 }, 1, Number.POSITIVE_INFINITY), 0);
});

test("a hundred fragments: kept ones come after as many contacts as the unluckiest of them needs", (t) => {
	const options = { ...OPTIONS, fragments: 100, keepsFragments: true };
	const z = 2 / 3;
	for (const prr of [0.01, 0.5, 0.99]) {
		let expected = 0;
		for (let contacts = 1; contacts < 3000; contacts++) {
			const within = (1 - (1 - prr) ** contacts) ** 100 - (1 - (1 - prr) ** (contacts - 1)) ** 100;
			expected += within * z ** contacts;
		}
		const found = linkTransform(options, prr, Number.POSITIVE_INFINITY);
		t.true(Math.abs(found - expected) <= 1e-9 * expected + 1e-15, `${prr}: ${found}, ${expected}`);
	}
	t.true(linkTransform({ ...options, keepsFragments: false }, 0.5, Number.POSITIVE_INFINITY) < 1e-29);
});

test("what theory says of a link is what contacts drawn one by one come to", (t) => {
	for (const fragments of [1, 4]) {
		for (const keepsFragments of [false, true]) {
			for (const [prr, detectionShare] of [
				[1, 0],
				[0.6, 0],
				[0.7, 0.2],
				[1, 0.4],
			] as const) {
				for (const strikes of [1, 3, Number.POSITIVE_INFINITY]) {
					const options = { ...OPTIONS, fragments, keepsFragments, detectionShare, patchPerS: 0.5 };
					for (const decay of [0, 1.5]) {
						const theory = linkTransform(options, prr, strikes, decay);
						const found = drawn(options, prr, strikes, decay, 6000);
						const message = JSON.stringify({
							fragments,
							keepsFragments,
							prr,
							detectionShare,
							strikes,
							decay,
						});
						// Values lie in [0, 1]: a deviation of at most 0.0065.
						t.true(Math.abs(found - theory) < 0.024, `${message}: ${found}, ${theory}`);
					}
				}
			}
		}
	}
});

test("a score is halved by each detection until it is below θ; without θ nothing is ever dropped", (t) => {
	t.is(strikesUntilDistrust(0.5, 0), Number.POSITIVE_INFINITY);
	t.is(strikesUntilDistrust(0, 0), Number.POSITIVE_INFINITY);
	t.is(strikesUntilDistrust(0.5, 0.51), 0);
	t.is(strikesUntilDistrust(0.5, 0.5), 1);
	t.is(strikesUntilDistrust(0.5, 0.4), 1);
	t.is(strikesUntilDistrust(0.5, 0.25), 2);
	t.is(strikesUntilDistrust(0.5, 0.15), 2);
	t.is(strikesUntilDistrust(0.5, 0.125), 3);
	t.is(strikesUntilDistrust(1, 1), 1);
});

test("uniform scores: the mean over them, by sums over the score", (t) => {
	fc.assert(
		fc.property(
			fc.double({ min: 0.01, max: 1, noNaN: true }),
			fc.double({ min: 0, max: 1, noNaN: true }),
			(theta, detectionShare) => {
				const options: WormOptions = { ...OPTIONS, scores: "uniform", theta, detectionShare, fragments: 2 };
				const steps = 4000;
				let sum = 0;
				for (let i = 0; i < steps; i++)
					sum += linkTransform(options, 0.9, strikesUntilDistrust((i + 0.5) / steps, theta));
				t.true(Math.abs(new LinkTheory(options, 0.9).mean() - sum / steps) < 1e-3);
			},
		),
		{ numRuns: 40 },
	);
	// Without detection, trust only closes links at once: T (1 - θ).
	const blunt: WormOptions = { ...OPTIONS, scores: "uniform", theta: 0.25 };
	t.true(Math.abs(new LinkTheory(blunt, 1).mean() - (2 / 3) * 0.75) < 1e-14);
});
