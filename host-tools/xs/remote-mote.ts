import { CborMajor, CborWriter } from "../../firmware/frames/cbor.js";
import { CborReader } from "../../firmware/frames/cbor-reader.js";
import { plannedPrefix } from "../../firmware/mote/addresses.js";
import { addressOfPlan } from "../../firmware/mote/node-config-of.js";
import type { MotePlan, SensingPlan } from "../../firmware/mote/plan.js";
import { addressUnder, linkLocalOf } from "../../firmware/net/addresses.js";
import type { Ports, Random, Timer } from "../../firmware/ports.js";
import type { SimulatedMote } from "../../sim/simulated-mote.js";
import { EventDecoder } from "./event-decoder.js";
import type { Machine } from "./machine.js";
import { Call, OUTCOMES, Post, Query } from "./mote-protocol.js";
import { writePlain } from "./plain-data.js";
import type { XsHandler } from "./process.js";

/** What a call takes at the beginning; it grows with what is called. */
const BUFFER_BYTES = 2048;

/**
 * A mote that runs in a machine of its own, on the ports of a simulation.
 *
 * Whatever it asks of its ports is done in the order in which it does, before the call ends: the simulation cannot tell
 * it from a mote of its own. When its machine ends, `onEnd` is told why, once, and the mote is silent from then on.
 */
export class RemoteMote implements SimulatedMote, XsHandler {
	readonly linkLocal: Uint8Array;
	readonly global: Uint8Array | undefined;
	readonly #machine: Machine;
	readonly #ports: Ports;
	readonly #onEnd: (reason: string) => void;
	readonly #events: EventDecoder;
	readonly #streams: Random[] = [];
	/** The simulation's timers by the machine's numbers. */
	readonly #timers = new Map<number, Timer>();
	readonly #call = new CborWriter(new Uint8Array(BUFFER_BYTES));
	readonly #answer = new CborWriter(new Uint8Array(16));
	readonly #reader = new CborReader(new Uint8Array(0), 0, 0);
	#ended = false;
	#peakBytes = 0;
	#roundsBeganUs = 0;

	constructor(plan: MotePlan, ports: Ports, machine: Machine, onEnd: (reason: string) => void) {
		const address = addressOfPlan(plan);
		this.linkLocal = linkLocalOf(address);
		this.global =
			plan.prefix === null ? undefined : addressUnder(plannedPrefix("prefix", plan.prefix).prefix, address);
		this.#machine = machine;
		this.#ports = ports;
		this.#onEnd = onEnd;
		this.#events = new EventDecoder(ports.sink);
		this.#perform(Call.create, 2, (cbor) => {
			writePlain(cbor, plan);
			writePlain(
				cbor,
				ports.sensors.map(({ name, unit }) => [name, unit]),
			);
		});
		ports.radio.onReceive({
			frameReceived: (psdu, rssiDbm, lqi, sfdTimeUs) =>
				this.#perform(Call.received, 4, (cbor) => {
					cbor.bytes(psdu);
					cbor.number(rssiDbm);
					cbor.number(lqi);
					cbor.number(sfdTimeUs);
				}),
		});
	}

	get peakBytes(): number {
		this.#perform(Call.report, 0);
		return this.#peakBytes;
	}

	get roundsBeganUs(): number {
		this.#perform(Call.report, 0);
		return this.#roundsBeganUs;
	}

	start(): void {
		this.#perform(Call.start, 0);
	}

	startSensing(plan: SensingPlan): void {
		this.#perform(Call.sense, 1, (cbor) => writePlain(cbor, plan));
	}

	sendUdp(destination: Uint8Array, payload: Uint8Array, length: number): void {
		this.#perform(Call.send, 3, (cbor) => {
			cbor.bytes(destination);
			cbor.bytes(payload, 0, length);
			cbor.uint(length);
		});
	}

	stop(): void {
		this.#perform(Call.stop, 0);
	}

	post(bytes: Uint8Array): void {
		const reader = this.#reader.reset(bytes, 0, bytes.length);
		reader.array();
		this.#do(reader.number(), reader);
		if (reader.failed) throw new RangeError("RemoteMote: a message that cannot be read");
	}

	query(bytes: Uint8Array): Uint8Array {
		const reader = this.#reader.reset(bytes, 0, bytes.length);
		reader.array();
		const query = reader.number();
		if (query === Query.stored) return this.#ports.store.get(reader.text())!;
		const answer = this.#answer.reset(this.#answer.buffer);
		if (query === Query.draw) {
			const stream = this.#streams[reader.number()]!;
			const bound = reader.number();
			answer.int(bound === 0 ? stream.int32() : stream.below(bound));
		} else if (query === Query.level) answer.number(this.#ports.battery.level());
		else if (query === Query.sense) answer.number(this.#ports.sensors[reader.number()]!.read());
		else if (query === Query.size) answer.number(this.#ports.store.get(reader.text())?.length ?? -1);
		else if (query === Query.store) answer.number(this.#store(reader) ? 1 : 0);
		else throw new RangeError(`RemoteMote: there is no query ${query}`);
		return answer.buffer.subarray(0, answer.length);
	}

	#store(reader: CborReader): boolean {
		const name = reader.text();
		return this.#ports.store.set(name, reader.peek() === CborMajor.bytes ? octets(reader) : undefined);
	}

	#do(post: number, reader: CborReader): void {
		const { radio, clock } = this.#ports;
		switch (post) {
			case Post.event:
				this.#events.take(reader);
				break;
			case Post.at:
				this.#schedule(reader.number(), reader.number());
				break;
			case Post.cancel: {
				const timer = reader.number();
				clock.cancel(this.#timers.get(timer) ?? 0);
				this.#timers.delete(timer);
				break;
			}
			case Post.transmit:
				this.#transmit(octets(reader), reader.boolean(), reader.number());
				break;
			case Post.receive:
				radio.receive(reader.boolean());
				break;
			case Post.receiveAt:
				radio.receiveAt(reader.number(), reader.number());
				break;
			case Post.configure:
				this.#configure(reader);
				break;
			case Post.stream:
				this.#streams.push(this.#ports.random(reader.text()));
				break;
			case Post.memory:
				this.#peakBytes = reader.number();
				this.#roundsBeganUs = reader.number();
				break;
			default:
				throw new RangeError(`RemoteMote: there is no message ${post}`);
		}
	}

	#schedule(timer: number, timeUs: number): void {
		const scheduled = this.#ports.clock.at(timeUs, () => {
			this.#timers.delete(timer);
			this.#perform(Call.fired, 1, (cbor) => cbor.uint(timer));
		});
		this.#timers.set(timer, scheduled);
	}

	#transmit(psdu: Uint8Array, cca: boolean, atUs: number): void {
		this.#ports.radio.transmit(
			psdu,
			{ cca, atUs },
			{
				transmitted: (outcome) => this.#perform(Call.done, 1, (cbor) => cbor.uint(OUTCOMES.indexOf(outcome))),
			},
		);
	}

	#configure(reader: CborReader): void {
		this.#ports.radio.configure({
			channel: reader.number(),
			panId: reader.number(),
			shortAddress: reader.number(),
			extendedHigh: reader.number(),
			extendedLow: reader.number(),
			txPowerDbm: reader.number(),
			promiscuous: reader.boolean(),
			panCoordinator: reader.boolean(),
		});
	}

	/** Calls the machine with what `write` writes, so many items. */
	#perform(call: number, items: number, write?: (cbor: CborWriter) => void): void {
		if (this.#ended) return;
		const cbor = this.#call;
		const encode = (): void => {
			cbor.reset(cbor.buffer);
			cbor.array(items + 2);
			cbor.uint(call);
			cbor.number(this.#ports.clock.nowUs());
			write?.(cbor);
		};
		encode();
		if (cbor.overflowed) {
			cbor.buffer = new Uint8Array(cbor.length * 2);
			encode();
		}
		const outcome = this.#machine.call(cbor.buffer, cbor.length, this);
		if (!("dead" in outcome)) return;
		this.#ended = true;
		this.#onEnd(outcome.dead);
	}
}

/** A copy of octets, whatever kind of array they come in: slices of a Buffer are none. */
function octets(reader: CborReader): Uint8Array {
	return Uint8Array.from(reader.bytes() ?? []);
}
