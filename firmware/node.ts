import { LinkAddress, NO_SHORT_ADDRESS } from "./address.js";
import { Cluster } from "./cluster/cluster.js";
import { PolicyGate } from "./cluster/policy-gate.js";
import { ChainHash } from "./fragments/chain-hash.js";
import { ChainReceiver } from "./fragments/chain-receiver.js";
import { Fragmenter } from "./fragments/fragmenter.js";
import type { ReassemblyPolicy } from "./fragments/policy.js";
import { defaultPolicy } from "./fragments/predictive-variants.js";
import { Reassembler } from "./fragments/reassembler.js";
import { GRADIENT_BEACON_TYPE } from "./frames/gradient-beacon.js";
import { HELLO_TYPE } from "./frames/hello.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./frames/lowpan.js";
import type { MacHeader } from "./frames/mac-frame.js";
import { longestDeliveryUs } from "./mac/csma.js";
import { LinkKeyring } from "./mac/link-keys.js";
import { LinkLayer, type PayloadHandler } from "./mac/link-layer.js";
import { Adaptation } from "./net/adaptation.js";
import { addressUnder, linkLocalOf } from "./net/addresses.js";
import { Chaining } from "./net/chaining.js";
import { Gradient } from "./net/gradient.js";
import { HelloService } from "./net/hello-service.js";
import { datagramIdent } from "./net/ident.js";
import { NeighbourDiscovery } from "./net/neighbour-discovery.js";
import { NetworkLayer } from "./net/network-layer.js";
import { Outbox } from "./net/outbox.js";
import { type Routing, StaticRouting } from "./net/routing.js";
import type { NodeConfig } from "./node-config.js";
import type { Ports } from "./ports.js";
import { NeighbourTable, Worth } from "./trust/neighbours.js";
import type { Workspace } from "./workspace.js";

export type { NodeConfig } from "./node-config.js";

/**
 * One Lowguard node: radio to application, the same on the chip and in the simulator.
 *
 * It sleeps until a port calls it. Give it one workspace with the other nodes of its machine.
 */
export class Node {
	readonly config: NodeConfig;
	readonly ports: Ports;
	readonly address: LinkAddress;
	/** Our link-local address, and the routable one where there is a prefix. */
	readonly linkLocal: Uint8Array;
	readonly global: Uint8Array | undefined;
	readonly neighbours: NeighbourTable;
	readonly reassembler: Reassembler;
	readonly network: NetworkLayer;
	readonly routing: Routing;
	readonly outbox: Outbox;
	/** The keys shared with neighbours; undefined without. */
	readonly keys: LinkKeyring | undefined;
	readonly #link: LinkLayer;
	/** The cluster service; undefined for a node that is always awake. */
	readonly cluster: Cluster | undefined;
	readonly #adaptation: Adaptation;
	readonly #discovery: NeighbourDiscovery;
	readonly #chaining: Chaining | undefined;
	readonly #hello: HelloService | undefined;
	#broadcasts = 0;
	readonly #onPayload: PayloadHandler = (bytes, header, rssiDbm, sfdTimeUs) => {
		// What the frame makes us send goes on its way when that of the frame is over: a chip's stack holds one of them.
		this.outbox.hold();
		this.receive(bytes, header, rssiDbm, sfdTimeUs);
		this.outbox.release();
	};
	readonly #nextBroadcast = (): number => (this.#broadcasts = (this.#broadcasts + 1) & 0xffff);

	constructor(config: NodeConfig, ports: Ports, workspace: Workspace) {
		const { pool } = workspace;
		const { clock, sink, radio } = ports;
		const node = config.id;
		this.config = config;
		this.ports = ports;
		this.address =
			config.shortAddress < NO_SHORT_ADDRESS
				? LinkAddress.short(config.shortAddress)
				: LinkAddress.extended(config.extendedHigh, config.extendedLow);
		this.linkLocal = linkLocalOf(this.address);
		this.global = config.prefix === undefined ? undefined : addressUnder(config.prefix, this.address);
		const policy = config.reassembly.policy ?? defaultPolicy(config.linkKeyOf !== undefined).create({});
		this.neighbours = new NeighbourTable(config.neighbours, (address) => {
			if (this.routing.dependsOn(address)) return Worth.needed;
			return policy.isEstablished?.(address) === true ? Worth.established : Worth.unknown;
		});
		this.cluster = this.makeCluster(policy);
		// Before the policy: neighbours that it restores may compete for places, which takes the routes.
		this.routing = this.makeRouting();
		this.reassembler = new Reassembler({
			policy,
			budgetBytes: config.reassembly.budgetBytes,
			pool,
			clock,
			sink,
			node,
			onAbandoned: (context, reason) => {
				// Without its first fragment nobody knows whose packet it was.
				if (!context.hasFirst) return;
				sink.datagramDropped(clock.nowUs(), node, datagramIdent(context.buffer, context.size), reason);
			},
		});
		policy.attach?.({
			node,
			clock,
			store: ports.store,
			sink,
			neighbours: this.neighbours,
			maxRetries: config.csma.maxRetries,
			longestDeliveryUs: longestDeliveryUs(config.csma),
		});
		const hash = config.chaining === undefined ? undefined : new ChainHash(ports.digest);
		this.#chaining = this.makeChaining();
		this.keys = this.#chaining?.keys;
		this.#adaptation = new Adaptation({
			contexts: config.contexts,
			reassembler: this.reassembler,
			pool,
			workspace: workspace.fragments,
			isOwn: (address) => this.isOwn(address),
			chains:
				hash === undefined ? undefined : new ChainReceiver(hash, this.reassembler, this.#chaining?.keys),
			isChained: (source) => this.#chaining?.isChained(source) === true,
			onRefused: (packet, length, reason) => {
				sink.datagramDropped(clock.nowUs(), node, datagramIdent(packet, length), reason);
			},
		});
		const random = ports.random("mac");
		const link = new LinkLayer({
			node,
			workspace: workspace.link,
			radio,
			clock,
			random,
			sink,
			neighbours: this.neighbours,
			csma: config.csma,
			panId: config.panId,
			address: this.address,
			protection: config.protection,
			onPayload: this.#onPayload,
			onDelivery: (destination, outcome, transmissions) => {
				this.routing.noteDelivery(destination, outcome);
				this.cluster?.noteDelivery(destination, outcome, transmissions);
			},
		});
		this.#link = link;
		const fragmenter = new Fragmenter(config.contexts, config.elideUdpChecksum, hash);
		this.outbox = new Outbox(
			link,
			fragmenter,
			pool,
			config.queueLength,
			random.below(0x10000),
			(ident, reason) => {
				sink.datagramDropped(clock.nowUs(), node, ident, reason);
			},
			(kind, transmissions) => sink.controlSent(clock.nowUs(), node, kind, transmissions),
			(destination) => this.#chaining?.planFor(destination),
		);
		this.#hello = this.makeHello();
		if (this.#hello !== undefined) this.cluster?.connect({ link, outbox: this.outbox, hello: this.#hello });
		this.#discovery = new NeighbourDiscovery({
			clock,
			pool,
			address: this.address,
			linkLocal: this.linkLocal,
			global: this.global,
			resolves: config.resolvesAddresses && this.cluster === undefined,
			maxWaiting: config.queueLength,
			send: (packet, length, nextHop, ident) => this.outbox.sendPacket(packet, length, nextHop, ident),
			sendMessage: (packet, length, nextHop) =>
				this.outbox.sendControl(packet, length, nextHop, "neighbour-discovery"),
			onUnresolved: (ident) => sink.datagramDropped(clock.nowUs(), node, ident, "neighbour-unresolved"),
		});
		this.network = new NetworkLayer({
			node,
			workspace: workspace.network,
			clock,
			sink,
			pool,
			routing: this.routing,
			linkLocal: this.linkLocal,
			global: this.global,
			hopLimit: config.hopLimit,
			maxPacketBytes: config.maxPacketBytes,
			discovery: this.#discovery,
			outbox: this.outbox,
		});
	}

	/** Configures the radio, turns the receiver on and joins the routing. */
	start(): void {
		const { channel, panId, shortAddress, extendedHigh, extendedLow, txPowerDbm, isSink } = this.config;
		this.ports.radio.configure({
			channel,
			panId,
			shortAddress,
			extendedHigh,
			extendedLow,
			txPowerDbm,
			promiscuous: false,
			panCoordinator: isSink,
		});
		if (this.cluster === undefined) {
			this.ports.radio.receive(true);
			this.routing.start();
		} else this.cluster.service.start();
		this.#hello?.start();
	}

	/** Octets that the MAC payload of a frame to `neighbour` may have. */
	frameRoom(neighbour: LinkAddress): number {
		return this.#link.room(neighbour);
	}

	/** Gives back all memory and goes silent. */
	stop(): void {
		this.#hello?.stop();
		this.cluster?.service.stop();
		this.routing.stop();
		this.ports.radio.receive(false);
		this.reassembler.clear("reassembly-evicted");
		this.#discovery.clear();
		this.outbox.clear();
	}

	private makeChaining(): Chaining | undefined {
		const { chaining, linkKeyOf } = this.config;
		if (chaining === undefined) return undefined;
		const { cipher, store } = this.ports;
		const keys =
			linkKeyOf === undefined ? undefined : new LinkKeyring(cipher, store, linkKeyOf, this.neighbours);
		return new Chaining(chaining, keys, this.neighbours, this.ports.random("chain"), store);
	}

	private makeHello(): HelloService | undefined {
		const { chaining } = this.config;
		const { cluster } = this;
		if (chaining === undefined && cluster === undefined) return undefined;
		return new HelloService({
			clock: this.ports.clock,
			random: this.ports.random("hello"),
			bootRandom: this.ports.random("boot"),
			store: this.ports.store,
			chaining: this.#chaining,
			periodUs: chaining?.helloPeriodUs ?? 0,
			cluster: cluster === undefined ? undefined : () => cluster.describe(),
			nextBroadcast: this.#nextBroadcast,
			broadcast: (payload, length) => this.outbox.broadcast(payload, length, "hello"),
		});
	}

	private makeCluster(policy: ReassemblyPolicy): Cluster | undefined {
		const { id, isSink, cluster, csma } = this.config;
		if (cluster === undefined) return undefined;
		return new Cluster({
			node: id,
			isSink,
			address: this.address,
			config: cluster,
			ports: this.ports,
			neighbours: this.neighbours,
			transmissions: csma.maxRetries + 1,
			gate: new PolicyGate(policy),
			nextBroadcast: this.#nextBroadcast,
		});
	}

	private makeRouting(): Routing {
		const { id, routing, isSink } = this.config;
		if (this.cluster !== undefined) return this.cluster.routing;
		if (routing.kind === "static") return new StaticRouting(routing.routes);
		return new Gradient({
			node: id,
			isSink,
			address: this.address,
			periodUs: routing.beaconPeriodUs,
			clock: this.ports.clock,
			random: this.ports.random("gradient"),
			store: this.ports.store,
			sink: this.ports.sink,
			neighbours: this.neighbours,
			nextBroadcast: this.#nextBroadcast,
			broadcast: (payload, length) => this.outbox.broadcast(payload, length, "gradient"),
		});
	}

	private isOwn(address: LinkAddress): boolean {
		const { shortAddress, extendedHigh, extendedLow } = this.config;
		if (address.byteLength === 2) return address.low === shortAddress || address.isBroadcast;
		return address.high === (extendedHigh | 0) && address.low === (extendedLow | 0);
	}

	private receive(bytes: Uint8Array, header: MacHeader, rssiDbm: number, sfdTimeUs: number): void {
		const { next: offset, end } = header;
		const { clock, sink } = this.ports;
		const nowUs = clock.nowUs();
		const { cluster } = this;
		if (!header.destination.isBroadcast) cluster?.noteFrame(header.source);
		if (bytes[offset] === (Dispatch.page | EXPERIMENTAL_PAGE) && end - offset > 2) {
			const type = bytes[offset + 1]!;
			if (type === GRADIENT_BEACON_TYPE) {
				this.routing.receive(bytes, offset + 1, end, header.source, nowUs);
				return;
			}
			if (type === HELLO_TYPE && this.#hello !== undefined) {
				const hello = this.#hello.receive(bytes, offset + 1, end, header.source, header.securityEnabled);
				if (hello !== undefined) cluster?.noteHello(header.source, hello);
				return;
			}
			if (cluster?.takes(type) === true) {
				const refusal = cluster.receive(bytes, offset + 1, end, header, rssiDbm, sfdTimeUs);
				if (refusal !== undefined) sink.frameRefused(nowUs, this.config.id, header.source, refusal);
				return;
			}
		}
		const received = this.#adaptation.receive(
			bytes,
			offset,
			end,
			header.source,
			header.destination,
			nowUs,
			header.securityEnabled,
		);
		// Plain, from somebody who could chain: our HELLO did not reach him.
		if (this.#adaptation.headers.kind === "frag1" && this.#chaining?.isUninformed(header.source) === true) {
			this.#hello?.speakSoon();
		}
		if (received === undefined) return;
		if (typeof received === "string") {
			// After a power cycle, ours or theirs: plain fragments, or nonces that we had reserved.
			if (received === "fragment-downgraded" || received === "fragment-replayed") this.#hello?.speakSoon();
			// The reassembler has told of what it refused itself.
			if (!this.#adaptation.reachedReassembler)
				sink.frameRefused(nowUs, this.config.id, header.source, received);
			return;
		}
		if (received.context?.chain !== undefined) this.#chaining?.noteChained(received.source);
		this.network.receive(received.buffer, received.length, header.source, header.destination.isBroadcast);
	}
}
