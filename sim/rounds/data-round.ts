import { Purpose } from "./batteries.js";
import type { RadioModel } from "./radio-model.js";
import type { NetworkState } from "./state.js";

/** What a round of data came to. */
export interface DataRoundResult {
	/** Packets that reached the base. */
	packets: number;
	/** Readings in these. */
	readings: number;
}

/**
 * A round of data: each member sends a packet to its head; each head puts these and its own into one packet, and sends it
 * to the base; who has no head sends to the base itself.
 *
 * Members send in order of their numbers, then heads. Whoever cannot pay for all of something spends what is left and
 * dies: a packet cut short is not received, and what a head that dies has collected in this round is lost. Members do not
 * know yet, and send to it in vain until the next round begins.
 */
export class DataRound {
	readonly #state: NetworkState;
	readonly #toBaseJ: Float64Array;
	readonly #receiveJ: number;
	readonly #aggregateJ: number;
	readonly #radio: RadioModel;
	readonly #bits: number;
	/** What a round costs each node while nobody dies. */
	readonly #dueJ: Float64Array;
	readonly #toHeadJ: Float64Array;
	readonly #usualJ = new Float64Array(3);
	readonly #usual: DataRoundResult = { packets: 0, readings: 0 };
	/** Readings that each head has collected in this round. */
	readonly #collected: Int32Array;
	readonly #result: DataRoundResult = { packets: 0, readings: 0 };
	/** How many members each head has. */
	readonly members: Int32Array;
	/** Living nodes that lead, and those without a head. */
	heads = 0;
	uncovered = 0;

	/** `bits`: length of a packet. */
	constructor(state: NetworkState, radio: RadioModel, bits: number) {
		const { nodes, squareToBaseM2 } = state.field;
		this.#state = state;
		this.#radio = radio;
		this.#bits = bits;
		this.#toBaseJ = squareToBaseM2.map((squareM2) => radio.sendJ(bits, squareM2));
		this.#receiveJ = radio.receiveJ(bits);
		this.#aggregateJ = radio.aggregateJ(bits);
		this.#dueJ = new Float64Array(nodes);
		this.#toHeadJ = new Float64Array(nodes);
		this.#collected = new Int32Array(nodes);
		this.members = new Int32Array(nodes);
	}

	/** Takes up who leads whom and who lives, after either has changed. */
	prepare(): void {
		const { head, batteries, field } = this.#state;
		const { alive } = batteries;
		const radio = this.#radio;
		const bits = this.#bits;
		const toBaseJ = this.#toBaseJ;
		const toHeadJ = this.#toHeadJ;
		const aggregateJ = this.#aggregateJ;
		const gatherJ = this.#receiveJ + aggregateJ;
		const due = this.#dueJ.fill(0);
		this.#usualJ.fill(0);
		const members = this.members.fill(0);
		this.heads = 0;
		this.uncovered = 0;
		let sendJ = 0;
		let received = 0;
		for (let node = 0; node < head.length; node++) {
			if (alive[node] === 0) continue;
			const leader = head[node]!;
			if (leader === node || leader < 0) {
				if (leader < 0) this.uncovered++;
				else {
					this.heads++;
					due[node]! += aggregateJ;
				}
				due[node]! += toBaseJ[node]!;
				sendJ += toBaseJ[node]!;
				continue;
			}
			const costJ = radio.sendJ(bits, field.squareM2(node, leader));
			toHeadJ[node] = costJ;
			due[node]! += costJ;
			sendJ += costJ;
			if (alive[leader] === 0) continue;
			due[leader]! += gatherJ;
			members[leader]!++;
			received++;
		}
		this.#usualJ[Purpose.send] = sendJ;
		this.#usualJ[Purpose.receive] = received * this.#receiveJ;
		this.#usualJ[Purpose.aggregate] = (received + this.heads) * this.#aggregateJ;
		this.#usual.packets = this.heads + this.uncovered;
		this.#usual.readings = this.heads + this.uncovered + received;
	}

	/** One round; the result is valid until the next. Whoever dies is to be followed by {@link prepare}. */
	run(): DataRoundResult {
		const { chargeJ, spentJ } = this.#state.batteries;
		const due = this.#dueJ;
		// The dead owe nothing.
		for (let node = 0; node < due.length; node++)
			if (chargeJ[node]! <= due[node]! && due[node]! > 0) return this.#runInOrder();
		for (let node = 0; node < due.length; node++) chargeJ[node]! -= due[node]!;
		for (let purpose = 0; purpose < this.#usualJ.length; purpose++)
			spentJ[purpose]! += this.#usualJ[purpose]!;
		return this.#usual;
	}

	/** A round in which somebody may die. */
	#runInOrder(): DataRoundResult {
		const { head, batteries } = this.#state;
		const { alive } = batteries;
		const collected = this.#collected.fill(0);
		const result = this.#result;
		result.packets = 0;
		result.readings = 0;
		for (let node = 0; node < head.length; node++) {
			const leader = head[node]!;
			if (alive[node] === 0 || leader === node) continue;
			if (leader < 0) {
				if (batteries.pay(node, this.#toBaseJ[node]!, Purpose.send)) this.#deliver(1);
				continue;
			}
			const isSent = batteries.pay(node, this.#toHeadJ[node]!, Purpose.send);
			if (!isSent || alive[leader] === 0) continue;
			if (!batteries.pay(leader, this.#receiveJ, Purpose.receive) || alive[leader] === 0) continue;
			if (batteries.pay(leader, this.#aggregateJ, Purpose.aggregate)) collected[leader]!++;
		}
		for (let node = 0; node < head.length; node++) {
			if (alive[node] === 0 || head[node] !== node) continue;
			if (!batteries.pay(node, this.#aggregateJ, Purpose.aggregate) || alive[node] === 0) continue;
			if (batteries.pay(node, this.#toBaseJ[node]!, Purpose.send)) this.#deliver(collected[node]! + 1);
		}
		return result;
	}

	#deliver(readings: number): void {
		this.#result.packets++;
		this.#result.readings += readings;
	}
}
