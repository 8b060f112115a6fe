import type { FlashBanks } from "../../storage/flash.js";

/** Opens the non-volatile memory of this build's host. */
export declare function openFlash(): FlashBanks;
