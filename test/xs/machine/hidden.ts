/** Calls a method of an empty array whose name no script contains: it comes with the call. */
export default function start(): void {
	host.onCall((bytes, length) => {
		const name = String.fromCharCode(...bytes.subarray(0, length));
		const list: unknown[] = [];
		list.push(name);
		(list as unknown as Record<string, () => void>)[name]!();
	});
}
