import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

// Moddable finds modules by the names of its manifest alone, and tells of one that is missing only when it runs. So the
// manifest is read here as its tool reads it, for each platform, and every import of the firmware is followed.

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PLATFORMS = [
	"lin",
	"esp32",
	"esp32/esp32s3",
	"esp32/esp32c6",
	"esp32/esp32c6_cdc",
	"esp32/lowguard_h2",
];

/** Modules of the SDK that builds may import, by platform. */
const OF_SDK = new Set(["timer", "crypt", "mc/config"]);
const OF_CHIPS = new Set([
	"preference",
	"embedded:io/analog",
	"embedded:provider/builtin",
	"embedded:sensor/Barometer-Humidity-Temperature/BME68x",
	"embedded:sensor/Humidity-Temperature/SHT3x",
	"embedded:sensor/Temperature/TMP117",
]);
const OF_WIFI = new Set(["embedded:io/socket/udp", "embedded:network/interface/wifi"]);
const OF_LINUX = new Set(["file"]);

interface Part {
	readonly include?: string | readonly string[];
	readonly modules?: Readonly<Record<string, string | readonly string[]>>;
}

interface Manifest extends Part {
	readonly config: Readonly<Record<string, unknown>>;
	readonly platforms?: Readonly<Record<string, Part>>;
}

function readManifest(path: string): Manifest {
	return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

const MANIFEST = readManifest(join(ROOT, "manifest.json"));

function list(value: string | readonly string[] | undefined): readonly string[] {
	return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/** The folders that a platform's build names, as `[name, folder]`, those of included manifests of ours among them. */
function folders(platform: string): [string, string][] {
	const found: [string, string][] = [];
	const read = (part: Part, directory: string): void => {
		for (const include of list(part.include)) {
			if (include.startsWith(".")) visit(join(directory, include));
		}
		for (const [name, sources] of Object.entries(part.modules ?? {})) {
			if (!name.startsWith("firmware/")) continue;
			for (const source of list(sources)) {
				found.push([name.replace(/\*$/, ""), resolve(directory, source.replace(/\*$/, ""))]);
			}
		}
	};
	const visit = (path: string): void => {
		const manifest = readManifest(path);
		read(manifest, dirname(path));
		const platforms = manifest.platforms ?? {};
		const key = [platform, `${platform.split("/")[0]}/*`, platform.split("/")[0]!].find(
			(name) => name in platforms,
		);
		if (key !== undefined) read(platforms[key]!, dirname(path));
	};
	visit(join(ROOT, "manifest.json"));
	return found;
}

/** Modules of a platform's build: files by their names. */
function modules(platform: string): Map<string, string> {
	const named = new Map<string, string>();
	for (const [name, folder] of folders(platform)) {
		for (const file of readdirSync(folder)) {
			if (file.endsWith(".js")) named.set(name + file.slice(0, -3), join(folder, file));
		}
	}
	return named;
}

/** What a compiled module imports. */
function imports(file: string): string[] {
	const text = readFileSync(file, "utf8");
	return [...text.matchAll(/^(?:(?:import|export|\}) .*?from|import) "([^"]+)";$/gm)].map(
		(match) => match[1]!,
	);
}

function foldersBelow(folder: string): string[] {
	const below = readdirSync(folder, { withFileTypes: true });
	const own = below.some((entry) => entry.isFile() && entry.name.endsWith(".js")) ? [folder] : [];
	return [...own, ...below.filter((e) => e.isDirectory()).flatMap((e) => foldersBelow(join(folder, e.name)))];
}

for (const platform of PLATFORMS) {
	test(`every import of a build for ${platform} finds its module`, (t) => {
		const named = modules(platform);
		const isChip = platform.startsWith("esp32");
		const hasWifi = isChip && !/c6|h2/.test(platform);
		const seen = new Set<string>();
		const waiting = ["firmware/device/main"];
		for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
			if (seen.has(name)) continue;
			seen.add(name);
			const file = named.get(name);
			if (file === undefined) {
				t.fail(`${name} is in no folder that manifest.json names`);
				continue;
			}
			for (const specifier of imports(file)) {
				if (specifier.startsWith(".")) {
					// XS resolves against the name of the module, not against its file.
					waiting.push(join(dirname(name), specifier).replace(/\.js$/, ""));
				} else {
					const known =
						OF_SDK.has(specifier) ||
						(isChip ? OF_CHIPS.has(specifier) : OF_LINUX.has(specifier)) ||
						(hasWifi && OF_WIFI.has(specifier));
					t.true(known, `${name} imports ${specifier}, which this build has not`);
				}
			}
		}
		t.true(seen.size > 100);
	});
}

test("the manifest names every folder of the firmware, each as the folder is named", (t) => {
	const named = new Map(PLATFORMS.flatMap((platform) => folders(platform).map(([name, f]) => [f, name])));
	for (const folder of foldersBelow(join(ROOT, "build/firmware"))) {
		const path = `${relative(join(ROOT, "build"), folder)}/`;
		const name = named.get(resolve(folder));
		t.not(name, undefined, `${path} is named nowhere`);
		// Those that stand for a part of one host are named after the part.
		if (!/^firmware\/device\/moddable\/.+\/$/.test(path)) t.is(name, path);
	}
});

test("the firmware says the version of the package", (t) => {
	const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
	t.is(MANIFEST.config["version"], version);
});
