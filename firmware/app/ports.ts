/** UDP ports that NHC compresses to four bits each (RFC 6282, section 4.3.1: 0xf0b0 to 0xf0bf). */
export const READINGS_PORT = 0xf0b0;
/** Where simulated traffic goes. */
export const TRAFFIC_PORT = 0xf0b1;
/** SenML name of the number that each pack of a node bears: shows what is missing, and what came twice. */
export const SEQUENCE_NAME = "seq";
