/*
 * ESP-IDF as the native code sees it, on a clock that the test moves: the IEEE 802.15.4 driver with its rules, timers, locks,
 * and the machine's queue. What is called, and how it would break the chip, goes to standard output.
 */
#ifndef FAKE_DRIVER_H
#define FAKE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

/* Prints one line. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Moves the clock, and runs what is due on the way. */
void fake_run_until(uint64_t time_us);
uint64_t fake_now(void);
/* The clock begins here. */
void fake_set_clock(uint64_t time_us);

/* Interrupts of the radio. A frame without FCS; false when the receiver is not on. */
void fake_sfd(void);
bool fake_frame(const uint8_t *octets, uint32_t count, int8_t rssi_dbm, uint8_t lqi);
/* The transmission ends: with an acknowledgement of that sequence number, with none asked for (-1), or with an error. */
void fake_transmitted(int ack_sequence);
void fake_failed(int error);
bool fake_is_sending(void);
/* The driver tells of its last transmission once more. */
void fake_tell_again(void);
/* As the driver does when one of its own calls stops a reception that is over: in the task, interrupts on. */
void fake_deliver_in_task(bool wanted);

/* Delivers what is in the machine's queue; returns how many messages. */
uint32_t fake_deliver(void);
/* Room in the machine's queue. */
void fake_queue_room(uint32_t room);
/* Buffers of the driver that are with the native code. */
uint32_t fake_buffers_out(void);

#endif
