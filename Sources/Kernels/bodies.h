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

void KERNEL(normalize)(float *restrict result, const float *restrict values, long rows, long columns,
                       const float *restrict scales, const float *restrict shifts, int rectify) {
  for (long r = 0; r < rows; r++, values += columns, result += columns) {
    if (!shifts)
      for (long c = 0; c < columns; c++) result[c] = values[c] * scales[c];
    else if (rectify)
      for (long c = 0; c < columns; c++) {
        float value = values[c] * scales[c] + shifts[c];
        result[c] = value < 0 ? -0.0f : value;
      }
    else
      for (long c = 0; c < columns; c++) result[c] = values[c] * scales[c] + shifts[c];
  }
}

void KERNEL(add)(float *restrict result, const float *restrict left, const float *restrict right, long count,
                 int rectify) {
  if (rectify)
    for (long i = 0; i < count; i++) {
      float value = left[i] + right[i];
      result[i] = value < 0 ? -0.0f : value;
    }
  else
    for (long i = 0; i < count; i++) result[i] = left[i] + right[i];
}

void KERNEL(channel_products)(float *restrict sums, const float *restrict left, const float *restrict right, long rows,
                              long columns) {
  if (!right) {
    for (long r = 0; r < rows; r++, left += columns)
      for (long c = 0; c < columns; c++) sums[c] += left[c];
    return;
  }
  for (long r = 0; r < rows; r++, left += columns, right += columns)
    for (long c = 0; c < columns; c++) sums[c] += left[c] * right[c];
}

void KERNEL(gather_columns)(const float *restrict source, long rows, long source_columns, const int32_t *restrict chosen,
                            long columns, float *restrict target) {
  for (long r = 0; r < rows; r++, source += source_columns, target += columns)
    for (long c = 0; c < columns; c++) target[c] = source[chosen[c]];
}

void KERNEL(scatter_columns)(const float *restrict source, long rows, long columns, const int32_t *restrict chosen,
                             long target_columns, float *restrict target) {
  for (long r = 0; r < rows; r++, source += columns, target += target_columns)
    for (long c = 0; c < columns; c++) target[chosen[c]] = source[c];
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

// erf(x) by formula 7.1.26 of Abramowitz and Stegun, absolute error below 1.5e-7 and a few roundings.
static inline float KERNEL(erf)(float x) {
  float size = x < 0 ? -x : x;
  float t = 1.0f / (1.0f + 0.3275911f * size);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float value = 1.0f - p * t * KERNEL(exp)(-size * size);
  return x < 0 ? -value : value;
}

static inline float KERNEL(logistic)(float x) { return 1.0f / (1.0f + KERNEL(exp)(-x)); }

static inline float KERNEL(clamp)(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

// Φ(x), the normal distribution.
static inline float KERNEL(normal)(float x) { return 0.5f + 0.5f * KERNEL(erf)(x * 0.70710678f); }

void KERNEL(activate)(int kind, float *restrict result, const float *restrict values, long count) {
#define EACH(f) for (long i = 0; i < count; i++) { float x = values[i]; result[i] = f; } break;
  switch (kind) {
    case KERNELS_RELU6: EACH(x < 0 ? -0.0f : x > 6 ? 6 : x)
    case KERNELS_SIGMOID: EACH(KERNEL(logistic)(x))
    case KERNELS_HARD_SIGMOID: EACH(KERNEL(clamp)(x + 3, 0, 6) * (1.0f / 6))
    case KERNELS_SILU: EACH(x * KERNEL(logistic)(x))
    case KERNELS_HARD_SWISH: EACH(x * KERNEL(clamp)(x + 3, 0, 6) * (1.0f / 6))
    case KERNELS_GELU: EACH(x * KERNEL(normal)(x))
  }
#undef EACH
}

void KERNEL(activation_gradient)(int kind, float *restrict result, const float *restrict gradient,
                                 const float *restrict values, long count) {
#define EACH(f) for (long i = 0; i < count; i++) { float x = values[i]; result[i] = gradient[i] * (f); } break;
  switch (kind) {
    case KERNELS_RELU6: EACH(x > 0 && x < 6 ? 1 : 0)
    case KERNELS_SIGMOID: EACH(KERNEL(logistic)(x) * (1 - KERNEL(logistic)(x)))
    case KERNELS_HARD_SIGMOID: EACH(x > -3 && x < 3 ? 1.0f / 6 : 0)
    case KERNELS_SILU: EACH(KERNEL(logistic)(x) * (1 + x * (1 - KERNEL(logistic)(x))))
    case KERNELS_HARD_SWISH: EACH(x <= -3 ? 0 : x < 3 ? x * (1.0f / 3) + 0.5f : 1)
    case KERNELS_GELU: EACH(KERNEL(normal)(x) + x * 0.39894228f * KERNEL(exp)(-0.5f * x * x))  // 1/√(2π)
  }
#undef EACH
}

// Sums in sixteen strands and then over these, an order that no instruction set changes.
enum { KERNEL(strands) = 16 };

static inline float KERNEL(sum_of_strands)(const float *strands) {
  float sum = 0;
  for (int i = 0; i < KERNEL(strands); i++) sum += strands[i];
  return sum;
}

#define SUM_OVER(columns, f, total)                                                                  \
  do {                                                                                               \
    float strands[KERNEL(strands)] = {0};                                                            \
    long c = 0;                                                                                      \
    for (; c + KERNEL(strands) <= columns; c += KERNEL(strands))                                     \
      for (int lane = 0; lane < KERNEL(strands); lane++) { long i = c + lane; strands[lane] += f; }  \
    for (long i = c; i < columns; i++) strands[i - c] += f;                                          \
    total = KERNEL(sum_of_strands)(strands);                                                         \
  } while (0)

void KERNEL(layer_norm)(float *restrict result, const float *restrict values, long rows, long columns,
                        const float *restrict scales, const float *restrict shifts, float epsilon,
                        float *restrict statistics) {
  for (long r = 0; r < rows; r++, values += columns, result += columns) {
    float mean, variance;
    SUM_OVER(columns, values[i], mean);
    mean /= columns;
    SUM_OVER(columns, (values[i] - mean) * (values[i] - mean), variance);
    float inverse = 1 / __builtin_elementwise_sqrt(variance / columns + epsilon);
    statistics[2 * r] = mean;
    statistics[2 * r + 1] = inverse;
    for (long c = 0; c < columns; c++) result[c] = (values[c] - mean) * inverse * scales[c] + shifts[c];
  }
}

void KERNEL(layer_norm_gradient)(float *restrict gradient, const float *restrict values, long rows, long columns,
                                 const float *restrict scales, const float *restrict statistics) {
  for (long r = 0; r < rows; r++, values += columns, gradient += columns) {
    float mean = statistics[2 * r], inverse = statistics[2 * r + 1], sum, along;
    SUM_OVER(columns, gradient[i] * scales[i], sum);
    SUM_OVER(columns, gradient[i] * scales[i] * (values[i] - mean), along);
    sum /= columns;
    along *= inverse * inverse / columns;
    for (long c = 0; c < columns; c++)
      gradient[c] = inverse * (gradient[c] * scales[c] - sum - (values[c] - mean) * along);
  }
}

void KERNEL(softmax)(float *values, long rows, long columns) {
  for (long r = 0; r < rows; r++, values += columns) {
    float largest = values[0], sum;
    for (long c = 1; c < columns; c++) largest = values[c] > largest ? values[c] : largest;
    for (long c = 0; c < columns; c++) values[c] = KERNEL(exp)(values[c] - largest);
    SUM_OVER(columns, values[i], sum);
    float share = 1 / sum;
    for (long c = 0; c < columns; c++) values[c] *= share;
  }
}

void KERNEL(softmax_gradient)(float *restrict gradient, const float *restrict probabilities, long rows, long columns) {
  for (long r = 0; r < rows; r++, gradient += columns, probabilities += columns) {
    float mean;
    SUM_OVER(columns, gradient[i] * probabilities[i], mean);
    for (long c = 0; c < columns; c++) gradient[c] = probabilities[c] * (gradient[c] - mean);
  }
}
#undef SUM_OVER

// sums[c] = Σ values[c'] over the channels c' at most `reach` away.
static inline void KERNEL(neighbourhood)(float *restrict sums, const float *restrict values, long columns, long reach) {
  for (long c = 0; c < columns; c++) sums[c] = 0;
  for (long d = -reach; d <= reach; d++) {
    long first = d < 0 ? -d : 0, end = d > 0 ? columns - d : columns;
    for (long c = first; c < end; c++) sums[c] += values[c + d];
  }
}

void KERNEL(response_norm)(float *restrict result, const float *restrict values, long rows, long columns, long reach,
                           float share, float offset, float *restrict scratch) {
  float *squares = scratch, *sums = scratch + columns;
  for (long r = 0; r < rows; r++, values += columns, result += columns) {
    for (long c = 0; c < columns; c++) squares[c] = values[c] * values[c];
    KERNEL(neighbourhood)(sums, squares, columns, reach);
    for (long c = 0; c < columns; c++) result[c] = values[c] / __builtin_elementwise_sqrt(offset + share * sums[c]);
  }
}

void KERNEL(response_norm_gradient)(float *restrict gradient, const float *restrict values, long rows, long columns,
                                    long reach, float share, float offset, float *restrict scratch) {
  float *terms = scratch, *sums = scratch + columns, *inverse = scratch + 2 * columns;
  for (long r = 0; r < rows; r++, values += columns, gradient += columns) {
    for (long c = 0; c < columns; c++) terms[c] = values[c] * values[c];
    KERNEL(neighbourhood)(sums, terms, columns, reach);
    for (long c = 0; c < columns; c++) {
      inverse[c] = 1 / __builtin_elementwise_sqrt(offset + share * sums[c]);
      terms[c] = gradient[c] * values[c] * inverse[c] * inverse[c] * inverse[c];
    }
    KERNEL(neighbourhood)(sums, terms, columns, reach);
    for (long c = 0; c < columns; c++) gradient[c] = gradient[c] * inverse[c] - share * values[c] * sums[c];
  }
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
