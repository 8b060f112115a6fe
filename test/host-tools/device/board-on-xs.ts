import type { ExecutionContext } from "ava";
import { i32be, putI32be } from "../../../firmware/bytes.js";
import { encodeSettings } from "../../../firmware/device/settings/stored.js";
import type { SettingValues } from "../../../firmware/device/settings/table.js";
import type { Timer } from "../../../firmware/ports.js";
import type { XsStats } from "../../../host-tools/xs/limits.js";
import type { XsProcess } from "../../../host-tools/xs/process.js";
import { BoardCall, BoardQuery, BoardSaid } from "../../xs/machine/board-protocol.js";
import { startXs } from "../../xs/support/machines.js";
import { type BoardRunner, CabledBench, CabledBoard } from "./board-on-cable.js";

const ENTRY = "test/xs/machine/board";
const NOTHING = new Uint8Array();

/** Boards on XS, each with the memory of a chip, on the air and the clock of a bench. */
export class XsBench extends CabledBench {
	readonly #xs: XsProcess;
	readonly #ends: string[] = [];
	#machines = 0;

	private constructor(xs: XsProcess) {
		super();
		this.#xs = xs;
	}

	/** Undefined, with a loud word, where there is no compiler. */
	static async start(t: ExecutionContext): Promise<XsBench | undefined> {
		const xs = await startXs(t, { modules: [ENTRY] });
		return xs === undefined ? undefined : new XsBench(xs);
	}

	/** Why machines ended that should not have. */
	get ends(): readonly string[] {
		return this.#ends;
	}

	protected override check(): void {
		if (this.#ends.length > 0) throw new Error(`a machine ended: ${this.#ends.join(", ")}`);
	}

	/** What the machine that was created last used. */
	get stats(): XsStats {
		return this.#xs.stats(this.#machines - 1);
	}

	/** A board on XS at the end of a cable; its flash outlives its restarts. */
	plugInXs(t: ExecutionContext, build: SettingValues, canInject = false): Promise<CabledBoard> {
		const flash = new Map<string, Uint8Array>();
		return CabledBoard.plugIn(t, (send, restart) => {
			const runner = new XsRunner(this, this.#xs, this.#machines++, flash, send, restart, this.#ends);
			runner.create(build, canInject);
			return runner;
		});
	}
}

class XsRunner implements BoardRunner {
	readonly #bench: XsBench;
	readonly #xs: XsProcess;
	readonly #machine: number;
	readonly #flash: Map<string, Uint8Array>;
	readonly #send: (octets: Uint8Array) => void;
	readonly #restart: () => void;
	readonly #ends: string[];
	readonly #air;
	readonly #call = new Uint8Array(4096);
	readonly #waiting: (() => void)[] = [];
	#timer: Timer = 0;
	#isBusy = false;
	#isOff = false;
	readonly #startUs: number;

	constructor(
		bench: XsBench,
		xs: XsProcess,
		machine: number,
		flash: Map<string, Uint8Array>,
		send: (octets: Uint8Array) => void,
		restart: () => void,
		ends: string[],
	) {
		this.#bench = bench;
		this.#xs = xs;
		this.#machine = machine;
		this.#flash = flash;
		this.#send = send;
		this.#restart = restart;
		this.#ends = ends;
		this.#startUs = bench.clock.nowUs();
		this.#air = bench.air.join();
		this.#air.onDatagram((bytes, length) => this.#do(BoardCall.hear, bytes.slice(0, length)));
		const created = xs.create(machine, ENTRY);
		if ("dead" in created) this.#ends.push(created.dead);
	}

	create(build: SettingValues, canInject: boolean): void {
		const settings = encodeSettings(build);
		const bytes = new Uint8Array(1 + settings.length);
		bytes[0] = canInject ? 1 : 0;
		bytes.set(settings, 1);
		this.#do(BoardCall.create, bytes);
	}

	receive(octets: Uint8Array): void {
		// A machine takes no more than its inbox at once.
		for (let at = 0; at < octets.length; at += 256) this.#do(BoardCall.serial, octets.slice(at, at + 256));
	}

	switchOff(): void {
		this.#isOff = true;
		this.#bench.clock.cancel(this.#timer);
	}

	/** Calls the machine at the bench's time; what others do because of what it says comes after that. */
	#do(kind: number, bytes: Uint8Array): void {
		this.#waiting.push(() => {
			this.#exchange(BoardCall.advance, this.#now());
			this.#exchange(kind, bytes);
		});
		this.#work();
	}

	#work(): void {
		if (this.#isBusy) return;
		this.#isBusy = true;
		for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next();
		this.#isBusy = false;
	}

	#now(): Uint8Array {
		const time = new Uint8Array(4);
		putI32be(time, 0, (this.#bench.clock.nowUs() - this.#startUs) | 0);
		return time;
	}

	#exchange(kind: number, bytes: Uint8Array): void {
		if (this.#isOff) return;
		this.#call[0] = kind;
		this.#call.set(bytes, 1);
		const said: Uint8Array[] = [];
		const outcome = this.#xs.call(this.#machine, this.#call, 1 + bytes.length, {
			post: (message) => said.push(message.slice()),
			query: (message) => this.#answer(message),
		});
		if ("dead" in outcome) {
			this.#ends.push(outcome.dead);
			this.switchOff();
			return;
		}
		for (const message of said) this.#hear(message);
	}

	#hear(message: Uint8Array): void {
		const bytes = message.subarray(1);
		const { clock } = this.#bench;
		if (message[0] === BoardSaid.datagram) this.#air.send(bytes, bytes.length);
		else if (message[0] === BoardSaid.serial) this.#send(bytes);
		else if (message[0] === BoardSaid.restart) clock.at(clock.nowUs(), this.#restart);
		else {
			clock.cancel(this.#timer);
			if (this.#isOff) return;
			this.#timer = clock.at(this.#startUs + (i32be(bytes, 0) >>> 0), () =>
				this.#do(BoardCall.advance, this.#now()),
			);
		}
	}

	#answer(message: Uint8Array): Uint8Array {
		const end = 2 + message[1]!;
		const name = Buffer.from(message.subarray(2, end)).toString("latin1");
		const blob = this.#flash.get(name);
		if (message[0] === BoardQuery.size) {
			const size = new Uint8Array(4);
			putI32be(size, 0, blob?.length ?? -1);
			return size;
		}
		if (message[0] === BoardQuery.read) return blob!;
		if (message[0] === BoardQuery.write) this.#flash.set(name, message.slice(end));
		else this.#flash.delete(name);
		return NOTHING;
	}
}
