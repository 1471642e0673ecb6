// Loops over the planes of pictures, included once per instruction set like bodies.h.

void KERNEL(affine)(float *restrict result, const float *restrict values, long count, float scale, float shift) {
  for (long i = 0; i < count; i++) result[i] = values[i] * scale + shift;
}

void KERNEL(scale_pairs)(float *restrict pairs, const float *restrict factors, long count, float factor) {
  for (long i = 0; i < count; i++) {
    float f = factors[i] * factor;
    pairs[2 * i] *= f;
    pairs[2 * i + 1] *= f;
  }
}

void KERNEL(colours)(const float *restrict values, long area, long count, const float *m, float *restrict image) {
  const float *restrict a = values, *restrict b = values + area, *restrict c = values + 2 * area;
  for (int row = 0; row < 3; row++) {
    float x = m[3 * row], y = m[3 * row + 1], z = m[3 * row + 2];
    float *restrict target = image + row * area;
    for (long i = 0; i < count; i++) target[i] = 1.0f / (1.0f + KERNEL(exp)(-(x * a[i] + y * b[i] + z * c[i])));
  }
}

void KERNEL(colours_adjoint)(const float *restrict gradient, const float *restrict image, long area, long count,
                             const float *m, float *restrict result) {
  for (long i = 0; i < count; i++) {
    float r = gradient[i] * image[i] * (1 - image[i]);
    float g = gradient[area + i] * image[area + i] * (1 - image[area + i]);
    float b = gradient[2 * area + i] * image[2 * area + i] * (1 - image[2 * area + i]);
    result[i] = m[0] * r + m[3] * g + m[6] * b;
    result[area + i] = m[1] * r + m[4] * g + m[7] * b;
    result[2 * area + i] = m[2] * r + m[5] * g + m[8] * b;
  }
}

void KERNEL(blend_rows)(const float *restrict upper, const float *restrict lower, float fraction, long count,
                        float *restrict result) {
  for (long i = 0; i < count; i++) result[i] = (1 - fraction) * upper[i] + fraction * lower[i];
}

void KERNEL(gather_row)(const float *restrict row, const int32_t *restrict first, const int32_t *restrict second,
                        const float *restrict fractions, long count, float *restrict result) {
  for (long i = 0; i < count; i++) {
    float f = fractions[i];
    result[i] = (1 - f) * row[first[i]] + f * row[second[i]];
  }
}

// The sources of row y of a rotated picture: the pixel up and left of each source point (clamped to the picture), the
// distances to its neighbours, and the four weights, 0 beyond the border.
INLINE void KERNEL(rotation_taps)(const kernels_rotation *r, long y, int32_t *restrict corner, int32_t *restrict right,
                                  int32_t *restrict below, float *restrict weights) {
  float *restrict w00 = weights, *restrict w01 = weights + r->width, *restrict w10 = weights + 2 * r->width,
        *restrict w11 = weights + 3 * r->width;
  int32_t width = (int32_t)r->width, height = (int32_t)r->height;
  float centre_x = (float)(width - 1) / 2, centre_y = (float)(height - 1) / 2, dy = (float)y - centre_y;
  for (int32_t x = 0; x < width; x++) {
    float dx = (float)x - centre_x;
    float sx = centre_x + r->cosine * dx - r->sine * dy, sy = centre_y + r->sine * dx + r->cosine * dy;
    float left = __builtin_elementwise_floor(sx), top = __builtin_elementwise_floor(sy);
    float fx = sx - left, fy = sy - top;
    int32_t x0 = (int32_t)left, y0 = (int32_t)top, x1 = x0 + 1, y1 = y0 + 1;
    float in_x0 = x0 >= 0 && x0 < width ? 1 - fx : 0, in_x1 = x1 >= 0 && x1 < width ? fx : 0;
    float in_y0 = y0 >= 0 && y0 < height ? 1 - fy : 0, in_y1 = y1 >= 0 && y1 < height ? fy : 0;
    x0 = x0 < 0 ? 0 : x0 >= width ? width - 1 : x0;
    x1 = x1 < 0 ? 0 : x1 >= width ? width - 1 : x1;
    y0 = y0 < 0 ? 0 : y0 >= height ? height - 1 : y0;
    y1 = y1 < 0 ? 0 : y1 >= height ? height - 1 : y1;
    corner[x] = y0 * width + x0;
    right[x] = x1 - x0;
    below[x] = (y1 - y0) * width;
    w00[x] = in_y0 * in_x0;
    w01[x] = in_y0 * in_x1;
    w10[x] = in_y1 * in_x0;
    w11[x] = in_y1 * in_x1;
  }
}

void KERNEL(rotate)(const kernels_rotation *r, long first, long rows, long planes, const float *restrict image,
                    float *restrict result, int32_t *places, float *weights) {
  long width = r->width, area = width * r->height;
  int32_t *restrict corner = places, *restrict right = places + width, *restrict below = places + 2 * width;
  const float *restrict w00 = weights, *restrict w01 = weights + width, *restrict w10 = weights + 2 * width,
              *restrict w11 = weights + 3 * width;
  for (long y = first; y < first + rows; y++) {
    KERNEL(rotation_taps)(r, y, corner, right, below, weights);
    for (long p = 0; p < planes; p++) {
      const float *restrict source = image + p * area;
      float *restrict target = result + p * area + y * width;
      for (long x = 0; x < width; x++) {
        const float *restrict c = source + corner[x];
        target[x] = c[0] * w00[x] + c[right[x]] * w01[x] + c[below[x]] * w10[x] + c[below[x] + right[x]] * w11[x];
      }
    }
  }
}

void KERNEL(rotate_adjoint)(const kernels_rotation *r, long first, long rows, long planes,
                            const float *restrict gradient, float *restrict result, int32_t *places, float *weights) {
  long width = r->width, area = width * r->height, last = first + rows;
  int32_t *restrict corner = places, *restrict right = places + width, *restrict below = places + 2 * width;
  const float *restrict w00 = weights, *restrict w01 = weights + width, *restrict w10 = weights + 2 * width,
              *restrict w11 = weights + 3 * width;
  for (long p = 0; p < planes; p++)
    memset(result + p * area + first * width, 0, (size_t)(rows * width) * sizeof(float));
  int32_t low = (int32_t)(first * width), high = (int32_t)(last * width);
  float centre_x = (float)(width - 1) / 2, centre_y = (float)(r->height - 1) / 2;
  for (long y = 0; y < r->height; y++) {
    // The row's source points run along a slope; skip it if they all miss these rows (one more for the neighbour below,
    // one for rounding).
    float middle = centre_y + r->cosine * ((float)y - centre_y);
    float reach = (r->sine < 0 ? -r->sine : r->sine) * centre_x + 2;
    if (middle + reach < (float)first || middle - reach > (float)last) continue;
    KERNEL(rotation_taps)(r, y, corner, right, below, weights);
    for (long p = 0; p < planes; p++) {
      float *restrict target = result + p * area;
      const float *restrict source = gradient + p * area + y * width;
      for (long x = 0; x < width; x++) {
        int32_t upper = corner[x], lower = upper + below[x];
        float g = source[x];
        if (upper >= low && upper < high) {
          target[upper] += w00[x] * g;
          target[upper + right[x]] += w01[x] * g;
        }
        if (lower >= low && lower < high) {
          target[lower] += w10[x] * g;
          target[lower + right[x]] += w11[x] * g;
        }
      }
    }
  }
}
