import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../../firmware/address.js";
import type { Datagrams } from "../../../../firmware/device/radio/datagrams.js";
import { LoopAir } from "../../../../firmware/device/radio/loop-air.js";
import { SoftwareMac } from "../../../../firmware/device/radio/software-mac.js";
import { ZEP_HEADER_BYTES } from "../../../../firmware/device/radio/zep.js";
import { immediateAck } from "../../../../firmware/mac/acknowledgement.js";
import { ACK_WAIT_US, airtimeUs, CCA_US, SHR_US, TURNAROUND_US } from "../../../../firmware/mac/timing.js";
import { bothWays, configOf, dataFrame, graphOf, RadioBench } from "../../../sim/support/radio-bench.js";
import { HandClock } from "../../support/hand-clock.js";

const ALL = LinkAddress.short(0xffff);

/** Radios on one air in one process, all switched on, and what happens to them as `time node what`. */
/** Nobody who wants to know how a transmission ended. */
const UNTOLD = { transmitted: () => {} };

class Bench {
	readonly clock = new HandClock();
	readonly air = new LoopAir();
	readonly radios: SoftwareMac[] = [];
	readonly seen: string[] = [];
	readonly frames: Uint8Array[] = [];

	constructor(count: number) {
		this.air.join().onDatagram((bytes, length) => this.frames.push(bytes.slice(ZEP_HEADER_BYTES, length)));
		for (let id = 0; id < count; id++) this.add(id);
	}

	add(id: number, device = id): SoftwareMac {
		const { clock } = this;
		const radio = new SoftwareMac({ datagrams: this.air.join(), clock, device, ackWaitUs: ACK_WAIT_US });
		radio.configure(configOf(id));
		radio.receive(true);
		radio.onReceive({
			frameReceived: (psdu, _rssiDbm, _lqi, sfdTimeUs) =>
				this.#note(id, `handled ${sfdTimeUs} ${psdu.length}`),
		});
		this.radios.push(radio);
		return radio;
	}

	#note(id: number, what: string): void {
		this.seen.push(`${this.clock.nowUs()} ${id} ${what}`);
	}

	send(id: number, atUs: number, psdu: Uint8Array, cca = false): void {
		this.radios[id]!.transmit(psdu, { cca, atUs }, { transmitted: (outcome) => this.#note(id, outcome) });
	}

	/** What happened, without its times. */
	get events(): string[] {
		return this.seen.map((line) => line.split(" ").slice(1, 3).join(" "));
	}
}

test("times of one exchange, to the microsecond", (t) => {
	const bench = new Bench(2);
	bench.send(0, 1000, dataFrame({ ack: true, bytes: 50 }), true);
	bench.clock.advanceTo(20_000);
	const startUs = 1000 + CCA_US + TURNAROUND_US;
	const endUs = startUs + airtimeUs(50);
	t.deepEqual(bench.seen, [
		`${endUs} 1 handled ${startUs + SHR_US} 50`,
		`${endUs + TURNAROUND_US + airtimeUs(5)} 0 acked`,
	]);
	t.deepEqual(bench.frames[1], immediateAck(7));
});

test("without an answer the wait for it ends as configured", (t) => {
	const bench = new Bench(1);
	bench.send(0, 0, dataFrame({ ack: true, bytes: 50 }));
	bench.clock.advanceTo(20_000);
	t.deepEqual(bench.seen, [`${airtimeUs(50) + ACK_WAIT_US} 0 no-ack`]);
});

test("only an acknowledgement of its own sequence number ends the wait of a frame", (t) => {
	for (const [seq, outcome] of [
		[8, "0 no-ack"],
		[7, "0 acked"],
	] as const) {
		const bench = new Bench(1);
		bench.send(0, 0, dataFrame({ ack: true, seq: 7 }));
		bench.add(5);
		bench.radios[1]!.transmit(immediateAck(seq), { cca: false, atUs: 800 }, UNTOLD);
		bench.clock.advanceTo(20_000);
		t.deepEqual(bench.events, [outcome]);
	}
});

test("who sends while a frame is on the air finds the channel busy; a moment later it is free", (t) => {
	const frameUs = airtimeUs(100);
	for (const [atUs, outcome] of [
		[100, "channel-busy"],
		[frameUs - 1, "channel-busy"],
		[frameUs, "sent"],
	] as const) {
		const bench = new Bench(3);
		bench.send(0, 0, dataFrame({ to: ALL, bytes: 100 }));
		bench.send(2, atUs, dataFrame({ to: ALL, bytes: 20 }), true);
		bench.clock.advanceTo(20_000);
		t.true(bench.events.includes(`2 ${outcome}`), `${atUs}: ${bench.seen.join("; ")}`);
	}
});

test("a receiver that is off hears nothing, one window lets in what begins and ends in it", (t) => {
	const frameUs = airtimeUs(20);
	for (const [fromUs, lengthUs, hears] of [
		[999, frameUs + 2, true],
		[1001, frameUs + 2, false],
		[900, 100 + frameUs - 1, false],
	] as const) {
		const bench = new Bench(2);
		bench.radios[1]!.receive(false);
		bench.radios[1]!.receiveAt(fromUs, lengthUs);
		bench.send(0, 1000, dataFrame({ to: ALL, bytes: 20 }));
		bench.clock.advanceTo(20_000);
		t.is(bench.events.includes("1 handled"), hears, `${fromUs}`);
	}
});

test("a receiver that is off waits for the acknowledgement of what it sends", (t) => {
	const bench = new Bench(2);
	bench.radios[0]!.receive(false);
	bench.send(0, 0, dataFrame({ ack: true }));
	bench.clock.advanceTo(10_000);
	bench.send(1, 10_000, dataFrame({ to: ALL }));
	bench.clock.advanceTo(20_000);
	t.deepEqual(bench.events, ["1 handled", "0 acked", "1 sent"]);
});

test("who listens to everything acknowledges nothing; a bad FCS is heard by nobody", (t) => {
	const bench = new Bench(3);
	bench.radios[1]!.configure(configOf(1, { promiscuous: true }));
	bench.send(0, 0, dataFrame({ ack: true, bytes: 30 }));
	bench.clock.advanceTo(10_000);
	t.deepEqual(bench.events, ["1 handled", "0 no-ack"]);
	const bad = dataFrame({ to: ALL, bytes: 30 });
	bad[10]! ^= 1;
	bench.send(0, 20_000, bad);
	bench.clock.advanceTo(40_000);
	t.deepEqual(bench.events.slice(2), ["0 sent"]);
	t.is(bench.radios[1]!.refused, 1);
});

test("a node on another channel hears nothing, and finds its own channel free", (t) => {
	const bench = new Bench(2);
	bench.radios[1]!.configure(configOf(1, { channel: 11 }));
	bench.send(0, 0, dataFrame({ to: ALL, bytes: 100 }));
	bench.send(1, 100, dataFrame({ to: ALL, bytes: 20 }), true);
	bench.clock.advanceTo(20_000);
	t.deepEqual(bench.events, ["1 sent", "0 sent"]);
});

test("what a group echoes to its sender is not heard, and makes no channel busy", (t) => {
	const clock = new HandClock();
	let tell: (bytes: Uint8Array, length: number) => void = () => {};
	const echo: Datagrams = {
		send: (bytes, length) => {
			const echoed = bytes.slice(0, length);
			clock.at(clock.nowUs() + 1000, () => tell(echoed, length));
		},
		onDatagram: (handler) => {
			tell = handler;
		},
	};
	const radio = new SoftwareMac({ datagrams: echo, clock, device: 5, ackWaitUs: ACK_WAIT_US });
	radio.configure(configOf(0, { promiscuous: true }));
	radio.receive(true);
	radio.onReceive({ frameReceived: () => t.fail("heard itself") });
	const outcomes: string[] = [];
	radio.transmit(
		dataFrame({ to: ALL, bytes: 100 }),
		{ cca: false, atUs: 0 },
		{
			transmitted: (outcome) => {
				outcomes.push(outcome);
				radio.transmit(
					dataFrame({ to: ALL }),
					{ cca: true, atUs: 0 },
					{ transmitted: (next) => outcomes.push(next) },
				);
			},
		},
	);
	clock.advanceTo(20_000);
	t.deepEqual(outcomes, ["sent", "sent"]);
});

test("garbage, and more frames than fit, are counted and dropped", (t) => {
	const clock = new HandClock();
	let tell: (bytes: Uint8Array, length: number) => void = () => {};
	const datagrams: Datagrams = {
		send: () => {},
		onDatagram: (handler) => {
			tell = handler;
		},
	};
	const radio = new SoftwareMac({ datagrams, clock, device: 5, ackWaitUs: ACK_WAIT_US });
	radio.configure(configOf(1));
	radio.receive(true);
	let heard = 0;
	radio.onReceive({ frameReceived: () => heard++ });
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
			tell(bytes, bytes.length);
			tell(Uint8Array.of(0x45, 0x58, 2, 1, 26, 0, 9, 1, ...bytes), 8 + bytes.length);
			clock.advanceBy(10_000);
		}),
	);
	t.is(heard, 0);
	t.true(radio.refused >= 100);
	const air = new LoopAir();
	air.join().onDatagram((bytes, length) => {
		for (let i = 0; i < 11; i++) tell(bytes, length);
	});
	const other = new SoftwareMac({ datagrams: air.join(), clock, device: 1, ackWaitUs: ACK_WAIT_US });
	other.configure(configOf(0));
	other.transmit(dataFrame({ to: ALL }), { cca: false, atUs: clock.nowUs() }, UNTOLD);
	clock.advanceBy(10_000);
	t.is(heard, 8);
	t.is(radio.overflows, 3);
});

test("a second transmission before the first is done is refused", (t) => {
	const bench = new Bench(1);
	bench.send(0, 0, dataFrame());
	t.throws(() => bench.send(0, 0, dataFrame()), { message: /not done/ });
});

const TRANSMISSION = fc.record({
	from: fc.nat({ max: 2 }),
	to: fc.integer({ min: 1, max: 5 }),
	gapUs: fc.integer({ min: 7000, max: 20_000 }),
	bytes: fc.integer({ min: 11, max: 127 }),
	ack: fc.boolean(),
	cca: fc.boolean(),
	seq: fc.nat({ max: 255 }),
});

test("frames that do not overlap fare as on the simulator's transceivers, at the same microseconds", (t) => {
	fc.assert(
		fc.property(fc.array(TRANSMISSION, { maxLength: 8 }), (script) => {
			const bench = new Bench(3);
			const simulated = new RadioBench(
				graphOf(
					3,
					bothWays([
						[0, 1, -60],
						[0, 2, -60],
						[1, 2, -60],
					]),
				),
			);
			let atUs = 0;
			for (const { from, to, gapUs, bytes, ack, cca, seq } of script) {
				const psdu = dataFrame({
					from: LinkAddress.short(from + 1),
					to: to === 5 ? ALL : LinkAddress.short(to),
					bytes,
					ack: ack && to !== 5,
					seq,
				});
				bench.send(from, atUs, psdu, cca);
				simulated.send(from, atUs, psdu, cca);
				atUs += gapUs;
				bench.clock.advanceTo(atUs);
				simulated.queue.run(atUs);
			}
			const expected = [...simulated.times("done"), ...simulated.times("handled")];
			const seen = bench.seen.map((line) => line.replace(/ handled (\d+) \d+$/, " $1"));
			t.deepEqual(seen.sort(), expected.sort());
		}),
	);
});
