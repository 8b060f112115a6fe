import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { encodeMacHeader, FrameType, MacHeader } from "../../../firmware/frames/mac-frame.js";
import { SimulatedRadio } from "../../../sim/channel/radio.js";
import { configOf, PAN } from "../../sim/support/radio-bench.js";
import { electionOf, Field, mesh } from "./support/field.js";

const EVERYBODY = LinkAddress.short(0xffff);

/** A frame with a MAC payload, as somebody makes it up. */
function forged(from: number, to: LinkAddress, seq: number, payload: Uint8Array): Uint8Array {
	const header = new MacHeader();
	header.type = FrameType.data;
	header.panIdCompression = true;
	header.seq = seq & 0xff;
	header.destinationPan = PAN;
	header.destination.set(to);
	header.source.setShort(from);
	const psdu = new Uint8Array(127);
	const at = encodeMacHeader(header, psdu, 0);
	const length = Math.min(125, at + payload.length);
	psdu.set(payload.subarray(0, length - at), at);
	putFcs(psdu, length + 2);
	return psdu.slice(0, length + 2);
}

/** A field of five nodes, the last of which is a radio without firmware. */
function besieged(options: { roundsPerElection?: number } = {}): { field: Field; radio: SimulatedRadio } {
	const field = new Field(5, mesh(5), {
		cluster: { election: electionOf((node) => node === 1), ...options },
		late: [4],
		client: (self, id) => ({
			onSlot: (head) => self.send(id, head),
			onForward: () => self.send(id, "sink", 200),
		}),
	});
	const radio = new SimulatedRadio(field.transceivers, 4);
	radio.configure(configOf(4));
	return { field, radio };
}

/** The payloads of cluster messages that were on the air, without page switch and MAC: type octet first. */
function messages(field: Field, type: number): { timeUs: number; payload: Uint8Array }[] {
	return field.air
		.filter(({ psdu }) => psdu[9] === 0xff && psdu[10] === type)
		.map(({ timeUs, psdu }) => ({ timeUs, payload: psdu.slice(9, psdu.length - 2) }));
}

function refusals(field: Field, from: number): unknown[] {
	const source = LinkAddress.short(from).toString();
	return field.recorder
		.of("frameRefused")
		.filter((event) => event["source"] === source)
		.map((event) => event["reason"]);
}

for (const [name, type] of [
	["SYNC", 2],
	["ADV", 3],
	["SCHEDULE", 5],
] as const) {
	test(`an old ${name}, said again in a later round, is refused for its time`, (t) => {
		const { field, radio } = besieged();
		field.run(14);
		const old = messages(field, type)[0]!.payload;
		// In the next election everybody listens.
		radio.transmit(forged(9, EVERYBODY, 1, old), { cca: false, atUs: 16_065_000 }, { transmitted: () => {} });
		field.run(6);
		const reasons = refusals(field, 9);
		t.true(reasons.length > 0);
		t.deepEqual(
			reasons.filter((reason) => reason !== "cluster-time"),
			[],
		);
		t.deepEqual(field.roles().slice(1, 4), ["head 0x0002", "member 0x0002", "member 0x0002"]);
	});
}

test("a JOIN of another round, to one who leads nobody, and one that is for all are refused", (t) => {
	const { field, radio } = besieged();
	field.run(16.35);
	const round = field.nodes[1]!.cluster!.service.round;
	const join = (at: number): Uint8Array => Uint8Array.of(0xff, 4, 0, 255, at >> 8, at & 0xff);
	const send = (to: LinkAddress, at: number, atUs: number): void =>
		radio.transmit(forged(9, to, atUs / 1000, join(at)), { cca: false, atUs }, { transmitted: () => {} });
	send(LinkAddress.short(2), round - 1, 16_351_000);
	field.run(0.005);
	send(LinkAddress.short(3), round, 16_356_000);
	field.run(0.005);
	send(EVERYBODY, round, 16_361_000);
	field.run(0.01);
	const reasons = new Set(refusals(field, 9));
	t.true(reasons.has("join-round"));
	t.true(reasons.has("cluster-destination"));
	t.false(reasons.has("duplicate"));
	field.run(4);
});

test("made-up messages throw nothing, leave nothing behind and stop nobody", (t) => {
	fc.assert(
		fc.property(
			fc.array(
				fc.record({
					type: fc.integer({ min: 1, max: 7 }),
					from: fc.constantFrom(1, 2, 3, 9, 10, 11),
					toAll: fc.boolean(),
					waitMs: fc.integer({ min: 0, max: 400 }),
					isTimely: fc.boolean(),
					body: fc.uint8Array({ maxLength: 60 }),
				}),
				{ minLength: 20, maxLength: 60 },
			),
			(frames) => {
				const { field, radio } = besieged();
				let seq = 0;
				for (const { type, from, toAll, waitMs, isTimely, body } of frames) {
					field.run(waitMs / 1000);
					const payload = new Uint8Array(body.length + 12);
					payload.set([0xff, type]);
					payload.set(body, 12);
					if (isTimely) {
						// What a member of the network could say: this round, and about now.
						const clock = field.nodes[0]!.cluster!.rounds;
						const elapsedUs = Math.max(0, field.queue.nowUs() - clock.baseUs) + 480;
						const view = new DataView(payload.buffer);
						view.setUint16(4, clock.round & 0xffff);
						view.setUint32(6, elapsedUs);
					} else payload.set(body.subarray(0, 10), 2);
					const to = toAll ? EVERYBODY : LinkAddress.short(2);
					radio.transmit(
						forged(from, to, seq++, payload),
						{ cca: false, atUs: 0 },
						{ transmitted: () => {} },
					);
					field.run(0.006);
				}
				field.run(60);
				const slots = field.told.map(({ slots: own }) => own.length);
				field.run(60);
				t.deepEqual(field.leaks(), []);
				for (const node of field.nodes.slice(0, 4)) t.true(node.neighbours.entries.length <= 32);
				// Whatever was said, each of them has its slots again.
				for (const node of [2, 3]) t.true(field.told[node]!.slots.length >= slots[node]! + 6, `node ${node}`);
			},
		),
		{ numRuns: 15, seed: 4 },
	);
});
