import { type CsmaOutcome, Transmission } from "../../../firmware/mac/csma.js";

/** A frame whose end is told to a function. */
export function told(
	whenDone: (outcome: CsmaOutcome, transmissions: number) => void = () => {},
): Transmission {
	return new Transmission({ frameDone: whenDone });
}
