import { HostCipher } from "./aes.js";
import { HostDigest } from "./sha256.js";

/** The Cipher port of all nodes of this process: AES-128. */
export const hostCipher = new HostCipher();

/** The Digest port of all nodes of this process: SHA-256. */
export const hostDigest = new HostDigest();
