/* As much of ESP-IDF v6.0's IEEE 802.15.4 driver as the native code uses. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "esp_err.h"

typedef enum {
	ESP_IEEE802154_TX_ERR_NONE,
	ESP_IEEE802154_TX_ERR_CCA_BUSY,
	ESP_IEEE802154_TX_ERR_ABORT,
	ESP_IEEE802154_TX_ERR_NO_ACK,
	ESP_IEEE802154_TX_ERR_INVALID_ACK,
	ESP_IEEE802154_TX_ERR_COEXIST,
	ESP_IEEE802154_TX_ERR_SECURITY,
} esp_ieee802154_tx_error_t;

typedef enum {
	ESP_IEEE802154_AUTO_PENDING_DISABLE,
	ESP_IEEE802154_AUTO_PENDING_ENABLE,
	ESP_IEEE802154_AUTO_PENDING_ENHANCED,
	ESP_IEEE802154_AUTO_PENDING_ZIGBEE,
} esp_ieee802154_pending_mode_t;

typedef enum {
	ESP_IEEE802154_MULTIPAN_0 = 0,
	ESP_IEEE802154_MULTIPAN_1 = 1,
	ESP_IEEE802154_MULTIPAN_2 = 2,
	ESP_IEEE802154_MULTIPAN_3 = 3,
	ESP_IEEE802154_MULTIPAN_MAX
} esp_ieee802154_multipan_index_t;

typedef struct {
	bool pending;
	bool process;
	uint8_t channel;
	int8_t rssi;
	uint8_t lqi;
	uint64_t timestamp;
	esp_ieee802154_multipan_index_t mpf_index;
} esp_ieee802154_frame_info_t;

typedef void (*esp_ieee802154_receive_done_cb_t)(uint8_t *data, esp_ieee802154_frame_info_t *frame_info);
typedef void (*esp_ieee802154_receive_sfd_done_cb_t)(void);
typedef void (*esp_ieee802154_transmit_done_cb_t)(const uint8_t *frame, const uint8_t *ack,
												  esp_ieee802154_frame_info_t *ack_frame_info);
typedef void (*esp_ieee802154_transmit_failed_cb_t)(const uint8_t *frame, esp_ieee802154_tx_error_t error);
typedef void (*esp_ieee802154_transmit_sfd_done_cb_t)(uint8_t *frame);
typedef void (*esp_ieee802154_energy_detect_done_cb_t)(int8_t power);
typedef esp_err_t (*esp_ieee802154_enh_ack_generator_cb_t)(uint8_t *frame, esp_ieee802154_frame_info_t *frame_info,
														   uint8_t *enhack_frame);
typedef struct {
	esp_ieee802154_receive_done_cb_t rx_done_cb;
	esp_ieee802154_receive_sfd_done_cb_t rx_sfd_done_cb;
	esp_ieee802154_transmit_done_cb_t tx_done_cb;
	esp_ieee802154_transmit_failed_cb_t tx_failed_cb;
	esp_ieee802154_transmit_sfd_done_cb_t tx_sfd_done_cb;
	esp_ieee802154_energy_detect_done_cb_t ed_done_cb;
	esp_ieee802154_enh_ack_generator_cb_t enh_ack_generator_cb;
} esp_ieee802154_event_cb_list_t;

esp_err_t esp_ieee802154_enable(void);
esp_err_t esp_ieee802154_disable(void);
esp_err_t esp_ieee802154_set_channel(uint8_t channel);
esp_err_t esp_ieee802154_set_txpower(int8_t power);
esp_err_t esp_ieee802154_set_promiscuous(bool enable);
esp_err_t esp_ieee802154_set_panid(uint16_t panid);
esp_err_t esp_ieee802154_set_short_address(uint16_t short_address);
esp_err_t esp_ieee802154_set_extended_address(const uint8_t *ext_addr);
esp_err_t esp_ieee802154_set_coordinator(bool enable);
esp_err_t esp_ieee802154_set_pending_mode(esp_ieee802154_pending_mode_t pending_mode);
esp_err_t esp_ieee802154_set_rx_when_idle(bool enable);
esp_err_t esp_ieee802154_receive(void);
esp_err_t esp_ieee802154_sleep(void);
esp_err_t esp_ieee802154_transmit(const uint8_t *frame, bool cca);
esp_err_t esp_ieee802154_transmit_at(const uint8_t *frame, bool cca, uint32_t time);
esp_err_t esp_ieee802154_receive_handle_done(const uint8_t *frame);
esp_err_t esp_ieee802154_event_callback_list_register(esp_ieee802154_event_cb_list_t cb_list);
