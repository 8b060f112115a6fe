import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linkModules } from "./linking.js";
import { check, type Sdk } from "./sdk.js";

/** A build that is generated and read, without the tools of the chip. */
interface Generated {
	/** Behind `mcconfig -p`. */
	readonly platform: string;
	/** Folder of what is generated, below `tmp/esp32`. */
	readonly folder: string;
	/** Folder of the chip's project in it. */
	readonly project: string;
	/** Lines that its configuration of ESP-IDF must have. */
	readonly configuration: readonly string[];
	/** Modules and native code that its makefile must name, and what it must not. */
	readonly names: readonly string[];
	readonly namesNot: readonly string[];
}

const WATCHDOG = [
	"CONFIG_ESP_TASK_WDT_EN=y",
	"CONFIG_ESP_TASK_WDT_INIT=y",
	"CONFIG_ESP_TASK_WDT_PANIC=y",
	"CONFIG_ESP_TASK_WDT_TIMEOUT_S=10",
];
const OWN_RADIO = [...WATCHDOG, "CONFIG_IEEE802154_ENABLED=y", "CONFIG_ESP_COEX_SW_COEXIST_ENABLE=n"];
const OF_154 = ["radio154-xs.c.o", "moddable/radio154/radio-154.xsb", "chip-clock.c.o", "chip-base-xs.c.o"];
const OF_UART = ["~.embedded/io/serial.xsb", "moddable/host/serial.xsb"];
const OF_WIFI = ["~.embedded/io/socket/udp.xsb", "moddable/host/datagrams.xsb", "wifi-esp32.c.o"];
/** Chunks, slots and stack as on the SDK's targets for these chips, and none to grow by. */
const CREATION = "CREATION = -c 61440,0,6144,0,640,32,32,53,3,1024,17,0,firmware/device/main,0";

const BUILDS: readonly Generated[] = [
	{
		platform: "esp32/esp32c6",
		folder: "esp32c6",
		project: "xsProj-esp32c6",
		configuration: OWN_RADIO,
		names: [...OF_154, ...OF_UART],
		namesNot: [...OF_WIFI, "usb-console-xs.c.o"],
	},
	{
		platform: "esp32/esp32c6_cdc",
		folder: "esp32c6_cdc",
		project: "xsProj-esp32c6",
		configuration: OWN_RADIO,
		names: [...OF_154, "usb-console-xs.c.o"],
		namesNot: OF_WIFI,
	},
	{
		platform: "esp32:./firmware/device/targets/lowguard_h2",
		folder: "lowguard_h2",
		project: "xsProj-esp32h2",
		configuration: OWN_RADIO,
		names: [...OF_154, ...OF_UART],
		namesNot: [...OF_WIFI, "usb-console-xs.c.o"],
	},
	{
		platform: "esp32",
		folder: "",
		project: "xsProj-esp32",
		configuration: WATCHDOG,
		names: [...OF_WIFI, "chip-clock.c.o", "chip-base-xs.c.o"],
		namesNot: ["radio154-xs.c.o", "moddable/radio154/radio-154.xsb"],
	},
];

/** Generates the builds for chips, reads what came of it, links their modules, and returns a line for each. */
export async function checkGeneration(sdk: Sdk): Promise<string[]> {
	const lines: string[] = [];
	for (const build of BUILDS) {
		const output = await sdk.mcconfig(build.platform, []);
		const folder = join(output, "tmp/esp32", build.folder, "release/lowguard");
		const makefile = readFileSync(join(folder, "makefile"), "utf8");
		const configuration = readFileSync(join(folder, build.project, "sdkconfig.mc"), "utf8").split("\n");
		for (const line of build.configuration) {
			check(
				configuration.includes(line),
				`${build.platform}: expected ${line} in ${build.project}/sdkconfig.mc`,
			);
		}
		check(makefile.includes(CREATION), `${build.platform}: expected in its makefile ${CREATION}`);
		for (const name of build.names) {
			check(makefile.includes(name), `${build.platform}: expected ${name} in its makefile`);
		}
		for (const name of build.namesNot) {
			check(!makefile.includes(name), `${build.platform}: expected no ${name} in its makefile`);
		}
		const modules = makefile.match(/^\t\$\(MODULES_DIR\)\/firmware\/.*\.xsb/gm)?.length ?? 0;
		const linked = await linkModules(sdk, makefile, join(folder, "linked"));
		lines.push(
			`${build.platform}: ${modules} modules of the firmware, configuration as expected, linked: ${linked}`,
		);
	}
	return lines;
}
