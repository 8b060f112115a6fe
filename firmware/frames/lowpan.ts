import { decodeFragmentHeader, FragmentHeader, type FragmentHeaderDrop } from "./fragment.js";
import { decodeMesh, type MeshDrop, MeshHeader } from "./mesh.js";

/** Dispatch octets of page 0 (RFC 4944, RFC 6282, RFC 8066; IANA "Dispatch Type Field"). */
export const Dispatch = {
	esc: 0x40,
	ipv6: 0x41,
	hc1: 0x42,
	bc0: 0x50,
	iphc: 0x60,
	frag1: 0xc0,
	fragn: 0xe0,
	rfrag: 0xe8,
	rfragAck: 0xea,
	/** Page switch to the page in the low four bits (RFC 8025). */
	page: 0xf0,
} as const;

/** The page for experiments (RFC 8025, section 4). */
export const EXPERIMENTAL_PAGE = 15;

/** What an uncompressed or compressed IPv6 packet begins with. */
export type HeaderKind = "ipv6" | "hc1" | "iphc";
/** The last dispatch that the walk over a frame finds. */
export type LowpanKind =
	| HeaderKind
	| "frag1"
	| "fragn"
	| "rfrag"
	| "rfrag-ack"
	/** Fragments whose headers stand on page 15: see `chained-fragment.ts`. */
	| "chained-frag1"
	| "chained-fragn"
	| "experimental";

/** Why a frame is no 6LoWPAN frame that a node can use. */
export type LowpanDrop =
	| "lowpan-truncated"
	| "not-lowpan"
	| "unknown-dispatch"
	| "unknown-extension"
	| "unknown-page"
	| "lowpan-header-order"
	| Exclude<MeshDrop, "not-mesh">
	| Exclude<FragmentHeaderDrop, "not-fragment">;

/** The chain of 6LoWPAN headers of one frame (RFC 4944, section 5.1). */
export class LowpanHeaders {
	kind: LowpanKind = "ipv6";
	/** Page in which `kind` was found, 0 unless the frame switches (RFC 8025). */
	page = 0;
	/** Whether there is a mesh header. */
	hasMesh = false;
	readonly mesh = new MeshHeader();
	/** Sequence number of the broadcast header, -1 without one (RFC 4944, section 11.1). */
	broadcastSeq = -1;
	/** Valid when `kind` is frag1 or fragn, chained or not. */
	readonly fragment = new FragmentHeader();
	/** What {@link decodeDispatch} found behind a first fragment header, "" before it was asked. */
	inner: HeaderKind | "" = "";
	/**
	 * Offset of the dispatch octet of `kind`; after the fragment header for frag1, fragn, chained or not (and of
	 * the dispatch octet of `inner`, once that was asked); after the page switch for experimental.
	 */
	next = 0;

	/** The headers in order of their appearance, such as mesh, frag1, iphc. */
	names(): string[] {
		const names: string[] = [];
		if (this.hasMesh) names.push("mesh");
		if (this.broadcastSeq >= 0) names.push("bc0");
		const isChained = this.kind === "chained-frag1" || this.kind === "chained-fragn";
		if (this.page !== 0 && this.inner === "" && !isChained) names.push(`page-${this.page}`);
		names.push(this.kind);
		if (this.page !== 0 && this.inner !== "" && !isChained) names.push(`page-${this.page}`);
		if (this.inner !== "") names.push(this.inner);
		return names;
	}
}

/**
 * Walks the 6LoWPAN headers of a MAC payload up to the one that says what the rest is.
 *
 * Mesh and broadcast headers, at most one of each and in this order, page switches and ESC are
 * walked over; behind a first fragment header the caller goes on with {@link decodeDispatch}.
 */
export function decodeLowpan(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: LowpanHeaders = new LowpanHeaders(),
): LowpanHeaders | LowpanDrop {
	into.page = 0;
	into.hasMesh = false;
	into.broadcastSeq = -1;
	into.inner = "";
	let at = offset;
	if (at < end && (bytes[at] as number) >>> 6 === 0b10) {
		const mesh = decodeMesh(bytes, at, end, into.mesh);
		if (typeof mesh === "string") return mesh === "not-mesh" ? "unknown-dispatch" : mesh;
		into.hasMesh = true;
		at = mesh.next;
	}
	if (at < end && bytes[at] === Dispatch.bc0) {
		if (at + 2 > end) return "lowpan-truncated";
		into.broadcastSeq = bytes[at + 1] as number;
		at += 2;
	}
	if (at >= end) return "lowpan-truncated";
	const octet = bytes[at] as number;
	const kind = octet >= Dispatch.frag1 ? fragmentKind(octet) : "";
	if (kind === "") return decodeHeaderKind(bytes, at, end, into, false);
	into.kind = kind;
	into.next = at;
	if (kind === "frag1" || kind === "fragn") {
		const fragment = decodeFragmentHeader(bytes, at, end, into.fragment);
		if (typeof fragment === "string") {
			return fragment === "not-fragment" ? "unknown-dispatch" : fragment;
		}
		into.next = fragment.next;
	}
	return into;
}

/**
 * Reads the dispatch behind a first fragment header, at `headers.next`, into `headers.inner`.
 *
 * Returns the same object, with `next` at the dispatch octet of `inner`.
 */
export function decodeDispatch(
	bytes: Uint8Array,
	end: number,
	headers: LowpanHeaders,
): LowpanHeaders | LowpanDrop {
	const outer = headers.kind;
	const outerPage = headers.page;
	// Behind a chained header parsing goes on in page 0.
	headers.page = 0;
	const decoded = decodeHeaderKind(bytes, headers.next, end, headers, true);
	const inner = headers.kind;
	headers.kind = outer;
	if (outerPage !== 0) headers.page = outerPage;
	if (typeof decoded === "string") return decoded;
	if (inner !== "ipv6" && inner !== "hc1" && inner !== "iphc") return "lowpan-header-order";
	headers.inner = inner;
	return decoded;
}

/** Which fragment header a dispatch octet from 0xc0 on begins, "" for none (RFC 4944, RFC 8931). */
function fragmentKind(octet: number): "frag1" | "fragn" | "rfrag" | "rfrag-ack" | "" {
	const five = octet & 0xf8;
	if (five === Dispatch.frag1) return "frag1";
	if (five === Dispatch.fragn) return "fragn";
	const seven = octet & 0xfe;
	if (seven === Dispatch.rfrag) return "rfrag";
	return seven === Dispatch.rfragAck ? "rfrag-ack" : "";
}

/**
 * Walks page switches to the dispatch of an IPv6 packet, or to the page for experiments.
 *
 * `isInner`: behind a first fragment header, where no other fragment may begin.
 */
function decodeHeaderKind(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: LowpanHeaders,
	isInner: boolean,
): LowpanHeaders | LowpanDrop {
	let at = offset;
	while (at < end && (bytes[at] as number) >>> 4 === 0xf) {
		into.page = (bytes[at++] as number) & 0xf;
		if (into.page === EXPERIMENTAL_PAGE) return decodeExperimental(bytes, at, end, into, isInner);
	}
	if (at >= end) return "lowpan-truncated";
	const octet = bytes[at] as number;
	into.next = at;
	// RFC 8138, section 4: IPHC is the one dispatch that page 1 shares with page 0.
	if (into.page <= 1 && octet >>> 5 === Dispatch.iphc >>> 5) into.kind = "iphc";
	else if (into.page !== 0) return "unknown-page";
	else if (octet === Dispatch.ipv6) into.kind = "ipv6";
	else if (octet === Dispatch.hc1) into.kind = "hc1";
	else return refuse(octet);
	return into;
}

/** Reads what stands on page 15: the header of a chained fragment, or a message that others know. */
function decodeExperimental(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: LowpanHeaders,
	isInner: boolean,
): LowpanHeaders | LowpanDrop {
	into.kind = "experimental";
	into.next = offset;
	const kind = !isInner && offset < end ? fragmentKind(bytes[offset]!) : "";
	if (kind !== "frag1" && kind !== "fragn") return into;
	const fragment = decodeFragmentHeader(bytes, offset, end, into.fragment);
	if (typeof fragment === "string") return fragment === "not-fragment" ? "unknown-dispatch" : fragment;
	into.kind = kind === "frag1" ? "chained-frag1" : "chained-fragn";
	into.next = fragment.next;
	return into;
}

function refuse(octet: number): LowpanDrop {
	if (octet < 0x40) return "not-lowpan";
	// RFC 8066, section 3: a frame with an extension type that is not understood is dropped.
	if (octet === Dispatch.esc) return "unknown-extension";
	if (octet >>> 6 === 0b10 || octet === Dispatch.bc0) return "lowpan-header-order";
	return fragmentKind(octet) === "" ? "unknown-dispatch" : "lowpan-header-order";
}
