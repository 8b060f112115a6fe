const GREEDS: Readonly<Record<string, () => void>> = {
	chunks() {
		for (let length = 1024; ; length *= 2) new Uint8Array(length);
	},
	slots() {
		let list: object | undefined;
		for (;;) list = { list };
	},
	stack: function deeper() {
		deeper();
	},
	keys() {
		const names: Record<string, number> = {};
		for (let i = 0; ; i++) names[`key${i}`] = i;
	},
	loop() {
		for (;;);
	},
	/** Four thousand million places to look at, in one instruction. */
	search() {
		const sparse: number[] = [];
		sparse.length = 0xffff_ffff;
		sparse.indexOf(1);
	},
	throws() {
		throw new RangeError("as asked");
	},
	rejects() {
		Promise.reject(new RangeError("as asked"));
	},
	/** A caught exception is not the end: what cannot be caught is. */
	catches() {
		try {
			for (let length = 1024; ; length *= 2) new Uint8Array(length);
		} catch {
			host.print("caught");
		}
	},
	nothing() {},
};

/** Takes names of what to exhaust. */
export default function start(): void {
	host.onCall((bytes, length) => {
		const name = String.fromCharCode(...bytes.subarray(0, length));
		GREEDS[name]!();
	});
}
