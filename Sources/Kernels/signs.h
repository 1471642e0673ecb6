// One bit for each value, all that a rectifier's gradient needs. Included once per instruction set like bodies.h.
// Each position begins a new byte.

void KERNEL(signs)(const float *restrict values, long positions, long channels, uint8_t *restrict positive,
                   uint8_t *restrict negative) {
  typedef float eight __attribute__((vector_size(32), aligned(4)));
  typedef int32_t eight_integers __attribute__((vector_size(32)));
  typedef _Bool eight_bits __attribute__((ext_vector_type(8)));
  for (long p = 0; p < positions; p++, values += channels) {
    long c = 0;
    for (; c + 8 <= channels; c += 8) {
      const eight *v = (const eight *)(values + c);
      eight_bits bits = __builtin_convertvector(*v > (eight){0}, eight_bits);
      memcpy(positive++, &bits, 1);
      if (negative) {
        bits = __builtin_convertvector((eight_integers)*v < (eight_integers){0}, eight_bits);
        memcpy(negative++, &bits, 1);
      }
    }
    if (c < channels) {
      uint8_t plus = 0, minus = 0;
      for (long i = 0; c + i < channels; i++) {
        plus |= (uint8_t)((values[c + i] > 0) << i);
        minus |= (uint8_t)((__builtin_signbit(values[c + i]) != 0) << i);
      }
      *positive++ = plus;
      if (negative) *negative++ = minus;
    }
  }
}

int KERNEL(any_masked)(const float *values, long positions, long channels, const uint8_t *bits) {
  for (long p = 0; p < positions; p++, values += channels, bits += (channels + 7) / 8)
    for (long c = 0; c < channels; c++)
      if (values[c] != 0 && KERNEL(bit)(bits, c)) return 1;
  return 0;
}

void KERNEL(mask)(float *values, long positions, long channels, const uint8_t *bits) {
  for (long p = 0; p < positions; p++, values += channels, bits += (channels + 7) / 8) {
    long c = 0;
    for (; c + VECTOR_FLOATS <= channels; c += VECTOR_FLOATS)
      VECTOR(values + c) = KERNEL(masked_vector)(VECTOR(values + c), bits, c);
    for (; c < channels; c++) values[c] = KERNEL(masked_single)(values[c], bits, c);
  }
}

void KERNEL(redirect)(float *values, long positions, long channels, const uint8_t *negative) {
  for (long p = 0; p < positions; p++, values += channels, negative += (channels + 7) / 8)
    for (long c = 0; c < channels; c++)
      if (values[c] < 0 && KERNEL(bit)(negative, c)) values[c] = 0;
}
