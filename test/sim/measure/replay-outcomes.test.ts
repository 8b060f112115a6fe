import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { ReplayOutcomes } from "../../../sim/measure/replay-outcomes.js";

const RADIO = 9;
const DATA = Uint8Array.of(0x61, 0x98, 1, 0, 0);
const ACK = Uint8Array.of(0x02, 0x00, 1, 0, 0);

function outcomes(): ReplayOutcomes {
	const each = new ReplayOutcomes();
	each.sink.nodePlaced(0, RADIO, 0, 0, "outsider", new LinkAddress());
	return each;
}

test("the radio's own acknowledgements are no replayed frames", (t) => {
	const each = outcomes();
	const { sink } = each;
	sink.frameOnAir(10, RADIO, 26, -60, DATA);
	sink.frameReceived(20, 1, RADIO, -60);
	sink.fragmentStored(20, 1, new LinkAddress(), 5, 0, 96);
	sink.frameReplayed(30, RADIO, 1, "acked");
	sink.frameOnAir(40, RADIO, 26, -60, ACK);
	// Its acknowledgement is on the air when the next frame is due: that one never leaves.
	sink.frameReplayed(41, RADIO, 2, "channel-busy");
	sink.frameOnAir(50, RADIO, 26, -60, DATA);
	sink.frameReplayed(60, RADIO, 3, "no-ack");
	sink.frameOnAir(70, RADIO, 26, -60, ACK);
	sink.runEnded(100, 1);
	t.deepEqual(each.outcomes, { "fragment-stored": 1, "not-received": 1 });
	t.deepEqual(each.sent, { acked: 1, "channel-busy": 1, "no-ack": 1 });
});

test("a replayed acknowledgement counts, known by the replay's own event", (t) => {
	const each = outcomes();
	const { sink } = each;
	sink.frameOnAir(10, RADIO, 26, -60, ACK);
	sink.frameReplayed(11, RADIO, 1, "sent");
	sink.frameOnAir(20, RADIO, 26, -60, ACK);
	sink.frameOnAir(30, 4, 26, -60, DATA);
	sink.runEnded(100, 1);
	t.deepEqual(each.outcomes, { "not-received": 1 });
});

test("a broadcast counts once for each receiver, other senders' frames never", (t) => {
	const each = outcomes();
	const { sink } = each;
	sink.frameOnAir(10, RADIO, 26, -60, DATA);
	sink.frameReceived(20, 1, RADIO, -60);
	sink.frameReceived(20, 2, RADIO, -60);
	sink.frameRefused(20, 2, new LinkAddress(), "duplicate");
	sink.frameReplayed(20, RADIO, 1, "sent");
	sink.frameReceived(30, 3, 4, -60);
	sink.runEnded(100, 1);
	t.deepEqual(each.outcomes, { ignored: 1, duplicate: 1 });
});

test("each frame is judged once: accepted by any node, else refused for the first reason, else ignored or unheard", (t) => {
	const each = outcomes();
	const { sink } = each;
	const address = new LinkAddress();
	const send = (timeUs: number, receivers: readonly (() => void)[]): void => {
		sink.frameOnAir(timeUs, RADIO, 26, -60, DATA);
		receivers.forEach((receive, node) => {
			sink.frameReceived(timeUs, node, RADIO, -60);
			receive();
		});
		sink.frameReplayed(timeUs, RADIO, 1, "sent");
	};
	send(10, [
		() => sink.frameRefused(10, 0, address, "duplicate"),
		() => sink.fragmentStored(10, 1, address, 5, 0, 96),
	]);
	send(20, [
		() => {},
		() => sink.fragmentRefused(20, 1, address, 5, 0, "reassembly-full"),
		() => sink.frameRefused(20, 2, address, "duplicate"),
	]);
	send(30, [() => {}]);
	send(40, []);
	sink.runEnded(100, 1);
	t.deepEqual(each.frames, { accepted: 1, refused: 1, unheard: 1, ignored: 1 });
	t.deepEqual(each.refusals, { "reassembly-full": 1 });
});
