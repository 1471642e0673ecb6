// A register full of floats, and the last steps of every convolution; included once per instruction set, with
// VECTOR_FLOATS the width of its registers.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float KERNEL(vector) __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));
typedef int32_t KERNEL(integers) __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));

#define VECTOR(p) (*(KERNEL(vector) *)(p))
#define CONSTANT_VECTOR(p) (*(const KERNEL(vector) *)(p))

// max(v, 0), where a negative value leaves -0.0.
INLINE KERNEL(vector) KERNEL(rectified_vector)(KERNEL(vector) v) {
  KERNEL(integers) negative = v < (KERNEL(vector)){0};
  return (KERNEL(vector))(((KERNEL(integers))v & ~negative) | (negative & INT32_MIN));
}

INLINE float KERNEL(rectified_single)(float v) { return v < 0 ? -0.0f : v; }

// Bits of one position, one for each channel, lowest first: lanes from `channel` on, a multiple of VECTOR_FLOATS.
INLINE KERNEL(integers) KERNEL(lanes_of_bits)(const uint8_t *bits, long channel) {
#if VECTOR_FLOATS == 16
  const KERNEL(integers) lane = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
  int32_t word = bits[channel / 8] | bits[channel / 8 + 1] << 8;
#elif VECTOR_FLOATS == 8
  const KERNEL(integers) lane = {1, 2, 4, 8, 16, 32, 64, 128};
  int32_t word = bits[channel / 8];
#else
  const KERNEL(integers) lane = {1, 2, 4, 8};
  int32_t word = bits[channel / 8] >> (channel % 8);
#endif
  return (((KERNEL(integers)){0} + word) & lane) != 0;
}

INLINE int KERNEL(bit)(const uint8_t *bits, long channel) { return bits[channel / 8] >> (channel % 8) & 1; }

// v where the bit of its channel is set, else 0.
INLINE KERNEL(vector) KERNEL(masked_vector)(KERNEL(vector) v, const uint8_t *bits, long channel) {
  return (KERNEL(vector))((KERNEL(integers))v & KERNEL(lanes_of_bits)(bits, channel));
}

INLINE float KERNEL(masked_single)(float v, const uint8_t *bits, long channel) {
  return KERNEL(bit)(bits, channel) ? v : 0;
}

// Sets the bits of the lanes from `channel` on, a multiple of VECTOR_FLOATS, whose values are positive.
INLINE void KERNEL(store_bits)(KERNEL(vector) v, uint8_t *bits, long channel) {
#if VECTOR_FLOATS >= 8
  typedef _Bool several __attribute__((ext_vector_type(VECTOR_FLOATS)));
  several positive = __builtin_convertvector(v > (KERNEL(vector)){0}, several);
  memcpy(bits + channel / 8, &positive, VECTOR_FLOATS / 8);
#else
  uint8_t word = channel % 8 ? bits[channel / 8] : 0;
  for (int i = 0; i < VECTOR_FLOATS; i++) word |= (uint8_t)((v[i] > 0) << (channel % 8 + i));
  bits[channel / 8] = word;
#endif
}

INLINE void KERNEL(store_bit)(float v, uint8_t *bits, long channel) {
  uint8_t word = channel % 8 ? bits[channel / 8] : 0;
  bits[channel / 8] = (uint8_t)(word | (v > 0) << channel % 8);
}
