// The transforms of Winograd's F(4×4, 3×3), included once per instruction set like bodies.h. Every transform is a few
// additions on rows of tiles, so the tile is the vector's lane: loops over t below.
//
//        | 4  0 −5  0  1  0 |        |  1/4    0    0  |
//        | 0 −4 −4  1  1  0 |        | −1/6 −1/6 −1/6  |        | 1  1  1  1  1  0 |
//   Bᵀ = | 0  4 −4 −1  1  0 |    G = | −1/6  1/6 −1/6  |   Aᵀ = | 0  1 −1  2 −2  0 |
//        | 0 −2 −1  2  1  0 |        | 1/24 1/12  1/6  |        | 0  1  1  4  4  0 |
//        | 0  2 −1 −2  1  0 |        | 1/24 −1/12 1/6  |        | 0  1 −1  8 −8  1 |
//        | 0  4  0 −5  0  1 |        |   0    0    1   |

// Six rows of floats, `step` apart.
#define ROWS6(p, step) \
  *restrict p##0 = (p), *restrict p##1 = (p) + (step), *restrict p##2 = (p) + 2 * (step), \
  *restrict p##3 = (p) + 3 * (step), *restrict p##4 = (p) + 4 * (step), *restrict p##5 = (p) + 5 * (step)

// result = Bᵀ source, for `count` vectors of six.
static inline void KERNEL(multiply_bt)(const float *source, long source_step, float *result, long result_step,
                                       long count) {
  const float ROWS6(source, source_step);
  float ROWS6(result, result_step);
  for (long t = 0; t < count; t++) {
    float d0 = source0[t], d1 = source1[t], d2 = source2[t], d3 = source3[t], d4 = source4[t], d5 = source5[t];
    float a = d4 - 4 * d2, b = d3 - 4 * d1, c = d4 - d2, d = 2 * (d3 - d1);
    result0[t] = 4 * d0 - 5 * d2 + d4;
    result1[t] = a + b;
    result2[t] = a - b;
    result3[t] = c + d;
    result4[t] = c - d;
    result5[t] = 4 * d1 - 5 * d3 + d5;
  }
}

// result = B source.
static inline void KERNEL(multiply_b)(const float *source, long source_step, float *result, long result_step,
                                      long count) {
  const float ROWS6(source, source_step);
  float ROWS6(result, result_step);
  for (long t = 0; t < count; t++) {
    float m0 = source0[t], m1 = source1[t], m2 = source2[t], m3 = source3[t], m4 = source4[t], m5 = source5[t];
    float p = m1 + m2, q = m1 - m2, r = m3 + m4, s = m3 - m4;
    result0[t] = 4 * m0;
    result1[t] = -4 * q - 2 * s + 4 * m5;
    result2[t] = -5 * m0 - 4 * p - r;
    result3[t] = q + 2 * s - 5 * m5;
    result4[t] = m0 + p + r;
    result5[t] = m5;
  }
}

// result = Aᵀ source: six to four.
static inline void KERNEL(multiply_at)(const float *source, long source_step, float *result, long result_step,
                                       long count) {
  const float ROWS6(source, source_step);
  float *restrict result0 = result, *restrict result1 = result + result_step,
        *restrict result2 = result + 2 * result_step, *restrict result3 = result + 3 * result_step;
  for (long t = 0; t < count; t++) {
    float m0 = source0[t], m1 = source1[t], m2 = source2[t], m3 = source3[t], m4 = source4[t], m5 = source5[t];
    float p = m1 + m2, q = m1 - m2, r = m3 + m4, s = m3 - m4;
    result0[t] = m0 + p + r;
    result1[t] = q + 2 * s;
    result2[t] = p + 4 * r;
    result3[t] = q + 8 * s + m5;
  }
}

// result = A source: four to six.
static inline void KERNEL(multiply_a)(const float *source, long source_step, float *result, long result_step,
                                      long count) {
  const float *restrict source0 = source, *restrict source1 = source + source_step,
              *restrict source2 = source + 2 * source_step, *restrict source3 = source + 3 * source_step;
  float ROWS6(result, result_step);
  for (long t = 0; t < count; t++) {
    float g0 = source0[t], g1 = source1[t], g2 = source2[t], g3 = source3[t];
    float a = g0 + g2, b = g1 + g3, c = g0 + 4 * g2, d = 2 * g1 + 8 * g3;
    result0[t] = g0;
    result1[t] = a + b;
    result2[t] = a - b;
    result3[t] = c + d;
    result4[t] = c - d;
    result5[t] = g3;
  }
}

// Columns 4t + j of a row, t in 0 ..< count, go to result[j * step + t] for j in 0 ..< 4.
static inline void KERNEL(deinterleave)(const float *restrict row, float *restrict result, long step, long count) {
  float *restrict result1 = result + step, *restrict result2 = result + 2 * step, *restrict result3 = result + 3 * step;
  for (long t = 0; t < count; t++) {
    result[t] = row[4 * t];
    result1[t] = row[4 * t + 1];
    result2[t] = row[4 * t + 2];
    result3[t] = row[4 * t + 3];
  }
}

// The inverse: result[4t + j] = rows[j * step + t].
static inline void KERNEL(interleave)(const float *restrict rows, long step, float *restrict result, long count) {
  const float *restrict rows1 = rows + step, *restrict rows2 = rows + 2 * step, *restrict rows3 = rows + 3 * step;
  for (long t = 0; t < count; t++) {
    result[4 * t] = rows[t];
    result[4 * t + 1] = rows1[t];
    result[4 * t + 2] = rows2[t];
    result[4 * t + 3] = rows3[t];
  }
}

static inline void KERNEL(add_row)(float *restrict target, const float *restrict source, long count) {
  for (long i = 0; i < count; i++) target[i] += source[i];
}

void KERNEL(winograd_input)(const kernels_tiles *s, const float *input, float *transformed, float *scratch) {
  long stride = s->stride, across = s->tiles_x;
  float *tile = scratch, *half = scratch + 36 * stride, *row = scratch + 72 * stride;
  // The row with its padding: columns −padding ..< 4 · tiles_x + 2 − padding.
  long length = 4 * across + 2, left = s->padding;
  long inside = s->input_width < length - left ? s->input_width : length - left;
  memset(row, 0, (size_t)(length + 16) * sizeof(float));
  for (long ty = 0; ty < s->tile_rows; ty++) {
    for (long r = 0; r < 6; r++) {
      float *target = tile + 6 * r * stride + ty * across;
      long y = 4 * (s->first_tile_row + ty) + r - s->padding;
      if (y < 0 || y >= s->input_height) {
        for (long j = 0; j < 6; j++) memset(target + j * stride, 0, (size_t)across * sizeof(float));
        continue;
      }
      memcpy(row + left, input + y * s->input_width, (size_t)inside * sizeof(float));
      KERNEL(deinterleave)(row, target, stride, across);
      for (long j = 4; j < 6; j++) {
        memcpy(target + j * stride, target + (j - 4) * stride + 1, (size_t)(across - 1) * sizeof(float));
        target[j * stride + across - 1] = row[4 * (across - 1) + j];
      }
    }
  }
  for (long j = 0; j < 6; j++) KERNEL(multiply_bt)(tile + j * stride, 6 * stride, half + j * stride, 6 * stride, stride);
  for (long i = 0; i < 6; i++)
    KERNEL(multiply_bt)(half + 6 * i * stride, stride, transformed + 6 * i * s->point_stride, s->point_stride, stride);
}

void KERNEL(winograd_input_adjoint)(const kernels_tiles *s, float *input, const float *transformed, float *scratch) {
  long stride = s->stride, across = s->tiles_x;
  float *tile = scratch, *half = scratch + 36 * stride, *row = scratch + 72 * stride;
  for (long i = 0; i < 6; i++)
    KERNEL(multiply_b)(transformed + 6 * i * s->point_stride, s->point_stride, half + 6 * i * stride, stride, stride);
  for (long j = 0; j < 6; j++) KERNEL(multiply_b)(half + j * stride, 6 * stride, tile + j * stride, 6 * stride, stride);
  long length = 4 * across + 2, left = s->padding;
  long inside = s->input_width < length - left ? s->input_width : length - left;
  for (long ty = 0; ty < s->tile_rows; ty++) {
    for (long r = 0; r < 6; r++) {
      long y = 4 * (s->first_tile_row + ty) + r - s->padding;
      if (y < 0 || y >= s->input_height) continue;
      float *source = tile + 6 * r * stride + ty * across;
      // Columns 4 and 5 of a tile lie on columns 0 and 1 of the next.
      KERNEL(add_row)(source + 1, source + 4 * stride, across - 1);
      KERNEL(add_row)(source + stride + 1, source + 5 * stride, across - 1);
      KERNEL(interleave)(source, stride, row, across);
      row[4 * across] = source[4 * stride + across - 1];
      row[4 * across + 1] = source[5 * stride + across - 1];
      KERNEL(add_row)(input + y * s->input_width, row + left, inside);
    }
  }
}

void KERNEL(winograd_output)(const kernels_tiles *s, float *output, const float *transformed, float *scratch,
                             float bias, int rectify) {
  long stride = s->stride, across = s->tiles_x;
  float *tile = scratch, *half = scratch + 36 * stride, *row = scratch + 72 * stride;
  for (long i = 0; i < 6; i++)
    KERNEL(multiply_at)(transformed + 6 * i * s->point_stride, s->point_stride, half + 4 * i * stride, stride, stride);
  for (long j = 0; j < 4; j++) KERNEL(multiply_at)(half + j * stride, 4 * stride, tile + j * stride, 4 * stride, stride);
  for (long ty = 0; ty < s->tile_rows; ty++) {
    for (long r = 0; r < 4; r++) {
      long y = 4 * (s->first_tile_row + ty) + r;
      if (y >= s->output_height) break;
      const float *restrict values = row;
      KERNEL(interleave)(tile + 4 * r * stride + ty * across, stride, row, across);
      float *restrict target = output + y * s->output_width;
      if (rectify) {
        for (long x = 0; x < s->output_width; x++) {
          float sum = values[x] + bias;
          target[x] = sum < 0 ? -0.0f : sum;
        }
      } else {
        for (long x = 0; x < s->output_width; x++) target[x] = values[x] + bias;
      }
    }
  }
}

void KERNEL(winograd_output_adjoint)(const kernels_tiles *s, const float *output, float *transformed,
                                     float *scratch) {
  long stride = s->stride, across = s->tiles_x;
  float *tile = scratch, *half = scratch + 36 * stride, *row = scratch + 72 * stride;
  memset(row, 0, (size_t)(4 * across) * sizeof(float));
  for (long ty = 0; ty < s->tile_rows; ty++) {
    for (long r = 0; r < 4; r++) {
      float *target = tile + 4 * r * stride + ty * across;
      long y = 4 * (s->first_tile_row + ty) + r;
      if (y >= s->output_height) {
        for (long j = 0; j < 4; j++) memset(target + j * stride, 0, (size_t)across * sizeof(float));
        continue;
      }
      memcpy(row, output + y * s->output_width, (size_t)s->output_width * sizeof(float));
      KERNEL(deinterleave)(row, target, stride, across);
    }
  }
  for (long j = 0; j < 4; j++) KERNEL(multiply_a)(tile + j * stride, 4 * stride, half + j * stride, 4 * stride, stride);
  for (long i = 0; i < 6; i++)
    KERNEL(multiply_a)(half + 4 * i * stride, stride, transformed + 6 * i * s->point_stride, s->point_stride, stride);
}

// Three to six: result = G source.
static inline void KERNEL(multiply_g)(const float *source, long source_step, float *result, long result_step,
                                      long count) {
  const float *restrict source0 = source, *restrict source1 = source + source_step,
              *restrict source2 = source + 2 * source_step;
  float ROWS6(result, result_step);
  for (long t = 0; t < count; t++) {
    float g0 = source0[t], g1 = source1[t], g2 = source2[t];
    float a = (g0 + g2) * (-1.0f / 6), b = g1 * (1.0f / 6);
    float c = g0 * (1.0f / 24) + g2 * (1.0f / 6), d = g1 * (1.0f / 12);
    result0[t] = g0 * 0.25f;
    result1[t] = a - b;
    result2[t] = a + b;
    result3[t] = c + d;
    result4[t] = c - d;
    result5[t] = g2;
  }
}

void KERNEL(winograd_filters)(const float *filters, long count, float *transformed, long stride) {
  enum { BLOCK = 64 };
  float tile[9 * BLOCK], half[18 * BLOCK];
  for (long first = 0; first < count; first += BLOCK) {
    long block = count - first < BLOCK ? count - first : BLOCK;
    for (long i = 0; i < block; i++)
      for (long k = 0; k < 9; k++) tile[k * BLOCK + i] = filters[9 * (first + i) + k];
    for (long j = 0; j < 3; j++) KERNEL(multiply_g)(tile + j * BLOCK, 3 * BLOCK, half + j * BLOCK, 3 * BLOCK, block);
    for (long i = 0; i < 6; i++)
      KERNEL(multiply_g)(half + 3 * i * BLOCK, BLOCK, transformed + 6 * i * stride + first, stride, block);
  }
}
