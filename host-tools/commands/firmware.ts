import type { CommandGroup } from "../command.js";

export const command: CommandGroup = {
	name: "firmware",
	summary: "build the firmware of a board, flash it, watch it and set it up",
	commands: ["build", "flash", "monitor", "replay", "provision"],
};
