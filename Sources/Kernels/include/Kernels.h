// Inner loops that were measured to gain from AVX2 or AVX-512: Swift's own loops are compiled for plain x86-64.
// Each is one plain C loop, compiled once per instruction set and chosen when the program starts (dispatch.c).
// On other processors there is only the plain build.
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

// "baseline", "avx2" or "avx512": what the dispatch chose.
const char *kernels_instruction_set(void);

// values[i] += bias.
void kernels_add_bias(float *values, long count, float bias);

// values[i] = max(values[i] + bias, 0), where a negative sum leaves -0.0 and a sum of exactly zero +0.0: the sign bit
// remembers on which side of the kink the value was, which the redirected gradient needs, at no cost in memory.
void kernels_add_bias_relu(float *values, long count, float bias);

// gradient[i] = 0 where output[i] is not positive. Returns 1 if anything but zero is left, else 0.
int kernels_relu_gradient(float *gradient, const float *output, long count);

// IEEE half floats to floats, exactly, subnormals, infinities and NaN included.
void kernels_half_to_float(float *result, const uint16_t *halves, long count);

// One tap of a max pool over a row of windows: where row[i * stride] is larger than best[i] it takes its place, and
// winners[i] = place + i * stride.
void kernels_max_pool_tap(const float *row, long stride, long count, int32_t place, float *best, int32_t *winners);

// result[i] = 1 / (1 + exp(-values[i])), relative error below 1e-6. result may be values.
void kernels_sigmoid(float *result, const float *values, long count);

// One step of Adam (Kingma and Ba 2015) up the gradient, with the bias corrections already in `rate` and `epsilon`
// applied as PyTorch does: parameters += rate * m / (sqrt(v) * v_correction + epsilon).
void kernels_adam(float *parameters, float *mean, float *variance, const float *gradient, long count, float beta1,
                  float beta2, float rate, float v_correction, float epsilon);

// Winograd's F(4×4, 3×3) (Lavin and Gray 2016, arXiv:1509.09308): a 3×3 convolution of stride 1 computes each 4×4 tile of
// its output from a 6×6 tile of its input by 36 multiplications instead of 144.
//
// One channel at a time, over `tile_rows` rows of `tiles_x` tiles from `first_tile_row` on. Transformed values lie at
// place[k * point_stride + t] for k in 0 ..< 36 and tile t = row * tiles_x + column. `stride` is the number of tiles
// rounded up to a multiple of 16, and that many places are written. `padding` rows and columns of zeros surround the
// input. `scratch` holds 72 * stride + 4 * tiles_x + 64 floats.
typedef struct {
  long input_height, input_width, output_height, output_width, padding;
  long first_tile_row, tile_rows, tiles_x, stride, point_stride;
} kernels_tiles;

// transformed = Bᵀ d B of every input tile d.
void kernels_winograd_input(const kernels_tiles *tiles, const float *input, float *transformed, float *scratch);

// The adjoint: input += overlapping sums of B m Bᵀ.
void kernels_winograd_input_adjoint(const kernels_tiles *tiles, float *input, const float *transformed, float *scratch);

// output = Aᵀ m A + bias of every tile, rectified as by kernels_add_bias_relu if `rectify`.
void kernels_winograd_output(const kernels_tiles *tiles, float *output, const float *transformed, float *scratch,
                             float bias, int rectify);

// The adjoint of the linear part: transformed = A g Aᵀ of every output tile g.
void kernels_winograd_output_adjoint(const kernels_tiles *tiles, const float *output, float *transformed,
                                     float *scratch);

// transformed[k * stride + i] = (G g Gᵀ)[k] for the `count` 3×3 filters g = filters[9 * i ...].
void kernels_winograd_filters(const float *filters, long count, float *transformed, long stride);

#endif
