import type { Chip } from "../host-parts.js";

/** What every ESP32 has: `native/chip-base-xs.c`. */
class Esp32 implements Chip {
	readonly shortestAlarmMs = 0;

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
		return native("xs_lowguard_start_reason").call(this) as string;
	}

	ownSettings(): readonly string[] {
		return [];
	}
}

export const chip: Chip = Object.freeze(new Esp32());
