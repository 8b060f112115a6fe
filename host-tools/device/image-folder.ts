import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileError, systemErrorCode, UserError } from "../errors.js";
import { type Chip, chipByImageId, chipName, FLASHABLE } from "./chips.js";
import { type AppDescription, type EspImage, readEspImage } from "./esp-image.js";
import {
	appPartition,
	otaDataPartition,
	type Partition,
	readPartitionTable,
	TABLE_BYTES,
	TABLE_OFFSET,
	tableEnd,
} from "./partition-table.js";

/** The files of an image, as `mcconfig` names them. */
export const BOOTLOADER = "bootloader.bin";
export const PARTITION_TABLE = "partition-table.bin";
export const APPLICATION = "xs_esp32.bin";

/** Where images are built to, a folder a target. */
export const IMAGES_FOLDER = join("build", "firmware-images");

/** What is written to one place in flash. */
export interface ImagePart {
	/** Such as `application`. */
	readonly name: string;
	readonly offset: number;
	readonly data: Uint8Array;
}

/** A verified image for one chip. */
export interface FirmwareImage {
	readonly folder: string;
	readonly chip: Chip;
	/** The oldest and the newest revision of the chip that it runs on, 100 for each major one. */
	readonly leastRevision: number;
	readonly mostRevision: number;
	/** In the order of their place in flash, apart from each other. */
	readonly parts: readonly ImagePart[];
	/** The flash that the image needs the chip to have, in octets. */
	readonly flashBytes: number;
	readonly flashMode: string | undefined;
	readonly partitions: readonly Partition[];
	/** Where the application goes. */
	readonly appPartition: Partition;
	readonly description: AppDescription | undefined;
}

/** Reads and verifies a folder with bootloader, partition table and application. Throws a UserError. */
export function readImageFolder(folder: string): FirmwareImage {
	const bootloader = readPart(folder, BOOTLOADER);
	const table = readPart(folder, PARTITION_TABLE);
	const application = readPart(folder, APPLICATION);
	const bootloaderImage = verified(folder, BOOTLOADER, bootloader);
	const appImage = verified(folder, APPLICATION, application);
	const chip = sameChip(folder, bootloaderImage, appImage);
	const partitions = readPartitionTable(table);
	if (typeof partitions === "string") throw new UserError(`${join(folder, PARTITION_TABLE)}: ${partitions}`);
	const app = appPartition(partitions);
	if (app === undefined) {
		throw new UserError(
			`${join(folder, PARTITION_TABLE)}: expected a partition for the application, found none`,
		);
	}
	const room = TABLE_OFFSET - chip.bootloaderOffset;
	checkRoom(folder, BOOTLOADER, bootloader, room, "the place in front of the partition table");
	checkRoom(folder, PARTITION_TABLE, table, TABLE_BYTES, "the place in front of the first partition");
	checkRoom(folder, APPLICATION, application, app.bytes, `partition '${app.label}'`);
	const parts: ImagePart[] = [
		{ name: "bootloader", offset: chip.bootloaderOffset, data: bootloader },
		{ name: "partition table", offset: TABLE_OFFSET, data: table },
		{ name: "application", offset: app.offset, data: application },
	];
	const otaData = otaDataPartition(partitions);
	if (otaData !== undefined) {
		const blank = new Uint8Array(otaData.bytes).fill(0xff);
		parts.push({ name: "choice of application", offset: otaData.offset, data: blank });
	}
	const needed = tableEnd(partitions);
	if (needed > bootloaderImage.flashBytes) {
		const { flashBytes } = bootloaderImage;
		const place = join(folder, PARTITION_TABLE);
		throw new UserError(
			`${place}: expected partitions within the ${megabytes(flashBytes)} that the bootloader is made for, found one that ends at ${megabytes(needed)}`,
		);
	}
	return {
		folder,
		chip,
		leastRevision: Math.max(appImage.leastRevision, bootloaderImage.leastRevision),
		mostRevision: Math.min(appImage.mostRevision, bootloaderImage.mostRevision),
		parts: parts.sort((a, b) => a.offset - b.offset),
		flashBytes: bootloaderImage.flashBytes,
		flashMode: bootloaderImage.flashMode,
		partitions,
		appPartition: app,
		description: appImage.description,
	};
}

/** The image to flash when none is named: the only one that was built into `root`. Throws a UserError. */
export function onlyImageFolder(root: string): string {
	const folders = subfolders(root);
	if (folders.length === 1) return folders[0]!;
	if (folders.length === 0) {
		throw new UserError(
			`--image: expected a folder with an image, found nothing, and none in ${root}; make one with 'lowguard firmware build'`,
		);
	}
	throw new UserError(`--image: expected one of ${folders.join(", ")}, found nothing`);
}

function subfolders(root: string): string[] {
	try {
		return readdirSync(root, { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => join(root, name))
			.sort();
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw fileError(root, error);
	}
}

function readPart(folder: string, name: string): Uint8Array {
	const path = join(folder, name);
	try {
		return readFileSync(path);
	} catch (error) {
		if (systemErrorCode(error) !== "ENOENT") throw fileError(path, error);
		const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
		const found = isFolder ? `no ${name} in it` : "none";
		throw new UserError(
			`${folder}: expected a folder with ${BOOTLOADER}, ${PARTITION_TABLE} and ${APPLICATION}, found ${found}; make one with 'lowguard firmware build'`,
			3,
		);
	}
}

function verified(folder: string, name: string, data: Uint8Array): EspImage {
	const image = readEspImage(data);
	if (typeof image !== "string") return image;
	throw new UserError(`${join(folder, name)}: ${image}; build or copy it again`);
}

function sameChip(folder: string, bootloader: EspImage, application: EspImage): Chip {
	const place = join(folder, APPLICATION);
	if (application.imageId !== bootloader.imageId) {
		throw new UserError(
			`${place}: expected an image for ${chipName(bootloader.imageId)} as the bootloader beside it, found one for ${chipName(application.imageId)}; build or copy all three files again`,
		);
	}
	const chip = chipByImageId(application.imageId);
	if (chip !== undefined) return chip;
	throw new UserError(
		`${place}: expected an image for one of ${FLASHABLE}, found one for ${chipName(application.imageId)}`,
	);
}

function checkRoom(folder: string, name: string, data: Uint8Array, room: number, place: string): void {
	if (data.length <= room) return;
	throw new UserError(
		`${join(folder, name)}: expected at most ${room} octets, which ${place} holds, found ${data.length}`,
	);
}

/** A size of flash in words. */
export function megabytes(bytes: number): string {
	const value = bytes / (1 << 20);
	return `${Number.isInteger(value) ? value : value.toFixed(2)} MB`;
}
