import type { LinkAddress } from "../address.js";
import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { CLUSTER_TIME_BYTES, ClusterTime, decodeClusterTime, encodeClusterTime } from "./cluster-time.js";

/** Message type on page 15. */
export const SCHEDULE_TYPE = 0x05;
/** Octets of a SCHEDULE without members, page switch included. */
export const SCHEDULE_BYTES = 2 + CLUSTER_TIME_BYTES + 7;

/** Flag: members are named by their EUI-64, 8 octets each, else by short address, 2 octets each. */
export const LONG_NAMES = 0x01;
/** Flag: there are more members; another SCHEDULE follows in the slot after that of the last one named here. */
export const SCHEDULE_CONTINUES = 0x02;

export type ScheduleDrop = "schedule-truncated" | "schedule-type" | "schedule-members";

/**
 * SCHEDULE: the head of a cluster gives each member its slot, in the first slot of its section.
 *
 * On the air, big-endian: 0xff, type 0x05, {@link ClusterTime} (8), flags (1), section (1), charge (1), mean charge (1),
 * hops (1), completion (1), members (1), then the members' addresses in order of their slots: the first one's is the slot
 * after this. What follows them is from later versions, and passed over. A sink with more members than one frame names
 * sends several, each in the slot before those that it gives. One that names another section than it is sent in tells that
 * the head goes there from the next round on.
 */
export class Schedule {
	readonly time = new ClusterTime();
	/** {@link LONG_NAMES}, {@link SCHEDULE_CONTINUES}; unknown bits are ignored. */
	flags = 0;
	section = 0;
	/** Charge of the head, and of its members on average, 0 to 255 (full). */
	charge = 0;
	meanCharge = 0;
	/** As in ADV. */
	hops = 0;
	completion = 0;
	/** How many members there are. */
	members = 0;
	/** Where their addresses begin in the decoded bytes. */
	membersAt = 0;

	get nameBytes(): number {
		return (this.flags & LONG_NAMES) === 0 ? 2 : 8;
	}
}

/** Encodes all of a SCHEDULE but its members, for which {@link encodeScheduleMember} is called in turn. */
export function encodeSchedule(schedule: Schedule, bytes: Uint8Array, offset: number): number {
	const at = encodeClusterTime(SCHEDULE_TYPE, schedule.time, bytes, offset);
	bytes[at] = schedule.flags;
	bytes[at + 1] = schedule.section;
	bytes[at + 2] = schedule.charge;
	bytes[at + 3] = schedule.meanCharge;
	bytes[at + 4] = schedule.hops;
	bytes[at + 5] = schedule.completion;
	bytes[at + 6] = schedule.members;
	return offset + SCHEDULE_BYTES;
}

/** Writes the address of the next member; returns the next offset. */
export function encodeScheduleMember(
	schedule: Schedule,
	member: LinkAddress,
	bytes: Uint8Array,
	offset: number,
): number {
	if (schedule.nameBytes === 2) putU16be(bytes, offset, member.low);
	else {
		putI32be(bytes, offset, member.high);
		putI32be(bytes, offset + 4, member.low);
	}
	return offset + schedule.nameBytes;
}

/** Decodes a SCHEDULE whose type octet is at `offset`, behind the page switch. */
export function decodeSchedule(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Schedule = new Schedule(),
): Schedule | ScheduleDrop {
	if (offset + SCHEDULE_BYTES - 1 > end) return "schedule-truncated";
	if (bytes[offset] !== SCHEDULE_TYPE) return "schedule-type";
	const at = decodeClusterTime(bytes, offset + 1, into.time);
	into.flags = bytes[at]!;
	into.section = bytes[at + 1]!;
	into.charge = bytes[at + 2]!;
	into.meanCharge = bytes[at + 3]!;
	into.hops = bytes[at + 4]!;
	into.completion = bytes[at + 5]!;
	into.members = bytes[at + 6]!;
	into.membersAt = at + 7;
	if (into.membersAt + into.members * into.nameBytes > end) return "schedule-members";
	return into;
}

/** Reads the address of a member, from 0 on, of a SCHEDULE that was decoded from these bytes. */
export function scheduleMember(
	schedule: Schedule,
	index: number,
	bytes: Uint8Array,
	into: LinkAddress,
): LinkAddress {
	const at = schedule.membersAt + index * schedule.nameBytes;
	return schedule.nameBytes === 2
		? into.setShort(u16be(bytes, at))
		: into.setExtended(i32be(bytes, at), i32be(bytes, at + 4));
}
