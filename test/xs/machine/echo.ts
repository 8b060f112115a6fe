/** Posts what it is called with, then what its query for the same is answered. */
export default function start(): void {
	const answer = new Uint8Array(256);
	host.onCall((bytes, length) => {
		host.post(bytes, length);
		const answered = host.query(bytes, length, answer);
		host.post(answer, answered);
	});
}
