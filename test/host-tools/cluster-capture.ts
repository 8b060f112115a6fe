import { LinkAddress } from "../../firmware/address.js";
import { bytesOf } from "../firmware/frames/bytes-of.js";
import type { Sent } from "./chained-capture.js";

const ALL = LinkAddress.short(0xffff);
const HEAD = LinkAddress.short(0x0002);
const MEMBER = LinkAddress.short(0x0001);

const from = (source: LinkAddress, destination: LinkAddress, text: string): Sent => ({
	source,
	destination,
	payload: bytesOf(text),
});

/** One message of each kind by which nodes form clusters, short and long names, flags set and not. */
export const CLUSTER_FRAMES: readonly Sent[] = [
	from(HEAD, ALL, "ff 01 03 1003 0009 c8 0c"),
	from(HEAD, ALL, "ff 02 0101 0007 00 00 75 30 02 c7 0280"),
	from(HEAD, ALL, "ff 03 0102 0007 00 03 0d 40 01 c6 2a 05 02 80"),
	from(HEAD, ALL, "ff 03 0103 0007 00 03 0d 41 00 c6 29 04 01 ff"),
	from(MEMBER, HEAD, "ff 04 00 40 0007"),
	from(HEAD, MEMBER, "ff 04 01 41 0008"),
	from(HEAD, ALL, "ff 05 0104 0007 00 07 a1 20 00 04 c5 3f 01 ff 03 0001 0203 fffd"),
	from(HEAD, ALL, "ff 05 0105 0007 00 07 a1 21 01 04 c5 3e 01 ff 01 024c470000000009"),
	from(HEAD, ALL, "ff 06 0106 0044 00 02 0001 0020 ffffffff 0203 0001 00000001"),
	from(HEAD, ALL, "ff 06 0107 0045 03 01 024c470000000009 fffe 80000000 deadbeef"),
];

/** What `decode --json` says of each, but for the HELLO. */
export const CLUSTER_MESSAGES: readonly unknown[] = [
	undefined,
	{ type: "sync", sequence: 0x101, round: 7, elapsedUs: 30_000, hops: 2, charge: 199, cost: 2.5 },
	{
		...{ type: "advertisement", sequence: 0x102, round: 7, elapsedUs: 200_000, tentative: true },
		...{ charge: 198, merit: 42, section: 5, hops: 2, completion: 128 / 255 },
	},
	{
		...{ type: "advertisement", sequence: 0x103, round: 7, elapsedUs: 200_001, tentative: false },
		...{ charge: 198, merit: 41, section: 4, hops: 1, completion: 1 },
	},
	{ type: "join", round: 7, intermediary: false, charge: 64 },
	{ type: "join", round: 8, intermediary: true, charge: 65 },
	{
		...{ type: "schedule", sequence: 0x104, round: 7, elapsedUs: 500_000, section: 4, charge: 197 },
		...{ meanCharge: 63, hops: 1, completion: 1, members: ["0x0001", "0x0203", "0xfffd"] },
	},
	{
		...{ type: "schedule", sequence: 0x105, round: 7, elapsedUs: 500_001, section: 4, charge: 197 },
		...{ meanCharge: 62, hops: 1, completion: 1, members: ["02:4c:47:00:00:00:00:09"] },
	},
	{
		...{ type: "receipt", sequence: 0x106, issue: 0x44, keyed: false },
		entries: [
			{ node: "0x0001", newest: 32, arrived: "1".repeat(32) },
			{ node: "0x0203", newest: 1, arrived: `1${"0".repeat(31)}` },
		],
	},
	{
		...{ type: "receipt", sequence: 0x107, issue: 0x45, keyed: true },
		entries: [
			{
				node: "02:4c:47:00:00:00:00:09",
				newest: 0xfffe,
				arrived: `${"0".repeat(31)}1`,
				code: "deadbeef",
			},
		],
	},
];
