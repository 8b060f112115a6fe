import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { keyringWith, planOf } from "../support/chains.js";
import { LowpanReceiver, payloadsOf } from "../support/reassembly.js";

const VECTORS = fileURLToPath(new URL("../../../../test/vectors/", import.meta.url));

interface Vector {
	readonly name: string;
	readonly keyed: boolean;
	readonly tokenBytes: number;
	readonly nonce: number;
	readonly key?: string;
	readonly source: string;
	readonly destination: string;
	readonly tag: number;
	readonly room: number;
	readonly packet: string;
	readonly payloads: readonly string[];
}

const TEXT = readFileSync(`${VECTORS}chained-fragments.json`, "utf8");
const { cases } = JSON.parse(TEXT) as { readonly cases: readonly Vector[] };

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

function receiverOf({ key, source, destination }: Vector) {
	const keys =
		key === undefined ? undefined : keyringWith(LinkAddress.fromBytes(bytes(source)), undefined, bytes(key));
	const receiver = new LowpanReceiver(keys === undefined ? {} : { keys });
	const passage = {
		source: LinkAddress.fromBytes(bytes(source)),
		destination: LinkAddress.fromBytes(bytes(destination)),
	};
	return { receiver, take: (payload: string) => receiver.take(bytes(payload), passage) };
}

test("the second implementation writes the published vectors octet for octet", (t) => {
	const written = execFileSync(process.execPath, [`${VECTORS}chained-fragments.mjs`], { encoding: "utf8" });
	t.true(written === TEXT, "test/vectors/chained-fragments.json differs from what its script writes");
});

test("the vectors cover both formats, all token lengths, both addresses, and 2 to 13 fragments", (t) => {
	const seen = (of: (vector: Vector) => unknown) => [...new Set(cases.map(of))].sort();
	t.deepEqual(
		seen(({ keyed, tokenBytes }) => `${keyed ? "keyed" : "unkeyed"} ${String(tokenBytes).padStart(2, "0")}`),
		["keyed 04", "keyed 08", "unkeyed 08", "unkeyed 12", "unkeyed 16"],
	);
	t.deepEqual(
		seen(({ source }) => source.length),
		[16, 4],
	);
	const counts = new Set(cases.map(({ payloads }) => payloads.length));
	for (let count = 2; count <= 13; count++) t.true(counts.has(count), `${count} fragments`);
});

for (const vector of cases) {
	test(`${vector.name}: the node sends these payloads`, (t) => {
		const { tokenBytes, nonce, key, source, destination, tag, room, packet } = vector;
		const payloads = payloadsOf(bytes(packet), room, {
			tag,
			source: LinkAddress.fromBytes(bytes(source)),
			destination: LinkAddress.fromBytes(bytes(destination)),
			plan: planOf(tokenBytes, nonce, key === undefined ? undefined : bytes(key)),
		});
		t.deepEqual(payloads.map(hex), [...vector.payloads]);
	});

	test(`${vector.name}: the node puts the packet together, and from no other address or key`, (t) => {
		const { receiver, take } = receiverOf(vector);
		const results = vector.payloads.map(take);
		t.deepEqual(
			results.slice(0, -1).filter((result) => result !== undefined),
			[],
		);
		t.is(hex(results.at(-1) as Uint8Array), vector.packet);
		t.true(receiver.isEmptyAfter());
		if (vector.key === undefined) return;
		const other = vector.key.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
		t.is(receiverOf({ ...vector, key: other }).take(vector.payloads[0]!), "fragment-unauthenticated");
		// A frame to somebody else that bears the same payload: its code covers the addresses.
		const stray = receiverOf({ ...vector, destination: vector.destination.replace(/2$/, "3") });
		t.is(stray.take(vector.payloads[0]!), "fragment-unauthenticated");
	});
}
