import type { SerialPort } from "../../serial/serial-port.js";

/** Opens the serial line of this build's host. */
export declare function openSerial(baud: number): SerialPort;
