import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { readEspImage } from "../../../host-tools/device/esp-image.js";
import { onlyImageFolder, readImageFolder } from "../../../host-tools/device/image-folder.js";
import { readPartitionTable } from "../../../host-tools/device/partition-table.js";
import { UserError } from "../../../host-tools/errors.js";
import { scratchFolder } from "../run-cli.js";
import {
	type ImageFiles,
	makeEspImage,
	makeImage,
	makePartitionTable,
	PARTITIONS,
	writeImage,
} from "./make-image.js";

test("an application tells its chip, flash and origin", (t) => {
	t.deepEqual(readEspImage(makeEspImage(13, { isApp: true })), {
		imageId: 13,
		leastRevision: 0,
		mostRevision: 399,
		flashMode: "dio",
		flashBytes: 4 << 20,
		bytes: makeEspImage(13).length,
		description: { project: "xs_esp32", version: "1.2.3", idfVersion: "v6.0.1" },
	});
});

test("an image that names no newest revision runs on all", (t) => {
	const read = readEspImage(makeEspImage(13, { revisions: [1, 0] }));
	t.like(read, { leastRevision: 1, mostRevision: 0xffff });
});

test("what follows an image, such as a signature, is no fault", (t) => {
	const image = makeEspImage(0);
	const read = readEspImage(Buffer.concat([image, Buffer.alloc(4096, 0xff)]));
	t.is(typeof read === "string" ? read : read.bytes, image.length);
});

test("an image that is cut short anywhere is refused", (t) => {
	const image = makeEspImage(16, { bytes: 600 });
	for (let length = 0; length < image.length; length++) {
		t.is(typeof readEspImage(image.subarray(0, length)), "string", String(length));
	}
});

test("an image with any octet changed is refused, or is one of another chip", (t) => {
	const image = makeEspImage(13, { bytes: 600 });
	fc.assert(
		fc.property(fc.nat(image.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
			const changed = Uint8Array.from(image);
			changed[at]! ^= flip;
			const read = readEspImage(changed);
			// Without the flag in octet 23 the hash is no part of the image.
			t.true(typeof read === "string" || at === 23, `${at} ^ ${flip}`);
		}),
	);
});

test("any octets are read without an exception", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
			readEspImage(octets);
			readPartitionTable(octets);
			octets[0] = 0xe9;
			readEspImage(octets);
		}),
	);
	t.pass();
});

test("a partition table is read, its MD5 checked", (t) => {
	const table = makePartitionTable(PARTITIONS);
	t.deepEqual(readPartitionTable(table), PARTITIONS);
	table[5]! ^= 1;
	t.regex(String(readPartitionTable(table)), /MD5 of its rows/);
	t.regex(String(readPartitionTable(table.subarray(0, 100))), /table that ends/);
	t.regex(String(readPartitionTable(new Uint8Array(0xc00).fill(0xff))), /empty table/);
	t.regex(String(readPartitionTable(makeEspImage(13))), /0xaa50 before each row/);
});

test("partitions that overlap, lie on the table or between pages are refused", (t) => {
	const [nvs, phy, app] = PARTITIONS;
	const read = (...partitions: (typeof PARTITIONS)[number][]) =>
		String(readPartitionTable(makePartitionTable(partitions)));
	t.regex(read(nvs!, { ...phy!, offset: 0xe000 }, app!), /'phy_init' behind partition 'nvs', which ends at/);
	t.regex(read({ ...nvs!, offset: 0x8000 }), /'nvs' behind the partition table, which ends at 0x9000/);
	t.regex(
		read(nvs!, { ...app!, offset: 0x18000 }),
		/'factory' at a multiple of 0x10000, found it at 0x18000/,
	);
	t.regex(read({ ...nvs!, offset: 0x9200 }), /'nvs' at a multiple of 0x1000/);
});

/** What is said of a folder with these files. */
function refusal(folder: string, files: ImageFiles): string {
	try {
		readImageFolder(writeImage(folder, files));
	} catch (error) {
		if (error instanceof UserError) return `${error.exitCode} ${error.message}`;
		throw error;
	}
	return "";
}

test("each part of an image goes where its chip looks for it", (t) => {
	const folder = scratchFolder(t);
	const places = [0, 13, 16].map((imageId) => {
		const image = readImageFolder(writeImage(join(folder, String(imageId)), makeImage(imageId)));
		return [image.chip.name, ...image.parts.map(({ offset }) => offset)];
	});
	t.deepEqual(places, [
		["ESP32", 0x1000, 0x8000, 0x10000],
		["ESP32-C6", 0, 0x8000, 0x10000],
		["ESP32-H2", 0, 0x8000, 0x10000],
	]);
});

test("an application beside a choice of applications is chosen", (t) => {
	const partitions = [
		{ label: "nvs", type: 1, subtype: 2, offset: 0x9000, bytes: 0x4000 },
		{ label: "otadata", type: 1, subtype: 0, offset: 0xd000, bytes: 0x2000 },
		{ label: "ota_0", type: 0, subtype: 0x10, offset: 0x10000, bytes: 0x180000 },
		{ label: "ota_1", type: 0, subtype: 0x11, offset: 0x190000, bytes: 0x180000 },
	];
	const { parts, appPartition } = readImageFolder(
		writeImage(scratchFolder(t), makeImage(13, { partitions })),
	);
	t.is(appPartition.label, "ota_0");
	const choice = parts.find(({ offset }) => offset === 0xd000);
	t.is(choice?.data.length, 0x2000);
	t.true(choice?.data.every((octet) => octet === 0xff));
});

test("folders that hold no image say what is missing, and how to get it", (t) => {
	const folder = scratchFolder(t);
	t.regex(refusal(join(folder, "empty"), {}), /^3 .*found no bootloader\.bin in it; make one with 'lowguard/);
	t.throws(() => readImageFolder(join(folder, "none")), { message: /found none; make one with/ });
	const { "xs_esp32.bin": _, ...rest } = makeImage(13);
	t.regex(refusal(join(folder, "part"), rest), /^3 .*found no xs_esp32\.bin in it/);
});

test("damaged and unfit images are refused before a port is opened", (t) => {
	const folder = scratchFolder(t);
	const image = makeImage(13);
	const app = image["xs_esp32.bin"]!;
	const cut = { ...image, "xs_esp32.bin": app.subarray(0, app.length - 100) };
	t.regex(refusal(join(folder, "a"), cut), /^2 .*xs_esp32\.bin: .*cut short; build or copy it again/);
	const mixed = { ...image, "bootloader.bin": makeEspImage(16) };
	t.regex(
		refusal(join(folder, "b"), mixed),
		/an image for ESP32-H2 as the bootloader beside it, found one for ESP32-C6/,
	);
	const large = { ...image, "bootloader.bin": makeEspImage(13, { bytes: 0x9000 }) };
	t.regex(refusal(join(folder, "c"), large), /bootloader\.bin: expected at most 32768 octets/);
	const [nvs, phy, factory] = PARTITIONS;
	const tight = makeImage(13, {
		partitions: [nvs!, phy!, { ...factory!, bytes: 0x10000 }],
		appBytes: 70_000,
	});
	t.regex(
		refusal(join(folder, "d"), tight),
		/xs_esp32\.bin: expected at most 65536 octets, which partition 'f/,
	);
	const high = makeImage(13, { partitions: [nvs!, phy!, { ...factory!, bytes: 0x400000 }] });
	t.regex(refusal(join(folder, "e"), high), /within the 4 MB .* found one that ends at 4\.06 MB/);
	t.regex(refusal(join(folder, "f"), makeImage(18)), /one of ESP32, .*, found one for ESP32-P4/);
	const long = makeImage(13);
	long["partition-table.bin"] = Buffer.concat([long["partition-table.bin"]!, Buffer.alloc(0x1000)]);
	t.regex(refusal(join(folder, "h"), long), /partition-table\.bin: expected at most 4096 octets/);
	const dataOnly = makeImage(13, { partitions: [nvs!] });
	t.regex(refusal(join(folder, "g"), dataOnly), /expected a partition for the application, found none/);
});

test("the image to flash is the only one that was built", (t) => {
	const folder = scratchFolder(t);
	t.throws(() => onlyImageFolder(join(folder, "none")), { message: /none in .*none; make one with/ });
	writeImage(join(folder, "esp32c6"), {});
	t.is(onlyImageFolder(folder), join(folder, "esp32c6"));
	writeImage(join(folder, "esp32h2"), {});
	t.throws(() => onlyImageFolder(folder), { message: /expected one of .*esp32c6, .*esp32h2, found nothing/ });
});
