import type { ExecutionContext } from "ava";
import { Board, type BoardOptions } from "../../../../firmware/device/board.js";
import { LoopAir } from "../../../../firmware/device/radio/loop-air.js";
import { SoftwareMac } from "../../../../firmware/device/radio/software-mac.js";
import type { SettingValues } from "../../../../firmware/device/settings/table.js";
import { ACK_WAIT_US } from "../../../../firmware/mac/timing.js";
import type { Clock, Store } from "../../../../firmware/ports.js";
import { hostCipher, hostDigest } from "../../../../host-tools/crypto.js";
import { type Argument, encodeCommand } from "../../../../host-tools/device/board-link.js";
import { frameRecord } from "../../../../host-tools/device/record-stream.js";
import { HandClock } from "../../support/hand-clock.js";
import { SeededRandom } from "../../support/random.js";
import { TestPort } from "./serial-ends.js";

/** A store in memory that outlives the boards that use it. */
export function memoryStore(): Store & { readonly blobs: Map<string, Uint8Array> } {
	const blobs = new Map<string, Uint8Array>();
	return {
		blobs,
		get: (name) => blobs.get(name)?.slice(),
		set(name, value) {
			if (value === undefined) blobs.delete(name);
			else blobs.set(name, value.slice());
			return true;
		},
	};
}

export interface BoardSetup {
	readonly build: SettingValues;
	readonly buildFault?: string;
	readonly canInject?: boolean;
	readonly store?: Store;
	/** Called when the board is to start anew. */
	readonly onRestart?: () => void;
}

/** What a board needs, on an air and a clock that it shares with others. */
export function boardOptions(
	setup: BoardSetup,
	air: LoopAir,
	clock: Clock,
	device: number,
): Omit<BoardOptions, "serial"> {
	const radio = new SoftwareMac({ datagrams: air.join(), clock, device, ackWaitUs: ACK_WAIT_US });
	return {
		build: setup.build,
		...(setup.buildFault !== undefined && { buildFault: setup.buildFault }),
		firmware: "1.2.3-test",
		canInject: setup.canInject ?? false,
		ports: {
			radio,
			clock,
			store: setup.store ?? memoryStore(),
			cipher: hostCipher,
			digest: hostDigest,
			sensors: [{ name: "temp", unit: "Cel", read: () => 21.5 }],
			battery: { level: () => 255 },
			random: (purpose) => new SeededRandom(device * 1000 + purpose.length),
		},
		system: {
			restart: () => setup.onRestart?.(),
			startReason: "power-on",
			radioOverflows: () => radio.overflows,
		},
	};
}

/** A board whose serial line a test holds, started. */
export class TestBoard {
	readonly port = new TestPort();
	readonly board: Board;
	#lastId = 1000;

	constructor(bench: BoardBench, setup: BoardSetup, device: number) {
		const options = boardOptions(setup, bench.air, bench.clock, device);
		this.board = new Board({ ...options, serial: this.port });
		this.board.start();
	}

	/** Sends a command; returns its number. */
	send(code: number, ...args: Argument[]): number {
		const id = ++this.#lastId;
		this.port.send(frameRecord(encodeCommand(code, id, args)));
		return id;
	}

	/** The records of a type, without it. */
	records(type: number): unknown[][] {
		return this.port.records.filter(([found]) => found === type).map((record) => record.slice(1));
	}

	/** Sends a command that is replied to at once; returns the reply's status and result. */
	ask(t: ExecutionContext, code: number, ...args: Argument[]): [status: unknown, result: unknown] {
		const id = this.send(code, ...args);
		const replies = this.repliesTo(id);
		t.is(replies.length, 1);
		return replies[0]!;
	}

	/** Status and result of all replies to a command. */
	repliesTo(id: number): [status: unknown, result: unknown][] {
		return this.records(6)
			.filter(([found]) => found === id)
			.map(([, status, result]) => [status, result]);
	}
}

/** Boards on one virtual air, at a clock that a test moves. */
export class BoardBench {
	readonly clock = new HandClock();
	readonly air = new LoopAir();
	#devices = 0;

	add(setup: BoardSetup): TestBoard {
		return new TestBoard(this, setup, ++this.#devices);
	}
}
