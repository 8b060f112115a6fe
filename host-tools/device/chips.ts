/** A chip family that Lowguard's firmware can be flashed on. */
export interface Chip {
	/** As its maker writes it. */
	readonly name: string;
	/** `chip_id` in the header of its images (ESP-IDF, `esp_app_format.h`). */
	readonly imageId: number;
	/** Where its ROM looks for the second-stage bootloader in flash. */
	readonly bootloaderOffset: number;
	/** The name that `lowguard firmware build --target` takes. */
	readonly target: string;
}

const CHIPS: readonly Chip[] = [
	{ name: "ESP32", imageId: 0, bootloaderOffset: 0x1000, target: "esp32" },
	{ name: "ESP32-S2", imageId: 2, bootloaderOffset: 0x1000, target: "esp32s2" },
	{ name: "ESP32-C3", imageId: 5, bootloaderOffset: 0, target: "esp32c3" },
	{ name: "ESP32-S3", imageId: 9, bootloaderOffset: 0, target: "esp32s3" },
	{ name: "ESP32-C6", imageId: 13, bootloaderOffset: 0, target: "esp32c6" },
	{ name: "ESP32-H2", imageId: 16, bootloaderOffset: 0, target: "esp32h2" },
];

/** Names of the other families, for messages only. */
const OTHERS: ReadonlyMap<number, string> = new Map([
	[12, "ESP32-C2"],
	[18, "ESP32-P4"],
	[20, "ESP32-C61"],
	[23, "ESP32-C5"],
	[25, "ESP32-H21"],
	[28, "ESP32-H4"],
]);

/** The chip whose images carry `imageId`; undefined for one that Lowguard has no firmware for. */
export function chipByImageId(imageId: number): Chip | undefined {
	return CHIPS.find((chip) => chip.imageId === imageId);
}

/** What to call the chip whose images carry `imageId`. */
export function chipName(imageId: number): string {
	return chipByImageId(imageId)?.name ?? OTHERS.get(imageId) ?? `a chip with image id ${imageId}`;
}

/** The names of all chips that can be flashed. */
export const FLASHABLE = CHIPS.map(({ name }) => name).join(", ");
