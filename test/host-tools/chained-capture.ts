import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LinkAddress } from "../../firmware/address.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { LinkType } from "../../host-tools/capture/captured-frame.js";
import { PcapWriter } from "../../host-tools/capture/pcap-writer.js";

/** A MAC payload on its way. */
export interface Sent {
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	readonly payload: Uint8Array;
	/** Pause before it; 5 ms when absent. */
	readonly pauseUs?: number;
}

/** Octets of an address as they stand in a MAC header. */
function littleEndian(address: LinkAddress): number[] {
	const { high, low, byteLength } = address;
	const octets = [low, low >>> 8, low >>> 16, low >>> 24, high, high >>> 8, high >>> 16, high >>> 24];
	return octets.slice(0, byteLength).map((octet) => octet & 0xff);
}

/** Writes a pcap of data frames with these payloads, frame numbers from 1; returns its path. */
export function writeCapture(folder: string, name: string, frames: readonly Sent[]): string {
	mkdirSync(folder, { recursive: true });
	const chunks: Uint8Array[] = [];
	const writer = new PcapWriter(LinkType.ieee802154WithFcs, (chunk) => chunks.push(chunk.slice()));
	let timeUs = 1_000_000;
	frames.forEach(({ source, destination, payload, pauseUs = 5000 }, i) => {
		timeUs += pauseUs;
		const modes = (destination.mode << 2) | 0x10 | (source.mode << 6);
		const ends = [...littleEndian(destination), ...littleEndian(source)];
		const psdu = Uint8Array.of(0x61, modes, i & 0xff, 0xcd, 0xab, ...ends, ...payload, 0, 0);
		putFcs(psdu, psdu.length);
		writer.frame(timeUs, psdu);
	});
	writer.finish();
	const path = join(folder, name);
	writeFileSync(path, Buffer.concat(chunks));
	return path;
}
