import type { Datagrams } from "../../radio/datagrams.js";
import type { Settings } from "../../settings/parse.js";

/** Joins the multicast group that stands for the air, as this build's host can. */
export declare function openDatagrams(settings: Settings): Datagrams;
