// The script of binding.c: makes the radio, and prints what it tells.

import { Radio154 } from "firmware/device/moddable/radio154/radio-154.js";

const later = [];
const hex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
const octets = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));

Object.assign(globalThis, {
	hex,
	octets,
	/** Not kept anywhere else, so that only the native code holds it and what it calls. */
	open() {
		const radio = new Radio154((callback) => later.push(callback));
		radio.onReceive({
			frameReceived(psdu, rssiDbm, lqi, sfdTimeUs) {
				print(`received ${hex(psdu)} ${rssiDbm} ${lqi} ${sfdTimeUs}`);
			},
		});
		return radio;
	},
	/** Runs what was put off; returns how much that was. */
	runLater() {
		const due = later.splice(0);
		for (const callback of due) callback();
		return due.length;
	},
	send(radio, text, cca, atUs) {
		const psdu = octets(text);
		radio.transmit(psdu, { cca, atUs }, { transmitted: (outcome) => print(`outcome ${outcome}`) });
		// The node may not do that; but the radio must not depend on it.
		psdu.fill(0);
	},
	countsOf: (radio) => Object.entries(radio.counts()).join(" "),
});
