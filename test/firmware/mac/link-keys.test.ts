import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { LinkKeyring, MAX_KEYS, NONCE_BLOCK } from "../../../firmware/mac/link-keys.js";
import { hostCipher } from "../../../host-tools/crypto.js";
import { LINK_KEY, storeOf } from "../support/chains.js";

const HONEST = LinkAddress.short(0x1000);

function keyringOver(blobs: Map<string, Uint8Array>): LinkKeyring {
	return new LinkKeyring(hostCipher, storeOf(blobs), () => LINK_KEY);
}

test("nonces rise strictly, and none that may have been accepted comes back after a power cycle", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const keys = keyringOver(blobs);
	const key = keys.find(HONEST)!;
	t.deepEqual(
		[5, 5, 4, 6].map((nonce) => keys.accept(key, nonce)),
		[true, false, false, true],
	);
	const again = keyringOver(blobs);
	const restored = again.find(HONEST)!;
	t.false(again.accept(restored, 5 + NONCE_BLOCK - 1));
	t.true(again.accept(restored, 5 + NONCE_BLOCK));
});

test("frames that bear the addresses of many members keep no member out, and make no nonce forgotten", (t) => {
	const keys = keyringOver(new Map());
	const friend = keys.find(LinkAddress.short(0))!;
	t.true(keys.accept(friend, 7));
	const receiver = keys.find(LinkAddress.short(1))!;
	receiver.sentNonce = 3;
	for (let id = 2; id < 2 * MAX_KEYS; id++) t.not(keys.find(LinkAddress.short(id)), undefined);
	t.not(keys.find(HONEST), undefined);
	t.is(keys.find(LinkAddress.short(0)), friend);
	t.false(keys.accept(friend, 7));
	t.is(keys.find(LinkAddress.short(1)), receiver);
});

test("when all keys are in use, one more is refused rather than a nonce forgotten", (t) => {
	const keys = keyringOver(new Map());
	for (let id = 0; id < MAX_KEYS; id++) t.true(keys.accept(keys.find(LinkAddress.short(id))!, 0));
	t.is(keys.find(HONEST), undefined);
});

test("each neighbour has a blob of its own, under a name that NVS takes", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const keys = keyringOver(blobs);
	const addresses = [
		LinkAddress.short(0),
		LinkAddress.short(0xfffd),
		LinkAddress.extended(0, 0),
		LinkAddress.extended(0, 0xfffd),
		// The same but for the bit that says who assigned it.
		LinkAddress.extended(0x00112233, 0x44556677),
		LinkAddress.extended(0x02112233, 0x44556677),
		LinkAddress.extended(-1, -1),
	];
	for (const address of addresses) keys.accept(keys.find(address)!, 1);
	t.is(blobs.size, addresses.length);
	for (const name of blobs.keys()) t.true(name.length <= 15, name);
});

test("a spoiled blob makes no nonce acceptable that may have been used", (t) => {
	const blobs = new Map<string, Uint8Array>();
	const keys = keyringOver(blobs);
	t.true(keys.accept(keys.find(HONEST)!, 1000));
	for (const [name, blob] of blobs) blobs.set(name, blob.subarray(0, 3));
	const again = keyringOver(blobs);
	t.false(again.accept(again.find(HONEST)!, 1000));
});
