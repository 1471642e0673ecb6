// Inner loops that were measured to gain from AVX2 or AVX-512: Swift's own loops are compiled for plain x86-64.
// Each is a plain C loop, compiled once for each instruction set; dispatch.c chooses one when the program starts. On other
// processors than x86-64 there is only the plain build.
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

// "baseline", "avx2" or "avx512": what the dispatch chose.
const char *kernels_instruction_set(void);

// Chooses another build, before anything is computed or packed: returns 1 if this processor has it, 0 if it does not.
int kernels_choose(const char *set);

// Slows a thread that spins until another one writes.
static inline void kernels_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// values[i] = max(values[i], 0), where a negative value leaves -0.0 and exactly zero stays +0.0: the sign bit tells the
// side of the kink that the value was on, which the redirected gradient needs, at no cost in memory.
void kernels_rectify(float *values, long count);

// One bit for each value of maps [positions, channels], lowest first, each position in bytes of its own: set where the value
// is positive and, in `negative` unless that is null, where its sign is minus (-0.0 included).
void kernels_signs(const float *values, long positions, long channels, uint8_t *positive, uint8_t *negative);

// 1 if any value whose bit is set is not 0.
int kernels_any_masked(const float *values, long positions, long channels, const uint8_t *bits);

// Values whose bit is not set become 0.
void kernels_mask(float *values, long positions, long channels, const uint8_t *bits);

// Negative values whose bit is set become 0.
void kernels_redirect(float *values, long positions, long channels, const uint8_t *negative);

// IEEE half floats to floats, exactly, subnormals, infinities and NaN included.
void kernels_half_to_float(float *result, const uint16_t *halves, long count);

// target[i] += scale * source[i].
void kernels_add_scaled(float *target, const float *source, long count, float scale);

// values[i] *= factor.
void kernels_scale(float *values, long count, float factor);

// values[r][c] = values[r][c] * scales[c] + shifts[c] over contiguous rows; shifts may be null.
void kernels_scale_and_shift(float *values, long rows, long columns, const float *scales, const float *shifts);

// result[r][c] = values[r][c] * scales[c] + shifts[c] over contiguous rows, rectified if asked for as by kernels_rectify;
// shifts may be null, and then nothing is rectified.
void kernels_normalize(float *result, const float *values, long rows, long columns, const float *scales,
                       const float *shifts, int rectify);

// result[i] = left[i] + right[i], rectified if asked for.
void kernels_add(float *result, const float *left, const float *right, long count, int rectify);

// sums[c] += Σ_r left[r][c] * right[r][c] over contiguous rows; right may be null for ones.
void kernels_channel_products(float *sums, const float *left, const float *right, long rows, long columns);

// target[r][c] = source[r][chosen[c]] over contiguous rows.
void kernels_gather_columns(const float *source, long rows, long source_columns, const int32_t *chosen, long columns,
                            float *target);

// target[r][chosen[c]] = source[r][c] over contiguous rows.
void kernels_scatter_columns(const float *source, long rows, long columns, const int32_t *chosen, long target_columns,
                             float *target);

// Functions of one number, and their derivatives.
enum {
  KERNELS_RELU6,         // min(max(x, 0), 6), -0.0 for negative x
  KERNELS_SIGMOID,       // 1 / (1 + exp(-x))
  KERNELS_HARD_SIGMOID,  // min(max(x + 3, 0), 6) / 6
  KERNELS_SILU,          // x · sigmoid(x)
  KERNELS_HARD_SWISH,    // x · hard sigmoid(x)
  KERNELS_GELU,          // x · Φ(x), with the error function itself
};

// result[i] = f(values[i]).
void kernels_activate(int kind, float *result, const float *values, long count);

// result[i] = gradient[i] * f'(values[i]).
void kernels_activation_gradient(int kind, float *result, const float *gradient, const float *values, long count);

// Each row less its mean, divided by sqrt(variance + epsilon), times scales plus shifts. `statistics` receives the mean
// and the inverse deviation of every row.
void kernels_layer_norm(float *result, const float *values, long rows, long columns, const float *scales,
                        const float *shifts, float epsilon, float *statistics);

// The way back, in place; `values` are the inputs.
void kernels_layer_norm_gradient(float *gradient, const float *values, long rows, long columns, const float *scales,
                                 const float *statistics);

// exp(x) / Σ exp over each row, in place.
void kernels_softmax(float *values, long rows, long columns);

// The way back, in place.
void kernels_softmax_gradient(float *gradient, const float *probabilities, long rows, long columns);

// result = x / sqrt(offset + share · Σ x²), the sum over the channels at most `reach` away. `scratch` has room for three
// rows.
void kernels_response_norm(float *result, const float *values, long rows, long columns, long reach, float share,
                           float offset, float *scratch);

// The way back, in place; `values` are the inputs.
void kernels_response_norm_gradient(float *gradient, const float *values, long rows, long columns, long reach,
                                    float share, float offset, float *scratch);

// target[c * target_stride + r] = source[r * source_stride + c].
void kernels_transpose(const float *source, long rows, long columns, long source_stride, float *target,
                       long target_stride);

// target[r * target_stride + c] = source[r * source_stride + c].
void kernels_copy_columns(const float *source, long rows, long columns, long source_stride, float *target,
                          long target_stride);

// A max pool over maps [height, width, channels]. A kernel has at most 255 taps.
typedef struct {
  long channels, input_height, input_width, output_height, output_width;
  long kernel_height, kernel_width, stride_height, stride_width, padding_height, padding_width;
  long dilation_height, dilation_width;
} kernels_pool;

// One row of outputs: the largest value under each window, and its tap (ky * kernel_width + kx), the first of equals.
void kernels_max_pool(const kernels_pool *pool, long row, const float *input, float *output, uint8_t *winners);

// The adjoint, for `rows` rows of the input from `first` on, which it sets: each gradient goes to its winner.
void kernels_max_pool_adjoint(const kernels_pool *pool, long first, long rows, const float *gradient,
                              const uint8_t *winners, float *input);

// result[i] = values[i] * scale + shift.
void kernels_affine(float *result, const float *values, long count, float scale, float shift);

// Both numbers of pair i *= factors[i] * factor.
void kernels_scale_pairs(float *pairs, const float *factors, long count, float factor);

// image = 1 / (1 + exp(-m · values)), relative error below 1e-6, for `count` pixels of three planes `area` floats apart; m is
// a 3×3 matrix, row-major.
void kernels_colours(const float *values, long area, long count, const float *m, float *image);

// result = mᵀ · (gradient * image * (1 - image)).
void kernels_colours_adjoint(const float *gradient, const float *image, long area, long count, const float *m,
                             float *result);

// result[i] = (1 - fraction) * upper[i] + fraction * lower[i].
void kernels_blend_rows(const float *upper, const float *lower, float fraction, long count, float *result);

// result[i] = (1 - fractions[i]) * row[first[i]] + fractions[i] * row[second[i]].
void kernels_gather_row(const float *row, const int32_t *first, const int32_t *second, const float *fractions, long count,
                        float *result);

// Bilinear rotation of planes about their centre with zeros beyond the border: result(x, y) = image(c + R (x − c)),
// R = [[cosine, −sine], [sine, cosine]].
typedef struct {
  long height, width;
  float cosine, sine;
} kernels_rotation;

// Rows first ..< first + rows of the result. `places` holds 3, `weights` 4 rows to work in.
void kernels_rotate(const kernels_rotation *rotation, long first, long rows, long planes, const float *image,
                    float *result, int32_t *places, float *weights);

// The adjoint: rows first ..< first + rows of the gradient with respect to the image, from all of the other.
void kernels_rotate_adjoint(const kernels_rotation *rotation, long first, long rows, long planes, const float *gradient,
                            float *result, int32_t *places, float *weights);

// One step of Adam (Kingma and Ba 2015) up the gradient, with the bias correction of the mean already in `rate` and
// `epsilon` applied as PyTorch does: parameters += rate * m / (sqrt(v) * v_correction + epsilon).
void kernels_adam(float *parameters, float *mean, float *variance, const float *gradient, long count, float beta1,
                  float beta2, float rate, float v_correction, float epsilon);

// A block of a convolution over maps whose channels are adjacent, read where they lie:
//
//     output[r * output_stride + f] = bias[f] + Σ_{s, k} input[r * input_stride + offsets[s] + k] · filters[s, k, f]
//
// over `segments` runs of `segment_length` values each: one for a 1×1 kernel, one a kernel row for a 3×3 one. Then, if
// asked for, the sum is rectified as by kernels_rectify, and set to 0 where its bit in `mask` (as from kernels_signs, rows
// mask_stride bytes apart) is not set. Which results are positive is written to `signs`, which lies as mask does. bias, mask
// and signs may be null; bias is readable up to the packed number of columns.
typedef struct {
  const float *input;
  long input_stride, rows;
  const long *offsets;
  long segments, segment_length;
  const float *filters;
  long columns;
  const float *bias;
  int rectify;
  const uint8_t *mask;
  long mask_stride;
  float *output;
  long output_stride;
  uint8_t *signs;
} kernels_product;

// `filters` are packed by kernels_pack. `columns` may be cut at multiples of kernels_panel_width.
void kernels_multiply(const kernels_product *product);

// For at most 3 columns over a deep input: `filters` are [columns, depth].
void kernels_thin_product(const kernels_product *product);

// Depthwise: each channel has a filter of its own. A segment is one tap, and `filters` are [segments, columns].
void kernels_depthwise(const kernels_product *product);

// Filters that are held in registers together.
long kernels_panel_width(void);

// Floats that `columns` filters take for each value of depth once packed.
long kernels_packed_columns(long columns);

// Packs matrix[k * stride + f] for k in 0 ..< depth: panel by panel, each [depth, panel width].
void kernels_pack(const float *matrix, long depth, long columns, long stride, float *packed);

// Winograd's minimal filtering (Lavin and Gray 2016, arXiv:1509.09308): a 3×3 convolution of stride 1 computes each tile
// of (extent − 2)² outputs from extent² inputs by extent² multiplications: 2.25 an output with extent 6, 1.78 with 8,
// instead of 9.
//
// `count` tiles from `first` on, in rows of `across`, of maps [height, width, stride], `channels` of each pixel.
// Transformed values lie at place[point * point_stride + tile * tile_stride + channel]. `border` holds `channels` floats:
// zeros that are read beyond the edge, or a place for outputs beyond it.
typedef struct {
  long height, width, stride, channels, padding;
  long across, first, count, extent, point_stride, tile_stride, mask_stride;
  float *border;
} kernels_tiles;

// transformed = Bᵀ d B of every input tile d; `padding` rows and columns of zeros precede the input.
void kernels_winograd_input(const kernels_tiles *tiles, const float *input, float *transformed);

// output = Aᵀ m A + bias of every tile m, then as kernels_multiply.
void kernels_winograd_output(const kernels_tiles *tiles, float *output, const float *transformed, const float *bias,
                             int rectify, const uint8_t *mask, uint8_t *signs);

// Row `row` of the points: packed[j * point_stride ...] = (G g Gᵀ)[row][j] of the 3×3 filters g at
// taps[(tap * depth + k) * stride + column], packed as by kernels_pack for each point. `stride` is at least
// kernels_packed_columns(columns).
void kernels_winograd_filters(const float *taps, long depth, long columns, long stride, long extent, long row,
                              float *packed, long point_stride);

#endif
