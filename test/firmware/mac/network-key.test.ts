import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { putFcs } from "../../../firmware/frames/fcs.js";
import { NetworkKeyProtection } from "../../../firmware/mac/network-key.js";
import { hostCipher } from "../../../host-tools/crypto.js";
import { TestNetwork } from "../support/network.js";
import { counting, near } from "../support/packets.js";

const PORT = 0xf0b5;
const EUI_HIGH = 0x02000000;
const KEY = Uint8Array.from({ length: 16 }, (_, i) => 0xc0 + i);

class Blobs {
	readonly map = new Map<string, Uint8Array>();
	get(name: string): Uint8Array | undefined {
		return this.map.get(name);
	}
	set(name: string, value: Uint8Array | undefined): boolean {
		if (value !== undefined) this.map.set(name, value.slice());
		return true;
	}
}

function protection(node: number, level: number, key = KEY, store = new Blobs()): NetworkKeyProtection {
	return new NetworkKeyProtection(hostCipher, store, {
		key,
		level,
		own: LinkAddress.extended(EUI_HIGH, node + 1),
		eui64Of: (address) => LinkAddress.extended(EUI_HIGH, address.low),
	});
}

/** Two nodes with keys of their own choice, and what the second one gets over UDP. */
function pair(first: NetworkKeyProtection | undefined, second: NetworkKeyProtection | undefined) {
	const network = new TestNetwork();
	network.add({ protection: first });
	network.add({ protection: second });
	const got: string[] = [];
	network.nodes[1]!.network.bind(PORT, (packet, offset, end) => {
		got.push(Buffer.from(packet.subarray(offset, end)).toString("hex"));
	});
	const send = (length: number): void => {
		network.nodes[0]!.network.sendUdp(near(2), PORT, PORT, counting(length), length);
		network.clock.advanceBy(1_000_000);
	};
	return { network, got, send };
}

for (const level of [1, 2, 3, 5, 6, 7]) {
	test(`level ${level}: datagrams of one frame and of many arrive; from level 5 on nobody can read them`, (t) => {
		const { network, got, send } = pair(protection(0, level), protection(1, level));
		send(20);
		send(600);
		t.deepEqual(
			got,
			[20, 600].map((length) => Buffer.from(counting(length)).toString("hex")),
		);
		const onAir = network.wire.frames.map(({ psdu }) => Buffer.from(psdu).toString("hex")).join();
		const inClear = onAir.includes(Buffer.from(counting(20)).toString("hex"));
		t.is(inClear, level < 5);
		t.deepEqual(network.leaks(), []);
	});
}

test("frames in the clear, under another key or of a lower level are refused, each with its reason", (t) => {
	const other = Uint8Array.from(KEY, (octet) => octet ^ 1);
	const refusals = (first: NetworkKeyProtection | undefined) => {
		const { network, got, send } = pair(first, protection(1, 6));
		send(20);
		t.deepEqual(got, []);
		return network.recorder.values("frameRefused", "reason");
	};
	t.deepEqual(refusals(undefined), ["mac-security-level"]);
	t.deepEqual(refusals(protection(0, 5)), ["mac-security-level"]);
	t.deepEqual(refusals(protection(0, 2)), ["mac-security-level"]);
	t.deepEqual(refusals(protection(0, 6, other)), ["mac-security-failed"]);
});

test("a node without a key does not guess at secured frames", (t) => {
	const { network, send, got } = pair(protection(0, 5), undefined);
	send(20);
	t.deepEqual(got, []);
	t.deepEqual(network.recorder.values("frameRefused", "reason"), ["mac-security-unsupported"]);
});

test("a recorded frame is refused later on: its counter has been used", (t) => {
	const { network, send, got } = pair(protection(0, 5), protection(1, 5));
	send(20);
	const recorded = network.wire.frames.find(({ psdu }) => psdu.length > 20)!.psdu.slice();
	send(20);
	t.is(got.length, 2);
	network.clock.advanceBy(10_000_000);
	for (const radio of network.wire.radios) radio.inject(recorded);
	t.is(got.length, 2);
	t.true(network.recorder.values("frameRefused", "reason").includes("mac-counter-replayed"));
});

test("any bit flipped in a secured frame is noticed", (t) => {
	const sender = protection(0, 5);
	const { network, send } = pair(sender, protection(1, 5));
	send(20);
	const { psdu } = network.wire.frames.find((frame) => frame.psdu.length > 20)!;
	// From the security header on; the fields before it decide whether the frame reaches this code at all.
	for (let bit = 9 * 8; bit < (psdu.length - 2) * 8; bit++) {
		const altered = psdu.slice();
		altered[bit >> 3]! ^= 1 << (bit & 7);
		putFcs(altered, altered.length);
		const { network: fresh, got } = pair(undefined, protection(1, 5));
		for (const radio of fresh.wire.radios) radio.inject(altered);
		t.deepEqual(got, [], `bit ${bit}`);
	}
});

test("after a power cycle the sender's counter goes on, so that nothing it sends is taken for a replay", (t) => {
	const store = new Blobs();
	const receiver = protection(1, 5);
	for (let cycle = 1; cycle <= 3; cycle++) {
		const { send, got } = pair(protection(0, 5, KEY, store), receiver);
		send(20);
		t.is(got.length, 1, `cycle ${cycle}`);
	}
});

test("a level without MIC and a key of another length are a caller's mistakes", (t) => {
	for (const level of [0, 4, 8])
		t.throws(() => protection(0, level), { instanceOf: RangeError, message: /level/ });
	t.throws(() => protection(0, 5, KEY.slice(1)), { instanceOf: RangeError, message: /16 octets/ });
});
