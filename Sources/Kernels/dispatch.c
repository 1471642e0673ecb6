// Chooses the best build of every kernel once, before main, and calls it through a function pointer.
// (target_clones would do the same through ifuncs, which run before the thread sanitizer is ready and crash it.)
#include "Kernels.h"

#include <stdlib.h>
#include <string.h>

#define EACH_KERNEL(_)                                                                                              \
  _(void, rectify, (float *v, long n), (v, n))                                                                      \
  _(void, signs, (const float *v, long p, long c, uint8_t *a, uint8_t *b), (v, p, c, a, b))                         \
  _(int, any_masked, (const float *v, long p, long c, const uint8_t *b), (v, p, c, b))                              \
  _(void, mask, (float *v, long p, long c, const uint8_t *b), (v, p, c, b))                                         \
  _(void, redirect, (float *v, long p, long c, const uint8_t *b), (v, p, c, b))                                     \
  _(void, half_to_float, (float *r, const uint16_t *h, long n), (r, h, n))                                          \
  _(void, add_scaled, (float *t, const float *s, long n, float f), (t, s, n, f))                                    \
  _(void, scale, (float *v, long n, float f), (v, n, f))                                                            \
  _(void, scale_and_shift, (float *v, long r, long c, const float *s, const float *t), (v, r, c, s, t))             \
  _(void, normalize, (float *r, const float *v, long n, long c, const float *s, const float *t, int p),               \
    (r, v, n, c, s, t, p))                                                                                           \
  _(void, add, (float *r, const float *a, const float *b, long n, int p), (r, a, b, n, p))                           \
  _(void, channel_products, (float *s, const float *a, const float *b, long r, long c), (s, a, b, r, c))             \
  _(void, gather_columns, (const float *s, long r, long sc, const int32_t *i, long c, float *t), (s, r, sc, i, c, t)) \
  _(void, scatter_columns, (const float *s, long r, long c, const int32_t *i, long tc, float *t), (s, r, c, i, tc, t)) \
  _(void, activate, (int k, float *r, const float *v, long n), (k, r, v, n))                                         \
  _(void, activation_gradient, (int k, float *r, const float *g, const float *v, long n), (k, r, g, v, n))           \
  _(void, layer_norm,                                                                                                \
    (float *y, const float *v, long r, long c, const float *s, const float *t, float e, float *m),                   \
    (y, v, r, c, s, t, e, m))                                                                                        \
  _(void, layer_norm_gradient, (float *g, const float *v, long r, long c, const float *s, const float *m),           \
    (g, v, r, c, s, m))                                                                                              \
  _(void, softmax, (float *v, long r, long c), (v, r, c))                                                            \
  _(void, softmax_gradient, (float *g, const float *p, long r, long c), (g, p, r, c))                                \
  _(void, response_norm, (float *y, const float *v, long r, long c, long n, float s, float o, float *w),             \
    (y, v, r, c, n, s, o, w))                                                                                        \
  _(void, response_norm_gradient, (float *g, const float *v, long r, long c, long n, float s, float o, float *w),    \
    (g, v, r, c, n, s, o, w))                                                                                        \
  _(void, transpose, (const float *s, long r, long c, long ss, float *t, long ts), (s, r, c, ss, t, ts))            \
  _(void, copy_columns, (const float *s, long r, long c, long ss, float *t, long ts), (s, r, c, ss, t, ts))         \
  _(void, max_pool, (const kernels_pool *p, long y, const float *i, float *o, uint8_t *w), (p, y, i, o, w))         \
  _(void, max_pool_adjoint,                                                                                         \
    (const kernels_pool *p, long y, long n, const float *g, const uint8_t *w, float *i), (p, y, n, g, w, i))        \
  _(void, affine, (float *r, const float *v, long n, float a, float b), (r, v, n, a, b))                            \
  _(void, scale_pairs, (float *p, const float *f, long n, float a), (p, f, n, a))                                   \
  _(void, colours, (const float *v, long a, long n, const float *m, float *i), (v, a, n, m, i))                     \
  _(void, colours_adjoint, (const float *g, const float *i, long a, long n, const float *m, float *r), (g, i, a, n, m, r)) \
  _(void, blend_rows, (const float *u, const float *l, float f, long n, float *r), (u, l, f, n, r))                 \
  _(void, gather_row, (const float *s, const int32_t *a, const int32_t *b, const float *f, long n, float *r),       \
    (s, a, b, f, n, r))                                                                                             \
  _(void, rotate, (const kernels_rotation *k, long y, long n, long p, const float *i, float *r, int32_t *a, float *w), \
    (k, y, n, p, i, r, a, w))                                                                                       \
  _(void, rotate_adjoint,                                                                                           \
    (const kernels_rotation *k, long y, long n, long p, const float *g, float *r, int32_t *a, float *w),            \
    (k, y, n, p, g, r, a, w))                                                                                       \
  _(void, adam, (float *p, float *m, float *v, const float *g, long n, float b1, float b2, float r, float c, float e), \
    (p, m, v, g, n, b1, b2, r, c, e))                                                                                \
  _(void, multiply, (const kernels_product *p), (p))                                                                \
  _(void, thin_product, (const kernels_product *p), (p))                                                            \
  _(void, depthwise, (const kernels_product *p), (p))                                                               \
  _(long, panel_width, (void), ())                                                                                  \
  _(long, packed_columns, (long c), (c))                                                                            \
  _(void, pack, (const float *m, long d, long c, long s, float *p), (m, d, c, s, p))                                \
  _(void, winograd_input, (const kernels_tiles *s, const float *i, float *t), (s, i, t))                            \
  _(void, winograd_output,                                                                                          \
    (const kernels_tiles *s, float *o, const float *t, const float *b, int r, const uint8_t *m, uint8_t *p),        \
    (s, o, t, b, r, m, p))                                                                                             \
  _(void, winograd_filters, (const float *f, long d, long c, long s, long e, long r, float *p, long ps),            \
    (f, d, c, s, e, r, p, ps))

#define DECLARE(result, name, parameters, arguments)  \
  result kernels_baseline_##name parameters;          \
  result kernels_avx2_##name parameters;              \
  result kernels_avx512_##name parameters;            \
  static result(*chosen_##name) parameters = kernels_baseline_##name;
EACH_KERNEL(DECLARE)

#define CALL(result, name, parameters, arguments) \
  result kernels_##name parameters { return chosen_##name arguments; }
EACH_KERNEL(CALL)

static const char *instruction_set = "baseline";

const char *kernels_instruction_set(void) { return instruction_set; }

#define CHOOSE_BASELINE(result, name, parameters, arguments) chosen_##name = kernels_baseline_##name;
#define CHOOSE_AVX2(result, name, parameters, arguments) chosen_##name = kernels_avx2_##name;
#define CHOOSE_AVX512(result, name, parameters, arguments) chosen_##name = kernels_avx512_##name;

int kernels_choose(const char *set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (strcmp(set, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    EACH_KERNEL(CHOOSE_AVX512)
    instruction_set = "avx512";
    return 1;
  }
  if (strcmp(set, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c")) {
    EACH_KERNEL(CHOOSE_AVX2)
    instruction_set = "avx2";
    return 1;
  }
#endif
  if (strcmp(set, "baseline") != 0) return 0;
  EACH_KERNEL(CHOOSE_BASELINE)
  instruction_set = "baseline";
  return 1;
}

#if defined(__x86_64__)
// LUCID_INSTRUCTION_SET=baseline or avx2 asks for less than the processor has, to test what other processors run.
__attribute__((constructor)) static void choose(void) {
  const char *most = getenv("LUCID_INSTRUCTION_SET");
  if (most && strcmp(most, "baseline") == 0) return;
  if (!(most && strcmp(most, "avx2") == 0) && kernels_choose("avx512")) return;
  kernels_choose("avx2");
}
#endif
