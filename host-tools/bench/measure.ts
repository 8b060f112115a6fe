import process from "node:process";
import { measureRounds, type RoundsSample } from "../bench-rounds.js";
import { measurePackets, type PacketJob, type PacketSample } from "./packet-run.js";
import { type ProfileJob, type ProfileSample, profilePackets } from "./profiled-run.js";

// What the bench forks for each measurement: takes a job on the command line, answers with its sample, and ends.

/** A life of the first-order model, by its place among the cases. */
export interface RoundsJob {
	readonly kind: "rounds";
	readonly index: number;
}

export type Job = PacketJob | ProfileJob | RoundsJob;

/** What a job of each kind answers. */
export interface JobSamples {
	readonly packets: PacketSample;
	readonly profile: ProfileSample;
	readonly rounds: RoundsSample;
}

function sampleOf(job: Job): Promise<JobSamples[Job["kind"]]> {
	switch (job.kind) {
		case "packets":
			return measurePackets(job);
		case "profile":
			return profilePackets(job);
		case "rounds":
			return measureRounds(job.index);
	}
}

const sample = await sampleOf(JSON.parse(process.argv[2]!) as Job);
process.send!(sample, () => process.exit(0));
