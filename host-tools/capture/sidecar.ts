import { parseLinkAddress } from "../../firmware/address.js";
import { UserError } from "../errors.js";
import { readInputFile } from "./read-capture.js";

/** What became of a ping: answered, answered with altered data, or not answered. */
export type PingOutcome = "ok" | "corrupted" | "lost";

/** One recorded ping, as the sidecar tells it. */
export interface RecordedPing {
	readonly isUnderAttack: boolean;
	readonly sequence: number;
	readonly icmpId: number;
	/** Number of its first frame in the capture. */
	readonly firstFrame: number;
	readonly outcome: PingOutcome;
	/** Whether the victim put the request together and began to answer. */
	readonly isReplyStarted: boolean;
}

/** A recorded attack on two nodes that ping each other. */
export interface RecordedAttack {
	/** What the attack is called. */
	readonly kind: string;
	/** Address of the pinging node, and of the one that is pinged and attacked. */
	readonly pinger: string;
	readonly victim: string;
	/** Who sent each frame: `1` the pinger, `2` the victim, `A` the attacker. */
	readonly senders: string;
	readonly pings: readonly RecordedPing[];
	/** Datagrams that the victim and the pinger counted as whole under attack. */
	readonly wholeRequests: number;
	readonly wholeReplies: number;
}

/** A value of a JSON file that knows where it stands, for messages. */
class Place {
	readonly #where: string;
	readonly #value: unknown;

	constructor(where: string, value: unknown) {
		this.#where = where;
		this.#value = value;
	}

	/** The value of a key of an object. */
	key(name: string): Place {
		if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value)) {
			return this.#fail(`an object with "${name}"`);
		}
		const value: unknown = Object.hasOwn(this.#value, name)
			? (this.#value as Readonly<Record<string, unknown>>)[name]
			: undefined;
		return new Place(`${this.#where}: ${name}`, value);
	}

	list(): readonly Place[] {
		if (!Array.isArray(this.#value)) return this.#fail("a list");
		return this.#value.map((value: unknown, i) => new Place(`${this.#where}[${i}]`, value));
	}

	text(): string {
		return typeof this.#value === "string" ? this.#value : this.#fail("a text");
	}

	flag(): boolean {
		return typeof this.#value === "boolean" ? this.#value : this.#fail("true or false");
	}

	integer(least: number, most: number): number {
		const value = this.#value;
		const isRight = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
		const expected = least === most ? String(least) : `an integer from ${least} to ${most}`;
		return isRight ? Number(value) : this.#fail(expected);
	}

	oneOf<T extends string>(choices: readonly T[]): T {
		return choices.find((choice) => choice === this.#value) ?? this.#fail(choices.join(" or "));
	}

	address(): string {
		const address = typeof this.#value === "string" ? parseLinkAddress(this.#value) : undefined;
		return address === undefined ? this.#fail("an address such as 02:00:00:00:12:34:00:01") : String(address);
	}

	#fail(expected: string): never {
		const found = this.#value === undefined ? "nothing" : JSON.stringify(this.#value).slice(0, 60);
		throw new UserError(`${this.#where}: expected ${expected}, found ${found}`);
	}
}

function open(path: string): Place {
	const text = readInputFile(path).toString("utf8");
	try {
		return new Place(path, JSON.parse(text));
	} catch {
		const head = JSON.stringify(text.slice(0, 20));
		throw new UserError(`${path}: expected JSON that tells of a recorded attack, found ${head}`);
	}
}

/**
 * Numbers of the frames that an attacker sent, from the list `attacker_frames` of a capture's sidecar.
 *
 * `packets` is how many the capture holds; a sidecar whose `frames` differs belongs to another one. Throws a
 * UserError that names the place.
 */
export function readAttackerFrames(path: string, packets: number): ReadonlySet<number> {
	const sidecar = open(path);
	const list = sidecar.key("attacker_frames").list();
	const frames = new Set(list.map((frame) => frame.integer(1, packets)));
	if (frames.size === 0) throw new UserError(`${path}: attacker_frames: expected frames, found none`);
	sidecar.key("frames").integer(packets, packets);
	return frames;
}

/** The whole of a sidecar, as `test/captures/attacks/README.md` describes it. Throws a UserError. */
export function readRecordedAttack(path: string): RecordedAttack {
	const sidecar = open(path);
	const addresses = sidecar.key("addresses");
	const counters = sidecar.key("riot_counters_during").key("attack_phase");
	const senders = sidecar.key("senders").text();
	const phases = [
		["before_attack", false],
		["under_attack", true],
	] as const;
	const pings = phases.flatMap(([phase, isUnderAttack]) =>
		sidecar
			.key("pings")
			.key(phase)
			.list()
			.map((ping) => ({
				isUnderAttack,
				sequence: ping.key("seq").integer(0, 0xffff),
				icmpId: ping.key("icmp_id").integer(0, 0xffff),
				firstFrame: ping.key("first_frame").integer(1, senders.length),
				outcome: ping.key("outcome").oneOf(["ok", "corrupted", "lost"]),
				isReplyStarted: ping.key("reply_started").flag(),
			})),
	);
	const whole = (node: string) => counters.key(node).key("dgsComplete").integer(0, Number.MAX_SAFE_INTEGER);
	return {
		kind: sidecar.key("attack").key("kind").text(),
		pinger: addresses.key("node1_pinger").address(),
		victim: addresses.key("node2_victim").address(),
		senders,
		pings,
		wholeRequests: whole("n2"),
		wholeReplies: whole("n1"),
	};
}
