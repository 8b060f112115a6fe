/* AES-128, encryption of one block (FIPS 197). Not hardened against timing: it serves a workbench. */
#include "host.h"

static uint8_t sbox[256];

static uint8_t doubled(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0));
}

/* Section 5.1.1: the inverse in GF(2^8), found by walking the powers of 3 and of its inverse, then the affine map. */
static void build_sbox(void)
{
	uint8_t p = 1, q = 1;
	do {
		p = (uint8_t)(p ^ doubled(p));
		q ^= (uint8_t)(q << 1);
		q ^= (uint8_t)(q << 2);
		q ^= (uint8_t)(q << 4);
		if (q & 0x80)
			q ^= 0x09;
		unsigned x = q | (unsigned)q << 8;
		sbox[p] = (uint8_t)((x ^ x >> 7 ^ x >> 6 ^ x >> 5 ^ x >> 4) ^ 0x63);
	} while (p != 1);
	sbox[0] = 0x63;
}

/** Section 5.2: eleven round keys of 16 octets. */
void aes128_expand(const uint8_t key[16], uint8_t schedule[AES_SCHEDULE_BYTES])
{
	uint8_t round = 1;
	if (!sbox[0])
		build_sbox();
	memcpy(schedule, key, 16);
	for (int at = 16; at < AES_SCHEDULE_BYTES; at += 4) {
		uint8_t word[4];
		memcpy(word, schedule + at - 4, 4);
		if (at % 16 == 0) {
			uint8_t first = word[0];
			word[0] = sbox[word[1]] ^ round;
			word[1] = sbox[word[2]];
			word[2] = sbox[word[3]];
			word[3] = sbox[first];
			round = doubled(round);
		}
		for (int i = 0; i < 4; i++)
			schedule[at + i] = schedule[at - 16 + i] ^ word[i];
	}
}

static void add_round_key(uint8_t state[16], const uint8_t* key)
{
	for (int i = 0; i < 16; i++)
		state[i] ^= key[i];
}

/* SubBytes and ShiftRows: row r of column c comes from column c + r. */
static void substitute_and_shift(uint8_t state[16])
{
	uint8_t before[16];
	memcpy(before, state, 16);
	for (int i = 0; i < 16; i++)
		state[i] = sbox[before[(i + 4 * (i & 3)) & 15]];
}

static void mix_columns(uint8_t state[16])
{
	for (uint8_t* c = state; c < state + 16; c += 4) {
		uint8_t first = c[0], all = c[0] ^ c[1] ^ c[2] ^ c[3];
		c[0] ^= (uint8_t)(all ^ doubled(c[0] ^ c[1]));
		c[1] ^= (uint8_t)(all ^ doubled(c[1] ^ c[2]));
		c[2] ^= (uint8_t)(all ^ doubled(c[2] ^ c[3]));
		c[3] ^= (uint8_t)(all ^ doubled(c[3] ^ first));
	}
}

/** Section 5.1, in place. */
void aes128_encrypt(const uint8_t schedule[AES_SCHEDULE_BYTES], uint8_t block[16])
{
	add_round_key(block, schedule);
	for (int round = 1; round <= 10; round++) {
		substitute_and_shift(block);
		if (round < 10)
			mix_columns(block);
		add_round_key(block, schedule + 16 * round);
	}
}
