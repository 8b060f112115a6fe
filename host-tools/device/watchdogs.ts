/** Registers of the watchdogs that go on when a chip is brought into its loader over its own USB port. */
interface Watchdogs {
	/** The RTC watchdog: configuration, and the register that unlocks it. */
	readonly config: number;
	readonly protect: number;
	/** The super watchdog, which cannot be switched off but feeds itself. */
	readonly superConfig: number;
	readonly superProtect: number;
	readonly superKey: number;
	readonly feedsItself: number;
}

const KEY = 0x50d83aa1;

/** From the technical reference manuals, chapters Watchdog Timers. */
const WATCHDOGS: Readonly<Record<string, Watchdogs>> = {
	"ESP32-C3": {
		config: 0x60008090,
		protect: 0x600080a8,
		superConfig: 0x600080ac,
		superProtect: 0x600080b0,
		superKey: 0x8f1d312a,
		feedsItself: 2 ** 31,
	},
	"ESP32-S3": {
		config: 0x60008098,
		protect: 0x600080b0,
		superConfig: 0x600080b4,
		superProtect: 0x600080b8,
		superKey: 0x8f1d312a,
		feedsItself: 2 ** 31,
	},
	"ESP32-C6": {
		config: 0x600b1c00,
		protect: 0x600b1c18,
		superConfig: 0x600b1c1c,
		superProtect: 0x600b1c20,
		superKey: KEY,
		feedsItself: 2 ** 18,
	},
	"ESP32-H2": {
		config: 0x600b1c00,
		protect: 0x600b1c1c,
		superConfig: 0x600b1c20,
		superProtect: 0x600b1c24,
		superKey: KEY,
		feedsItself: 2 ** 18,
	},
};

/** Reads and writes the registers of a chip. */
export interface RegisterAccess {
	readReg(address: number): Promise<number>;
	writeReg(address: number, value: number): Promise<void>;
}

/**
 * Keeps the watchdogs of a chip from resetting it while it is flashed over its own USB port.
 *
 * Does nothing for chips without such a port.
 */
export async function calmWatchdogs(chipName: string, registers: RegisterAccess): Promise<void> {
	const dogs = WATCHDOGS[chipName];
	if (dogs === undefined) return;
	await registers.writeReg(dogs.protect, KEY);
	await registers.writeReg(dogs.config, 0);
	await registers.writeReg(dogs.protect, 0);
	await registers.writeReg(dogs.superProtect, dogs.superKey);
	const config = await registers.readReg(dogs.superConfig);
	await registers.writeReg(dogs.superConfig, (config | dogs.feedsItself) >>> 0);
	await registers.writeReg(dogs.superProtect, 0);
}
