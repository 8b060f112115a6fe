import test from "ava";
import { macChecks, macMalformed } from "../../../host-tools/conformance/mac.js";
import type { MacVector } from "../../../host-tools/conformance/mac-vector.js";

/** The command frame of IEEE 802.15.4, annex C.2.3, in the format of the conformance files. */
const FRAME = {
	input: "2bdc842143020000000048deacffff010000000048deac060500000001d84fde529061f9c6f1",
	fcs: "e44f",
	crypto: {
		key: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		nonce: "acde4800000000010000000506",
		plaintext: "01ce",
		srcEui64: "acde480000000001",
	},
	expect: {
		frameType: "command",
		securityEnabled: true,
		framePending: false,
		ackRequest: true,
		panIdCompression: false,
		frameVersion: 1,
		seqSuppressed: false,
		iePresent: false,
		dstAddrMode: 3,
		srcAddrMode: 3,
		seq: 0x84,
		dstPan: 0x4321,
		dstAddr: "acde480000000002",
		srcPan: 0xffff,
		srcAddr: "acde480000000001",
		security: {
			level: 6,
			keyIdMode: 0,
			frameCounterSuppressed: false,
			frameCounter: 5,
			keySource: null,
			keyIndex: null,
			micLength: 8,
		},
		headerIes: [],
		headerLength: 28,
		payload: "01d8",
		mic: "4fde529061f9c6f1",
	},
} satisfies MacVector;

const BEACON = {
	input: "128c810122334110efcdab8967452301",
	expect: {
		beaconOrder: 2,
		superframeOrder: 1,
		finalCapSlot: 12,
		batteryLifeExtension: false,
		panCoordinator: false,
		associationPermit: true,
		gtsPermit: true,
		gts: [{ addr: "3322", start: 1, length: 4 }],
		pendingShort: [] as string[],
		pendingExt: ["0123456789abcdef"],
	},
} satisfies MacVector;

const COMMAND = {
	input: "08cdab34120b785602",
	expect: {
		command: 8,
		name: "coordinator-realignment",
		panId: "abcd",
		coordinator: "1234",
		channel: 11,
		device: "5678",
		page: 2,
	},
} satisfies MacVector;

for (const [kind, vector] of [
	["mac-frame", FRAME],
	["mac-header", FRAME],
	["mac-beacon-payload", BEACON],
	["mac-command-payload", COMMAND],
] as const) {
	test(`${kind}: a right vector holds, and each wrong field is told`, (t) => {
		const check = macChecks[kind]!;
		t.is(check(vector), undefined);
		for (const [name, value] of Object.entries(vector.expect)) {
			const wrong = typeof value === "number" ? value ^ 1 : value === true ? false : "00";
			const result = check({ ...vector, expect: { ...vector.expect, [name]: wrong } });
			t.is(typeof result, "string", name);
			t.true(result?.includes(name), `${name}: ${result}`);
		}
	});
}

test("a wrong FCS, nonce, key or plaintext is told", (t) => {
	const check = macChecks["mac-frame"]!;
	const { crypto } = FRAME;
	t.regex(check({ ...FRAME, fcs: "4fe4" }) ?? "", /^fcs: expected 4fe4, got e44f/);
	t.regex(check({ ...FRAME, crypto: { ...crypto, nonce: "00" } }) ?? "", /^crypto.nonce/);
	t.regex(check({ ...FRAME, crypto: { ...crypto, plaintext: "01cf" } }) ?? "", /^crypto.plaintext/);
	t.regex(check({ ...FRAME, crypto: { ...crypto, key: "00".repeat(16) } }) ?? "", /mac-security-failed/);
});

test("malformed frames, in the header and behind it", (t) => {
	t.is(macMalformed("4180"), "mac-reserved");
	t.is(macMalformed("418801cdab02"), "mac-truncated");
	t.is(macMalformed("038001cdab020008"), "mac-truncated", "a realignment without its content");
	t.is(macMalformed("038001cdab020011"), "mac-unsupported-command");
	t.is(macMalformed("008001cdab0200ff"), "mac-truncated", "a beacon without its fields");
	t.is(macMalformed("008001cdab0200ffcf0000"), undefined);
	t.is(macMalformed("418801cdab02000100"), undefined);
});
