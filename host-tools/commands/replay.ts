import { type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { hasGoodFcs, putFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader } from "../../firmware/frames/mac-frame.js";
import { addressOf } from "../../firmware/mote/addresses.js";
import { contextTable } from "../../firmware/mote/node-config-of.js";
import { listen } from "../../sim/attacks/listener.js";
import { Replay, type ReplayFrame } from "../../sim/attacks/replay.js";
import { ReplayOutcomes } from "../../sim/measure/replay-outcomes.js";
import type { Simulation } from "../../sim/simulation.js";
import { onePositional } from "../arguments.js";
import { listAddresses } from "../capture/address-list.js";
import { FILTER_TERMS, FrameFilter } from "../capture/frame-filter.js";
import { openCapture } from "../capture/read-capture.js";
import { type AddressMap, FrameRewriter, isMappable } from "../capture/rewrite.js";
import { readAttackerFrames } from "../capture/sidecar.js";
import type { Command, CommandArguments } from "../command.js";
import { type ExitCode, UserError } from "../errors.js";
import { attackScore, replayText } from "../report/replay-text.js";
import { execute } from "../run/execute.js";
import { RUN_OPTIONS, readSeed, scenarioWords } from "../run/options.js";
import { loadScenario } from "../scenario/load.js";

export const command: Command = {
	name: "replay",
	summary: "send the frames of a capture into a running scenario",
	usage: "CAPTURE --into SCENARIO --at X,Y [options]",
	options: {
		into: { type: "string", value: "SCENARIO", help: "scenario that runs meanwhile" },
		at: { type: "string", value: "X,Y", help: "where the sending radio stands, in metres" },
		power: { type: "string", value: "DBM", help: "its transmit power (the scenario's)" },
		start: { type: "string", value: "S", help: "simulated second of the first frame (0)" },
		map: {
			type: "string",
			multiple: true,
			value: "ADDRESS=node:N",
			help: "a recorded address becomes that of node N, or with =self of the radio; may be repeated",
		},
		speed: { type: "string", value: "F", help: "2 replays in half the time (1)" },
		loop: { type: "string", value: "N", help: "send the capture N times (1)" },
		only: { type: "string", value: "FILTER", help: "which frames, such as fragment,src=0x0001,frames=1-40" },
		attackers: {
			type: "string",
			value: "FILE",
			help: "only the frames that FILE lists as attacker_frames, and score them one by one",
		},
		...RUN_OPTIONS,
	},
	notes: `
Frames with a mapped address get the scenario's PAN; FCS and checksums are corrected. Frames with a
bad FCS stay out.
FILTER, separated by commas: ${FILTER_TERMS}.
Without a kind, all frames but acknowledgements are sent: receivers send their own.
FILE of --attackers is the JSON file beside a recorded attack, as test/captures/attacks/README.md
describes it; without --only, acknowledgements in its list are sent too. It is told of each frame
whether a node accepted it (a miss of the defence) or refused it, and why (a hit).`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	const path = onePositional(args, "CAPTURE");
	const into = required(args, "into", "a scenario");
	const at = readPlace(required(args, "at", "a place such as 40,40"));
	const loaded = await loadScenario(into, { seed: readSeed(args), set: args.texts("set") });
	const { fidelity } = loaded.scenario;
	if (fidelity !== "packets")
		throw new UserError(
			`--into ${into}: expected a scenario with frames on the air, found fidelity ${fidelity}`,
		);
	const txPowerDbm = readNumber(args, "power", loaded.scenario.radio.txPowerDbm, -100, 40);
	const startUs = Math.round(readNumber(args, "start", 0, 0, loaded.scenario.durationS) * 1e6);
	const speed = readNumber(args, "speed", 1, 1e-6, 1e6);
	const loops = readNumber(args, "loop", 1, 1, 1e9);
	const attackers = args.text("attackers");
	// What an attacker sends is told by the list alone: forged acknowledgements are part of it.
	const filter = new FrameFilter(args.text("only") ?? (attackers === undefined ? undefined : "all"));
	const { frames: recorded, addresses } = readFrames(path, filter, { only: args.text("only"), attackers });
	const mappings = readMappings(args.texts("map"), addresses);
	const words = [path, "--into", into];
	for (const name of ["at", "power", "start", "speed", "loop", "only", "attackers"]) {
		const value = args.text(name);
		if (value !== undefined) words.push(`--${name}`, value);
	}
	words.push(...args.texts("map").flatMap((map) => ["--map", map]), ...scenarioWords(args));
	const outcomes = new ReplayOutcomes();
	let replay: Replay | undefined;
	let tooLong = 0;
	const prepare = (simulation: Simulation): void => {
		const map = makeMap(mappings, simulation);
		const rewriter = new FrameRewriter(map, contextTable(loaded.scenario.node.contexts));
		const frames: ReplayFrame[] = [];
		for (const frame of recorded) {
			const psdu = rewriter.rewrite(frame.psdu);
			if (psdu === undefined) tooLong++;
			else frames.push({ ...frame, psdu });
		}
		const { world, nodes, sink } = simulation;
		const radio = world.outsiders[0]!;
		const self = addressOf(nodes, loaded.scenario.node.addressing);
		radio.configure({
			channel: loaded.scenario.channel.number,
			panId: loaded.scenario.node.panId,
			shortAddress: self.byteLength === 2 ? self.low : 0xfffe,
			extendedHigh: self.high,
			extendedLow: self.low,
			txPowerDbm,
			promiscuous: false,
			panCoordinator: false,
		});
		radio.receive(true);
		listen(nodes, radio, world.queue, sink, contextTable(loaded.scenario.node.contexts));
		replay = new Replay(frames, radio, world.queue, sink, { node: nodes, startUs, speed, loops });
		replay.start();
	};
	const report = () => ({
		capture: path,
		frames: recorded.length * loops,
		tooLong: tooLong * loops,
		unsent: replay?.unsent ?? 0,
		late: replay?.late ?? 0,
		sent: outcomes.sent,
		outcomes: outcomes.outcomes,
		...(attackers !== undefined && { attackers: attackScore(outcomes) }),
	});
	await execute(loaded, args, {
		command: "replay",
		words,
		run: { sinks: [outcomes.sink], outsiders: [{ ...at, txPowerDbm }], prepare },
		epilogue: (style) => replayText(report(), style),
		extra: () => ({ replay: report() }),
	});
	return 0;
}

function required(args: CommandArguments, name: string, what: string): string {
	const value = args.text(name);
	if (value === undefined) throw new UserError(`--${name}: expected ${what}, found nothing`);
	return value;
}

function readNumber(
	args: CommandArguments,
	name: string,
	otherwise: number,
	least: number,
	most: number,
): number {
	const text = args.text(name);
	if (text === undefined) return otherwise;
	const value = Number(text);
	if (text.trim() === "" || !(value >= least && value <= most)) {
		throw new UserError(`--${name}: expected a number from ${least} to ${most}, found '${text}'`);
	}
	if (name === "loop" && !Number.isInteger(value)) {
		throw new UserError(`--loop: expected an integer, found '${text}'`);
	}
	return value;
}

function readPlace(text: string): { x: number; y: number } {
	const parts = text.split(",");
	const [x, y] = parts.map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
	if (parts.length !== 2 || !Number.isFinite(x) || !Number.isFinite(y)) {
		throw new UserError(`--at: expected X,Y in metres, such as 40,40; found '${text}'`);
	}
	return { x: x!, y: y! };
}

/** What a capture holds to replay. */
interface Recording {
	/** The frames that pass the filter, with good FCS, at their times from the first packet on. */
	readonly frames: readonly ReplayFrame[];
	/** Addresses of all frames with good FCS, as text. */
	readonly addresses: ReadonlySet<string>;
}

/** The options that choose frames, as they were given. */
interface Choice {
	readonly only: string | undefined;
	readonly attackers: string | undefined;
}

function readFrames(path: string, filter: FrameFilter, { only, attackers }: Choice): Recording {
	const capture = openCapture(path);
	const chosen = attackers === undefined ? undefined : readAttackerFrames(attackers, capture.packets);
	const frames: ReplayFrame[] = [];
	const addresses = new Set<string>();
	let firstUs = Number.NaN;
	for (const frame of capture.frames()) {
		if (Number.isNaN(firstUs)) firstUs = frame.timeUs;
		if (frame.drop !== undefined || frame.psdu.length < 3) continue;
		const psdu = frame.fcs === "present" ? frame.psdu : withFcs(frame.psdu);
		if (psdu.length > 127 || !hasGoodFcs(psdu)) continue;
		addAddresses(psdu, addresses);
		if (!filter.passes(frame.number, psdu) || chosen?.has(frame.number) === false) continue;
		frames.push({ number: frame.number, offsetUs: Math.max(0, frame.timeUs - firstUs), psdu });
	}
	if (frames.length === 0) {
		const options = [only && `--only ${only}`, attackers && `--attackers ${attackers}`].filter(Boolean);
		const expected =
			options.length === 0
				? "other whole frames than acknowledgements"
				: `frames that pass ${options.join(" and ")}`;
		throw new UserError(`${path}: expected ${expected}, found none`);
	}
	return { frames, addresses };
}

function addAddresses(psdu: Uint8Array, addresses: Set<string>): void {
	const header = decodeMacHeader(psdu, 0, psdu.length - 2);
	if (typeof header === "string") return;
	for (const address of [header.source, header.destination]) {
		if (isMappable(address)) addresses.add(String(address));
	}
}

function withFcs(frame: Uint8Array): Uint8Array {
	const psdu = new Uint8Array(frame.length + 2);
	psdu.set(frame);
	putFcs(psdu, psdu.length);
	return psdu;
}

/** One `--map`: a recorded address, and the node that takes its place, undefined for the radio itself. */
interface Mapping {
	readonly text: string;
	readonly recorded: LinkAddress;
	readonly node: number | undefined;
}

function readMappings(texts: readonly string[], addresses: ReadonlySet<string>): readonly Mapping[] {
	const mappings: Mapping[] = [];
	for (const text of texts) {
		const [, from = "", to = "", number] = /^([^=]*)=(node:([0-9]+)|self)$/.exec(text) ?? [];
		const recorded = parseLinkAddress(from);
		if (recorded === undefined || to === "") {
			throw new UserError(`--map: expected ADDRESS=node:N or ADDRESS=self, found '${text}'`);
		}
		if (!isMappable(recorded)) {
			throw new UserError(`--map ${text}: expected the address of one node, found the one for all`);
		}
		if (!addresses.has(String(recorded))) {
			const expected = `expected an address of the capture${listAddresses(addresses)}`;
			throw new UserError(`--map ${text}: ${expected}, found ${recorded}`);
		}
		if (mappings.some((other) => other.recorded.equals(recorded))) {
			throw new UserError(`--map ${text}: expected each address once, found ${recorded} again`);
		}
		mappings.push({ text, recorded, node: number === undefined ? undefined : Number(number) });
	}
	return mappings;
}

function makeMap(mappings: readonly Mapping[], { nodes, scenario }: Simulation): AddressMap {
	const { addressing, panId } = scenario.node;
	const pairs = mappings.map(({ text, recorded, node }) => {
		if (node !== undefined && node >= nodes) {
			throw new UserError(`--map ${text}: expected a node from 0 to ${nodes - 1}, found ${node}`);
		}
		return [recorded, addressOf(node ?? nodes, addressing)] as const;
	});
	return {
		panId,
		lookUp: (address) => pairs.find(([recorded]) => recorded.equals(address))?.[1],
	};
}
