import test from "ava";
import { type RunOutcome, runScenario } from "../../../host-tools/run/run.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import { FRAGMENT_ATTACKS } from "../../../sim/attacks/index.js";
import { logHash } from "../support/log-hash.js";

/** One run of lab-25 under an attack. */
async function run(kind: string, policy: string, more: readonly string[] = []): Promise<RunOutcome> {
	const set = [
		"durationS=60",
		"traffic[0].stopS=58",
		`reassembly.policy=${policy}`,
		`attacks[0].kind=${kind}`,
	];
	return runScenario(await loadScenario("lab-25", { set: [...set, ...more] }));
}

interface Expectation {
	/** At most this share is delivered under the attack; absent, it does no harm. */
	readonly rfc4944: number;
	readonly riot: number;
	/** Something false is delivered. */
	readonly isFalse?: boolean;
	/** What its airtime alone costs goes beyond a few points: long datagrams, or bursts over honest frames. */
	readonly interferes?: boolean;
	readonly options?: readonly string[];
}

/** More than any attack of those that a defence withstands costs. */
const UNHARMED = 0.9;

/**
 * What each attack does at ten strikes a second, beside the sink: where real RIOT nodes were attacked so, what they
 * suffered or did not.
 */
const EXPECTED: Readonly<Record<string, Expectation>> = {
	// RIOT gives up its oldest entry: 18 to 20 of 20 pings answered.
	"buffer-reservation": { rfc4944: 0.1, riot: 1 },
	// 0 to 1 answered, 19 to 20 of them with altered data.
	"fragment-duplication": { rfc4944: 0.1, riot: 0.3, isFalse: true },
	// None answered, where the next datagram follows within RIOT's time-out; here some do and some do not.
	"early-injection": { rfc4944: 0.6, riot: 0.75 },
	// 20 of 20 answered.
	"header-replay": { rfc4944: 0.2, riot: 1 },
	// 17 to 19 answered under ten times as many.
	"fragn-flood": { rfc4944: 0.1, riot: 1 },
	// None answered.
	"tiny-and-overlapping": { rfc4944: 0.1, riot: 0.1 },
	// 20 of 20 answered: the size is part of the key.
	"size-conflict": { rfc4944: 0.4, riot: 1 },
	"tag-prediction": { rfc4944: 0.1, riot: 0.8 },
	"timeout-abuse": { rfc4944: 0.7, riot: 1 },
	"selective-forwarding": { rfc4944: 0.3, riot: 0.8 },
	framing: { rfc4944: 0.1, riot: 0.8 },
	"on-off": { rfc4944: 0.2, riot: 1, isFalse: true },
	whitewashing: { rfc4944: 0.1, riot: 1, isFalse: true },
	sybil: { rfc4944: 0.2, riot: 1, isFalse: true },
	"forged-datagram": { rfc4944: 0.3, riot: 1, isFalse: true, interferes: true },
	"datagram-replay": { rfc4944: 0.8, riot: 1, isFalse: true, interferes: true },
	// Repetitions are known by their FCS too.
	"dsn-preemption": { rfc4944: 1, riot: 1 },
	"ack-forgery": { rfc4944: 0.2, riot: 0.4, interferes: true },
	"selective-jamming": { rfc4944: 0.3, riot: 0.6, interferes: true },
	"table-flush": { rfc4944: 0.1, riot: 1 },
	downgrade: { rfc4944: 0.3, riot: 1, isFalse: true },
	adaptive: { rfc4944: 0.1, riot: 0.7 },
};

test("every attack that ships has an expectation", (t) => {
	t.deepEqual([...FRAGMENT_ATTACKS.keys()], Object.keys(EXPECTED));
});

for (const [kind, expected] of Object.entries(EXPECTED)) {
	test(`${kind}: hurts as expected, and its airtime alone does not`, async (t) => {
		for (const policy of ["rfc4944", "riot"] as const) {
			const { summary, lab } = await run(kind, policy);
			const most = expected[policy];
			const text = `${policy}: ${summary.deliveryRatio}`;
			if (most === 1) t.true(summary.deliveryRatio >= UNHARMED, text);
			else t.true(summary.deliveryRatio <= most, text);
			t.deepEqual(lab!.kinds, [kind]);
			if (policy === "riot")
				t.is(lab!.falseDelivered.total > 0, expected.isFalse === true || kind === "adaptive");
		}
		if (expected.interferes === true) return;
		const { summary, lab } = await run(kind, "rfc4944", ["attacks[0].control=true"]);
		t.true(summary.deliveryRatio >= UNHARMED, `control: ${summary.deliveryRatio}`);
		t.true(lab!.control);
		t.is(lab!.falseDelivered.total, 0);
		t.deepEqual(lab!.refused.attackers, {}, "no node takes notice of a foreign PAN");
	});
}

test("beyond the end of a datagram, and early last fragments: RIOT falls as the real one does", async (t) => {
	const beyond = await run("tiny-and-overlapping", "riot", ["attacks[0].shape=beyond"]);
	t.true(beyond.summary.deliveryRatio < 0.1, `${beyond.summary.deliveryRatio}`);
	const early = await run("early-injection", "riot", ["attacks[0].fragment=next"]);
	t.true(early.summary.deliveryRatio < 0.75, `${early.summary.deliveryRatio}`);
	// An altered copy after each honest fragment comes too late: 17 of 20 answered.
	const copy = await run("fragment-duplication", "riot", ["attacks[0].fragment=copy"]);
	t.true(copy.summary.deliveryRatio > UNHARMED, `${copy.summary.deliveryRatio}`);
});

test("the same seed gives the same log under every attack, another seed another", async (t) => {
	for (const kind of FRAGMENT_ATTACKS.keys()) {
		const load = (seed: number) =>
			loadScenario("lab-25", { seed, set: ["durationS=15", `attacks[0].kind=${kind}`] });
		const hash = logHash(await load(1));
		t.is(logHash(await load(1)), hash, kind);
		t.not(logHash(await load(2)), hash, kind);
	}
});

test("several attacks at once, and several radios of one, do not disturb each other's draws", async (t) => {
	const strikesOf = async (attacks: string, radio: number): Promise<number[]> => {
		const times: number[] = [];
		const loaded = await loadScenario("lab-25", {
			set: ["durationS=20", `attacks=${attacks}`, "traffic=[]"],
		});
		runScenario(loaded, {
			sinks: [
				{
					frameOnAir: (timeUs, node, _channel, _rssiDbm, psdu) => {
						if (node === radio && psdu.length > 20) times.push(timeUs);
					},
				},
			],
		});
		return times;
	};
	const flood = "{kind: fragn-flood, ratePerS: 5, place: {node: 0}}";
	const far = "{kind: buffer-reservation, ratePerS: 3, attackers: 2, place: {node: 24}}";
	const alone = await strikesOf(`[${flood}]`, 25);
	t.true(alone.length > 50);
	t.deepEqual(await strikesOf(`[${flood}, ${far}]`, 25), alone);
	const first = await strikesOf(`[${flood}, ${far}]`, 26);
	const second = await strikesOf(`[${flood}, ${far}]`, 27);
	t.true(first.length > 30 && second.length > 30);
	t.notDeepEqual(first, second);
});

test("start, stop, rate and arrivals are kept", async (t) => {
	for (const arrivals of ["poisson", "periodic"]) {
		const times: number[] = [];
		const attack = `{kind: fragn-flood, ratePerS: 20, arrivals: ${arrivals}, startS: 10, stopS: 50}`;
		const loaded = await loadScenario("lab-25", {
			set: ["durationS=60", `attacks=[${attack}]`, "traffic=[]"],
		});
		runScenario(loaded, {
			sinks: [{ frameOnAir: (timeUs, node) => void (node === 25 && times.push(timeUs)) }],
		});
		t.true(times[0]! >= 10e6 && times.at(-1)! < 50.1e6);
		t.true(Math.abs(times.length - 800) < 4 * Math.sqrt(800), `${times.length}`);
		const gaps = times.slice(1).map((time, i) => time - times[i]!);
		const longest = Math.max(...gaps);
		if (arrivals === "periodic") t.true(longest < 75_000, `${longest}`);
		else t.true(longest > 150_000, `${longest}`);
	}
});

test("an outsider fails where frames are secured, an insider does not", async (t) => {
	const secured = ["node.security.level=1"];
	const outside = await run("buffer-reservation", "rfc4944", secured);
	t.true(outside.summary.deliveryRatio > UNHARMED);
	t.deepEqual(Object.keys(outside.lab!.refused.attackers), ["mac-security-level"]);
	const inside = await run("buffer-reservation", "rfc4944", [...secured, "attacks[0].keys=insider"]);
	t.true(inside.summary.deliveryRatio < 0.1, `${inside.summary.deliveryRatio}`);
	t.deepEqual(Object.keys(inside.lab!.refused.attackers), ["reassembly-full"]);
	// What was recorded keeps its counter.
	const replayed = await run("datagram-replay", "rfc4944", secured);
	t.true(Object.keys(replayed.lab!.refused.attackers).includes("mac-counter-replayed"));
	t.is(replayed.lab!.falseDelivered.total, 0);
});

test("attacks speak the format of the network: chained forgeries hold for nobody, whole datagrams do unkeyed", async (t) => {
	const open = await run("fragment-duplication", "predictive-csm-open");
	t.true(open.summary.deliveryRatio > UNHARMED, `${open.summary.deliveryRatio}`);
	const reasons = Object.keys(open.lab!.refused.attackers);
	t.true(reasons.includes("fragment-gap") || reasons.includes("fragment-mismatch"), reasons.join());
	const forged = await run("forged-datagram", "predictive-csm-open");
	t.true(forged.lab!.falseDelivered.foreign > 100);
	const keyed = await run("forged-datagram", "predictive-csm-keyed");
	t.is(keyed.lab!.falseDelivered.total, 0);
	t.true(keyed.lab!.refused.attackers["fragment-unauthenticated"]! > 100);
	const insider = await run("forged-datagram", "predictive-csm-keyed", ["attacks[0].keys=insider"]);
	t.true(insider.lab!.falseDelivered.foreign > 100);
});
