// The product of a convolution: rows of input, read in place, times filters packed into panels. Included once per
// instruction set like bodies.h; VECTOR_FLOATS is the width of its registers, PANEL_VECTORS and TILE_ROWS the shape of
// the block of results that is held in registers: TILE_ROWS rows × PANEL_VECTORS · VECTOR_FLOATS filters.
//
// Every result is one sum in the order of the depth, so its bits depend neither on the width of the registers nor on how
// rows and filters are cut. (Where there is no fused multiply-add, as on plain x86-64, they round differently.)

enum { KERNEL(panel) = PANEL_VECTORS * VECTOR_FLOATS };

// One block of results: `rows` and `vectors` are constants once this is inlined, so that the sums live in registers.
INLINE void KERNEL(product_tile)(
    const kernels_product *p, const float *input, const float *panel, const float *bias, const uint8_t *mask, float *output,
    uint8_t *signs, long columns, const int rows, const int vectors) {
  KERNEL(vector) sum[TILE_ROWS][PANEL_VECTORS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = (KERNEL(vector)){0};

  const long stride = p->input_stride, length = p->segment_length;
  for (long s = 0; s < p->segments; s++) {
    const float *row = input + p->offsets[s];
    for (long k = 0; k < length; k++) {
      KERNEL(vector) filter[PANEL_VECTORS];
      UNROLL for (int v = 0; v < vectors; v++) filter[v] = CONSTANT_VECTOR(panel + v * VECTOR_FLOATS);
      UNROLL for (int r = 0; r < rows; r++) {
        const float value = row[r * stride + k];
        UNROLL for (int v = 0; v < vectors; v++) sum[r][v] += value * filter[v];
      }
      panel += vectors * VECTOR_FLOATS;
    }
  }

  UNROLL for (int r = 0; r < rows; r++) {
    float *target = output + r * p->output_stride;
    float partial[PANEL_VECTORS * VECTOR_FLOATS];
    float *place = columns == vectors * VECTOR_FLOATS ? target : partial;
    UNROLL for (int v = 0; v < vectors; v++) {
      KERNEL(vector) value = sum[r][v];
      if (bias) value += CONSTANT_VECTOR(bias + v * VECTOR_FLOATS);
      if (p->rectify) value = KERNEL(rectified_vector)(value);
      if (mask && place == target)
        value = KERNEL(masked_vector)(value, mask + r * p->mask_stride, v * VECTOR_FLOATS);
      VECTOR(place + v * VECTOR_FLOATS) = value;
      if (signs && place == target) KERNEL(store_bits)(value, signs + r * p->mask_stride, v * VECTOR_FLOATS);
    }
    if (place == partial)
      for (long i = 0; i < columns; i++) {
        if (signs) KERNEL(store_bit)(partial[i], signs + r * p->mask_stride, i);
        target[i] = mask ? KERNEL(masked_single)(partial[i], mask + r * p->mask_stride, i) : partial[i];
      }
  }
}

static void KERNEL(product_panel)(const kernels_product *p, const float *input, const float *panel, const float *bias,
                                  const uint8_t *mask, float *output, uint8_t *signs,
                                  long columns) {
  int wide = columns > VECTOR_FLOATS && PANEL_VECTORS == 2;
  for (long first = 0; first < p->rows;) {
    // The rest is cut evenly: 7 rows are 4 and 3 rather than 6 and 1.
    long rest = p->rows - first, blocks = (rest + TILE_ROWS - 1) / TILE_ROWS, rows = (rest + blocks - 1) / blocks;
    const float *source = input + first * p->input_stride;
    const uint8_t *cover = mask ? mask + first * p->mask_stride : 0;
    float *target = output + first * p->output_stride;
    uint8_t *bits = signs ? signs + first * p->mask_stride : 0;
#define TILE(n)                                                                                         \
  case n:                                                                                               \
    if (wide) KERNEL(product_tile)(p, source, panel, bias, cover, target, bits, columns, n, PANEL_VECTORS);          \
    else KERNEL(product_tile)(p, source, panel, bias, cover, target, bits, columns, n, 1);                           \
    break;
    switch (rows) {
      TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if TILE_ROWS > 6
      TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif
    }
#undef TILE
    first += rows;
  }
}

void KERNEL(multiply)(const kernels_product *p) {
  long depth = p->segments * p->segment_length;
  for (long column = 0; column < p->columns; column += KERNEL(panel)) {
    long columns = p->columns - column < KERNEL(panel) ? p->columns - column : KERNEL(panel);
    KERNEL(product_panel)(p, p->input, p->filters + column * depth, p->bias ? p->bias + column : 0,
                          p->mask ? p->mask + column / 8 : 0, p->output + column,
                          p->signs ? p->signs + column / 8 : 0, columns);
  }
}

long KERNEL(panel_width)(void) { return KERNEL(panel); }

long KERNEL(packed_columns)(long columns) {
  long whole = columns / KERNEL(panel) * KERNEL(panel), rest = columns - whole;
  return whole + (rest + VECTOR_FLOATS - 1) / VECTOR_FLOATS * VECTOR_FLOATS;
}

void KERNEL(pack)(const float *matrix, long depth, long columns, long stride, float *packed) {
  for (long column = 0; column < columns; column += KERNEL(panel)) {
    long inside = columns - column < KERNEL(panel) ? columns - column : KERNEL(panel);
    long width = (inside + VECTOR_FLOATS - 1) / VECTOR_FLOATS * VECTOR_FLOATS;
    for (long k = 0; k < depth; k++) {
      for (long i = 0; i < inside; i++) packed[i] = matrix[k * stride + column + i];
      for (long i = inside; i < width; i++) packed[i] = 0;
      packed += width;
    }
  }
}

// Few filters over a deep input: the lanes run along the depth instead, 16 of them whatever the registers' width, as two
// vectors of 8, so that the sums of two rows and three filters and their operands fit AVX2's registers.
typedef float KERNEL(eight) __attribute__((vector_size(32), aligned(4)));

INLINE float KERNEL(sum_of_lanes)(const KERNEL(eight) *low, const KERNEL(eight) *high) {
  typedef float four __attribute__((vector_size(16)));
  KERNEL(eight) a = *low + *high;
  four b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  four c = b + __builtin_shufflevector(b, b, 2, 3, 2, 3);
  return c[0] + c[1];
}

INLINE void KERNEL(thin_rows)(const kernels_product *p, long first, const int rows, const int columns) {
  const float *input = p->input + first * p->input_stride;
  const uint8_t *mask = p->mask ? p->mask + first * p->mask_stride : 0;
  float *output = p->output + first * p->output_stride;
  uint8_t *signs = p->signs ? p->signs + first * p->mask_stride : 0;
  KERNEL(eight) sum[2][4][3];
  UNROLL for (int h = 0; h < 2; h++)
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int c = 0; c < columns; c++) sum[h][r][c] = (KERNEL(eight)){0};
  const long length = p->segment_length, depth = p->segments * length;
  for (long s = 0; s < p->segments; s++) {
    const float *row = input + p->offsets[s], *filter = p->filters + s * length;
    long k = 0;
    for (; k + 16 <= length; k += 16)
      UNROLL for (int h = 0; h < 2; h++) {
        KERNEL(eight) weights[3];
        UNROLL for (int c = 0; c < columns; c++) weights[c] = *(const KERNEL(eight) *)(filter + c * depth + k + 8 * h);
        UNROLL for (int r = 0; r < rows; r++) {
          KERNEL(eight) value = *(const KERNEL(eight) *)(row + r * p->input_stride + k + 8 * h);
          UNROLL for (int c = 0; c < columns; c++) sum[h][r][c] += value * weights[c];
        }
      }
    for (int h = 0; h < 2 && k < length; h++, k += 8) {
      long rest = length - k < 8 ? length - k : 8;
      for (int c = 0; c < columns; c++) {
        KERNEL(eight) weights = {0};
        for (long i = 0; i < rest; i++) weights[i] = filter[c * depth + k + i];
        for (int r = 0; r < rows; r++) {
          KERNEL(eight) value = {0};
          for (long i = 0; i < rest; i++) value[i] = row[r * p->input_stride + k + i];
          sum[h][r][c] += value * weights;
        }
      }
    }
  }
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) {
      float value = KERNEL(sum_of_lanes)(&sum[0][r][c], &sum[1][r][c]) + (p->bias ? p->bias[c] : 0);
      if (p->rectify) value = KERNEL(rectified_single)(value);
      if (mask) value = KERNEL(masked_single)(value, mask + r * p->mask_stride, c);
      output[r * p->output_stride + c] = value;
      if (signs) KERNEL(store_bit)(value, signs + r * p->mask_stride, c);
    }
}

void KERNEL(thin_product)(const kernels_product *p) {
  // As many sums as AVX2 has registers for, two for each sixteen lanes.
  long rows = p->columns == 1 ? 4 : 2, row = 0;
  for (; row + rows <= p->rows; row += rows) switch (p->columns) {
      case 1: KERNEL(thin_rows)(p, row, 4, 1); break;
      case 2: KERNEL(thin_rows)(p, row, 2, 2); break;
      default: KERNEL(thin_rows)(p, row, 2, 3);
    }
  for (; row < p->rows; row++) switch (p->columns) {
      case 1: KERNEL(thin_rows)(p, row, 1, 1); break;
      case 2: KERNEL(thin_rows)(p, row, 1, 2); break;
      default: KERNEL(thin_rows)(p, row, 1, 3);
    }
}

// Depthwise: filters are [taps, channels], a tap is a segment.
INLINE void KERNEL(depthwise_rows)(const kernels_product *p, long first, const int rows) {
  const float *input = p->input + first * p->input_stride;
  const uint8_t *mask = p->mask ? p->mask + first * p->mask_stride : 0;
  float *output = p->output + first * p->output_stride;
  uint8_t *signs = p->signs ? p->signs + first * p->mask_stride : 0;
  long c = 0;
  for (; c + VECTOR_FLOATS <= p->columns; c += VECTOR_FLOATS) {
    KERNEL(vector) sum[8];
    UNROLL for (int r = 0; r < rows; r++) sum[r] = (KERNEL(vector)){0};
    for (long t = 0; t < p->segments; t++) {
      KERNEL(vector) weight = CONSTANT_VECTOR(p->filters + t * p->columns + c);
      const float *place = input + p->offsets[t] + c;
      UNROLL for (int r = 0; r < rows; r++) sum[r] += CONSTANT_VECTOR(place + r * p->input_stride) * weight;
    }
    UNROLL for (int r = 0; r < rows; r++) {
      KERNEL(vector) value = sum[r];
      if (p->bias) value += CONSTANT_VECTOR(p->bias + c);
      if (p->rectify) value = KERNEL(rectified_vector)(value);
      if (mask) value = KERNEL(masked_vector)(value, mask + r * p->mask_stride, c);
      VECTOR(output + r * p->output_stride + c) = value;
      if (signs) KERNEL(store_bits)(value, signs + r * p->mask_stride, c);
    }
  }
  for (; c < p->columns; c++)
    for (int r = 0; r < rows; r++) {
      float value = 0;
      for (long t = 0; t < p->segments; t++)
        value += input[r * p->input_stride + p->offsets[t] + c] * p->filters[t * p->columns + c];
      if (p->bias) value += p->bias[c];
      if (p->rectify) value = KERNEL(rectified_single)(value);
      if (mask) value = KERNEL(masked_single)(value, mask + r * p->mask_stride, c);
      output[r * p->output_stride + c] = value;
      if (signs) KERNEL(store_bit)(value, signs + r * p->mask_stride, c);
    }
}

void KERNEL(depthwise)(const kernels_product *p) {
  long row = 0;
  for (; row + 8 <= p->rows; row += 8) KERNEL(depthwise_rows)(p, row, 8);
  for (; row < p->rows; row++) KERNEL(depthwise_rows)(p, row, 1);
}
