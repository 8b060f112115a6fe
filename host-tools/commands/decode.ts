import { resolve } from "node:path";
import process from "node:process";
import { BROADCAST, type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import type {
	PolicyFactory,
	PolicyOptions,
	PolicyStack,
	ReassemblyPolicy,
} from "../../firmware/fragments/policy.js";
import { CONTEXTS, ContextTable } from "../../firmware/frames/context-table.js";
import { MAX_DATAGRAM_SIZE } from "../../firmware/frames/fragment.js";
import { parseIpv6Prefix } from "../../firmware/frames/ipv6-text.js";
import { REASSEMBLY_POLICIES } from "../../sim/opponents/index.js";
import { riot } from "../../sim/opponents/riot.js";
import { onePositional } from "../arguments.js";
import { listAddresses } from "../capture/address-list.js";
import type { CapturedFrame } from "../capture/captured-frame.js";
import type { Dissection } from "../capture/dissection.js";
import { Dissector } from "../capture/dissector.js";
import { PairKeys } from "../capture/pair-keys.js";
import { type Capture, openCapture } from "../capture/read-capture.js";
import { Reception, type ReceptionDrop } from "../capture/reception.js";
import type { Command, CommandArguments } from "../command.js";
import { type ExitCode, UserError } from "../errors.js";
import { LineOutput, stdoutHasColour } from "../output.js";
import { DecodeSummary, decodeHints } from "../report/decode-summary.js";
import { DecodeText } from "../report/decode-text.js";
import { makeStyle } from "../report/style.js";
import { importModule, moduleFault, type UserModule } from "../scenario/user-module.js";

const DEFAULT_POLICY = "rfc4944";
/** A node of ours unless configured otherwise: four contexts of one IPv6 MTU. */
const OUR_STACK: PolicyStack = { memoryBytes: 4 * 1280, rejectsDuplicates: true };
const LEAST_MEMORY_BYTES = 128;
const MOST_MEMORY_BYTES = 1_000_000_000;

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
		"link-key": {
			type: "string",
			multiple: true,
			value: "A,B=HEX",
			help: "key that two nodes share, 0x0001,0x0002=HEX, for keyed chained fragments; may be repeated",
		},
		"master-key": {
			type: "string",
			value: "HEX",
			help: "the scenario's node.chain.masterKey, from which simulated nodes have their link keys",
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
		memory: {
			type: "string",
			value: "BYTES",
			help: "reassembly memory of the node of --as (its stack's own)",
		},
	},
	notes: `
FILE is a pcap or pcapng with link type 195, 230, 283 (TAP), or Ethernet that carries ZEP.
Without --as, an observer with unlimited memory reassembles for every destination. With --as, a
node's memory (${OUR_STACK.memoryBytes} B; ${riot.stack?.memoryBytes} B with riot) takes the frames to that address and to all;
repeat it for a node that has a short and an extended address. What the acknowledgements of the
capture show that the node did not receive is left out: not-acknowledged, receiver-busy.
Retransmissions are refused as duplicates, except with riot, which does not look for them.
Chained fragments are verified; an observer without the key of keyed ones puts them together in order
and says that they are unverified, a node refuses them.
Policies: ${[...REASSEMBLY_POLICIES.keys()].join(", ")}.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	const path = onePositional(args, "FILE");
	const as = args.texts("as").map(readAddress);
	const contexts = readContexts(args.texts("context"));
	const { policy, modules, stack, isForeign } = await readPolicy(
		args.text("policy") ?? DEFAULT_POLICY,
		as.length === 0,
	);
	const keys = new PairKeys(args.texts("link-key"), args.text("master-key"));
	const memoryBytes = readMemory(args.text("memory"), as.length === 0);
	const capture = openCapture(path);
	const dissector = new Dissector({
		contexts,
		policy,
		as,
		budgetBytes: as.length === 0 ? Number.POSITIVE_INFINITY : (memoryBytes ?? stack.memoryBytes),
		rejectsDuplicates: stack.rejectsDuplicates,
		knowsChains: !isForeign,
		keys,
		...(as.length > 0 && { missed: findMissed(capture, as) }),
	});
	const destinations = new Set<string>();
	const dissect = (frame: CapturedFrame): Dissection => {
		try {
			const found = dissector.dissect(frame);
			if (found.mac?.dst !== undefined) destinations.add(found.mac.dst);
			return found;
		} catch (error) {
			throw moduleFault(error, modules) ?? error;
		}
	};
	const isJson = args.flag("json");
	if (isJson) await printJson(capture, dissect);
	else await printText(capture, dissect, dissector);
	const notes = [...(isJson ? decodeHints(dissector) : []), strangerNote(as, destinations)];
	for (const note of notes) if (note !== undefined) process.stderr.write(`lowguard decode: ${note}\n`);
	return 0;
}

/** The frames of a capture that a node with these addresses did not receive. */
function findMissed(capture: Capture, as: readonly LinkAddress[]): ReadonlyMap<number, ReceptionDrop> {
	const reception = new Reception(as);
	for (const frame of capture.frames()) reception.add(frame);
	return reception.missed();
}

async function printJson(capture: Capture, dissect: (frame: CapturedFrame) => Dissection): Promise<void> {
	const output = new LineOutput();
	for (const frame of capture.frames()) await output.line(JSON.stringify(dissect(frame)));
	await output.flush();
}

async function printText(
	capture: Capture,
	dissect: (frame: CapturedFrame) => Dissection,
	dissector: Dissector,
): Promise<void> {
	const output = new LineOutput();
	const style = makeStyle(stdoutHasColour());
	const text = new DecodeText(style);
	const summary = new DecodeSummary();
	for (const frame of capture.frames()) {
		const found = dissect(frame);
		summary.add(found);
		await output.line(text.line(frame, found, dissector.progress, dissector.passedOver));
	}
	await output.line("");
	for (const line of summary.lines(capture.packets, dissector, style)) await output.line(line);
	await output.flush();
}

/** What to say when no frame of the capture is to the node to receive as. */
function strangerNote(as: readonly LinkAddress[], destinations: ReadonlySet<string>): string | undefined {
	const names = as.map(String);
	if (names.length === 0 || names.some((name) => destinations.has(name))) return undefined;
	const others = [...destinations].filter((name) => name !== String(BROADCAST));
	return `--as: expected an address that frames are sent to${listAddresses(others)}, found ${names.join(" and ")}`;
}

function readAddress(text: string): LinkAddress {
	const address = parseLinkAddress(text);
	if (address === undefined) {
		throw new UserError(`--as: expected an address as 0x0002 or 02:00:00:00:12:34:00:01, found '${text}'`);
	}
	return address;
}

function readMemory(text: string | undefined, isObserver: boolean): number | undefined {
	if (text === undefined) return undefined;
	if (isObserver) throw new UserError("--memory: expected --as with it, found none");
	const bytes = Number(text);
	if (!/^\d+$/.test(text) || bytes < LEAST_MEMORY_BYTES || bytes > MOST_MEMORY_BYTES) {
		const expected = `expected octets from ${LEAST_MEMORY_BYTES} to ${MOST_MEMORY_BYTES}`;
		throw new UserError(`--memory: ${expected}, found '${text}'`);
	}
	return bytes;
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

/** A policy, the modules of the user that it comes from, and what its stack does around it. */
interface ChosenPolicy {
	readonly policy: ReassemblyPolicy;
	readonly modules: readonly UserModule[];
	readonly stack: PolicyStack;
	/** Whether that stack is not ours: it does not know chained fragments. */
	readonly isForeign: boolean;
}

/** A policy that ships by its name, or that of the module at a path, which exports it as `policy`. */
async function readPolicy(name: string, isObserver: boolean): Promise<ChosenPolicy> {
	const options: PolicyOptions =
		isObserver && name === DEFAULT_POLICY ? { contextBytes: MAX_DATAGRAM_SIZE } : {};
	const shipped = REASSEMBLY_POLICIES.get(name);
	if (shipped !== undefined) {
		const { stack } = shipped;
		const isForeign = stack !== undefined;
		return { policy: shipped.create(options), modules: [], stack: stack ?? OUR_STACK, isForeign };
	}
	if (!/[./\\]/.test(name)) {
		const known = [...REASSEMBLY_POLICIES.keys()].join(", ");
		throw new UserError(`--policy: expected ${known} or a module's path, found '${name}'`);
	}
	const file = resolve(name);
	const modules = [{ name, file }];
	const module = await importModule(file);
	if ("refusal" in module) throw new UserError(`--policy ${name}: ${module.refusal}`, module.exitCode);
	const factory = module.exports["policy"] as Partial<PolicyFactory> | undefined;
	if (typeof factory?.create !== "function") {
		throw new UserError(`--policy: ${name}: expected a module that exports 'policy', found none`);
	}
	const stack = factory.stack ?? OUR_STACK;
	if (!(stack.memoryBytes >= LEAST_MEMORY_BYTES) || typeof stack.rejectsDuplicates !== "boolean") {
		const expected = `expected memoryBytes of at least ${LEAST_MEMORY_BYTES}, and rejectsDuplicates true or false`;
		throw new UserError(`--policy: ${name}: stack: ${expected}, found ${JSON.stringify(stack)}`);
	}
	try {
		const policy = factory.create({ ...defaultsOf(factory), ...options });
		return { policy, modules, stack, isForeign: factory.stack !== undefined };
	} catch (error) {
		throw moduleFault(error, modules) ?? error;
	}
}

/** The defaults that a module declares for its options. */
function defaultsOf({ options }: Partial<PolicyFactory>): PolicyOptions {
	const schemas = Object.entries(options ?? {});
	return Object.fromEntries(schemas.map(([name, schema]) => [name, schema["default"] as number]));
}
