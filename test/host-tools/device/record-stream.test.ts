import test from "ava";
import fc from "fast-check";
import { plainLine, safeText } from "../../../host-tools/device/plain-text.js";
import { frameRecord, RecordStream } from "../../../host-tools/device/record-stream.js";

function stream() {
	const heard: string[] = [];
	const taken = new RecordStream({
		record: (octets) => heard.push(`record ${Buffer.from(octets).toString("hex")}`),
		text: (line) => heard.push(`text ${line}`),
		spoiled: () => heard.push("spoiled"),
	});
	return { taken, heard, push: (text: string | Uint8Array) => taken.push(Buffer.from(text as string)) };
}

const RECORD = fc
	.tuple(fc.integer({ min: 0x81, max: 0x97 }), fc.uint8Array({ maxLength: 300 }))
	.map(([first, rest]) => Uint8Array.of(first, ...rest));

test("records and lines of text come apart, in pieces of any size", (t) => {
	const line = fc.stringMatching(/^[ -~]{4,60}$/).filter((text) => text.trim() === text);
	fc.assert(
		fc.property(
			fc.array(fc.oneof(RECORD, line), { maxLength: 8 }),
			fc.integer({ min: 1, max: 50 }),
			(items, pieceBytes) => {
				const { taken, heard } = stream();
				const octets = Buffer.concat(
					items.map((item) => (typeof item === "string" ? Buffer.from(`${item}\r\n`) : frameRecord(item))),
				);
				for (let at = 0; at < octets.length; at += pieceBytes)
					taken.push(octets.subarray(at, at + pieceBytes));
				t.deepEqual(
					heard,
					items.map((item) =>
						typeof item === "string" ? `text ${item}` : `record ${Buffer.from(item).toString("hex")}`,
					),
				);
			},
		),
	);
});

test("whatever comes, nothing throws, and the record after the next END is read", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 6000 }), RECORD, (garbage, record) => {
			const { taken, heard } = stream();
			taken.push(garbage);
			taken.push(frameRecord(record));
			t.is(heard.at(-1), `record ${Buffer.from(record).toString("hex")}`);
		}),
	);
});

test("a line of text is shown when it ends, not when the next record comes", (t) => {
	const { heard, push } = stream();
	push("ets Jul 29 2019\r\nrst:0x1");
	t.deepEqual(heard, ["text ets Jul 29 2019"]);
});

test("a frame that a restart has cut leaves the text behind it", (t) => {
	const { heard, push } = stream();
	push(Uint8Array.of(0xc0, 0x83, 0x04, 0x1a));
	push("rst:0x15 (USB_UART_CHIP_RESET)\n");
	push(frameRecord(Uint8Array.of(0x82, 1, 2)));
	t.deepEqual(heard, ["text rst:0x15 (USB_UART_CHIP_RESET)", "record 820102"]);
});

test("nothing that a terminal would obey comes through", (t) => {
	t.is(safeText("a\x1b[31mb\x08c\u202ed"), "ab c d");
	t.is(plainLine("\x1b[0;31mE (31) boot: bad\x1b[0m\r"), "E (31) boot: bad");
	t.is(plainLine("\x01\x02x\x03"), undefined);
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
			for (const shown of [safeText(text), plainLine(text) ?? ""])
				t.false(/[\p{Cc}\p{Cf}]/u.test(shown), shown);
		}),
	);
});
