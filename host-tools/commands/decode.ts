import { pathToFileURL } from "node:url";
import { type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import type { PolicyFactory, PolicyOptions } from "../../firmware/fragments/policy.js";
import { CONTEXTS, ContextTable } from "../../firmware/frames/context-table.js";
import { MAX_DATAGRAM_SIZE } from "../../firmware/frames/fragment.js";
import { parseIpv6Prefix } from "../../firmware/frames/ipv6-text.js";
import { REASSEMBLY_POLICIES } from "../../sim/opponents/index.js";
import { onePositional } from "../arguments.js";
import { Dissector } from "../capture/dissector.js";
import { openCapture } from "../capture/read-capture.js";
import type { Command, CommandArguments } from "../command.js";
import { type ExitCode, systemErrorCode, UserError } from "../errors.js";
import { LineOutput, stdoutHasColour } from "../output.js";
import { DecodeSummary } from "../report/decode-summary.js";
import { DecodeText } from "../report/decode-text.js";
import { makeStyle } from "../report/style.js";

const DEFAULT_POLICY = "rfc4944";
/** Reassembly memory of a node unless configured otherwise: four contexts of one IPv6 MTU. */
const NODE_BUDGET_BYTES = 4 * 1280;

export const command: Command = {
	name: "decode",
	summary: "dissect a capture: IEEE 802.15.4, 6LoWPAN, IPv6, datagrams put together",
	usage: "FILE [options]",
	options: {
		json: { type: "boolean", help: "JSON Lines, one object a frame" },
		context: {
			type: "string",
			multiple: true,
			value: "N=PREFIX",
			help: "6LoWPAN context, such as 0=2001:db8::/64; may be repeated",
		},
		as: {
			type: "string",
			multiple: true,
			value: "ADDRESS",
			help: "reassemble as this node would, 0x0002 or 02:00:00:00:12:34:00:01",
		},
		policy: {
			type: "string",
			value: "NAME",
			help: `reassembly policy, or a module's path (${DEFAULT_POLICY})`,
		},
	},
	notes: `
FILE is a pcap or pcapng with link type 195, 230, 283 (TAP), or Ethernet that carries ZEP.
Without --as, an observer with unlimited memory reassembles for every destination. With --as,
${NODE_BUDGET_BYTES} B of memory take the frames to that address and to all, retransmissions refused as
duplicates; repeat it for a node that has a short and an extended address.
Policies: ${[...REASSEMBLY_POLICIES.keys()].join(", ")}.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	const path = onePositional(args, "FILE");
	const as = args.texts("as").map(readAddress);
	const dissector = new Dissector({
		contexts: readContexts(args.texts("context")),
		policy: await readPolicy(args.text("policy") ?? DEFAULT_POLICY, as.length === 0),
		as,
		budgetBytes: as.length === 0 ? Number.POSITIVE_INFINITY : NODE_BUDGET_BYTES,
	});
	const capture = openCapture(path);
	const output = new LineOutput();
	if (args.flag("json")) {
		for (const frame of capture.frames()) await output.line(JSON.stringify(dissector.dissect(frame)));
	} else {
		const style = makeStyle(stdoutHasColour());
		const text = new DecodeText(style);
		const summary = new DecodeSummary();
		for (const frame of capture.frames()) {
			const found = dissector.dissect(frame);
			summary.add(found);
			await output.line(text.line(frame, found, dissector.progress));
		}
		await output.line("");
		for (const line of summary.lines(capture.packets, dissector, style)) await output.line(line);
	}
	await output.flush();
	return 0;
}

function readAddress(text: string): LinkAddress {
	const address = parseLinkAddress(text);
	if (address === undefined) {
		throw new UserError(`--as: expected an address as 0x0002 or 02:00:00:00:12:34:00:01, found '${text}'`);
	}
	return address;
}

function readContexts(texts: readonly string[]): ContextTable {
	const contexts = new ContextTable();
	for (const text of texts) {
		const equals = text.indexOf("=");
		const digits = text.slice(0, Math.max(equals, 0));
		const prefix = parseIpv6Prefix(text.slice(equals + 1));
		if (!/^\d{1,2}$/.test(digits) || Number(digits) >= CONTEXTS || prefix === undefined) {
			throw new UserError(`--context: expected a context as 0=2001:db8::/64, 0 to 15, found '${text}'`);
		}
		contexts.set(Number(digits), prefix.prefix, prefix.lengthBits);
	}
	return contexts;
}

/** A policy that ships by its name, or that of the module at a path, which exports it as `policy`. */
async function readPolicy(name: string, isObserver: boolean) {
	const options: PolicyOptions =
		isObserver && name === DEFAULT_POLICY ? { contextBytes: MAX_DATAGRAM_SIZE } : {};
	const shipped = REASSEMBLY_POLICIES.get(name);
	if (shipped !== undefined) return shipped.create(options);
	if (!/[./\\]/.test(name)) {
		const known = [...REASSEMBLY_POLICIES.keys()].join(", ");
		throw new UserError(`--policy: expected ${known} or a module's path, found '${name}'`);
	}
	let module: { readonly policy?: Partial<PolicyFactory> };
	try {
		module = (await import(pathToFileURL(name).href)) as typeof module;
	} catch (error) {
		if (systemErrorCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
		throw new UserError(`--policy: ${name}: expected a module, found none`, 3);
	}
	const { policy } = module;
	if (typeof policy?.create !== "function") {
		throw new UserError(`--policy: ${name}: expected a module that exports 'policy', found none`);
	}
	return policy.create(options);
}
