// The loops of Kernels.h, included once per instruction set with KERNEL(name) giving the suffixed name.
// Compiled with -ffast-math off: sums keep their order, so each build is deterministic.

void KERNEL(add_bias)(float *restrict values, long count, float bias) {
  for (long i = 0; i < count; i++) values[i] += bias;
}

void KERNEL(add_bias_relu)(float *restrict values, long count, float bias) {
  for (long i = 0; i < count; i++) {
    float sum = values[i] + bias;
    values[i] = sum < 0 ? -0.0f : sum;
  }
}

int KERNEL(relu_gradient)(float *restrict gradient, const float *restrict output, long count) {
  uint32_t any = 0;
  for (long i = 0; i < count; i++) {
    float kept = output[i] > 0 ? gradient[i] : 0;
    gradient[i] = kept;
    uint32_t bits;
    memcpy(&bits, &kept, sizeof bits);
    any |= bits << 1;  // the sign of a zero is no gradient
  }
  return any != 0;
}

void KERNEL(half_to_float)(float *restrict result, const uint16_t *restrict halves, long count) {
  for (long i = 0; i < count; i++) {
    uint32_t half = halves[i];
    uint32_t magnitude = (half & 0x7fff) << 13;
    uint32_t special = (half & 0x7c00) == 0x7c00 ? 0x70000000u : 0;  // infinity or NaN: the exponent becomes all ones
    float value;
    memcpy(&value, &magnitude, sizeof value);
    value *= 0x1p112f;  // half's exponent bias is 15, float's 127; this also normalises subnormals
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (special) bits = 0x7f800000u | (magnitude & 0x007fffffu);
    bits |= (half & 0x8000) << 16;
    memcpy(&result[i], &bits, sizeof bits);
  }
}

static inline void KERNEL(max_pool_tap_strided)(const float *restrict row, long stride, long count, int32_t place,
                                                float *restrict best, int32_t *restrict winners) {
  for (long i = 0; i < count; i++) {
    float value = row[i * stride];
    int larger = value > best[i];
    best[i] = larger ? value : best[i];
    winners[i] = larger ? place + (int32_t)(i * stride) : winners[i];
  }
}

void KERNEL(max_pool_tap)(const float *row, long stride, long count, int32_t place, float *best, int32_t *winners) {
  // With the stride known, the compiler turns gathers into shuffles.
  switch (stride) {
    case 1: KERNEL(max_pool_tap_strided)(row, 1, count, place, best, winners); break;
    case 2: KERNEL(max_pool_tap_strided)(row, 2, count, place, best, winners); break;
    default: KERNEL(max_pool_tap_strided)(row, stride, count, place, best, winners);
  }
}

// exp(x) by x = n·ln 2 + r, |r| ≤ ln 2 / 2, and a degree-6 polynomial (the Taylor series, remainder 1.2e-7 relative).
static inline float KERNEL(exp)(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 87.0f ? 87.0f : x;
  float scaled = x * 1.44269504f + 12582912.0f;  // 1.5·2²³: adding it rounds to an integer
  int32_t bits;
  memcpy(&bits, &scaled, sizeof bits);
  float n = scaled - 12582912.0f;
  float r = x - n * 0.693145752f;  // ln 2 in two parts, so that n·(first part) is exact
  r = r - n * 1.42860677e-6f;
  float p = 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  int32_t power = (int32_t)((uint32_t)(bits - 0x4B400000 + 127) << 23);
  float two_to_n;
  memcpy(&two_to_n, &power, sizeof power);
  return p * two_to_n;
}

void KERNEL(sigmoid)(float *result, const float *values, long count) {
  for (long i = 0; i < count; i++) result[i] = 1.0f / (1.0f + KERNEL(exp)(-values[i]));
}

void KERNEL(adam)(float *restrict parameters, float *restrict mean, float *restrict variance,
                  const float *restrict gradient, long count, float beta1, float beta2, float rate, float v_correction,
                  float epsilon) {
  for (long i = 0; i < count; i++) {
    float g = gradient[i];
    float m = beta1 * mean[i] + (1.0f - beta1) * g;
    float v = beta2 * variance[i] + (1.0f - beta2) * g * g;
    mean[i] = m;
    variance[i] = v;
    parameters[i] += rate * m / (__builtin_elementwise_sqrt(v) * v_correction + epsilon);
  }
}
