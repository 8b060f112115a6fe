import { LinkAddress, NO_SHORT_ADDRESS } from "./address.js";
import { Cluster } from "./cluster/cluster.js";
import { PolicyGate } from "./cluster/policy-gate.js";
import { ChainReceiver } from "./fragments/chain-receiver.js";
import type { ReassemblyContext } from "./fragments/context.js";
import type { FragmentDrop, ReassemblyPolicy } from "./fragments/policy.js";
import { defaultPolicy } from "./fragments/predictive-variants.js";
import { Reassembler, type ReassemblerHost } from "./fragments/reassembler.js";
import { GRADIENT_BEACON_TYPE } from "./frames/gradient-beacon.js";
import { HELLO_TYPE } from "./frames/hello.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./frames/lowpan.js";
import type { MacHeader } from "./frames/mac-frame.js";
import { type CsmaOutcome, longestDeliveryUs } from "./mac/csma.js";
import { LinkKeyring } from "./mac/link-keys.js";
import { LinkLayer, type LinkOwner } from "./mac/link-layer.js";
import { Adaptation, type AdaptationHost } from "./net/adaptation.js";
import { addressUnder, linkLocalOf } from "./net/addresses.js";
import { Chaining } from "./net/chaining.js";
import { Gradient, type GradientHost } from "./net/gradient.js";
import { type HelloHost, HelloService } from "./net/hello-service.js";
import { datagramIdent } from "./net/ident.js";
import type { NetworkHost } from "./net/network-host.js";
import { NetworkLayer } from "./net/network-layer.js";
import { Outbox } from "./net/outbox.js";
import { type Routing, staticRouting } from "./net/routing.js";
import type { NodeConfig, NodeProfile } from "./node-config.js";
import type { Clock, Ports, Sink } from "./ports.js";
import { type NeighbourJudge, NeighbourTable, Worth } from "./trust/neighbours.js";
import type { Workspace } from "./workspace.js";

export type { NodeConfig, NodeProfile } from "./node-config.js";

/**
 * One Lowguard node: radio to application, the same on the chip and in the simulator.
 *
 * It sleeps until a port calls it. Give it one workspace with the other nodes of its machine.
 */
export class Node
	implements LinkOwner, NeighbourJudge, NetworkHost, GradientHost, HelloHost, AdaptationHost, ReassemblerHost
{
	readonly id: number;
	/** Collects what others send, and begins the gradient. */
	readonly isSink: boolean;
	readonly profile: NodeProfile;
	readonly ports: Ports;
	readonly clock: Clock;
	readonly sink: Sink;
	readonly workspace: Workspace;
	readonly address: LinkAddress;
	readonly neighbours: NeighbourTable;
	readonly reassembler: Reassembler;
	readonly network: NetworkLayer;
	readonly routing: Routing;
	readonly outbox: Outbox;
	readonly chaining: Chaining | undefined;
	/** The cluster service; undefined for a node that is always awake. */
	readonly cluster: Cluster | undefined;
	readonly #shortAddress: number;
	readonly #extendedHigh: number;
	readonly #extendedLow: number;
	readonly #link: LinkLayer;
	readonly #adaptation: Adaptation;
	readonly #hello: HelloService | undefined;
	#broadcasts = 0;

	constructor(config: NodeConfig, ports: Ports, workspace: Workspace) {
		const { profile } = config;
		const { pool } = workspace;
		const { clock, sink, radio } = ports;
		const node = config.id;
		this.id = node;
		this.isSink = config.isSink;
		this.#shortAddress = config.shortAddress;
		this.#extendedHigh = config.extendedHigh | 0;
		this.#extendedLow = config.extendedLow | 0;
		this.profile = profile;
		this.ports = ports;
		this.clock = clock;
		this.sink = sink;
		this.workspace = workspace;
		this.address =
			config.shortAddress < NO_SHORT_ADDRESS
				? LinkAddress.short(config.shortAddress)
				: LinkAddress.extended(config.extendedHigh, config.extendedLow);
		const policy = config.policy ?? defaultPolicy(config.linkKeyOf !== undefined).create({});
		this.neighbours = new NeighbourTable(profile.neighbours, this, workspace.rows);
		this.cluster = this.makeCluster(config, policy);
		// Before the policy: neighbours that it restores may compete for places, which takes the routes.
		this.routing = this.makeRouting(config);
		this.reassembler = new Reassembler({
			policy,
			budgetBytes: profile.budgetBytes,
			pool,
			clock,
			sink,
			node,
			workspace: workspace.fragments,
			host: this,
		});
		policy.attach?.({
			node,
			clock,
			store: ports.store,
			sink,
			neighbours: this.neighbours,
			rows: workspace.rows,
			maxRetries: profile.csma.maxRetries,
			longestDeliveryUs: longestDeliveryUs(profile.csma),
		});
		this.chaining = this.makeChaining(config);
		this.#adaptation = new Adaptation({
			contexts: profile.contexts,
			reassembler: this.reassembler,
			pool,
			workspace: workspace.fragments,
			host: this,
			chains: this.makeChainReceiver(),
		});
		const random = ports.random("mac");
		const link = new LinkLayer({
			node,
			workspace: workspace.link,
			owner: this,
			radio,
			clock,
			random,
			sink,
			neighbours: this.neighbours,
			csma: profile.csma,
			panId: profile.panId,
			address: this.address,
			protection: config.protection,
		});
		this.#link = link;
		this.outbox = new Outbox(this, link, random.below(0x10000));
		this.#hello =
			profile.chaining === undefined && this.cluster === undefined ? undefined : new HelloService(this);
		if (this.#hello !== undefined) this.cluster?.connect({ link, outbox: this.outbox, hello: this.#hello });
		this.network = new NetworkLayer(this);
	}

	/** The keys shared with neighbours; undefined without. */
	get keys(): LinkKeyring | undefined {
		return this.chaining?.keys;
	}

	/** Our link-local address, and the routable one where there is a prefix; made anew each time. */
	get linkLocal(): Uint8Array {
		return linkLocalOf(this.address);
	}

	get global(): Uint8Array | undefined {
		const { prefix } = this.profile;
		return prefix === undefined ? undefined : addressUnder(prefix, this.address);
	}

	get resolvesAddresses(): boolean {
		return this.profile.resolvesAddresses && this.cluster === undefined;
	}

	nextBroadcast(): number {
		this.#broadcasts = (this.#broadcasts + 1) & 0xffff;
		return this.#broadcasts;
	}

	/** Configures the radio, turns the receiver on and joins the routing. */
	start(): void {
		const { channel, panId, txPowerDbm } = this.profile;
		this.neighbours.begin();
		this.ports.radio.configure({
			channel,
			panId,
			shortAddress: this.#shortAddress,
			extendedHigh: this.#extendedHigh,
			extendedLow: this.#extendedLow,
			txPowerDbm,
			promiscuous: false,
			panCoordinator: this.isSink,
		});
		if (this.cluster === undefined) {
			this.ports.radio.receive(true);
			this.routing.start();
		} else this.cluster.service.start();
		this.#hello?.start();
	}

	/** What a neighbour is worth to us. */
	worthOf(neighbour: LinkAddress): Worth {
		if (this.routing.dependsOn(neighbour)) return Worth.needed;
		const { policy } = this.reassembler;
		return policy.isEstablished?.(neighbour) === true ? Worth.established : Worth.unknown;
	}

	/** Octets that the MAC payload of a frame to `neighbour` may have. */
	frameRoom(neighbour: LinkAddress): number {
		return this.#link.room(neighbour);
	}

	/** Gives back all memory and goes silent, for good: what was learnt and stored only a new node finds again. */
	stop(): void {
		this.#hello?.stop();
		this.cluster?.service.stop();
		this.routing.stop();
		this.ports.radio.receive(false);
		this.reassembler.clear("reassembly-evicted");
		this.network.clear();
		this.outbox.clear();
		this.#link.stop();
		this.cluster?.release();
		this.neighbours.release();
		this.reassembler.policy.detach?.();
	}

	private makeChaining({ linkKeyOf }: NodeConfig): Chaining | undefined {
		const { chaining } = this.profile;
		if (chaining === undefined) return undefined;
		const { cipher, store } = this.ports;
		const keys =
			linkKeyOf === undefined ? undefined : new LinkKeyring(cipher, store, linkKeyOf, this.neighbours);
		return new Chaining(chaining, keys, this.neighbours, this.ports.random("chain"), store);
	}

	private makeChainReceiver(): ChainReceiver | undefined {
		if (this.chaining === undefined) return undefined;
		const hash = this.workspace.fragments.hashOf(this.ports.digest);
		return new ChainReceiver(hash, this.reassembler, this.keys);
	}

	private makeCluster({ id, isSink, cluster }: NodeConfig, policy: ReassemblyPolicy): Cluster | undefined {
		if (cluster === undefined) return undefined;
		return new Cluster({
			node: id,
			isSink,
			address: this.address,
			config: cluster,
			ports: this.ports,
			neighbours: this.neighbours,
			transmissions: this.profile.csma.maxRetries + 1,
			rows: this.workspace.rows,
			gate: new PolicyGate(policy),
			nextBroadcast: () => this.nextBroadcast(),
		});
	}

	private makeRouting({ routing }: NodeConfig): Routing {
		if (this.cluster !== undefined) return this.cluster.routing;
		if (routing.kind === "gradient") return new Gradient(this, routing.beaconPeriodUs);
		return staticRouting(routing.routes);
	}

	/** How a frame to a neighbour ended. */
	noteDelivery(destination: LinkAddress, outcome: CsmaOutcome, transmissions: number): void {
		this.routing.noteDelivery(destination, outcome);
		this.cluster?.noteDelivery(destination, outcome, transmissions);
	}

	/** Takes the MAC payload `psdu[header.next..header.end)`, valid only during the call. */
	receiveFrame(psdu: Uint8Array, header: MacHeader, rssiDbm: number, sfdTimeUs: number): void {
		// What the frame makes us send goes on its way when that of the frame is over: a chip's stack holds one of them.
		this.outbox.hold();
		this.receive(psdu, header, rssiDbm, sfdTimeUs);
		this.outbox.release();
	}

	/** Tells of a packet that will not be whole. */
	noteAbandoned(context: ReassemblyContext, reason: FragmentDrop): void {
		// Without its first fragment nobody knows whose packet it was.
		if (context.hasFirst) this.noteRefused(context.buffer, context.size, reason);
	}

	/** Tells of a packet that found no place, from its beginning `packet[0..length)`. */
	noteRefused(packet: Uint8Array, length: number, reason: FragmentDrop): void {
		this.sink.datagramDropped(this.clock.nowUs(), this.id, datagramIdent(packet, length), reason);
	}

	/** Whether plain fragments that bear this address are none of its owner's. */
	isChained(source: LinkAddress): boolean {
		return this.chaining?.isChained(source) === true;
	}

	isOwn(address: LinkAddress): boolean {
		if (address.byteLength === 2) return address.low === this.#shortAddress || address.isBroadcast;
		return address.high === this.#extendedHigh && address.low === this.#extendedLow;
	}

	private receive(bytes: Uint8Array, header: MacHeader, rssiDbm: number, sfdTimeUs: number): void {
		const { next: offset, end } = header;
		const { clock, sink, cluster } = this;
		const nowUs = clock.nowUs();
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
				if (refusal !== undefined) sink.frameRefused(nowUs, this.id, header.source, refusal);
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
		if (this.#adaptation.headers.kind === "frag1" && this.chaining?.isUninformed(header.source) === true) {
			this.#hello?.speakSoon();
		}
		if (received === undefined) return;
		if (typeof received === "string") {
			// After a power cycle, ours or theirs: plain fragments, or nonces that we had reserved.
			if (received === "fragment-downgraded" || received === "fragment-replayed") this.#hello?.speakSoon();
			// The reassembler has told of what it refused itself.
			if (!this.#adaptation.reachedReassembler) sink.frameRefused(nowUs, this.id, header.source, received);
			return;
		}
		if (received.context?.chain !== undefined) this.chaining?.noteChained(received.source);
		this.network.receive(received.buffer, received.length, header.source, header.destination.isBroadcast);
	}
}
