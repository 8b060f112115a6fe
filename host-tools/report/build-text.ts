import type { BuildResult, MachineSize } from "../device/build.js";
import type { FirmwareImage } from "../device/image-folder.js";
import type { MemoryUse } from "../device/memory-use.js";

/** What a build made, for people. */
export function buildText({ image, memory, machine }: BuildResult, folder: string): string {
	const rows = [
		["image", imageRow(image)],
		["flash", `code ${octets(memory.flashCode)}, data ${octets(memory.flashData)}`],
		["static RAM", ramRow(memory)],
		...(memory.sleepRam === 0 ? [] : [["sleep RAM", `${octets(memory.sleepRam)} that deep sleep keeps`]]),
		...(machine === null ? [] : [["XS machine", machineRow(machine)]]),
	];
	const lines = rows.map(([label, text]) => `  ${label!.padEnd(10)}  ${text}\n`).join("");
	const next = `lowguard firmware flash --image ${folder} --port PORT`;
	return `${folder}  for ${image.chip.name}\n\n${lines}\n  next: ${next}\n`;
}

function imageRow({ parts, appPartition }: FirmwareImage): string {
	const total = parts.reduce((sum, { data }) => sum + data.length, 0);
	const sizes = parts.map(({ name, data }) => `${name} ${octets(data.length)}`).join(", ");
	const application = parts.find(({ name }) => name === "application")?.data.length ?? 0;
	const share = ((application / appPartition.bytes) * 100).toFixed(1);
	return `${octets(total)} octets: ${sizes} (${share} % of its partition)`;
}

function ramRow({ ramCode, ramData, ramZeroed, ramTotal }: MemoryUse): string {
	const total = ramTotal === null ? "" : ` of ${octets(ramTotal)}`;
	const sum = octets(ramCode + ramData + ramZeroed);
	return `${sum}${total} octets: code ${octets(ramCode)}, data ${octets(ramData)}, zeroed ${octets(ramZeroed)}`;
}

function machineRow({ chunkBytes, slots, stackSlots, keys, moreKeys, bytes }: MachineSize): string {
	return `${octets(bytes)} octets of heap: chunks ${octets(chunkBytes)}, ${octets(slots)} slots, stack of ${stackSlots}; keys ${keys} + ${moreKeys}`;
}

function octets(count: number): string {
	return count.toLocaleString("en");
}
