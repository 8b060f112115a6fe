import test from "ava";
import fc from "fast-check";
import { parseSetting, parseSettings, resolveSettings } from "../../../../firmware/device/settings/parse.js";
import { redactSettings } from "../../../../firmware/device/settings/redacted.js";
import {
	decodeSettings,
	encodeSettings,
	loadSettings,
	saveSettings,
} from "../../../../firmware/device/settings/stored.js";
import {
	SETTING_KEYS,
	SETTINGS,
	type SettingValues,
	settingKind,
} from "../../../../firmware/device/settings/table.js";
import { storeOf } from "../../support/chains.js";

const KEY = "00112233445566778899aabbccddeeff";

const refuses = (key: string, given: unknown, message: RegExp): [string, unknown, RegExp] => [
	key,
	given,
	message,
];

for (const [key, given, message] of [
	refuses("panId", "banana", /^panId: expected an integer from 0 to 65534, got "banana"$/),
	refuses("panId", 65535, /^panId: expected an integer from 0 to 65534, got 65535$/),
	refuses("channel", 11.5, /^channel: expected an integer from 11 to 26/),
	refuses("channel", "", /^channel: .* got ""$/),
	refuses("channel", " 12", /^channel: /),
	refuses("channel", null, /^channel: .* got null$/),
	refuses("channel", Number.NaN, /^channel: .* got NaN$/),
	refuses("role", "chef", /^role: expected one of sensor, sink, got "chef"$/),
	refuses("trustGate", "yes", /^trustGate: expected true or false, got "yes"$/),
	refuses("prefix", "2001:db8::/48", /^prefix: expected an IPv6 prefix of 64 bits/),
	refuses("contexts", "16=2001:db8::/64", /^contexts: /),
	refuses("contexts", "0=fd00::/8,0=fd00::/8", /^contexts: /),
	refuses("udpGroup", "192.168.0.1", /^udpGroup: expected an IPv4 multicast address, got "192.168.0.1"$/),
	refuses("udpGroup", "239.1.2.03", /^udpGroup: /),
	refuses("chanel", 26, /^chanel: there is no such setting$/),
	refuses("toString", 26, /^toString: there is no such setting$/),
	refuses("__proto__", 26, /^__proto__: there is no such setting$/),
	refuses("nodeId", "x".repeat(500), /^nodeId: .* got 500 characters$/),
	refuses("nodeId", {}, /^nodeId: .* got something of type object$/),
] as const) {
	test(`${key} is refused, and said why: ${typeof given === "number" ? given : JSON.stringify(given).slice(0, 24)}`, (t) => {
		t.throws(() => parseSetting(key, given), { instanceOf: RangeError, message });
	});
}

test("a secret is never repeated in an error", (t) => {
	for (const [key, given] of [
		["networkKey", `${KEY}0`],
		["networkKey", `${KEY.slice(1)}g`],
		["pairKeys", `0x0002=${KEY},0x0002=${KEY}`],
		["pairKeys", `0xffff=${KEY}`],
		["wifiPassword", `${KEY}\n`],
	] as const) {
		const { message } = t.throws(() => parseSetting(key, given), { instanceOf: RangeError });
		t.false(message.includes(KEY.slice(1, 20)), message);
		t.true(message.startsWith(`${key}: expected `), message);
	}
});

test("what a build's configuration gives is read whether it is a number or a text", (t) => {
	const values = parseSettings(
		{
			nodeId: "9",
			channel: 15,
			panId: "0xbeef",
			radio: 154,
			trustGate: "false",
			sensePeriodS: "0.5",
			ssid: "home",
		},
		["ssid"],
	);
	t.deepEqual(values, {
		nodeId: 9,
		channel: 15,
		panId: 0xbeef,
		radio: "154",
		trustGate: false,
		sensePeriodS: 0.5,
	});
});

test("a minus zero is kept as zero, which its encoding needs", (t) => {
	t.true(Object.is(parseSetting("sensePeriodS", -0), 0));
	t.true(Object.is(parseSetting("nodeId", "-0"), 0));
});

test("what was provisioned counts before what was built, and both before the defaults", (t) => {
	const settings = resolveSettings({ nodeId: 1, channel: 15, panId: 7 }, { channel: 20 });
	t.like(settings, { nodeId: 1, channel: 20, panId: 7, role: "sensor", networkKey: null });
});

for (const [name, values, message] of [
	["no number", {}, /^nodeId: expected an integer from 0 to 65532, got none$/],
	[
		"security without a key",
		{ nodeId: 1, securityLevel: 5 },
		/^networkKey: expected one under securityLevel 5, got none$/,
	],
	["a level without MIC", { nodeId: 1, securityLevel: 4, networkKey: KEY }, /^securityLevel: /],
	["a keyed defence without keys", { nodeId: 1, defence: "predictive-csm-keyed" }, /^pairKeys: /],
	["keyed chains without keys", { nodeId: 1, chainFormat: "keyed" }, /^pairKeys: .* chainFormat keyed/],
	["tokens of odd length", { nodeId: 1, tokenBytes: 9 }, /^tokenBytes: /],
	["exponents that cross", { nodeId: 1, minBe: 6 }, /^minBe: expected at most maxBe, 5, got 6$/],
	["a static route to nobody", { nodeId: 1, routing: "static" }, /^nextHopId: /],
	[
		"a round that is too short for its slots",
		{ nodeId: 1, election: "game", roundS: 14 },
		/^roundS: expected at least 14.89 for its phases and slots, got 14$/,
	],
	["clusters without routable addresses", { nodeId: 1, election: "game", prefix: "none" }, /^prefix: /],
] as const) {
	test(`settings that do not go together are refused: ${name}`, (t) => {
		t.throws(() => resolveSettings(values), { instanceOf: RangeError, message });
	});
}

/** Values of each setting, as its kind keeps them. */
const anyValues = fc
	.record(
		{
			nodeId: fc.integer({ min: 0, max: 0xfffc }),
			panId: fc.integer({ min: 0, max: 0xfffe }),
			txPowerDbm: fc.integer({ min: -40, max: 30 }),
			sensePeriodS: fc.double({ min: 0, max: 1e6, noNaN: true }),
			deepSleep: fc.boolean(),
			role: fc.constantFrom("sensor" as const, "sink" as const),
			networkKey: fc.constant(KEY),
			pairKeys: fc.constantFrom(`0x0002=${KEY}`, `02:4c:47:00:00:00:00:07=${KEY},0x0003=${KEY}`),
			wifiSsid: fc.string({ unit: "grapheme-ascii", maxLength: 32 }),
		},
		{ requiredKeys: [] },
	)
	.map((values) => parseSettings(values));

test("settings come back from their blob as they went in, and each set has one encoding", (t) => {
	fc.assert(
		fc.property(anyValues, (values) => {
			const bytes = encodeSettings(values);
			t.deepEqual(decodeSettings(bytes), values);
			const turned = Object.fromEntries(Object.entries(values).reverse()) as SettingValues;
			t.deepEqual(encodeSettings(turned), bytes);
		}),
	);
});

test("keys of the blob stand in the order of their encoding", (t) => {
	const bytes = encodeSettings({ nodeId: 1, role: "sink", panId: 2, minBe: 0 });
	const text = new TextDecoder().decode(bytes);
	const found = ["role", "minBe", "panId", "nodeId"].map((key) => text.indexOf(key));
	t.deepEqual(
		found,
		[...found].sort((a, b) => a - b),
	);
	t.is(bytes[0], 0xa4);
});

test("a blob that was cut, or is something else, is none; settings of other firmware are named", (t) => {
	fc.assert(
		fc.property(anyValues, fc.nat(), (values, cut) => {
			const bytes = encodeSettings(values);
			const short = bytes.subarray(0, cut % bytes.length);
			t.is(decodeSettings(short), undefined);
		}),
	);
	t.is(decodeSettings(Uint8Array.of(0xa0, 0)), undefined);
	// {"chanel": 1}
	const other = Uint8Array.of(0xa1, 0x66, 0x63, 0x68, 0x61, 0x6e, 0x65, 0x6c, 1);
	t.throws(() => decodeSettings(other), { message: /^chanel: there is no such setting$/ });
});

test("any octets are read without a fault other than a named one", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
			try {
				decodeSettings(bytes);
			} catch (error) {
				t.true(error instanceof RangeError);
			}
			t.pass();
		}),
	);
});

test("a new device has none, a spoiled blob is not taken for a new device", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const store = storeOf(blobs);
	t.deepEqual(loadSettings(store), {});
	t.true(saveSettings(store, { nodeId: 4, networkKey: KEY }));
	t.deepEqual(loadSettings(store), { nodeId: 4, networkKey: KEY });
	blobs.set("settings", new Uint8Array(0));
	t.throws(() => loadSettings(store), { instanceOf: RangeError, message: /provision the device again/ });
});

test("what is told of settings has no secret in it", (t) => {
	const values = {
		nodeId: 4,
		networkKey: KEY,
		pairKeys: `0x0002=${KEY},0x0003=${KEY}`,
		wifiSsid: "home",
		wifiPassword: "correct horse",
	};
	t.deepEqual(redactSettings(values), {
		nodeId: 4,
		networkKey: "not shown",
		pairKeys: "2 keys, not shown",
		wifiSsid: "home",
		wifiPassword: "not shown",
	});
	t.false(JSON.stringify(redactSettings(resolveSettings(values))).includes(KEY));
});

test("each setting is described, its default is one of its values, and its kind is found", (t) => {
	for (const key of SETTING_KEYS) {
		const kind = SETTINGS[key];
		t.is(settingKind(key), kind);
		t.true(kind.description.length > 8, key);
		if (kind.fallback !== null) t.is(parseSetting(key, kind.fallback), kind.fallback);
		if (kind.fallback !== null) t.is(parseSetting(key, String(kind.fallback)), kind.fallback);
	}
	t.deepEqual(
		SETTING_KEYS.filter((key) => SETTINGS[key].isSecret),
		["wifiPassword", "pairKeys", "networkKey"],
	);
});
