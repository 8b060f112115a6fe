import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import {
	decodeSchedule,
	encodeSchedule,
	encodeScheduleMember,
	LONG_NAMES,
	SCHEDULE_BYTES,
	SCHEDULE_TYPE,
	Schedule,
	scheduleMember,
} from "../../../firmware/frames/cluster-schedule.js";
import { bytesOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

const NAMES = ["flags", "section", "charge", "meanCharge", "hops", "completion"] as const;
interface Value extends Record<(typeof NAMES)[number] | "sequence" | "round" | "elapsedUs", number> {
	readonly members: readonly string[];
}

/** An address from how it is written: 2 or 8 octets in hex. */
const addressOf = (text: string): LinkAddress => LinkAddress.fromBytes(bytesOf(text));
/** 16 hex digits, or 4. */
const textOf = (address: LinkAddress): string => String(address).replace(/^0x|[:-]/g, "");

const codec: MessageCodec<Value> = {
	truncated: "schedule-truncated",
	otherType: "schedule-type",
	listTruncated: "schedule-members",
	encode({ sequence, round, elapsedUs, members, ...fields }, bytes, offset) {
		const schedule = Object.assign(new Schedule(), fields, { members: members.length });
		Object.assign(schedule.time, { sequence, round, elapsedUs });
		let at = encodeSchedule(schedule, bytes, offset);
		for (const member of members) at = encodeScheduleMember(schedule, addressOf(member), bytes, at);
		return at;
	},
	decode(bytes, offset, end) {
		const found = decodeSchedule(bytes, offset, end);
		if (typeof found === "string") return found;
		const { time, flags, section, charge, meanCharge, hops, completion } = found;
		const members = Array.from({ length: found.members }, (_, i) =>
			textOf(scheduleMember(found, i, bytes, new LinkAddress())),
		);
		return { ...time, flags, section, charge, meanCharge, hops, completion, members };
	},
};

const HEADER = `
	ff 05          // page 15, SCHEDULE
	0100           // sequence 256
	0203           // round 515
	00 07 a1 20    // 500 ms since the round began
`;
const FIELDS = {
	sequence: 256,
	round: 515,
	elapsedUs: 500_000,
	section: 4,
	charge: 250,
	meanCharge: 120,
	hops: 1,
	completion: 255,
};

test("SCHEDULE with members by short address, both ways", (t) => {
	const octets = bytesOf(`${HEADER}
		00             // short names
		04 fa 78       // section 4, charge 250, mean charge 120
		01 ff          // one hop, completion 1
		03             // three members
		0001 0203 fffd
	`);
	t.is(octets.length, SCHEDULE_BYTES + 6);
	checkVector(t, codec, octets, { ...FIELDS, flags: 0, members: ["0001", "0203", "fffd"] });
});

test("SCHEDULE with members by EUI-64, both ways", (t) => {
	const octets = bytesOf(`${HEADER}
		01             // long names
		04 fa 78 01 ff
		02             // two members
		02 4c 47 00 00 00 00 09
		f0 e1 d2 c3 b4 a5 96 87
	`);
	const members = ["024c470000000009", "f0e1d2c3b4a59687"];
	checkVector(t, codec, octets, { ...FIELDS, flags: LONG_NAMES, members });
});

test("SCHEDULE without members is whole", (t) => {
	const octets = bytesOf(`${HEADER} 00 04 fa 78 01 ff 00`);
	checkVector(t, codec, octets, { ...FIELDS, flags: 0, members: [] });
});

test("SCHEDULE survives its codec, and arbitrary octets do no harm", (t) => {
	const u8 = fc.nat({ max: 0xff });
	const u16 = fc.nat({ max: 0xffff });
	const values = fc.boolean().chain((isLong) => {
		const name = fc
			.uint8Array({ minLength: isLong ? 8 : 2, maxLength: isLong ? 8 : 2 })
			.map((octets) => Buffer.from(octets).toString("hex"));
		return fc.record({
			sequence: u16,
			round: u16,
			elapsedUs: fc.nat({ max: 0xffffffff }),
			flags: u8.map((flags) => (isLong ? flags | LONG_NAMES : flags & ~LONG_NAMES)),
			section: u8,
			charge: u8,
			meanCharge: u8,
			hops: u8,
			completion: u8,
			members: fc.array(name, { maxLength: isLong ? 12 : 50 }),
		});
	});
	checkProperties(t, codec, SCHEDULE_TYPE, values);
});
