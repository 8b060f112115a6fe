#include "fake-driver.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ieee802154/include/esp_ieee802154.h"

#include "fake-system.h"

#define BUFFERS 4u

typedef enum { DISABLED, ASLEEP, RECEIVING, TRANSMITTING } state_t;

static esp_ieee802154_event_cb_list_t callbacks;
static state_t state;
static bool rx_when_idle;
static bool in_frame;
static bool delivers_in_task;
static uint64_t sfd_us;
static const uint8_t *sending;
/* One longer than a frame: a release of the wrong address is told from one of the next buffer. */
static uint8_t buffers[BUFFERS][129];
static bool is_out[BUFFERS];
static esp_ieee802154_frame_info_t infos[BUFFERS];

static void call(const char *name)
{
	if (fake_in_interrupt()) say("ERROR %s in interrupt context", name);
	if (fake_critical_depth() != 0) say("ERROR %s with interrupts off", name);
	if (state == DISABLED) say("ERROR %s while the driver is off", name);
}

uint32_t fake_buffers_out(void)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < BUFFERS; i++) count += is_out[i];
	return count;
}

static uint8_t *fill_buffer(const uint8_t *octets, uint32_t count, int8_t rssi_dbm, uint8_t lqi, uint32_t *index)
{
	for (uint32_t i = 0; i < BUFFERS; i++) {
		if (is_out[i]) continue;
		memset(buffers[i], 0xee, sizeof(buffers[i]));
		buffers[i][0] = (uint8_t)(count + 2);
		memcpy(buffers[i] + 1, octets, count);
		// Where the FCS was, the hardware leaves these.
		buffers[i][count + 1] = (uint8_t)rssi_dbm;
		buffers[i][count + 2] = lqi;
		infos[i] = (esp_ieee802154_frame_info_t){ .rssi = rssi_dbm, .lqi = lqi, .timestamp = sfd_us, .process = true };
		is_out[i] = true;
		*index = i;
		return buffers[i];
	}
	return NULL;
}

static void after_operation(void)
{
	in_frame = false;
	state = rx_when_idle ? RECEIVING : ASLEEP;
}

void fake_sfd(void)
{
	if (state != RECEIVING) return;
	in_frame = true;
	sfd_us = fake_now();
	fake_enter_interrupt();
	callbacks.rx_sfd_done_cb();
	fake_leave_interrupt();
}

void fake_deliver_in_task(bool wanted)
{
	delivers_in_task = wanted;
}

/* What the driver leaves to us of frames of version 2 that ask for an acknowledgement. */
static void acknowledge(uint8_t *frame, esp_ieee802154_frame_info_t *info)
{
	uint8_t ack[128];
	if ((frame[1] & 0x20) == 0 || (frame[2] & 0x30) != 0x20) return;
	fake_enter_interrupt();
	if (callbacks.enh_ack_generator_cb(frame, info, ack) == ESP_OK) {
		say("driver acknowledges with %u octets, the first %02x%02x", ack[0], ack[1], ack[2]);
	}
	fake_leave_interrupt();
}

bool fake_frame(const uint8_t *octets, uint32_t count, int8_t rssi_dbm, uint8_t lqi)
{
	uint32_t index;
	if (state != RECEIVING) return false;
	uint8_t *buffer = fill_buffer(octets, count, rssi_dbm, lqi, &index);
	if (buffer == NULL) {
		say("ERROR the driver has no buffer left");
		return false;
	}
	acknowledge(buffer, &infos[index]);
	if (!delivers_in_task) fake_enter_interrupt();
	callbacks.rx_done_cb(buffer, &infos[index]);
	if (!delivers_in_task) fake_leave_interrupt();
	after_operation();
	return true;
}

void fake_transmitted(int ack_sequence)
{
	const uint8_t ack[] = { 0x02, 0x00, (uint8_t)ack_sequence };
	uint32_t index = 0;
	if (state != TRANSMITTING) {
		say("ERROR nothing is being sent");
		return;
	}
	uint8_t *buffer = ack_sequence < 0 ? NULL : fill_buffer(ack, sizeof(ack), -60, 200, &index);
	fake_enter_interrupt();
	callbacks.tx_done_cb(sending, buffer, buffer == NULL ? NULL : &infos[index]);
	after_operation();
	fake_leave_interrupt();
}

void fake_tell_again(void)
{
	fake_enter_interrupt();
	callbacks.tx_done_cb(sending, NULL, NULL);
	fake_leave_interrupt();
}

bool fake_is_sending(void)
{
	return state == TRANSMITTING;
}

void fake_failed(int error)
{
	if (state != TRANSMITTING) {
		say("ERROR nothing is being sent");
		return;
	}
	fake_enter_interrupt();
	callbacks.tx_failed_cb(sending, (esp_ieee802154_tx_error_t)error);
	after_operation();
	fake_leave_interrupt();
}

esp_err_t esp_ieee802154_receive_handle_done(const uint8_t *frame)
{
	for (uint32_t i = 0; i < BUFFERS; i++) {
		if (frame != buffers[i]) continue;
		if (!is_out[i]) say("ERROR buffer %u given back twice", i);
		is_out[i] = false;
		return ESP_OK;
	}
	say("ERROR what is no buffer given back");
	return ESP_FAIL;
}

esp_err_t esp_ieee802154_event_callback_list_register(esp_ieee802154_event_cb_list_t list)
{
	if (state != DISABLED) say("ERROR callbacks registered too late");
	callbacks = list;
	return ESP_OK;
}

esp_err_t esp_ieee802154_enable(void)
{
	state = ASLEEP;
	say("driver enable");
	return ESP_OK;
}

esp_err_t esp_ieee802154_disable(void)
{
	call("disable");
	state = DISABLED;
	say("driver disable");
	return ESP_OK;
}

static esp_err_t set(const char *name, long value)
{
	call(name);
	say("driver %s %ld", name, value);
	return ESP_OK;
}

esp_err_t esp_ieee802154_set_channel(uint8_t channel) { return set("channel", channel); }
esp_err_t esp_ieee802154_set_txpower(int8_t power) { return set("txpower", power); }
esp_err_t esp_ieee802154_set_promiscuous(bool enable) { return set("promiscuous", enable); }
esp_err_t esp_ieee802154_set_panid(uint16_t panid) { return set("panid", panid); }
esp_err_t esp_ieee802154_set_short_address(uint16_t address) { return set("short", address); }
esp_err_t esp_ieee802154_set_coordinator(bool enable) { return set("coordinator", enable); }
esp_err_t esp_ieee802154_set_pending_mode(esp_ieee802154_pending_mode_t mode) { return set("pending", (long)mode); }

esp_err_t esp_ieee802154_set_extended_address(const uint8_t *octets)
{
	call("extended");
	say("driver extended %02x%02x%02x%02x%02x%02x%02x%02x", octets[0], octets[1], octets[2], octets[3], octets[4],
		octets[5], octets[6], octets[7]);
	return ESP_OK;
}

esp_err_t esp_ieee802154_set_rx_when_idle(bool enable)
{
	call("rx_when_idle");
	rx_when_idle = enable;
	return ESP_OK;
}

static void stop_operation(void)
{
	if (state == TRANSMITTING) {
		say("ERROR a transmission was cut off");
		state = ASLEEP;
		callbacks.tx_failed_cb(sending, ESP_IEEE802154_TX_ERR_ABORT);
	}
	if (state == RECEIVING && in_frame) say("driver cuts a reception off");
	in_frame = false;
}

esp_err_t esp_ieee802154_receive(void)
{
	call("receive");
	if (state != RECEIVING) stop_operation();
	state = RECEIVING;
	say("driver receive");
	return ESP_OK;
}

esp_err_t esp_ieee802154_sleep(void)
{
	call("sleep");
	stop_operation();
	state = ASLEEP;
	say("driver sleep");
	return ESP_OK;
}

esp_err_t esp_ieee802154_transmit(const uint8_t *frame, bool cca)
{
	call("transmit");
	say("driver transmit cca %d at %llu: %u octets", cca, (unsigned long long)fake_now(), frame[0]);
	if (state == RECEIVING && in_frame) {
		// Refused at once, in the task, with interrupts off; the reception goes on.
		fake_critical_enter();
		callbacks.tx_failed_cb(frame, cca ? ESP_IEEE802154_TX_ERR_CCA_BUSY : ESP_IEEE802154_TX_ERR_ABORT);
		fake_critical_exit();
		return ESP_OK;
	}
	stop_operation();
	state = TRANSMITTING;
	sending = frame;
	return ESP_OK;
}

esp_err_t esp_ieee802154_transmit_at(const uint8_t *frame, bool cca, uint32_t time)
{
	call("transmit_at");
	say("driver transmit_at %u cca %d handed over at %llu", time, cca, (unsigned long long)fake_now());
	stop_operation();
	state = TRANSMITTING;
	sending = frame;
	return ESP_OK;
}
