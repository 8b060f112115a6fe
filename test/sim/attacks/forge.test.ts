import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { TRAFFIC_PORT } from "../../../firmware/app/ports.js";
import type { WireFormat } from "../../../firmware/fragments/policy.js";
import { predictiveCsmKeyed, predictiveCsmOpen } from "../../../firmware/fragments/predictive-variants.js";
import { rfc4944 } from "../../../firmware/fragments/rfc4944.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { linkLocalOf } from "../../../firmware/net/addresses.js";
import { hostCipher, hostDigest } from "../../../host-tools/crypto.js";
import { runScenario } from "../../../host-tools/run/run.js";
import { CapturedKeys } from "../../../sim/attacks/captured-keys.js";
import { Forge } from "../../../sim/attacks/forge.js";
import { Heard } from "../../../sim/attacks/heard.js";
import { predict, swapWords } from "../../../sim/attacks/prediction.js";
import { wireOf } from "../../../sim/attacks/wire.js";
import { RandomStream } from "../../../sim/kernel/random.js";
import type { Scenario } from "../../../sim/scenario/scenario.js";
import { loadText } from "../support/run-text.js";

const POLICIES = { plain: rfc4944, chained: predictiveCsmOpen, keyed: predictiveCsmKeyed } as const;

/** Node 1 sends to sink 0; frames on the air are noted. */
function yaml(format: WireFormat, more = ""): string {
	return `
name: forge
durationS: 60
topology: { kind: grid, nodes: 2, spacingM: 20 }
sinks: [0]
node: { prefix: null, contexts: {}, routing: { kind: neighbours }, chain: { helloPeriodS: 5 } }
reassembly: { policy: ${POLICIES[format].name} }
traffic: [{ kind: periodic, from: [1], periodS: 4, startS: 12, payloadBytes: 480 }]
${more}`;
}

function forgeFor(scenario: Scenario, format: WireFormat, captured: LinkAddress | undefined): Forge {
	const wire = wireOf(scenario, POLICIES[format]);
	const random = new RandomStream(1, "forge", 0);
	const keys = new CapturedKeys({
		scenario,
		wire,
		cipher: hostCipher,
		random,
		captured,
		isMember: () => true,
	});
	return new Forge({
		panId: scenario.node.panId,
		wire,
		contexts: new ContextTable(),
		hopLimit: scenario.node.hopLimit,
		elideUdpChecksum: false,
		random,
		digest: hostDigest,
		keys,
	});
}

for (const format of ["plain", "chained", "keyed"] as const) {
	test(`${format}: a forged datagram is the honest one, octet for octet, but for random fields`, async (t) => {
		const loaded = await loadText(t, yaml(format));
		const frames: Uint8Array[] = [];
		runScenario(loaded, {
			sinks: [
				{
					frameOnAir: (_timeUs, node, _channel, _rssiDbm, psdu) => {
						if (node === 1 && psdu.length > 20) frames.push(psdu.slice());
					},
				},
			],
		});
		const { scenario } = loaded;
		const wire = wireOf(scenario, POLICIES[format]);
		t.is(wire.format, format);
		const heard = new Heard(wire).whole(frames[0]!);
		t.true(heard.hasFragment && heard.fragment.first);
		t.is(heard.isChained, format !== "plain");
		const forge = forgeFor(scenario, format, heard.header.source.clone());
		// What an eavesdropper makes of the first fragment is the whole datagram.
		const prediction = predict(heard, new ContextTable(), () => t.fail() as never)!;
		t.true(prediction.isExact);
		const { source, destination } = heard.header;
		const claims = {
			source: source.clone(),
			destination: destination.clone(),
			tag: heard.fragment.tag,
			seq: heard.header.seq,
			ack: true,
		};
		const forged = forge.frames(prediction.packet, claims);
		const count = forged.length;
		t.true(count >= 5);
		t.is(forge.step(claims), contentBytes(frames[1]!, wire));
		forged.forEach((frame, i) => {
			t.true(hasGoodFcs(frame));
			t.is(frame.length, frames[i]!.length);
			const ours = new Heard(wire).whole(frame);
			const theirs = new Heard(wire).whole(frames[i]!);
			const contentOf = ({ psdu, contentAt, contentEnd }: Heard) => psdu.slice(contentAt, contentEnd);
			t.deepEqual(contentOf(ours), contentOf(theirs), `fragment ${i}`);
			t.is(ours.fragment.offset, theirs.fragment.offset);
			t.is(ours.isLast, i === count - 1);
			t.is(theirs.isLast, i === count - 1);
		});
		// In plain format nothing is random but the sequence number, which was claimed.
		if (format === "plain") t.deepEqual(forged[0], frames[0]);
	});
}

function contentBytes(frame: Uint8Array, wire: ReturnType<typeof wireOf>): number {
	const { contentAt, contentEnd } = new Heard(wire).whole(frame);
	return contentEnd - contentAt;
}

test("words that change places leave the checksum as it is, and the content not", (t) => {
	const packet = Uint8Array.from({ length: 64 }, (_, i) => 3 * i);
	const swapped = swapWords(packet, 16, 40);
	t.is(swapped.length, 24);
	t.notDeepEqual(swapped, packet.slice(16, 40));
	t.deepEqual([...swapped].sort(), [...packet.slice(16, 40)].sort());
	t.deepEqual(
		packet,
		Uint8Array.from({ length: 64 }, (_, i) => 3 * i),
		"the packet itself stays as it is",
	);
});

test("a frame of which only the beginning is there tells its addresses and its fragment header, and no more", async (t) => {
	for (const format of ["plain", "chained"] as const) {
		const { scenario } = await loadText(t, yaml(format));
		const wire = wireOf(scenario, POLICIES[format]);
		const forge = forgeFor(scenario, format, undefined);
		const source = LinkAddress.short(7);
		const destination = LinkAddress.short(1);
		const from = linkLocalOf(source);
		const to = linkLocalOf(destination);
		const packet = forge.datagram({ from, to, size: 500, node: 6, sequence: 1, timeUs: 5 });
		for (const frame of forge.frames(packet, { source, destination, tag: 77 })) {
			const begun = new Heard(wire).beginning(frame, wire.beginningBytes);
			t.is(begun.psdu.length, wire.beginningBytes);
			t.true(begun.hasFragment);
			t.is(begun.fragment.tag, 77);
			t.is(begun.isLast, new Heard(wire).whole(frame).isLast);
			const shorter = new Heard(wire).beginning(frame, wire.beginningBytes - 1);
			t.is(shorter.hasFragment, shorter.fragment.first);
		}
	}
});

test("claims that no packet can have are refused", async (t) => {
	const { scenario } = await loadText(t, yaml("plain"));
	const forge = forgeFor(scenario, "plain", undefined);
	const address = linkLocalOf(LinkAddress.short(1));
	for (const size of [63, 2048, Number.NaN]) {
		t.throws(() => forge.datagram({ from: address, to: address, size, node: 0, sequence: 0, timeUs: 0 }), {
			instanceOf: RangeError,
			message: /expected size from 64 to 2047/,
		});
	}
	t.is(TRAFFIC_PORT, 0xf0b1);
});
