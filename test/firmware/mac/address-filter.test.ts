import test from "ava";
import { LinkAddress } from "../../../firmware/address.js";
import { FrameType, MacHeader } from "../../../firmware/frames/mac-frame.js";
import { AddressFilter } from "../../../firmware/mac/address-filter.js";
import type { RadioConfig } from "../../../firmware/ports.js";
import { configOf, PAN } from "../../sim/support/radio-bench.js";

const NONE = new LinkAddress();
const OURS = LinkAddress.short(1);
const OUR_EUI64 = LinkAddress.extended(0x02000000, 1);
const ALL = LinkAddress.short(0xffff);

function header(
	type: FrameType,
	destinationPan: number,
	destination: LinkAddress,
	sourcePan = -1,
): MacHeader {
	const made = new MacHeader();
	made.type = type;
	made.destinationPan = destinationPan;
	made.destination.set(destination);
	made.sourcePan = sourcePan;
	made.source.setShort(5);
	return made;
}

type Row = readonly [
	what: string,
	header: MacHeader,
	accepted: boolean,
	addressee: boolean,
	Partial<RadioConfig>?,
];

const { data, beacon, command, ack } = FrameType;
const COORDINATOR = { panCoordinator: true };
const OTHER_PAN = 0x1234;

/** IEEE 802.15.4-2020, section 6.6.2, third level of filtering; and whether it is one to acknowledge. */
const TABLE: readonly Row[] = [
	["our short address", header(data, PAN, OURS), true, true],
	["our EUI-64", header(data, PAN, OUR_EUI64), true, true],
	["ours in every PAN", header(data, 0xffff, OURS), true, true],
	["ours without a PAN (version 2)", header(data, -1, OUR_EUI64), true, true],
	["another PAN", header(data, OTHER_PAN, OURS), false, false],
	["another PAN, EUI-64", header(data, OTHER_PAN, OUR_EUI64), false, false],
	["another short address", header(data, PAN, LinkAddress.short(2)), false, false],
	["another EUI-64, low half", header(data, PAN, LinkAddress.extended(0x02000000, 2)), false, false],
	["another EUI-64, high half", header(data, PAN, LinkAddress.extended(0x02000001, 1)), false, false],
	["an EUI-64 that ends like our short address", header(data, PAN, LinkAddress.extended(0, 1)), false, false],
	["all", header(data, PAN, ALL), true, false],
	["all in every PAN", header(data, 0xffff, ALL), true, false],
	["all of another PAN", header(data, OTHER_PAN, ALL), false, false],
	["all, to a radio without a short address", header(data, PAN, ALL), true, false, { shortAddress: 0xffff }],
	[
		"0xfffe, to a radio without a short address",
		header(data, PAN, LinkAddress.short(0xfffe)),
		false,
		false,
		{ shortAddress: 0xfffe },
	],
	["a command to us", header(command, PAN, OURS), true, true],
	["source only, to a coordinator", header(data, -1, NONE, PAN), true, false, COORDINATOR],
	["source only, to another node", header(data, -1, NONE, PAN), false, false],
	["source only, of another PAN", header(data, -1, NONE, OTHER_PAN), false, false, COORDINATOR],
	["a command with a source only", header(command, -1, NONE, PAN), true, false, COORDINATOR],
	["a beacon of our PAN", header(beacon, -1, NONE, PAN), true, false],
	["a beacon of another PAN", header(beacon, -1, NONE, OTHER_PAN), false, false],
	["a beacon, to a node without a PAN", header(beacon, -1, NONE, OTHER_PAN), true, false, { panId: 0xffff }],
	["an acknowledgement that nobody awaits", header(ack, -1, NONE), false, false],
	[
		"anything, to a promiscuous radio",
		header(data, OTHER_PAN, LinkAddress.short(9)),
		true,
		false,
		{ promiscuous: true },
	],
	["an acknowledgement, to a promiscuous radio", header(ack, -1, NONE), true, false, { promiscuous: true }],
];

for (const [what, frame, accepted, addressee, changes] of TABLE) {
	test(`${what}: ${accepted ? "accepted" : "refused"}`, (t) => {
		const filter = new AddressFilter();
		filter.configure(configOf(0, changes));
		t.is(filter.accepts(frame), accepted);
		t.is(filter.isAddressee(frame), addressee);
	});
}
