import UDP from "embedded:io/socket/udp";
import WiFi from "embedded:network/interface/wifi";
import Timer from "timer";
import type { Datagrams } from "../../radio/datagrams.js";
import type { Settings } from "../../settings/parse.js";

/** Of `WiFi.connection`: an address was given. */
const HAS_ADDRESS = 500;
/** Of `WiFi.connection`: not connected to an access point. */
const IS_CONNECTED = 400;
/** Between two attempts to connect, in milliseconds. */
const RETRY_MS = 5_000;

/**
 * Multicast over Wi-Fi. Until the access point gives an address, and while it does not answer, datagrams are lost, as frames
 * are where nobody listens.
 *
 * @throws Error without the setting `wifiSsid`
 */
export function openDatagrams(settings: Settings): Datagrams {
	const { udpGroup, udpPort, wifiSsid, wifiPassword } = settings;
	if (wifiSsid === null) {
		throw new Error("wifiSsid: expected the name of a Wi-Fi network, under radio udp");
	}
	let onDatagram: ((bytes: Uint8Array, length: number) => void) | undefined;
	let socket: UDP | undefined;
	let isUp = false;
	const open = (): UDP => {
		const opened = new UDP({
			port: udpPort,
			onReadable: (count) => {
				for (; count > 0; count--) {
					const datagram = opened.read();
					if (datagram !== undefined) onDatagram?.(new Uint8Array(datagram), datagram.byteLength);
				}
			},
		});
		opened.add(udpGroup);
		return opened;
	};
	const connect = (wifi: WiFi): void => {
		wifi.connect(
			wifiPassword === null ? { SSID: wifiSsid } : { SSID: wifiSsid, password: wifiPassword, secure: true },
		);
	};
	const wifi = new WiFi({
		onChanged() {
			const { connection } = this;
			isUp = connection >= HAS_ADDRESS;
			if (isUp) socket ??= open();
			else if (connection < IS_CONNECTED) Timer.set(() => connect(this), RETRY_MS);
		},
	});
	connect(wifi);
	return {
		send: (bytes, length) => {
			if (!isUp || socket === undefined) return;
			try {
				socket.write(new Uint8Array(bytes.buffer, bytes.byteOffset, length), udpGroup, udpPort);
			} catch {
				// No memory for the datagram, or no route: it is lost.
			}
		},
		onDatagram: (handler) => {
			onDatagram = handler;
		},
	};
}
