import test from "ava";
import { RadioMode, RadioStates } from "../../sim/channel/radio-states.js";
import { FAR_ROW, RadioTable } from "../../sim/channel/radio-table.js";
import { BatteryWatch } from "../../sim/energy/battery.js";
import { CYCLES_PER_FRAME, cpuTimeUs, energyUj, statePowers, totalUj } from "../../sim/energy/energy.js";
import { EnergyMeter } from "../../sim/energy/meter.js";
import { ENERGY_PROFILES, txCurrentMa } from "../../sim/energy/profiles.js";
import { EventQueue } from "../../sim/kernel/queue.js";

/** Energy of a full PPDU, 133 octets at 32 us, in millijoules, as published for these data sheets. */
const FULL_FRAME_MJ = [
	["cc2420", 0, 3, 0.222, 0.24],
	["at86rf233", 4, 3, 0.176, 0.151],
	["nrf52840", 0, 3, 0.082, 0.083],
	["esp32-c6", 0, 3.3, 1.67, 1.04],
] as const;

for (const [name, powerDbm, voltageV, txMj, rxMj] of FULL_FRAME_MJ) {
	test(`${name}: energy of a full frame sent and received`, (t) => {
		const powers = statePowers(ENERGY_PROFILES[name], powerDbm, voltageV);
		const frameUs = 133 * 32;
		const use = energyUj(powers, { txUs: frameUs, rxUs: frameUs, listenUs: 0, sleepUs: 0, cpuUs: 0 });
		t.true(Math.abs(use.txUj / 1000 - txMj) < 0.007 * txMj, `${use.txUj}`);
		t.true(Math.abs(use.rxUj / 1000 - rxMj) < 0.007 * rxMj, `${use.rxUj}`);
	});
}

test("every state counts with its own current", (t) => {
	const powers = { txMw: 2, rxMw: 3, sleepMw: 5, cpuMw: 7 };
	const use = energyUj(powers, { txUs: 1e3, rxUs: 2e3, listenUs: 4e3, sleepUs: 8e3, cpuUs: 16e3 });
	t.deepEqual(use, { txUj: 2, rxUj: 6, listenUj: 12, sleepUj: 40, cpuUj: 112 });
	t.is(totalUj(use), 172);
});

test("transmit current: the rows of the data sheet, straight lines between them, nothing beyond", (t) => {
	const { cc2420 } = ENERGY_PROFILES;
	t.is(txCurrentMa(cc2420, 0), 17.4);
	t.is(txCurrentMa(cc2420, -25), 8.5);
	t.is(txCurrentMa(cc2420, -5), 13.9);
	t.true(Math.abs(txCurrentMa(cc2420, -20) - 9.2) < 1e-12);
	t.true(Math.abs(txCurrentMa(cc2420, -2) - 15.85) < 1e-12);
	const message = "txPowerDbm: expected -25 to 0 dBm for cc2420, got 1";
	t.throws(() => txCurrentMa(cc2420, 1), { instanceOf: RangeError, message });
	t.throws(() => txCurrentMa(cc2420, Number.NaN), { instanceOf: RangeError });
});

test("profiles: rows rise with the power, and receiving costs more than sleeping", (t) => {
	for (const [name, profile] of Object.entries(ENERGY_PROFILES)) {
		t.is(profile.name, name);
		t.true(profile.source.length > 40);
		profile.txLevels.forEach((level, i) => {
			const before = profile.txLevels[i - 1];
			if (before === undefined) return;
			t.true(level.powerDbm > before.powerDbm && level.currentMa > before.currentMa);
		});
		t.true(profile.rxMa > 100 * profile.sleepMa);
	}
});

test("meter: times in the radio's states become energy, receiving apart from listening", (t) => {
	const table = new RadioTable(1);
	const states = new RadioStates(table);
	states.enter(0, RadioMode.listening, 1000);
	states.enter(0, RadioMode.transmitting, 11_000);
	states.enter(0, RadioMode.off, 15_000);
	table.far.doubles[FAR_ROW.RX_US] = 4000;
	for (let i = 0; i < 3; i++) states.handle(0);
	const meter = new EnergyMeter(states, { profile: "cc2420", txPowerDbm: 0 });
	const use = meter.read(0, 20_000);
	const mw = { tx: 17.4 * 3, rx: 18.8 * 3, sleep: 0.0251 * 3, cpu: 1.8 * 3 };
	const expected = {
		txUj: mw.tx * 4,
		rxUj: mw.rx * 4,
		listenUj: mw.rx * 6,
		sleepUj: mw.sleep * 6,
		cpuUj: (mw.cpu * 3 * CYCLES_PER_FRAME) / 4 / 1000,
	};
	for (const [state, uj] of Object.entries(expected)) {
		t.true(Math.abs(use[state as keyof typeof use] - uj) < 1e-9, state);
	}
	t.is(cpuTimeUs(ENERGY_PROFILES.nrf52840, 2), (2 * CYCLES_PER_FRAME) / 64);
});

test("battery: a listening node dies when its charge is used, not before, and not much later", (t) => {
	const queue = new EventQueue();
	const states = new RadioStates(new RadioTable(2));
	const meter = new EnergyMeter(states, { profile: "nrf52840", txPowerDbm: 0 });
	const died: [number, number][] = [];
	const battery = new BatteryWatch(meter, queue, 0.5, (node) => died.push([node, queue.nowUs()]));
	states.enter(0, RadioMode.listening, 0);
	battery.watch(0, 0);
	states.enter(1, RadioMode.listening, 0);
	battery.watch(1, 0);
	t.is(battery.level(0, 0), 255);
	queue.run(1e6);
	battery.forget(1);
	t.is(died.length, 0);
	t.true(battery.level(0, 1e6) < 251);
	queue.run(60e6);
	const dueUs = ((0.5e9 / (6.53 * 3)) * 1000) / 1000;
	t.is(died.length, 1);
	t.is(died[0]![0], 0);
	t.true(died[0]![1] >= dueUs && died[0]![1] <= dueUs + 2000, `${died[0]![1]} for ${dueUs}`);
	t.true(queue.processed < 200);
	t.is(battery.level(0, 60e6), 0);
});
