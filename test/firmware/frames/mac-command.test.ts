import test from "ava";
import fc from "fast-check";
import {
	decodeMacCommand,
	encodeMacCommand,
	MacCommand,
	MacCommandId,
	macCommandName,
} from "../../../firmware/frames/mac-command.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));

/** Octets, the name, and the fields that differ from a new command (IEEE 802.15.4-2020, 7.5). */
const COMMANDS: readonly (readonly [string, string, Partial<MacCommand>])[] = [
	["01 8c", "association-request", { id: 1, capability: 0x8c }],
	["02 3412 02", "association-response", { id: 2, shortAddress: 0x1234, status: 2 }],
	["03 02", "disassociation", { id: 3, reason: 2 }],
	["04", "data-request", { id: 4 }],
	["05", "pan-id-conflict", { id: 5 }],
	["06", "orphan", { id: 6 }],
	["07", "beacon-request", { id: 7 }],
	[
		"08 cdab 3412 1a 7856",
		"coordinator-realignment",
		{ id: 8, panId: 0xabcd, coordinator: 0x1234, channel: 26, shortAddress: 0x5678 },
	],
	[
		"08 cdab 3412 0b ffff 02",
		"coordinator-realignment",
		{ id: 8, panId: 0xabcd, coordinator: 0x1234, channel: 11, page: 2 },
	],
	["09 32", "gts-request", { id: 9, gtsCharacteristics: 0x32 }],
];

for (const [hex, name, fields] of COMMANDS) {
	test(`${name}, ${hex}`, (t) => {
		const input = bytes(hex);
		const used = new MacCommand();
		// Whatever an earlier frame left behind must be gone.
		decodeMacCommand(bytes("08 1111 2222 33 4444 55"), 0, 9, used);
		const command = decodeMacCommand(input, 0, input.length, used);
		t.is(command, used);
		t.deepEqual(used, Object.assign(new MacCommand(), fields, { next: input.length }));
		t.is(macCommandName(used.id), name);
		const output = new Uint8Array(input.length);
		t.is(encodeMacCommand(used, output, 0), input.length);
		t.deepEqual(output, input);
		const least = fields.page === undefined ? input.length : input.length - 1;
		for (let end = 0; end < least; end++) t.is(decodeMacCommand(input, 0, end), "mac-truncated");
	});
}

test("octets after a command are left to the caller", (t) => {
	const command = decodeMacCommand(bytes("00 04 aabb"), 1, 4) as MacCommand;
	t.is(command.next, 2);
});

test("other commands are refused by name", (t) => {
	t.is(decodeMacCommand(bytes("00"), 0, 1), "mac-reserved");
	t.is(decodeMacCommand(bytes("0a00"), 0, 2), "mac-unsupported-command");
	t.is(decodeMacCommand(bytes("ff00"), 0, 2), "mac-unsupported-command");
});

test("random octets never throw", (t) => {
	const into = new MacCommand();
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 12 }), (input) => {
			const command = decodeMacCommand(input, 0, input.length, into);
			t.true(typeof command === "string" || command.next <= input.length);
		}),
	);
});

test("a caller's mistake is named", (t) => {
	const broken = (fields: Partial<MacCommand>, message: RegExp, room = 20) => {
		const command = Object.assign(new MacCommand(), fields);
		t.throws(() => encodeMacCommand(command, new Uint8Array(room), 0), { instanceOf: RangeError, message });
	};
	broken({ id: 10 as MacCommandId }, /id 1 to 9, got 10/);
	broken({ id: MacCommandId.associationRequest, capability: 256 }, /capability 0 to 255, got 256/);
	broken({ id: MacCommandId.coordinatorRealignment, panId: -1 }, /panId 0 to 65535, got -1/);
	broken({ id: MacCommandId.coordinatorRealignment, page: 256 }, /page/);
	broken({ id: MacCommandId.associationResponse }, /room/, 3);
});
