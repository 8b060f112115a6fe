import process from "node:process";
import { type CryptographyCost, cryptographyCosts } from "./costs/cryptography.js";
import { memoryCosts } from "./costs/memory.js";

const PACKET_BYTES = 1280;

function row(cells: readonly (string | number)[]): void {
	process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

function head(cells: readonly string[]): void {
	row(cells);
	row(cells.map((_, i) => (i === 0 ? "---" : "--:")));
}

function perFragment(count: number, { fragments }: CryptographyCost): string {
	return (count / fragments).toFixed(2);
}

function main(): void {
	process.stdout.write(
		`One hop of a packet of ${PACKET_BYTES} octets, short addresses: hashes, SHA-256 and AES blocks a fragment\n\n`,
	);
	head(["", "b", "fragments", "hashes sent", "received", "blocks sent", "received", "dearest received"]);
	for (const cost of cryptographyCosts(PACKET_BYTES)) {
		const blocks = cost.shaBlocksSent > 0 ? "SHA" : "AES";
		row([
			cost.name,
			cost.tokenBytes === 0 ? "" : cost.tokenBytes,
			cost.fragments,
			perFragment(cost.hashesSent, cost),
			perFragment(cost.hashesReceived, cost),
			`${perFragment(cost.shaBlocksSent + cost.aesBlocksSent, cost)} ${blocks}`,
			`${perFragment(cost.shaBlocksReceived + cost.aesBlocksReceived, cost)} ${blocks}`,
			cost.mostBlocksReceived,
		]);
	}
	process.stdout.write("\nMemory\n\n");
	head(["what", "octets"]);
	for (const { what, bytes } of memoryCosts()) row([what, bytes.toLocaleString("en")]);
}

main();
