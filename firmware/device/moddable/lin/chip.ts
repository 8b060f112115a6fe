import type { Chip } from "../host-parts.js";

/** What a Linux process has in place of a chip: `native/lin/host.c`. */
class Process implements Chip {
	// A timer of 0 ms is freed by Moddable's Linux timers once it has rung.
	readonly shortestAlarmMs = 1;

	nowUs(): number {
		return native("xs_lowguard_now").call(this) as number;
	}

	fillRandom(into: Uint8Array): unknown {
		return native("xs_lowguard_fill_random").call(this, into);
	}

	restart(): unknown {
		return native("xs_lowguard_restart").call(this);
	}

	startReason(): string {
		return "launch";
	}

	environment(name: string): string | undefined {
		return native("xs_lowguard_environment").call(this, name) as string | undefined;
	}

	ownSettings(): readonly string[] {
		return (this.environment("LOWGUARD_SETTINGS") ?? "").split(" ").filter((word) => word !== "");
	}
}

export const chip = Object.freeze(new Process());
