// What is used of esptool-js 0.7.0. Its own declarations need those of browsers, which nothing here may see.

/** How bytes come to the loader and back. */
export interface LoaderTransport {
	readonly tracing: boolean;
	baudrate: number;
	getInfo(): string;
	getVid(): number | undefined;
	getPid(): number | undefined;
	trace(message: string): void;
	connect(baud?: number): Promise<void>;
	disconnect(): Promise<void>;
	readLoop(): Promise<void>;
	changeBaudrate(baud: number): Promise<boolean>;
	write(packet: Uint8Array): Promise<void>;
	read(timeoutMs: number): Promise<Uint8Array>;
	flushInput(): void;
	drainInput(): Promise<void>;
	peek(): Uint8Array;
	inWaiting(): number;
}

export interface ResetStrategy {
	reset(): Promise<void>;
}

export interface LoaderOptions {
	readonly transport: LoaderTransport;
	readonly baudrate: number;
	readonly terminal: {
		clean(): void;
		write(text: string): void;
		writeLine(text: string): void;
	};
	readonly resetConstructors: {
		classicReset(transport: LoaderTransport, delayMs: number): ResetStrategy;
		usbJTAGSerialReset(transport: LoaderTransport): ResetStrategy;
	};
}

export interface Rom {
	readonly CHIP_NAME: string;
	readonly IMAGE_CHIP_ID: number;
	readMac(loader: ESPLoader): Promise<string>;
}

export class ESPLoader {
	constructor(options: LoaderOptions);
	chip: Rom;
	readonly IS_STUB: boolean;
	readonly FLASH_WRITE_SIZE: number;
	WRITE_BLOCK_ATTEMPTS: number;
	ERASE_WRITE_TIMEOUT_PER_MB: number;
	readonly secureDownloadMode: boolean;
	detectChip(mode: "default_reset" | "no_reset", attempts: number): Promise<void>;
	getSecurityInfo(): Promise<{
		readonly flags: number;
		readonly flashCryptCnt: number;
		readonly parsedFlags: { readonly SECURE_BOOT_EN: boolean };
	}>;
	readReg(address: number): Promise<number>;
	writeReg(address: number, value: number): Promise<void>;
	checkCommand(description: string, op: number, data: Uint8Array): Promise<unknown>;
	runStub(): Promise<Rom>;
	changeBaud(): Promise<void>;
	readFlashId(): Promise<number>;
	eraseFlash(): Promise<unknown>;
	timeoutPerMb(msPerMb: number, bytes: number): number;
	flashDeflBegin(bytes: number, compressedBytes: number, offset: number): Promise<number>;
	flashDeflBlock(block: Uint8Array, sequence: number, timeoutMs: number): Promise<void>;
	flashDeflFinish(reboot: boolean, timeoutMs: number): Promise<void>;
	flashMd5sum(offset: number, bytes: number): Promise<string>;
}
