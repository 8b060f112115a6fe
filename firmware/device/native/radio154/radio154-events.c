/*
 * The driver's callbacks. It calls them in interrupt context, and in a task when one of its own calls ends what was going on:
 * esp_ieee802154_transmit refuses a frame at once while another one comes in, and stopping a reception may deliver it. So
 * nothing here blocks, allocates or logs, and what both contexts may write is written with interrupts off.
 */
#include <stddef.h>

#include "radio154-enhanced-ack.h"
#include "radio154-state.h"

#include "radio154-idf.h"

_Static_assert((int)ESP_IEEE802154_TX_ERR_CCA_BUSY == RADIO154_ERROR_CCA_BUSY, "CCA_BUSY");
_Static_assert((int)ESP_IEEE802154_TX_ERR_ABORT == RADIO154_ERROR_ABORT, "ABORT");
_Static_assert((int)ESP_IEEE802154_TX_ERR_NO_ACK == RADIO154_ERROR_NO_ACK, "NO_ACK");
_Static_assert((int)ESP_IEEE802154_TX_ERR_INVALID_ACK == RADIO154_ERROR_INVALID_ACK, "INVALID_ACK");
_Static_assert((int)ESP_IEEE802154_TX_ERR_COEXIST == RADIO154_ERROR_COEXIST, "COEXIST");
_Static_assert((int)ESP_IEEE802154_TX_ERR_SECURITY == RADIO154_ERROR_SECURITY, "SECURITY");

static void RADIO154_IRAM on_receive_sfd(void)
{
	radio154.sfd_low_us = (uint32_t)esp_timer_get_time();
	radio154.in_frame = true;
}

static void RADIO154_IRAM on_receive(uint8_t *frame, esp_ieee802154_frame_info_t *info)
{
	portENTER_CRITICAL_SAFE(&radio154_mux);
	radio154.in_frame = false;
	const bool is_kept = radio154_ring_put(&radio154.ring, frame, info->rssi, info->lqi, info->timestamp);
	portEXIT_CRITICAL_SAFE(&radio154_mux);
	// The driver has few buffers, and this is the one moment at which each is given back.
	esp_ieee802154_receive_handle_done(frame);
	if (is_kept) radio154_notice();
}

static void RADIO154_IRAM on_transmit(const uint8_t *frame, const uint8_t *ack, esp_ieee802154_frame_info_t *ack_info)
{
	(void)ack_info;
	const bool is_ours = frame == radio154.frame;
	const radio154_outcome_t outcome = is_ours ? radio154_outcome_of_success(frame, ack) : RADIO154_PENDING;
	if (ack != NULL) esp_ieee802154_receive_handle_done(ack);
	if (is_ours) radio154_finish(outcome);
}

static void RADIO154_IRAM on_failure(const uint8_t *frame, esp_ieee802154_tx_error_t error)
{
	if (frame == radio154.frame) radio154_finish(radio154_outcome_of_error((int)error));
}

/* The hardware sends what is made here, within 192 us of the frame. */
static esp_err_t RADIO154_IRAM on_enhanced_ack(uint8_t *frame, esp_ieee802154_frame_info_t *info, uint8_t *ack)
{
	(void)info;
	return radio154_enhanced_ack(frame, ack) ? ESP_OK : ESP_FAIL;
}

bool radio154_listen_to_driver(void)
{
	// Registered, not overridden by name: whether a linker takes a weak function or ours depends on the order of libraries.
	const esp_ieee802154_event_cb_list_t callbacks = {
		.rx_done_cb = on_receive,
		.rx_sfd_done_cb = on_receive_sfd,
		.tx_done_cb = on_transmit,
		.tx_failed_cb = on_failure,
		.enh_ack_generator_cb = on_enhanced_ack,
	};
	return esp_ieee802154_event_callback_list_register(callbacks) == ESP_OK;
}

void RADIO154_IRAM radio154_finish(radio154_outcome_t outcome)
{
	portENTER_CRITICAL_SAFE(&radio154_mux);
	const bool is_first = radio154.phase == RADIO154_HANDED_OVER;
	if (is_first) {
		radio154.outcome = (uint32_t)outcome;
		radio154.outcome_after = radio154.ring.put;
		radio154.phase = RADIO154_DONE;
	}
	portEXIT_CRITICAL_SAFE(&radio154_mux);
	if (is_first) radio154_notice();
}
