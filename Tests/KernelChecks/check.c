// Checks the C loops against plain ones on any processor, without Swift: scripts/check-kernels builds and runs it.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Kernels.h"

static float *numbers(long count) {
  float *values = aligned_alloc(64, (size_t)(count + 64) / 16 * 64 + 64);
  for (long i = 0; i < count + 16; i++) values[i] = (float)(rand() % 2001 - 1000) / 1000;
  return values;
}

static int failures = 0;

static void compare(const char *name, const float *actual, const float *expected, long count, float tolerance) {
  float largest = 1e-6f, error = 0;
  for (long i = 0; i < count; i++) {
    largest = fmaxf(largest, fabsf(expected[i]));
    float difference = fabsf(actual[i] - expected[i]);
    error = difference > error || isnan(difference) ? difference : error;
  }
  int failed = !(error <= tolerance * largest);
  failures += failed;
  printf("%s %s: relative error %g\n", failed ? "FAILED" : "passed", name, error / largest);
}

static void products(void) {
  enum { ROWS = 23, DEPTH = 45, SEGMENTS = 3 };
  for (long columns = 1; columns <= 70; columns += columns < 4 ? 1 : 11) {
    long depth = SEGMENTS * DEPTH, offsets[SEGMENTS] = {0, 7, 90};
    float *input = numbers(ROWS * 60 + 200), *matrix = numbers(depth * columns), *bias = numbers(columns + 32);
    float *packed = numbers(depth * kernels_packed_columns(columns)), *turned = numbers(depth * columns);
    float *expected = numbers(ROWS * columns), *actual = numbers(ROWS * columns);
    uint8_t *signs = calloc(ROWS, 16);
    for (long r = 0; r < ROWS; r++)
      for (long c = 0; c < columns; c++) {
        double sum = bias[c];
        for (long k = 0; k < depth; k++) sum += input[60 * r + offsets[k / DEPTH] + k % DEPTH] * matrix[k * columns + c];
        expected[r * columns + c] = sum > 0 ? (float)sum : 0;
      }
    kernels_pack(matrix, depth, columns, columns, packed);
    kernels_product product = {.input = input, .input_stride = 60, .rows = ROWS, .offsets = offsets,
                               .segments = SEGMENTS, .segment_length = DEPTH, .filters = packed, .columns = columns,
                               .bias = bias, .rectify = 1, .mask_stride = 16, .output = actual,
                               .output_stride = columns, .signs = signs};
    kernels_multiply(&product);
    compare("product", actual, expected, ROWS * columns, 1e-5f);
    for (long i = 0; i < ROWS * columns; i++)
      failures += (signs[i / columns * 16 + i % columns / 8] >> (i % columns % 8) & 1) != (actual[i] > 0);
    if (columns <= 3) {
      kernels_transpose(matrix, depth, columns, columns, turned, depth);
      product.filters = turned;
      kernels_thin_product(&product);
      compare("thin product", actual, expected, ROWS * columns, 1e-5f);
    }
  }
}

static void winograd(long extent) {
  enum { DEPTH = 19, COLUMNS = 21, STRIDE = 32, HEIGHT = 9, WIDTH = 11 };
  long outputs = extent - 2, across = (WIDTH + outputs - 1) / outputs, count = across * ((HEIGHT + outputs - 1) / outputs);
  long points = extent * extent, size = DEPTH * kernels_packed_columns(COLUMNS), offset = 0;
  float *input = numbers(HEIGHT * WIDTH * DEPTH), *taps = numbers(9 * DEPTH * STRIDE), *bias = numbers(64);
  float *seen = numbers(count * points * DEPTH), *filters = numbers(points * size);
  float *answered = numbers(count * points * COLUMNS), *border = calloc(64, sizeof(float));
  float *expected = numbers(HEIGHT * WIDTH * COLUMNS), *actual = numbers(HEIGHT * WIDTH * COLUMNS);
  for (long y = 0; y < HEIGHT; y++)
    for (long x = 0; x < WIDTH; x++)
      for (long f = 0; f < COLUMNS; f++) {
        double sum = bias[f];
        for (long t = 0; t < 9; t++) {
          long iy = y + t / 3 - 1, ix = x + t % 3 - 1;
          if (iy < 0 || iy >= HEIGHT || ix < 0 || ix >= WIDTH) continue;
          for (long c = 0; c < DEPTH; c++) sum += input[(iy * WIDTH + ix) * DEPTH + c] * taps[(t * DEPTH + c) * STRIDE + f];
        }
        expected[(y * WIDTH + x) * COLUMNS + f] = (float)sum;
      }
  kernels_tiles tiles = {.height = HEIGHT, .width = WIDTH, .stride = DEPTH, .channels = DEPTH, .padding = 1,
                         .across = across, .count = count, .extent = extent, .point_stride = DEPTH,
                         .tile_stride = points * DEPTH, .border = border};
  kernels_winograd_input(&tiles, input, seen);
  for (long row = 0; row < extent; row++)
    kernels_winograd_filters(taps, DEPTH, COLUMNS, STRIDE, extent, row, filters + row * extent * size, size);
  for (long point = 0; point < points; point++) {
    kernels_product product = {.input = seen + point * DEPTH, .input_stride = points * DEPTH, .rows = count,
                               .offsets = &offset, .segments = 1, .segment_length = DEPTH,
                               .filters = filters + point * size, .columns = COLUMNS,
                               .output = answered + point * COLUMNS, .output_stride = points * COLUMNS};
    kernels_multiply(&product);
  }
  tiles.stride = tiles.channels = tiles.point_stride = COLUMNS;
  tiles.tile_stride = points * COLUMNS;
  kernels_winograd_output(&tiles, actual, answered, bias, 0, 0, 0);
  compare(extent == 6 ? "Winograd F(4x4)" : "Winograd F(6x6)", actual, expected, HEIGHT * WIDTH * COLUMNS, 1e-4f);
}

int main(void) {
  printf("instruction set: %s, panels of %ld\n", kernels_instruction_set(), kernels_panel_width());
  products();
  winograd(6);
  winograd(8);
  printf(failures ? "%d checks failed\n" : "all checks passed\n", failures);
  return failures != 0;
}
