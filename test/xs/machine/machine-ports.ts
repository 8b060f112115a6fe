import { type EventTaker, nodeEventSink } from "../../../firmware/device/serial/event-sink.js";
import { CborWriter } from "../../../firmware/frames/cbor.js";
import { CborReader } from "../../../firmware/frames/cbor-reader.js";
import type {
	Battery,
	BlockCipher,
	Cipher,
	Clock,
	Digest,
	FrameReceiver,
	Ports,
	Radio,
	RadioConfig,
	Random,
	Sensor,
	Sink,
	Store,
	Timer,
	TransmitOptions,
	TransmitWaiter,
} from "../../../firmware/ports.js";
import { Post, Query } from "../../../host-tools/xs/mote-protocol.js";

/** What a message takes beside a packet or a blob. */
const OVERHEAD_BYTES = 64;
/** The longest number. */
const ANSWER_BYTES = 16;

/**
 * The ports of a mote in a machine of its own: each passes what the mote asks on to the host.
 *
 * One object stands for all that have no state of their own, since a chip has few slots.
 */
export class MachinePorts implements Ports, Radio, Clock, Store, Battery, Digest, Cipher, EventTaker {
	readonly radio: Radio = this;
	readonly clock: Clock = this;
	readonly store: Store = this;
	readonly battery: Battery = this;
	readonly digest: Digest = this;
	readonly cipher: Cipher = this;
	readonly sink: Sink;
	readonly sensors: readonly Sensor[];
	/** The time of the call that is being answered. */
	timeUs = 0;
	/** Takes received frames. */
	receiver: FrameReceiver | undefined;
	/** Is told of the outcome of the transmission that is under way. */
	waiter: TransmitWaiter | undefined;
	readonly #writer: CborWriter;
	#buffer: Uint8Array;
	readonly #answer = new Uint8Array(ANSWER_BYTES);
	readonly #reader = new CborReader(this.#answer, 0, 0);
	readonly #hash = new Uint8Array(32);
	/** Pending timers: what they are called by, and what they call. */
	readonly #timers: Timer[] = [];
	readonly #callbacks: (() => void)[] = [];
	#lastTimer: Timer = 0;
	#streams = 0;

	/** `packetBytes`: octets of the longest packet; `sensors`: name and unit of each. */
	constructor(packetBytes: number, sensors: readonly (readonly [string, string])[]) {
		this.#buffer = new Uint8Array(packetBytes + OVERHEAD_BYTES);
		this.#writer = new CborWriter(this.#buffer);
		this.sink = nodeEventSink(this);
		this.sensors = sensors.map(([name, unit], index) => new MachineSensor(this, index, name, unit));
	}

	nowUs(): number {
		return this.timeUs;
	}

	at(timeUs: number, callback: () => void): Timer {
		const timer = ++this.#lastTimer;
		this.#timers.push(timer);
		this.#callbacks.push(callback);
		const writer = this.#message(Post.at, 2);
		writer.uint(timer);
		writer.number(timeUs);
		this.#post();
		return timer;
	}

	cancel(timer: Timer): void {
		if (this.#takeTimer(timer) === undefined) return;
		this.#message(Post.cancel, 1).uint(timer);
		this.#post();
	}

	/** A timer's time has come. */
	fire(timer: Timer): void {
		this.#takeTimer(timer)?.();
	}

	#takeTimer(timer: Timer): (() => void) | undefined {
		const at = this.#timers.indexOf(timer);
		if (at < 0) return undefined;
		const callback = this.#callbacks[at]!;
		const lastTimer = this.#timers.pop()!;
		const lastCallback = this.#callbacks.pop()!;
		if (at < this.#timers.length) {
			this.#timers[at] = lastTimer;
			this.#callbacks[at] = lastCallback;
		}
		return callback;
	}

	configure(config: RadioConfig): void {
		const writer = this.#message(Post.configure, 8);
		writer.int(config.channel);
		writer.int(config.panId);
		writer.int(config.shortAddress);
		writer.int(config.extendedHigh);
		writer.int(config.extendedLow);
		writer.number(config.txPowerDbm);
		writer.boolean(config.promiscuous);
		writer.boolean(config.panCoordinator);
		this.#post();
	}

	receive(on: boolean): void {
		this.#message(Post.receive, 1).boolean(on);
		this.#post();
	}

	receiveAt(timeUs: number, durationUs: number): void {
		const writer = this.#message(Post.receiveAt, 2);
		writer.number(timeUs);
		writer.number(durationUs);
		this.#post();
	}

	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: TransmitWaiter): void {
		this.waiter = waiter;
		const writer = this.#message(Post.transmit, 3);
		writer.bytes(psdu);
		writer.boolean(options.cca);
		writer.number(options.atUs);
		this.#post();
	}

	onReceive(receiver: FrameReceiver): void {
		this.receiver = receiver;
	}

	random(purpose: string): Random {
		this.#message(Post.stream, 1).text(purpose);
		this.#post();
		return new MachineRandom(this, this.#streams++);
	}

	/** A number from 0 to `bound` - 1 of a stream; any 32 bits, signed, for a bound of 0. */
	draw(stream: number, bound: number): number {
		const writer = this.#message(Query.draw, 2);
		writer.uint(stream);
		writer.uint(bound);
		return this.#ask().number();
	}

	sha256(bytes: Uint8Array, offset: number, end: number): Uint8Array {
		host.sha256(bytes, offset, end, this.#hash);
		return this.#hash;
	}

	key(key: Uint8Array): BlockCipher {
		return new MachineKey(key);
	}

	level(): number {
		this.#message(Query.level, 0);
		return this.#ask().number();
	}

	/** What a sensor measures. */
	sense(sensor: number): number {
		this.#message(Query.sense, 1).uint(sensor);
		return this.#ask().number();
	}

	get(name: string): Uint8Array | undefined {
		this.#message(Query.size, 1).text(name);
		const bytes = this.#ask().number();
		if (bytes < 0) return undefined;
		const blob = new Uint8Array(bytes);
		this.#message(Query.stored, 1).text(name);
		host.query(this.#buffer, this.#writer.length, blob);
		return blob;
	}

	set(name: string, value: Uint8Array | undefined): boolean {
		this.#makeRoom(name.length + (value?.length ?? 0));
		const writer = this.#message(Query.store, 2);
		writer.text(name);
		if (value === undefined) writer.null();
		else writer.bytes(value);
		return this.#ask().number() === 1;
	}

	begin(): CborWriter {
		return this.#message(Post.event, 1);
	}

	end(): void {
		this.#post();
	}

	/** Tells of the most octets that reassembly took, and when rounds began. */
	report(peakBytes: number, roundsBeganUs: number): void {
		const writer = this.#message(Post.memory, 2);
		writer.uint(peakBytes);
		writer.number(roundsBeganUs);
		this.#post();
	}

	/** Begins a message with so many items after its number. */
	#message(number: number, items: number): CborWriter {
		const writer = this.#writer.reset(this.#buffer);
		writer.array(items + 1);
		writer.uint(number);
		return writer;
	}

	#makeRoom(bytes: number): void {
		if (bytes + OVERHEAD_BYTES > this.#buffer.length) this.#buffer = new Uint8Array(bytes + OVERHEAD_BYTES);
	}

	#post(): void {
		const { length, overflowed } = this.#writer;
		if (overflowed) throw new RangeError(`MachinePorts: a message of ${length} octets`);
		host.post(this.#buffer, length);
	}

	/** Asks what has been written. */
	#ask(): CborReader {
		const bytes = host.query(this.#buffer, this.#writer.length, this.#answer);
		return this.#reader.reset(this.#answer, 0, bytes);
	}
}

class MachineRandom implements Random {
	readonly #ports: MachinePorts;
	readonly #stream: number;

	constructor(ports: MachinePorts, stream: number) {
		this.#ports = ports;
		this.#stream = stream;
	}

	int32(): number {
		return this.#ports.draw(this.#stream, 0);
	}

	below(bound: number): number {
		return this.#ports.draw(this.#stream, bound);
	}
}

class MachineKey implements BlockCipher {
	readonly #key: XsAesKey;

	constructor(key: Uint8Array) {
		this.#key = host.aesKey(key);
	}

	encrypt(block: Uint8Array, offset: number): void {
		host.aesEncrypt(this.#key, block, offset);
	}
}

class MachineSensor implements Sensor {
	readonly name: string;
	readonly unit: string;
	readonly #ports: MachinePorts;
	readonly #index: number;

	constructor(ports: MachinePorts, index: number, name: string, unit: string) {
		this.#ports = ports;
		this.#index = index;
		this.name = name;
		this.unit = unit;
	}

	read(): number {
		return this.#ports.sense(this.#index);
	}
}
