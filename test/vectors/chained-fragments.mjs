// Writes the test vectors of chained fragments to standard output: node chained-fragments.mjs > chained-fragments.json
//
// A second implementation of the format in firmware/README.md, "Chained fragments": it shares no code with the node.
// It builds its own packets, compresses and cuts them, and chains them with node:crypto.
import { createCipheriv, createHash } from "node:crypto";

const be16 = (value) => Buffer.from([(value >>> 8) & 0xff, value & 0xff]);
const be32 = (value) => Buffer.concat([be16(value >>> 16), be16(value & 0xffff)]);

// AES-CMAC (RFC 4493), whole message at once.
function aes(key, block) {
	const cipher = createCipheriv("aes-128-ecb", key, null);
	cipher.setAutoPadding(false);
	return Buffer.concat([cipher.update(block), cipher.final()]);
}

function doubled(block) {
	let value = BigInt(`0x${block.toString("hex")}`) << 1n;
	if (value >> 128n !== 0n) value = (value & ((1n << 128n) - 1n)) ^ 0x87n;
	return Buffer.from(value.toString(16).padStart(32, "0"), "hex");
}

const xor = (a, b) => Buffer.from(a.map((octet, i) => octet ^ b[i]));

function cmac(key, message) {
	const whole = doubled(aes(key, Buffer.alloc(16)));
	const blocks = Math.max(1, Math.ceil(message.length / 16));
	const last = message.subarray(16 * (blocks - 1));
	const padded = Buffer.concat([last, Buffer.from([0x80]), Buffer.alloc(16)]).subarray(0, 16);
	let state = Buffer.alloc(16);
	for (let i = 0; i + 1 < blocks; i++) state = aes(key, xor(state, message.subarray(16 * i, 16 * i + 16)));
	const tail = last.length === 16 ? xor(last, whole) : xor(padded, doubled(whole));
	return aes(key, xor(state, tail));
}

// Addresses: two or eight octets.
const iid = (address) =>
	address.length === 8
		? Buffer.concat([Buffer.from([address[0] ^ 2]), address.subarray(1)])
		: Buffer.concat([Buffer.from("000000fffe00", "hex"), address]);
const eight = (address) => (address.length === 8 ? address : iid(address));
const linkLocal = (address) => Buffer.concat([Buffer.from("fe80000000000000", "hex"), iid(address)]);

const HOP_LIMIT = 33;
const SOURCE_PORT = 40000;
const DESTINATION_PORT = 5683;

// A UDP packet between link-local addresses (RFC 8200, RFC 768); its payload counts up from `from`.
function udpPacket(source, destination, size, from) {
	const payload = Buffer.from(Array.from({ length: size - 48 }, (_, i) => (i * 7 + from) & 0xff));
	const ends = Buffer.concat([linkLocal(source), linkLocal(destination)]);
	const udpLength = 8 + payload.length;
	const ports = Buffer.concat([be16(SOURCE_PORT), be16(DESTINATION_PORT)]);
	const summed = Buffer.concat([ends, be32(udpLength), be32(17), ports, be16(udpLength), payload, Buffer.alloc(1)]);
	let sum = 0;
	for (let i = 0; i + 1 < summed.length; i += 2) sum += summed.readUInt16BE(i);
	while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
	const checksum = sum === 0xffff ? 0xffff : 0xffff - sum;
	const ipv6 = Buffer.concat([be32(0x60000000), be16(udpLength), Buffer.from([17, HOP_LIMIT]), ends]);
	return Buffer.concat([ipv6, ports, be16(udpLength), be16(checksum), payload]);
}

// RFC 6282 for these packets alone: traffic class and addresses elided, hop limit, ports and checksum inline.
const CONSUMED = 48;
const compressed = (packet) =>
	Buffer.concat([Buffer.from([0x7c, 0x33, HOP_LIMIT, 0xf0]), packet.subarray(40, 44), packet.subarray(46, 48)]);

// The octets of the packet that each fragment carries, as [from, to): as many as fit, ends on multiples of 8.
function cut(size, room, headerBytes, firstExtra, nextExtra) {
	const cuts = [];
	let from = 0;
	while (from < size) {
		const space =
			from === 0 ? room - 4 - firstExtra - headerBytes + CONSUMED : room - 5 - nextExtra;
		const to = size - from <= space ? size : from + (space - (space % 8));
		cuts.push([from, to]);
		from = to;
	}
	return cuts;
}

function payloadsOf({ packet, source, destination, tag, room, keyed, tokenBytes, nonce, key }) {
	const hash = (message) =>
		(keyed ? cmac(key, message) : createHash("sha256").update(message).digest()).subarray(0, tokenBytes);
	const flags = (keyed ? 1 : 0) + 2 * (tokenBytes / 4 - 1);
	const nonceOctets = keyed ? be32(nonce) : be16(nonce);
	const headers = compressed(packet);
	const firstExtra = 1 + 1 + nonceOctets.length + tokenBytes + (keyed ? 4 : 0);
	const cuts = cut(packet.length, room, headers.length, firstExtra, 1 + tokenBytes);
	const parts = cuts.map(([from, to]) => packet.subarray(from, to));
	parts[0] = Buffer.concat([headers, parts[0].subarray(CONSUMED)]);

	const fields = Buffer.concat([Buffer.from([flags]), nonceOctets, be16(packet.length)]);
	const tokens = [];
	let following = Buffer.alloc(tokenBytes);
	for (let i = parts.length - 1; i >= 1; i--) {
		tokens[i] = following;
		const offset = Buffer.from([cuts[i][0] / 8]);
		const first = i === 1 ? hash(Buffer.concat([Buffer.from([3]), parts[0]])) : Buffer.alloc(0);
		following = hash(Buffer.concat([Buffer.from([2]), fields, offset, parts[i], following, first]));
	}
	tokens[0] = following;

	const dispatch = (kind) => Buffer.concat([Buffer.from([0xff]), be16(kind * 2048 + packet.length), be16(tag)]);
	return parts.map((part, i) => {
		if (i > 0) return Buffer.concat([dispatch(0b11100), Buffer.from([cuts[i][0] / 8]), tokens[i], part]);
		const anchored = [Buffer.from([1]), eight(source), eight(destination), fields, be16(tag), part, tokens[0]];
		const mic = keyed ? cmac(key, Buffer.concat(anchored)).subarray(0, 4) : Buffer.alloc(0);
		return Buffer.concat([dispatch(0b11000), Buffer.from([flags]), nonceOctets, tokens[0], mic, part]);
	});
}

const SHORT = { source: Buffer.from("0001", "hex"), destination: Buffer.from("0002", "hex"), room: 116 };
const LONG = {
	source: Buffer.from("0200000012340001", "hex"),
	destination: Buffer.from("0200000012340002", "hex"),
	room: 104,
};
const KEY = Buffer.from("2b7e151628aed2a6abf7158809cf4f3c", "hex");
const FORMATS = [
	{ keyed: false, tokenBytes: 8 },
	{ keyed: false, tokenBytes: 12 },
	{ keyed: false, tokenBytes: 16 },
	{ keyed: true, tokenBytes: 4 },
	{ keyed: true, tokenBytes: 8 },
];

const cases = [];

function add(name, size, settings) {
	const given = { tag: 0x0102 + cases.length, nonce: 0x1000 + cases.length, ...SHORT, ...settings };
	const packet = udpPacket(given.source, given.destination, size, cases.length);
	const key = given.keyed ? KEY : undefined;
	const payloads = payloadsOf({ ...given, packet, key });
	cases.push({
		name,
		keyed: given.keyed,
		tokenBytes: given.tokenBytes,
		nonce: given.nonce,
		...(key !== undefined && { key: key.toString("hex") }),
		source: given.source.toString("hex"),
		destination: given.destination.toString("hex"),
		tag: given.tag,
		room: given.room,
		packet: packet.toString("hex"),
		payloads: payloads.map((payload) => payload.toString("hex")),
	});
	return payloads.length;
}

function describe({ keyed, tokenBytes }, { source }) {
	return `${keyed ? "keyed" : "unkeyed"}, b = ${tokenBytes}, ${source.length === 2 ? "short" : "64-bit"} addresses`;
}

function sizeFor(count, settings) {
	for (let size = 1280; size > 100; size -= 8) {
		const packet = udpPacket(settings.source, settings.destination, size, 0);
		if (payloadsOf({ tag: 0, nonce: 0, key: KEY, ...settings, packet }).length === count) return size;
	}
	throw new Error(`no size up to 1,280 octets makes ${count} fragments`);
}

FORMATS.forEach((format) => {
	for (const addresses of [SHORT, LONG]) add(describe(format, addresses), 300, { ...format, ...addresses });
});
for (let count = 2; count <= 13; count++) {
	const settings = { ...FORMATS[count % 5], ...(count % 2 === 0 ? SHORT : LONG) };
	if (count > 11) settings.room = 96;
	add(`${count} fragments: ${describe(settings, settings)}`, sizeFor(count, settings), settings);
}
add("the lowest nonce and tag", 200, { ...FORMATS[0], nonce: 0, tag: 0 });
add("the highest nonce and tag", 200, { ...FORMATS[0], nonce: 0xffff, tag: 0xffff });
add("the highest nonce under a key", 200, { ...FORMATS[3], nonce: 0xfffffffe, tag: 0xffff });
add("the least room", 400, { ...FORMATS[4], room: 64 });
add("the longest tokens in the least room", 250, { ...FORMATS[2], room: 64 });
add("a last fragment of one octet", 128 + 96 + 1, { ...FORMATS[0], room: 110 });
add("a first fragment that fills its frame", 300, { ...FORMATS[0], room: 107 });
add("a token over whole cipher blocks", 128 + 31, { ...FORMATS[3], room: 110 });
add("the largest packet that IPv6 asks for", 1280, FORMATS[0]);

const document = {
	format: "Chained fragments (page 15); see firmware/README.md",
	made: "node test/vectors/chained-fragments.mjs",
	note: "addresses as 2 or 8 octets in hex, most significant first; room: octets of a MAC payload; payloads: in order",
	cases,
};
process.stdout.write(`${JSON.stringify(document, null, "\t")}\n`);
