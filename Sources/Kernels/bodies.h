// The loops of Kernels.h, included once per instruction set with KERNEL(name) giving the suffixed name.
// Compiled with -ffast-math off: sums keep their order, so each build is deterministic.

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

void KERNEL(add_scaled)(float *restrict target, const float *restrict source, long count, float scale) {
  for (long i = 0; i < count; i++) target[i] += scale * source[i];
}

void KERNEL(scale)(float *values, long count, float factor) {
  for (long i = 0; i < count; i++) values[i] *= factor;
}

void KERNEL(scale_and_shift)(float *restrict values, long rows, long columns, const float *restrict scales,
                             const float *restrict shifts) {
  for (long r = 0; r < rows; r++, values += columns) {
    if (shifts)
      for (long c = 0; c < columns; c++) values[c] = values[c] * scales[c] + shifts[c];
    else
      for (long c = 0; c < columns; c++) values[c] *= scales[c];
  }
}

void KERNEL(rectify)(float *values, long count) {
  for (long i = 0; i < count; i++) values[i] = values[i] < 0 ? -0.0f : values[i];
}

// In blocks, so that each cache line is read and written once.
void KERNEL(transpose)(const float *restrict source, long rows, long columns, long source_stride,
                       float *restrict target, long target_stride) {
  enum { BLOCK = 16 };
  for (long r = 0; r < rows; r += BLOCK)
    for (long c = 0; c < columns; c += BLOCK) {
      long last_row = r + BLOCK < rows ? r + BLOCK : rows, last_column = c + BLOCK < columns ? c + BLOCK : columns;
      for (long j = c; j < last_column; j++)
        for (long i = r; i < last_row; i++) target[j * target_stride + i] = source[i * source_stride + j];
    }
}

void KERNEL(copy_columns)(const float *restrict source, long rows, long columns, long source_stride,
                          float *restrict target, long target_stride) {
  for (long r = 0; r < rows; r++, source += source_stride, target += target_stride)
    for (long c = 0; c < columns; c++) target[c] = source[c];
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
