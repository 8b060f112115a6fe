import type { CborWriter } from "../frames/cbor.js";
import { Mote } from "../mote/mote.js";
import { FIRMWARE_PARTS } from "../mote/parts.js";
import type { Ports } from "../ports.js";
import { Workspace } from "../workspace.js";
import { writeCounters, writeInfo } from "./serial/board-report.js";
import { Commands, type CommandTarget } from "./serial/commands.js";
import { Console } from "./serial/console.js";
import { ConsoleRadio } from "./serial/console-radio.js";
import { nodeEventSink } from "./serial/event-sink.js";
import { Injection } from "./serial/injection.js";
import { type BoardState, COUNTERS, Direction, RecordType, Severity } from "./serial/records.js";
import type { SerialPort } from "./serial/serial-port.js";
import { StagedSettings } from "./serial/staged-settings.js";
import { resolveSettings, type Settings } from "./settings/parse.js";
import { motePlanOf, sensingPlanOf } from "./settings/plan.js";
import { loadSettings } from "./settings/stored.js";
import type { SettingValues } from "./settings/table.js";

/** Between two records of counters. */
const COUNTERS_PERIOD_US = 10_000_000;
/** Octets of a packet buffer: more than any packet that settings allow. */
const BUFFER_BYTES = 2048;
const IPV6_AND_UDP_BYTES = 48;
const NO_ADDRESS = 0xfffe;
const BROADCAST_PAN = 0xffff;
/** Where a board without settings listens. */
const DEFAULT_CHANNEL = 26;

/** What a board can do besides the ports of its node. */
export interface BoardSystem {
	/** Starts the board anew, with its settings read again. */
	restart(): void;
	/** Why it started, such as `power-on` or `watchdog`. */
	readonly startReason?: string;
	/** Frames that the radio received and had no room for. */
	radioOverflows?(): number;
	/** Memory of the JavaScript engine in use, in octets. */
	chunkBytes?(): number;
	slotBytes?(): number;
}

export interface BoardOptions {
	/** Settings of the build; what was provisioned counts before them. */
	readonly build: SettingValues;
	/** Why the build's own settings are none: with those that were provisioned alone, a node might run without its keys. */
	readonly buildFault?: string | undefined;
	/** Version of the firmware. */
	readonly firmware: string;
	/** The node's ports; its events go to the console. */
	readonly ports: Omit<Ports, "sink">;
	readonly serial: SerialPort;
	readonly system: BoardSystem;
	/** Whether the console may send frames of others. */
	readonly canInject: boolean;
}

/**
 * A board: a node with a console on a serial port, on whatever brings the ports, a chip or a workbench.
 *
 * With settings that no node can run on there is the console alone, over which others are provisioned. What comes over
 * the line never throws.
 */
export class Board implements CommandTarget {
	readonly settings: StagedSettings;
	readonly injection: Injection | undefined;
	/** What the node runs on; undefined where they are no settings for one. */
	readonly resolved: Settings | undefined;
	readonly options: BoardOptions;
	readonly console: Console;
	readonly radio: ConsoleRadio;
	#mote: Mote | undefined;
	#fault: string | undefined;
	#state: BoardState = "unconfigured";
	readonly #onCounters = (): void => this.tellCounters();

	/** Throws nothing for bad settings: see {@link fault}. */
	constructor(options: BoardOptions) {
		const { build, buildFault, ports, serial, canInject } = options;
		const { clock, store } = ports;
		this.options = options;
		this.settings = new StagedSettings(build, store);
		this.console = new Console(serial, clock, (code, id, args, count) => {
			commands.execute(code, id, args, count);
		});
		const commands = new Commands(this.console, this);
		this.radio = new ConsoleRadio(ports.radio, clock, (timeUs, isSent, channel, rssiDbm, lqi, psdu) => {
			this.tellFrame(timeUs, isSent, channel, rssiDbm, lqi, psdu);
		});
		if (canInject) {
			this.injection = new Injection(this.radio, clock, (id, outcome, beganUs) => {
				commands.tellInjected(id, outcome, beganUs);
			});
		}
		try {
			if (buildFault !== undefined) throw new RangeError(buildFault);
			this.resolved = resolveSettings(build, loadSettings(store));
			this.#mote = this.makeMote(this.resolved);
		} catch (error) {
			this.lose(error);
		}
	}

	/** The node with its applications; undefined where the settings allow none. */
	get mote(): Mote | undefined {
		return this.#mote;
	}

	/** Why there is no node; undefined where there is one. */
	get fault(): string | undefined {
		return this.#fault;
	}

	get state(): BoardState {
		return this.#state;
	}

	/** Starts the node, and greets whoever listens. Throws nothing for bad settings and spoiled counters. */
	start(): void {
		const { mote, resolved } = this;
		try {
			const sensing = resolved === undefined ? null : sensingPlanOf(resolved);
			// Before the node, which sends as soon as it runs: packs that are too long show here.
			if (sensing !== null) mote?.startSensing(sensing);
			mote?.start();
			if (mote !== undefined) this.#state = "running";
		} catch (error) {
			this.lose(error);
		}
		this.writeInfo(this.console.output.open(RecordType.hello, 1));
		this.console.output.close(true);
		if (this.fault !== undefined) this.tell(Severity.error, this.fault);
		this.scheduleCounters();
	}

	/** Tells people something over the console. */
	tell(severity: Severity, text: string): void {
		this.console.tell(severity, text);
	}

	writeInfo(cbor: CborWriter): void {
		writeInfo(this, cbor);
	}

	writeCounters(cbor: CborWriter): void {
		writeCounters(this, cbor);
	}

	/** Shows the frames of the node, or stops the node and shows all on a channel. */
	startSniffing(all: boolean, channel: number | undefined): string | undefined {
		if (!all) {
			if (channel !== undefined) return "expected the channel of the node for its own frames";
			if (this.#state === "sniffing") return "expected a node that runs: stop sniffing first";
		} else this.sniffAll(channel ?? this.resolved?.channel ?? DEFAULT_CHANNEL);
		this.radio.taps = true;
		return undefined;
	}

	stopSniffing(): boolean {
		this.radio.taps = false;
		return this.#state === "sniffing";
	}

	sendDatagram(destination: Uint8Array, bytes: number): string | undefined {
		const { mote, resolved } = this;
		if (mote === undefined || resolved === undefined || this.#state !== "running")
			return "expected a node that runs";
		const most = resolved.maxPacketBytes - IPV6_AND_UDP_BYTES;
		if (bytes > most) return `expected at most ${most} octets, got ${bytes}`;
		const { clock } = this.options.ports;
		const to = destination.slice();
		// From a timer: a packet's way down to the radio and a command's way up from the line do not fit one stack.
		clock.at(clock.nowUs(), () => mote.sendUdp(to, new Uint8Array(bytes), bytes));
		return undefined;
	}

	restart(): void {
		this.options.system.restart();
	}

	private makeMote(settings: Settings): Mote {
		const sink = nodeEventSink(this.console.output);
		const ports: Ports = { ...this.options.ports, radio: this.radio, sink };
		return new Mote(motePlanOf(settings), ports, new Workspace(BUFFER_BYTES), FIRMWARE_PARTS);
	}

	/** Goes on without a node. */
	private lose(error: unknown): void {
		this.#fault = error instanceof Error ? error.message : String(error);
		this.#mote?.stop();
		this.#mote = undefined;
	}

	/** A radio that takes every frame acknowledges none, so that a node could not go on. */
	private sniffAll(channel: number): void {
		if (this.#state === "running") this.mote?.stop();
		this.#state = "sniffing";
		this.radio.detach();
		this.radio.configure({
			channel,
			panId: BROADCAST_PAN,
			shortAddress: NO_ADDRESS,
			extendedHigh: 0,
			extendedLow: 0,
			txPowerDbm: this.resolved?.txPowerDbm ?? 0,
			promiscuous: true,
			panCoordinator: false,
		});
		this.radio.receive(true);
	}

	private tellFrame(
		timeUs: number,
		isSent: boolean,
		channel: number,
		rssiDbm: number,
		lqi: number,
		psdu: Uint8Array,
	): void {
		const { output } = this.console;
		const cbor = output.open(RecordType.frame, 6);
		cbor.number(timeUs);
		cbor.uint(isSent ? Direction.sent : Direction.received);
		cbor.uint(channel);
		if (isSent) {
			cbor.null();
			cbor.null();
		} else {
			cbor.number(rssiDbm);
			cbor.number(lqi);
		}
		cbor.bytes(psdu);
		output.close();
	}

	private tellCounters(): void {
		const { output } = this.console;
		this.writeCounters(output.open(RecordType.counters, 1 + COUNTERS.length));
		output.close();
		this.scheduleCounters();
	}

	private scheduleCounters(): void {
		const { clock } = this.options.ports;
		clock.at(clock.nowUs() + COUNTERS_PERIOD_US, this.#onCounters);
	}
}
