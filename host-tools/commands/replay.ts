import { addressOf } from "../../firmware/mote/addresses.js";
import { contextTable } from "../../firmware/mote/node-config-of.js";
import { listen } from "../../sim/attacks/listener.js";
import { Replay } from "../../sim/attacks/replay.js";
import { ReplayOutcomes } from "../../sim/measure/replay-outcomes.js";
import type { Simulation } from "../../sim/simulation.js";
import { onePositional, readNumber, required } from "../arguments.js";
import { type Mapping, mapAddresses } from "../capture/mappings.js";
import { REPLAY_NOTES, REPLAY_OPTIONS, readReplay, rewriteFrames } from "../capture/replay-choice.js";
import type { AddressMap } from "../capture/rewrite.js";
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
		...REPLAY_OPTIONS,
		attackers: {
			type: "string",
			value: "FILE",
			help: "only the frames that FILE lists as attacker_frames, and score them one by one",
		},
		...RUN_OPTIONS,
	},
	notes: `
Frames with a mapped address get the scenario's PAN. ${REPLAY_NOTES}
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
	const attackers = args.text("attackers");
	const { frames: recorded, mappings, speed, loops } = readReplay(args, path, attackers);
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
		const rewritten = rewriteFrames(recorded, map, contextTable(loaded.scenario.node.contexts));
		const { frames } = rewritten;
		tooLong = rewritten.tooLong;
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

function readPlace(text: string): { x: number; y: number } {
	const parts = text.split(",");
	const [x, y] = parts.map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
	if (parts.length !== 2 || !Number.isFinite(x) || !Number.isFinite(y)) {
		throw new UserError(`--at: expected X,Y in metres, such as 40,40; found '${text}'`);
	}
	return { x: x!, y: y! };
}

function makeMap(mappings: readonly Mapping[], { nodes, scenario }: Simulation): AddressMap {
	const { addressing, panId } = scenario.node;
	return mapAddresses(mappings, panId, ({ text, node }) => {
		if (node !== undefined && node >= nodes) {
			throw new UserError(`--map ${text}: expected a node from 0 to ${nodes - 1}, found ${node}`);
		}
		return addressOf(node ?? nodes, addressing);
	});
}
