import test from "ava";
import fc from "fast-check";
import {
	chooseRest,
	ESP32_C6_COSTS,
	LEAST_LIGHT_US,
	leastDeepUs,
	type Rest,
	Resting,
	type RestingChip,
	type RestState,
} from "../../../firmware/device/rest.js";

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;

const AT_REST: RestState = {
	gapUs: 20 * SECOND_US,
	isRadioIdle: true,
	isAttached: false,
	losesNothing: true,
	catchUpUs: 75 * SECOND_US,
};

test("between the slots of a round a member sleeps lightly, though it may sleep deeply", (t) => {
	t.is(chooseRest("deep", AT_REST, ESP32_C6_COSTS), "light");
	t.is(chooseRest("deep", { ...AT_REST, gapUs: 600 * SECOND_US }, ESP32_C6_COSTS), "light");
});

test("who would have to listen for more than a round after it sleeps deeply only for most of a day", (t) => {
	const gapUs = leastDeepUs(AT_REST.catchUpUs, ESP32_C6_COSTS);
	t.true(gapUs > 16 * HOUR_US && gapUs < 20 * HOUR_US, `${gapUs}`);
	t.is(chooseRest("deep", { ...AT_REST, gapUs }, ESP32_C6_COSTS), "light");
	t.is(chooseRest("deep", { ...AT_REST, gapUs: gapUs + 1 }, ESP32_C6_COSTS), "deep");
});

test("who need not listen sleeps deeply for minutes", (t) => {
	const state = { ...AT_REST, catchUpUs: 0 };
	t.is(chooseRest("deep", { ...state, gapUs: 150 * SECOND_US }, ESP32_C6_COSTS), "light");
	t.is(chooseRest("deep", { ...state, gapUs: 180 * SECOND_US }, ESP32_C6_COSTS), "deep");
});

for (const [why, state] of [
	["the receiver is on", { isRadioIdle: false }],
	["somebody is on the serial line", { isAttached: true }],
	["the next timer is near", { gapUs: LEAST_LIGHT_US - 1 }],
	["the next timer is late already", { gapUs: -5 }],
] as const) {
	test(`the chip stays awake when ${why}`, (t) => {
		t.is(chooseRest("deep", { ...AT_REST, ...state }, ESP32_C6_COSTS), "none");
	});
}

test("nobody rests more deeply than is allowed, nor deeply with what a start would lose", (t) => {
	const state = fc.record({
		gapUs: fc.integer({ min: -1, max: 100 * HOUR_US }),
		isRadioIdle: fc.boolean(),
		isAttached: fc.boolean(),
		losesNothing: fc.boolean(),
		catchUpUs: fc.integer({ min: 0, max: 100 * SECOND_US }),
	});
	const depths: readonly Rest[] = ["none", "light", "deep"];
	fc.assert(
		fc.property(fc.constantFrom(...depths), state, (most, given) => {
			const rest = chooseRest(most, given, ESP32_C6_COSTS);
			t.true(depths.indexOf(rest) <= depths.indexOf(most));
			if (rest === "deep") t.true(given.losesNothing);
			if (rest !== "none") t.true(given.isRadioIdle && !given.isAttached);
		}),
	);
});

/** A chip that writes down what it is told. */
function recordingChip(): { chip: RestingChip; told: string[] } {
	const told: string[] = [];
	const chip: RestingChip = {
		allowLightSleep(allowed) {
			told.push(`light ${allowed}`);
			return true;
		},
		sleepDeeply(untilUs, kept) {
			told.push(`deep until ${untilUs} with ${kept.join()}`);
		},
		kept: () => undefined,
		beginWatchdog: () => true,
		feedWatchdog() {},
		endWatchdog() {},
	};
	return { chip, told };
}

test("light sleep is allowed once, and no more while somebody is on the serial line", (t) => {
	const { chip, told } = recordingChip();
	let state: Omit<RestState, "gapUs"> = { ...AT_REST, isRadioIdle: false };
	const resting = new Resting(chip, "light", () => state);
	resting.idle(0, 10);
	resting.idle(10, SECOND_US);
	t.deepEqual(told, ["light true"]);
	state = { ...state, isAttached: true };
	resting.idle(20, SECOND_US);
	resting.idle(30, SECOND_US);
	state = { ...state, isAttached: false };
	resting.idle(40, SECOND_US);
	t.deepEqual(told, ["light true", "light false", "light true"]);
});

test("a chip that may not sleep is told nothing", (t) => {
	const { chip, told } = recordingChip();
	const resting = new Resting(chip, "none", () => AT_REST);
	resting.idle(0, 100 * HOUR_US);
	t.deepEqual(told, []);
});

test("deep sleep keeps what it is given, until the next timer; without one there is nothing to wake for", (t) => {
	const { chip, told } = recordingChip();
	const resting = new Resting(
		chip,
		"deep",
		() => AT_REST,
		() => Uint8Array.of(1, 2),
	);
	resting.idle(5, Number.POSITIVE_INFINITY);
	t.deepEqual(told, ["light true"]);
	resting.idle(5, 48 * HOUR_US);
	t.deepEqual(told.slice(1), [`deep until ${48 * HOUR_US} with 1,2`]);
});
