import type { EventQueue } from "./kernel/queue.js";

/** Throws a RangeError that names the method and its argument, unless `node` is one of `nodes`. */
export function expectNode(method: string, argument: string, node: number, nodes: number): void {
	if (Number.isInteger(node) && node >= 0 && node < nodes) return;
	throw new RangeError(`${method}: expected ${argument} from 0 to ${nodes - 1}, got ${node}`);
}

/** What is to happen at nodes: nothing of it does once the node is dead. */
export class NodeTimers {
	readonly #queue: EventQueue;
	/** 1 for each node that has not stopped for good. */
	readonly #alive: Uint8Array;
	/** What the events that are set stand for; free places are `undefined`. */
	readonly #callbacks: ((() => void) | undefined)[] = [];
	readonly #free: number[] = [];
	readonly #handlers: ((node: number) => void)[] = [];
	readonly #onceKind: number;
	readonly #handlerKind: number;

	/** `alive`: 1 for each node that lives; read anew each time. */
	constructor(queue: EventQueue, alive: Uint8Array) {
		this.#queue = queue;
		this.#alive = alive;
		this.#onceKind = queue.register((node, place) => this.#callBack(node, place));
		this.#handlerKind = queue.register((node, handler) => {
			if (alive[node] === 1) this.#handlers[handler]!(node);
		});
	}

	/**
	 * Calls `callback` at a time in whole microseconds, unless the node is dead by then.
	 *
	 * Throws a RangeError for a node that does not exist or a time that is no integer.
	 */
	at(node: number, timeUs: number, callback: () => void): void {
		this.#expect("at", node, timeUs);
		const place = this.#free.pop() ?? this.#callbacks.length;
		this.#callbacks[place] = callback;
		this.#queue.post(timeUs, this.#onceKind, node, place);
	}

	/**
	 * Has `onDue` done at times of nodes that the returned function sets, as {@link NodeTimers.at} would: no object waits
	 * for the time to come.
	 */
	timer(onDue: (node: number) => void): (node: number, timeUs: number) => void {
		const handler = this.#handlers.push(onDue) - 1;
		return (node, timeUs) => {
			this.#expect("timer", node, timeUs);
			this.#queue.post(timeUs, this.#handlerKind, node, handler);
		};
	}

	#expect(method: string, node: number, timeUs: number): void {
		expectNode(method, "node", node, this.#alive.length);
		if (Number.isSafeInteger(timeUs)) return;
		throw new RangeError(`${method}: expected timeUs to be an integer, got ${timeUs}`);
	}

	#callBack(node: number, place: number): void {
		const callback = this.#callbacks[place]!;
		this.#callbacks[place] = undefined;
		this.#free.push(place);
		if (this.#alive[node] === 1) callback();
	}
}
