/* The chip's serial port over USB, as XS sees it: host functions of firmware/device/moddable/esp32-usb/serial.ts. */
#include <stddef.h>

#include "xsmc.h"
#include "xsHost.h"

#include "driver/usb_serial_jtag.h"

/* Octets that the driver keeps in each direction. */
#define BUFFER_BYTES 1024u

void xs_lowguard_usb_open(xsMachine *the);
void xs_lowguard_usb_is_connected(xsMachine *the);
void xs_lowguard_usb_read(xsMachine *the);
void xs_lowguard_usb_write(xsMachine *the);

void xs_lowguard_usb_open(xsMachine *the)
{
	usb_serial_jtag_driver_config_t config = {
		.tx_buffer_size = BUFFER_BYTES,
		.rx_buffer_size = BUFFER_BYTES,
	};
	if (usb_serial_jtag_is_driver_installed()) return;
	if (usb_serial_jtag_driver_install(&config) != ESP_OK) xsUnknownError("no serial port over USB");
}

void xs_lowguard_usb_is_connected(xsMachine *the)
{
	xsmcSetBoolean(xsResult, usb_serial_jtag_is_connected());
}

/* octets to fill; how many were read */
void xs_lowguard_usb_read(xsMachine *the)
{
	void *octets;
	xsUnsignedValue count;
	xsmcGetBufferWritable(xsArg(0), &octets, &count);
	const int read = usb_serial_jtag_read_bytes(octets, count, 0);
	xsmcSetInteger(xsResult, read > 0 ? read : 0);
}

/* octets, offset, end; whether there was room for them */
void xs_lowguard_usb_write(xsMachine *the)
{
	void *octets;
	xsUnsignedValue room;
	const xsIntegerValue offset = xsmcToInteger(xsArg(1));
	const xsIntegerValue end = xsmcToInteger(xsArg(2));
	xsmcGetBufferReadable(xsArg(0), &octets, &room);
	if (offset < 0 || end <= offset || (xsUnsignedValue)end > room) xsRangeError("write: expected a range of octets");
	const int count = usb_serial_jtag_write_bytes((const char *)octets + offset, (size_t)(end - offset), 0);
	xsmcSetBoolean(xsResult, count == end - offset);
}
