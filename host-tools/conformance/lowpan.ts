import { Fragmenter } from "../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../firmware/fragments/packet-head.js";
import { decompress, decompressDatagram } from "../../firmware/frames/decompress.js";
import { decodeFragmentHeader, encodeFragmentHeader } from "../../firmware/frames/fragment.js";
import { HeaderCompressor } from "../../firmware/frames/iphc-encode.js";
import { Dispatch, decodeDispatch, decodeLowpan, LowpanHeaders } from "../../firmware/frames/lowpan.js";
import { decodeMesh, encodeMesh } from "../../firmware/frames/mesh.js";
import { fromHex, toHex } from "./hex.js";
import { checkRecoverable } from "./recoverable.js";
import { differ, type Ends, endsOf, feed, firstDifference, inputOf, type LowpanVector } from "./vector.js";

/** Octets that hold any packet of these kinds, compressed or not. */
const ROOM = 65_536;
/** Octets of a MAC payload when our own fragments are made. */
const PAYLOAD_BYTES = 96;
const MAX_FRAGMENTED_BYTES = 2047;

/** The whole packet of one unfragmented payload, in hex, or why it is refused after `refused: `. */
function unfragmented(payload: Uint8Array, ends: Ends, elided?: boolean): string {
	const headers = decodeLowpan(payload, 0, payload.length);
	if (typeof headers === "string") return `refused: ${headers}`;
	const { kind } = headers;
	if (kind !== "ipv6" && kind !== "iphc" && kind !== "hc1") return `refused: ${kind}`;
	const source = headers.hasMesh ? headers.mesh.originator : ends.source;
	const destination = headers.hasMesh ? headers.mesh.final : ends.destination;
	const out = new Uint8Array(ROOM);
	const end = payload.length;
	const result = decompressDatagram(
		kind,
		payload,
		headers.next,
		end,
		source,
		destination,
		ends.contexts,
		out,
	);
	if (typeof result === "string") return `refused: ${result}`;
	if (elided !== undefined && result.checksumElided !== elided) return `checksum elided: ${!elided}`;
	return toHex(out, 0, result.length);
}

function compressed(datagram: Uint8Array, ends: Ends, elideChecksum = false): Uint8Array {
	const out = new Uint8Array(datagram.length + 64);
	const { source, destination, contexts } = ends;
	const compressor = new HeaderCompressor(contexts, elideChecksum);
	const headers = compressor.compress(datagram, datagram.length, source, destination, out, 0);
	out.set(datagram.subarray(headers.consumed), headers.next);
	return out.subarray(0, headers.next + datagram.length - headers.consumed);
}

function checkDecompress(vector: LowpanVector): string | undefined {
	const ends = endsOf(vector);
	const payload = inputOf(vector);
	const expected = String(vector.expect["datagram"]);
	const difference = differ("datagram", unfragmented(payload, ends, vector.checksumElided), expected);
	if (difference !== undefined) return difference;
	const again = compressed(fromHex(expected), ends, vector.checksumElided === true);
	const headers = decodeLowpan(payload, 0, payload.length);
	if (typeof headers !== "string" && !headers.hasMesh && again.length > payload.length - headers.next) {
		return `compressed again: expected at most ${payload.length - headers.next} octets, got ${again.length}`;
	}
	return differ("compressed again", unfragmented(again, ends), expected);
}

function checkCompress(vector: LowpanVector): string | undefined {
	const ends = endsOf(vector);
	const result = compressed(inputOf(vector), ends);
	const maxLength = Number(vector.expect["maxLength"]);
	if (result.length > maxLength) return `length: expected at most ${maxLength}, got ${toHex(result)}`;
	const difference = differ("datagram", unfragmented(result, ends), vector.input);
	if (difference !== undefined) return difference;
	const given = vector.expect["compressed"];
	if (typeof given !== "string") return undefined;
	return differ("given form", unfragmented(fromHex(given), ends), vector.input);
}

function checkUncompressed(vector: LowpanVector): string | undefined {
	const ends = endsOf(vector);
	const expected = String(vector.expect["datagram"]);
	const difference = differ("datagram", unfragmented(inputOf(vector), ends), expected);
	if (difference !== undefined) return difference;
	const again = Uint8Array.of(Dispatch.ipv6, ...fromHex(expected));
	return (
		differ("encoded again", unfragmented(again, ends), expected) ??
		differ("compressed", unfragmented(compressed(fromHex(expected), ends), ends), expected)
	);
}

function checkFirstFragment(vector: LowpanVector): string | undefined {
	const ends = endsOf(vector);
	const payload = inputOf(vector);
	const headers = decodeLowpan(payload, 0, payload.length, new LowpanHeaders());
	if (typeof headers === "string") return `refused: ${headers}`;
	if (headers.kind !== "frag1") return `expected frag1, got ${headers.kind}`;
	const inner = decodeDispatch(payload, payload.length, headers);
	if (typeof inner === "string") return `refused: ${inner}`;
	if (inner.inner === "") return "expected a dispatch behind frag1, got none";
	const source = headers.hasMesh ? headers.mesh.originator : ends.source;
	const destination = headers.hasMesh ? headers.mesh.final : ends.destination;
	const { size, tag } = headers.fragment;
	const out = new Uint8Array(ROOM);
	const result = decompress(
		inner.inner,
		payload,
		headers.next,
		payload.length,
		source,
		destination,
		ends.contexts,
		out,
		size,
	);
	if (typeof result === "string") return `refused: ${result}`;
	const rest = payload.subarray(result.next);
	out.set(rest, result.length);
	// The vectors count the headers that stand for compressed ones; behind 0x41 that is a matter of view.
	const whole = toHex(out, 0, result.length + rest.length);
	return (
		firstDifference({ datagramSize: size, datagramTag: tag }, vector) ??
		differ("headers and payload", whole, `${vector.expect["headers"]}${vector.expect["payload"]}`)
	);
}

function checkFragmentHeader(vector: LowpanVector): string | undefined {
	const input = inputOf(vector);
	const header = decodeFragmentHeader(input, 0, input.length);
	if (typeof header === "string") return `refused: ${header}`;
	const out = new Uint8Array(8);
	const end = encodeFragmentHeader(header, out, 0);
	return (
		firstDifference(
			{
				datagramSize: header.size,
				datagramTag: header.tag,
				offset: header.offset,
				headerLength: header.next,
			},
			vector,
		) ?? differ("encoded", toHex(out, 0, end), toHex(input, 0, header.next))
	);
}

function checkMeshHeader(vector: LowpanVector): string | undefined {
	const input = inputOf(vector);
	const header = decodeMesh(input, 0, input.length);
	if (typeof header === "string") return `refused: ${header}`;
	const difference = firstDifference(
		{
			originator: header.originator.toString().replace(/^0x|:/g, ""),
			final: header.final.toString().replace(/^0x|:/g, ""),
			hopsLeft: header.hopsLeft,
			headerLength: header.next,
		},
		vector,
	);
	if (difference !== undefined) return difference;
	const out = new Uint8Array(20);
	const end = encodeMesh(header, out, 0);
	const again = decodeMesh(out, 0, end);
	if (typeof again === "string") return `encoded: refused: ${again}`;
	const same =
		again.hopsLeft === header.hopsLeft &&
		again.originator.equals(header.originator) &&
		again.final.equals(header.final);
	return same ? undefined : `encoded: expected the same fields, got ${toHex(out, 0, end)}`;
}

function checkFragmentSet(vector: LowpanVector): string | undefined {
	const expected = String(vector.expect["datagram"]);
	const ends = endsOf(vector);
	const given = feed((vector.frames ?? []).map(fromHex), ends, expected);
	if (given !== undefined) return given;
	const datagram = fromHex(expected);
	if (datagram.length > MAX_FRAGMENTED_BYTES) return undefined;
	const fragmenter = new Fragmenter(new PacketHead(ends.contexts));
	fragmenter.begin(datagram, datagram.length, ends.source, ends.destination, 0x1234, PAYLOAD_BYTES);
	const frames: Uint8Array[] = [];
	while (!fragmenter.done) {
		const frame = new Uint8Array(PAYLOAD_BYTES);
		frames.push(frame.subarray(0, fragmenter.next(frame, 0, PAYLOAD_BYTES)));
	}
	const ours = feed(frames, ends, expected);
	return ours === undefined ? undefined : `our own fragments: ${ours}`;
}

/** The checks of the 6LoWPAN vector kinds: undefined when the vector holds both ways, else what differed. */
export const lowpanChecks: Readonly<Record<string, (vector: LowpanVector) => string | undefined>> = {
	"iphc-decompress": checkDecompress,
	"iphc-compress": checkCompress,
	"uncompressed-dispatch": checkUncompressed,
	"iphc-fragment": checkFirstFragment,
	"frag-header": checkFragmentHeader,
	"mesh-header": checkMeshHeader,
	"frag-set": checkFragmentSet,
	sfr: checkRecoverable,
};
