// Winograd's minimal filtering, F(4×4, 3×3) and F(6×6, 3×3), included once per instruction set like bodies.h. The lanes of
// a vector are channels, so that no transform shuffles anything; winograd_tile.h holds the transforms of one tile.
//
// F(4×4), points 0, ±1, ±2, ∞ (Lavin and Gray 2016, arXiv:1509.09308):
//
//        | 4  0 −5  0  1  0 |        |  1/4    0    0  |
//        | 0 −4 −4  1  1  0 |        | −1/6 −1/6 −1/6  |        | 1  1  1  1  1  0 |
//   Bᵀ = | 0  4 −4 −1  1  0 |    G = | −1/6  1/6 −1/6  |   Aᵀ = | 0  1 −1  2 −2  0 |
//        | 0 −2 −1  2  1  0 |        | 1/24 1/12  1/6  |        | 0  1  1  4  4  0 |
//        | 0  2 −1 −2  1  0 |        | 1/24 −1/12 1/6  |        | 0  1 −1  8 −8  1 |
//        | 0  4  0 −5  0  1 |        |   0    0    1   |
//
// F(6×6), with the points ±1/2 besides:
//
//        | 1   0  −21/4    0   21/4    0  −1  0 |        |   1      0     0  |
//        | 0   1    1   −17/4 −17/4    1   1  0 |        | −2/9   −2/9  −2/9 |       | 1  1  1   1   1   1    1   0 |
//        | 0  −1    1    17/4 −17/4   −1   1  0 |        | −2/9    2/9  −2/9 |       | 0  1 −1   2  −2  1/2 −1/2  0 |
//   Bᵀ = | 0  1/2  1/4   −5/2  −5/4    2   1  0 |    G = |  1/90  1/45  2/45 |  Aᵀ = | 0  1  1   4   4  1/4  1/4  0 |
//        | 0 −1/2  1/4    5/2  −5/4   −2   1  0 |        |  1/90 −1/45  2/45 |       | 0  1 −1   8  −8  1/8 −1/8  0 |
//        | 0   2    4    −5/2   −5    1/2  1  0 |        | 32/45 16/45  8/45 |       | 0  1  1  16  16 1/16 1/16  0 |
//        | 0  −2    4     5/2   −5   −1/2  1  0 |        | 32/45−16/45  8/45 |       | 0  1 −1  32 −32 1/32−1/32  1 |
//        | 0  −1    0    21/4    0  −21/4  0  1 |        |   0      0     1  |

#define LANE float
#define RECTIFIED KERNEL(rectified_single)
#define MASKED KERNEL(masked_single)
#define STORE_BITS KERNEL(store_bit)
#define TILE_KERNEL(name) KERNEL(name##_single)
#include "winograd_tile.h"
#undef LANE
#undef RECTIFIED
#undef MASKED
#undef STORE_BITS
#undef TILE_KERNEL

#define LANE KERNEL(vector)
#define RECTIFIED KERNEL(rectified_vector)
#define MASKED KERNEL(masked_vector)
#define STORE_BITS KERNEL(store_bits)
#define TILE_KERNEL(name) KERNEL(name##_vector)
#include "winograd_tile.h"
#undef LANE
#undef RECTIFIED
#undef MASKED
#undef STORE_BITS
#undef TILE_KERNEL

INLINE void KERNEL(winograd_input_tiles)(const kernels_tiles *s, const float *input, float *transformed, const int extent) {
  const float *pixels[8 * 8];
  const long outputs = extent - 2, channels = s->channels;
  for (long t = 0; t < s->count; t++) {
    long tile = s->first + t;
    long top = tile / s->across * outputs - s->padding, left = tile % s->across * outputs - s->padding;
    for (long i = 0; i < extent; i++)
      for (long j = 0; j < extent; j++) {
        long y = top + i, x = left + j;
        int inside = y >= 0 && y < s->height && x >= 0 && x < s->width;
        pixels[extent * i + j] = inside ? input + (y * s->width + x) * s->stride : s->border;
      }
    float *place = transformed + t * s->tile_stride;
    long c = 0;
    for (; c + VECTOR_FLOATS <= channels; c += VECTOR_FLOATS)
      KERNEL(input_tile_vector)(pixels, c, place + c, s->point_stride, extent);
    for (; c < channels; c++) KERNEL(input_tile_single)(pixels, c, place + c, s->point_stride, extent);
  }
}

void KERNEL(winograd_input)(const kernels_tiles *s, const float *input, float *transformed) {
  if (s->extent == 6) KERNEL(winograd_input_tiles)(s, input, transformed, 6);
  else KERNEL(winograd_input_tiles)(s, input, transformed, 8);
}

INLINE void KERNEL(winograd_output_tiles)(const kernels_tiles *s, float *output, const float *transformed,
                                          const float *bias, int rectify, const uint8_t *mask, uint8_t *signs, const int extent) {
  float *pixels[6 * 6];
  const uint8_t *masks[6 * 6];
  uint8_t *bits[6 * 6];
  const long bytes = s->mask_stride;
  const long outputs = extent - 2, channels = s->channels;
  for (long t = 0; t < s->count; t++) {
    long tile = s->first + t;
    long top = tile / s->across * outputs, left = tile % s->across * outputs;
    for (long i = 0; i < outputs; i++)
      for (long j = 0; j < outputs; j++) {
        long y = top + i, x = left + j, pixel = y * s->width + x;
        int inside = y < s->height && x < s->width;
        pixels[outputs * i + j] = inside ? output + pixel * s->stride : s->border;
        masks[outputs * i + j] = inside && mask ? mask + pixel * bytes : (const uint8_t *)s->border;
        bits[outputs * i + j] = inside && signs ? signs + pixel * bytes : (uint8_t *)s->border;
      }
    const float *place = transformed + t * s->tile_stride;
    long c = 0;
    for (; c + VECTOR_FLOATS <= channels; c += VECTOR_FLOATS)
      KERNEL(output_tile_vector)(pixels, mask ? masks : 0, signs ? bits : 0, c, place + c, s->point_stride, bias, rectify,
                                 extent);
    for (; c < channels; c++)
      KERNEL(output_tile_single)(pixels, mask ? masks : 0, signs ? bits : 0, c, place + c, s->point_stride, bias, rectify,
                                 extent);
  }
}

void KERNEL(winograd_output)(const kernels_tiles *s, float *output, const float *transformed, const float *bias,
                             int rectify, const uint8_t *mask, uint8_t *signs) {
  if (s->extent == 6) KERNEL(winograd_output_tiles)(s, output, transformed, bias, rectify, mask, signs, 6);
  else KERNEL(winograd_output_tiles)(s, output, transformed, bias, rectify, mask, signs, 8);
}

void KERNEL(winograd_filters)(const float *taps, long depth, long columns, long stride, long extent, long row,
                              float *packed, long point_stride) {
  static const float g6[6][3] = {{1.0f / 4, 0, 0},
                                 {-1.0f / 6, -1.0f / 6, -1.0f / 6},
                                 {-1.0f / 6, 1.0f / 6, -1.0f / 6},
                                 {1.0f / 24, 1.0f / 12, 1.0f / 6},
                                 {1.0f / 24, -1.0f / 12, 1.0f / 6},
                                 {0, 0, 1}};
  static const float g8[8][3] = {{1, 0, 0},
                                 {-2.0f / 9, -2.0f / 9, -2.0f / 9},
                                 {-2.0f / 9, 2.0f / 9, -2.0f / 9},
                                 {1.0f / 90, 1.0f / 45, 2.0f / 45},
                                 {1.0f / 90, -1.0f / 45, 2.0f / 45},
                                 {32.0f / 45, 16.0f / 45, 8.0f / 45},
                                 {32.0f / 45, -16.0f / 45, 8.0f / 45},
                                 {0, 0, 1}};
  const float *weights = extent == 6 ? g6[row] : g8[row];
  const long tap_stride = depth * stride;
  for (long column = 0; column < columns; column += KERNEL(panel)) {
    long inside = columns - column < KERNEL(panel) ? columns - column : KERNEL(panel);
    long width = (inside + VECTOR_FLOATS - 1) / VECTOR_FLOATS * VECTOR_FLOATS;
    for (long k = 0; k < depth; k++) {
      for (long i = 0; i < width; i += VECTOR_FLOATS) {
        const float *place = taps + k * stride + column + i;
        if (extent == 6) KERNEL(filter_tile_vector)(place, tap_stride, weights, packed + i, point_stride, 6);
        else KERNEL(filter_tile_vector)(place, tap_stride, weights, packed + i, point_stride, 8);
      }
      packed += width;
    }
  }
}
