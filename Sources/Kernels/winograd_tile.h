// The transforms of one tile, for LANE a float or a vector of them. `extent` is 6 or 8, a constant once this is inlined.

#define LOAD(p) (*(const LANE *)(p))
#define STORE(p) (*(LANE *)(p))

// r = Bᵀ d
INLINE void TILE_KERNEL(multiply_bt)(const LANE *d, LANE *r, const int extent) {
  if (extent == 6) {
    LANE a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);
    r[0] = 4 * d[0] - 5 * d[2] + d[4];
    r[1] = a + b;
    r[2] = a - b;
    r[3] = c + e;
    r[4] = c - e;
    r[5] = 4 * d[1] - 5 * d[3] + d[5];
  } else {
    LANE a = d[2] - 4.25f * d[4] + d[6], b = d[1] - 4.25f * d[3] + d[5];
    LANE c = 0.25f * d[2] - 1.25f * d[4] + d[6], e = 0.5f * d[1] - 2.5f * d[3] + 2 * d[5];
    LANE f = 4 * d[2] - 5 * d[4] + d[6], g = 2 * d[1] - 2.5f * d[3] + 0.5f * d[5];
    r[0] = d[0] - d[6] + 5.25f * (d[4] - d[2]);
    r[1] = a + b;
    r[2] = a - b;
    r[3] = c + e;
    r[4] = c - e;
    r[5] = f + g;
    r[6] = f - g;
    r[7] = d[7] - d[1] + 5.25f * (d[3] - d[5]);
  }
}

// r = Aᵀ m
INLINE void TILE_KERNEL(multiply_at)(const LANE *m, LANE *r, const int extent) {
  LANE p = m[1] + m[2], q = m[1] - m[2], s = m[3] + m[4], t = m[3] - m[4];
  if (extent == 6) {
    r[0] = m[0] + p + s;
    r[1] = q + 2 * t;
    r[2] = p + 4 * s;
    r[3] = q + 8 * t + m[5];
  } else {
    LANE u = m[5] + m[6], v = m[5] - m[6];
    r[0] = m[0] + p + s + u;
    r[1] = q + 2 * t + 0.5f * v;
    r[2] = p + 4 * s + 0.25f * u;
    r[3] = q + 8 * t + 0.125f * v;
    r[4] = p + 16 * s + 0.0625f * u;
    r[5] = q + 32 * t + 0.03125f * v + m[7];
  }
}

// r = G g
INLINE void TILE_KERNEL(multiply_g)(const LANE *g, LANE *r, const int extent) {
  if (extent == 6) {
    LANE a = (g[0] + g[2]) * (-1.0f / 6), b = g[1] * (1.0f / 6);
    LANE c = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), e = g[1] * (1.0f / 12);
    r[0] = g[0] * 0.25f;
    r[1] = a - b;
    r[2] = a + b;
    r[3] = c + e;
    r[4] = c - e;
    r[5] = g[2];
  } else {
    LANE a = (g[0] + g[2]) * (-2.0f / 9), b = g[1] * (2.0f / 9);
    LANE c = g[0] * (1.0f / 90) + g[2] * (2.0f / 45), e = g[1] * (1.0f / 45);
    LANE f = g[0] * (32.0f / 45) + g[2] * (8.0f / 45), h = g[1] * (16.0f / 45);
    r[0] = g[0];
    r[1] = a - b;
    r[2] = a + b;
    r[3] = c + e;
    r[4] = c - e;
    r[5] = f + h;
    r[6] = f - h;
    r[7] = g[2];
  }
}

// place[k · point_stride] = (Bᵀ d B)[k] of the tile d at pixels[k][channel].
INLINE void TILE_KERNEL(input_tile)(const float *const *pixels, long channel, float *place, long point_stride,
                                    const int extent) {
  LANE half[8][8], column[8], row[8];
  UNROLL for (int j = 0; j < extent; j++) {
    UNROLL for (int i = 0; i < extent; i++) column[i] = LOAD(pixels[extent * i + j] + channel);
    TILE_KERNEL(multiply_bt)(column, row, extent);
    UNROLL for (int i = 0; i < extent; i++) half[i][j] = row[i];
  }
  UNROLL for (int i = 0; i < extent; i++) {
    TILE_KERNEL(multiply_bt)(half[i], row, extent);
    UNROLL for (int j = 0; j < extent; j++) STORE(place + (extent * i + j) * point_stride) = row[j];
  }
}

// pixels[k][channel] = (Aᵀ m A)[k] + bias, rectified or masked.
INLINE void TILE_KERNEL(output_tile)(float *const *pixels, const uint8_t *const *masks, uint8_t *const *signs,
                                     long channel, const float *place, long point_stride, const float *bias, int rectify, const int extent) {
  LANE half[6][8], column[8], row[8];
  const int outputs = extent - 2;
  UNROLL for (int j = 0; j < extent; j++) {
    UNROLL for (int i = 0; i < extent; i++) column[i] = LOAD(place + (extent * i + j) * point_stride);
    TILE_KERNEL(multiply_at)(column, row, extent);
    UNROLL for (int i = 0; i < outputs; i++) half[i][j] = row[i];
  }
  UNROLL for (int i = 0; i < outputs; i++) {
    TILE_KERNEL(multiply_at)(half[i], row, extent);
    UNROLL for (int j = 0; j < outputs; j++) {
      LANE value = row[j];
      if (bias) value += LOAD(bias + channel);
      if (rectify) value = RECTIFIED(value);
      if (masks) value = MASKED(value, masks[outputs * i + j], channel);
      STORE(pixels[outputs * i + j] + channel) = value;
      if (signs) STORE_BITS(value, signs[outputs * i + j], channel);
    }
  }
}

// place[j · point_stride] = (G g Gᵀ)[row][j] of the filter g at taps[k · tap_stride]; `weights` are G's row.
INLINE void TILE_KERNEL(filter_tile)(const float *taps, long tap_stride, const float *weights, float *place,
                                     long point_stride, const int extent) {
  LANE half[3], row[8];
  UNROLL for (int j = 0; j < 3; j++)
    half[j] = weights[0] * LOAD(taps + j * tap_stride) + weights[1] * LOAD(taps + (3 + j) * tap_stride) +
              weights[2] * LOAD(taps + (6 + j) * tap_stride);
  TILE_KERNEL(multiply_g)(half, row, extent);
  UNROLL for (int j = 0; j < extent; j++) STORE(place + j * point_stride) = row[j];
}

#undef LOAD
#undef STORE
