/** ICMPv6 types (IANA "ICMPv6 Parameters") that low-power networks use. */
const ICMPV6_TYPES: ReadonlyMap<number, string> = new Map([
	[1, "destination unreachable"],
	[2, "packet too big"],
	[3, "time exceeded"],
	[4, "parameter problem"],
	[128, "echo request"],
	[129, "echo reply"],
	[130, "multicast listener query"],
	[131, "multicast listener report"],
	[132, "multicast listener done"],
	[133, "router solicitation"],
	[134, "router advertisement"],
	[135, "neighbour solicitation"],
	[136, "neighbour advertisement"],
	[137, "redirect"],
	[143, "multicast listener report v2"],
	[157, "duplicate address request"],
	[158, "duplicate address confirmation"],
]);
const RPL = 155;
/** RPL control codes (RFC 6550, section 6); bit 7 marks the secured forms. */
const RPL_CODES: ReadonlyMap<number, string> = new Map([
	[0x00, "DIS"],
	[0x01, "DIO"],
	[0x02, "DAO"],
	[0x03, "DAO-ACK"],
	[0x04, "DCO"],
	[0x05, "DCO-ACK"],
	[0x0a, "consistency check"],
]);

/** The name of an ICMPv6 message, such as `echo request` or `RPL DIO`. */
export function icmpv6Name(type: number, code: number): string {
	if (type !== RPL) return ICMPV6_TYPES.get(type) ?? `type ${type}`;
	return `${code & 0x80 ? "secured " : ""}RPL ${RPL_CODES.get(code & 0x7f) ?? `code ${code}`}`;
}
