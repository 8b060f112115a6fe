import config from "mc/config";
import Timer from "timer";
import type { Ports } from "../ports.js";
import { AlarmClock } from "./alarm-clock.js";
import { MAINS } from "./battery.js";
import { Board, type BoardOptions } from "./board.js";
import { type BuildConfig, readBuildConfig } from "./build-config.js";
import { Faults, textOf } from "./faults.js";
import { HardwareRandom } from "./hardware-random.js";
import { openRadio } from "./moddable/air/open-radio.js";
import { NativeCipher, NativeDigest } from "./moddable/crypt.js";
import { chip } from "./moddable/host/chip.js";
import { openFlash } from "./moddable/host/flash.js";
import { openBattery, openSensors } from "./moddable/host/peripherals.js";
import { restingChip } from "./moddable/host/resting-chip.js";
import { openSerial } from "./moddable/host/serial.js";
import type { OpenedRadio } from "./moddable/host-parts.js";
import { openLoopRadio } from "./moddable/loop-radio.js";
import { TimerAlarm } from "./moddable/timer-alarm.js";
import { Resting, type RestState } from "./rest.js";
import { Severity } from "./serial/records.js";
import type { SerialPort } from "./serial/serial-port.js";
import { resolveSettings, type Settings } from "./settings/parse.js";
import { loadSettings } from "./settings/stored.js";
import { FlashStore } from "./storage/flash-store.js";
import { Watchdog } from "./watchdog.js";

/** Between two meals of the watchdog, which bites after ten seconds. */
const WATCHDOG_PERIOD_US = 2_000_000;
/** What went wrong has this long to reach whoever listens, in milliseconds. */
const LAST_WORDS_MS = 1_000;
/** What was handed to the serial line has this long to leave it: the driver of a USB port keeps some. */
const LINE_MS = 100;
/** Whoever sends something over the serial line is taken to be there for so long. */
const ATTACHED_US = 60_000_000;
/** Of a board without a node; the last number that one can have. */
const NO_NODE = 0xfffc;
/** Speed of the serial line, where it has one. */
const BAUD = 115_200;

/** The firmware of one board: puts together what Moddable gives, and keeps it going. */
class Firmware {
	readonly #faults = new Faults();
	readonly #clock: AlarmClock;
	readonly #store: FlashStore;
	readonly #board: Board;
	readonly #radio: OpenedRadio;
	readonly #resting: Resting;
	#heardUs = -ATTACHED_US;
	/** Something was thrown that nobody caught: nothing runs any more until the restart. */
	#isDown = false;

	constructor() {
		const alarm = new TimerAlarm(() => this.ring());
		const clock = new AlarmClock(alarm);
		this.#clock = clock;
		const store = new FlashStore(openFlash(), clock);
		this.#store = store;
		const build = buildConfig();
		const settings = settingsOf(build, store);
		this.#radio = this.openRadio(settings ?? snifferSettings(build));
		this.#board = new Board(this.boardOptions(build, settings, store));
		this.#resting = new Resting(
			restingChip,
			mostRest(settings),
			() => this.look(settings),
			() => {
				store.flush();
				return new Uint8Array(0);
			},
		);
	}

	start(): void {
		this.#board.start();
		for (const text of this.#faults.texts) this.#board.tell(Severity.error, text);
		new Watchdog(restingChip, this.#clock, WATCHDOG_PERIOD_US).start();
	}

	/** Tells of an error that nobody caught, and starts the board anew. */
	fail(error: unknown): void {
		if (this.#isDown) return;
		this.#isDown = true;
		Timer.set(() => this.restart(), LAST_WORDS_MS);
		this.#board.tell(Severity.error, textOf(error));
	}

	/** Starts the board anew, with what the node has learnt on flash. */
	private restart(): void {
		this.#store.flush();
		chip.restart();
	}

	private ring(): void {
		if (this.#isDown) return;
		try {
			this.#clock.ring();
			this.#resting.idle(this.#clock.nowUs(), this.#clock.nextUs);
		} catch (error) {
			this.fail(error);
		}
	}

	private openRadio(settings: Settings | undefined): OpenedRadio {
		const alone = (): OpenedRadio => openLoopRadio(settings?.nodeId ?? 0, this.#clock);
		if (settings === undefined) return alone();
		return this.#faults.attempt(() => openRadio(settings, this.#clock), alone);
	}

	private boardOptions(build: FoundBuild, settings: Settings | undefined, store: FlashStore): BoardOptions {
		const clock = this.#clock;
		const random = new HardwareRandom((into) => chip.fillRandom(into));
		const ports: Omit<Ports, "sink"> = {
			radio: this.#radio.radio,
			clock,
			store,
			cipher: new NativeCipher(),
			digest: new NativeDigest(),
			sensors: this.ofSettings(settings, (known) => openSensors(known, clock, random), []),
			battery: this.ofSettings(settings, (known) => openBattery(known, () => clock.nowUs()), MAINS),
			random: () => random,
		};
		return {
			build: build.settings,
			buildFault: build.fault,
			firmware: build.version,
			ports,
			serial: this.noticing(openSerial(BAUD)),
			system: {
				restart: () => void Timer.set(() => this.restart(), LINE_MS),
				startReason: chip.startReason(),
				radioOverflows: () => this.#radio.overflows(),
			},
			canInject: build.injects,
		};
	}

	private ofSettings<T>(settings: Settings | undefined, open: (settings: Settings) => T, without: T): T {
		if (settings === undefined) return without;
		return this.#faults.attempt(
			() => open(settings),
			() => without,
		);
	}

	/** The serial line, of which is kept when somebody spoke over it. */
	private noticing(serial: SerialPort): SerialPort {
		return {
			write: (bytes, offset, end) => serial.write(bytes, offset, end),
			onWritable: (handler) => serial.onWritable(handler),
			onBytes: (handler) =>
				serial.onBytes((bytes, offset, end) => {
					this.#heardUs = this.#clock.nowUs();
					handler(bytes, offset, end);
				}),
		};
	}

	private look(settings: Settings | undefined): Omit<RestState, "gapUs"> {
		const { mote } = this.#board;
		return {
			isRadioIdle: this.#radio.isIdle(),
			isAttached: this.#clock.nowUs() - this.#heardUs < ATTACHED_US,
			losesNothing: mote?.node.outbox.length === 0 && mote.readings?.buffer.readings.length === 0,
			catchUpUs: 2_000_000 * (settings?.roundS ?? 0),
		};
	}
}

/** What a build says of itself, or what is wrong with that. */
type FoundBuild = BuildConfig & { readonly fault?: string };

function buildConfig(): FoundBuild {
	try {
		return readBuildConfig(config, chip.ownSettings());
	} catch (error) {
		return { settings: {}, version: String(config["version"] ?? ""), injects: false, fault: textOf(error) };
	}
}

/** What a node would run on; undefined where it cannot, which the board finds as well, and tells. */
function settingsOf(build: FoundBuild, store: FlashStore): Settings | undefined {
	if (build.fault !== undefined) return undefined;
	try {
		return resolveSettings(build.settings, loadSettings(store));
	} catch {
		return undefined;
	}
}

/** What a board whose node cannot run hears others with; undefined where its build does not say that either. */
function snifferSettings({ settings }: FoundBuild): Settings | undefined {
	try {
		return resolveSettings({ ...settings, nodeId: NO_NODE });
	} catch {
		return undefined;
	}
}

/** How deeply a chip may sleep: only members of clusters turn their receivers off. */
function mostRest(settings: Settings | undefined): "none" | "light" | "deep" {
	if (settings === undefined || settings.election === "none" || settings.role === "sink") return "none";
	return settings.deepSleep ? "deep" : "light";
}

/** Starts the firmware; Moddable calls it once. */
export default function main(): void {
	const firmware = new Firmware();
	// What the SDK calls for an exception or a rejection that nobody caught; false keeps the machine alive to tell of it.
	Object.assign(globalThis, {
		abort: (why: string, exception: unknown) => {
			if (!why.startsWith("unhandled")) return undefined;
			firmware.fail(exception ?? why);
			return false;
		},
	});
	firmware.start();
}
