import type { LinkHandlers } from "../../device/board-link.js";

/** How long a board may take to answer when its port is opened: some start anew because of that. */
export const GREETING_LIMIT_MS = 10_000;

/** For commands that want replies only. */
export function silentLink(): LinkHandlers {
	return { record: () => {}, text: () => {}, spoiled: () => {}, lost: () => {} };
}
