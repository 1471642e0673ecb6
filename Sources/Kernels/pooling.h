// Max pooling with channels as lanes, included once per instruction set like bodies.h.

// One output position: the largest of `taps` pixels, and its index among them.
INLINE void KERNEL(max_pool_position)(const float *const *pixels, const uint8_t *names, long taps, long channels,
                                      float *best, uint8_t *winners) {
  long c = 0;
  for (; c + VECTOR_FLOATS <= channels; c += VECTOR_FLOATS) {
    KERNEL(vector) largest = CONSTANT_VECTOR(pixels[0] + c);
    KERNEL(integers) winner = (KERNEL(integers)){0} + names[0];
    for (long t = 1; t < taps; t++) {
      KERNEL(vector) value = CONSTANT_VECTOR(pixels[t] + c);
      KERNEL(integers) larger = value > largest, name = (KERNEL(integers)){0} + names[t];
      largest = (KERNEL(vector))(((KERNEL(integers))value & larger) | ((KERNEL(integers))largest & ~larger));
      winner = (name & larger) | (winner & ~larger);
    }
    VECTOR(best + c) = largest;
    for (int i = 0; i < VECTOR_FLOATS; i++) winners[c + i] = (uint8_t)winner[i];
  }
  for (; c < channels; c++) {
    float largest = pixels[0][c];
    uint8_t winner = names[0];
    for (long t = 1; t < taps; t++)
      if (pixels[t][c] > largest) {
        largest = pixels[t][c];
        winner = names[t];
      }
    best[c] = largest;
    winners[c] = winner;
  }
}

void KERNEL(max_pool)(const kernels_pool *p, long row, const float *input, float *output, uint8_t *winners) {
  const float *pixels[256];
  uint8_t names[256];
  for (long x = 0; x < p->output_width; x++) {
    long taps = 0;
    for (long ky = 0; ky < p->kernel_height; ky++) {
      long iy = row * p->stride_height - p->padding_height + ky * p->dilation_height;
      if (iy < 0 || iy >= p->input_height) continue;
      for (long kx = 0; kx < p->kernel_width; kx++) {
        long ix = x * p->stride_width - p->padding_width + kx * p->dilation_width;
        if (ix < 0 || ix >= p->input_width) continue;
        pixels[taps] = input + (iy * p->input_width + ix) * p->channels;
        names[taps++] = (uint8_t)(ky * p->kernel_width + kx);
      }
    }
    long place = (row * p->output_width + x) * p->channels;
    if (taps) {
      KERNEL(max_pool_position)(pixels, names, taps, p->channels, output + place, winners + place);
    } else {
      for (long c = 0; c < p->channels; c++) output[place + c] = -__builtin_inff();
      memset(winners + place, 255, (size_t)p->channels);
    }
  }
}

// Windows that do not overlap: each pixel of the input belongs to at most one, and is written once.
static void KERNEL(max_pool_adjoint_apart)(const kernels_pool *p, long y, const float *gradient, const uint8_t *winners,
                                           float *row) {
  long channels = p->channels, ky = y % p->stride_height, oy = y / p->stride_height;
  int inside = ky < p->kernel_height && oy < p->output_height;
  for (long x = 0; x < p->input_width; x++, row += channels) {
    long kx = x % p->stride_width, ox = x / p->stride_width;
    if (!inside || kx >= p->kernel_width || ox >= p->output_width) {
      memset(row, 0, (size_t)channels * sizeof(float));
      continue;
    }
    const float *restrict g = gradient + (oy * p->output_width + ox) * channels;
    const uint8_t *restrict winner = winners + (oy * p->output_width + ox) * channels;
    float *restrict target = row;
    uint8_t name = (uint8_t)(ky * p->kernel_width + kx);
    for (long c = 0; c < channels; c++) target[c] = winner[c] == name ? g[c] : 0;
  }
}

void KERNEL(max_pool_adjoint)(const kernels_pool *p, long first, long rows, const float *gradient,
                              const uint8_t *winners, float *input) {
  long channels = p->channels;
  if (p->kernel_height <= p->stride_height && p->kernel_width <= p->stride_width && p->padding_height == 0 &&
      p->padding_width == 0 && p->dilation_height == 1 && p->dilation_width == 1) {
    for (long y = first; y < first + rows; y++)
      KERNEL(max_pool_adjoint_apart)(p, y, gradient, winners, input + y * p->input_width * channels);
    return;
  }
  memset(input + first * p->input_width * channels, 0, (size_t)(rows * p->input_width * channels) * sizeof(float));
  for (long ky = 0; ky < p->kernel_height; ky++)
    for (long iy = first; iy < first + rows; iy++) {
      long up = iy + p->padding_height - ky * p->dilation_height;
      if (up < 0 || up % p->stride_height != 0) continue;
      long y = up / p->stride_height;
      if (y >= p->output_height) continue;
      for (long x = 0; x < p->output_width; x++)
        for (long kx = 0; kx < p->kernel_width; kx++) {
          long ix = x * p->stride_width - p->padding_width + kx * p->dilation_width;
          if (ix < 0 || ix >= p->input_width) continue;
          const float *restrict g = gradient + (y * p->output_width + x) * channels;
          const uint8_t *restrict winner = winners + (y * p->output_width + x) * channels;
          float *restrict target = input + (iy * p->input_width + ix) * channels;
          uint8_t name = (uint8_t)(ky * p->kernel_width + kx);
          for (long c = 0; c < channels; c++) target[c] += winner[c] == name ? g[c] : 0;
        }
    }
}
