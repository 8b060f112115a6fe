/**
 * The host's own cryptography, as a call asks for it: 1 and a message for its SHA-256, 2 with a key and blocks
 * of 16 octets for their encryption.
 */
export default function start(): void {
	const digest = new Uint8Array(32);
	host.onCall((bytes, length) => {
		if (bytes[0] === 1) {
			host.sha256(bytes, 1, length, digest);
			host.post(digest, 32);
			return;
		}
		const key = host.aesKey(bytes.slice(1, 17));
		const blocks = bytes.slice(17, length);
		for (let at = 0; at < blocks.length; at += 16) host.aesEncrypt(key, blocks, at);
		host.post(blocks, blocks.length);
	});
}
