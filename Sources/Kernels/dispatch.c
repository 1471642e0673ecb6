// Chooses the best build of every kernel once, before main, and calls it through a function pointer.
// (target_clones would do the same through ifuncs, which run before the thread sanitizer is ready and crash it.)
#include "Kernels.h"

#define EACH_KERNEL(_)                                                                                              \
  _(void, add_bias, (float *v, long n, float b), (v, n, b))                                                         \
  _(void, add_bias_relu, (float *v, long n, float b), (v, n, b))                                                    \
  _(int, relu_gradient, (float *g, const float *o, long n), (g, o, n))                                              \
  _(void, half_to_float, (float *r, const uint16_t *h, long n), (r, h, n))                                          \
  _(void, max_pool_tap, (const float *r, long s, long n, int32_t p, float *b, int32_t *w), (r, s, n, p, b, w))      \
  _(void, sigmoid, (float *r, const float *v, long n), (r, v, n))                                                   \
  _(void, adam, (float *p, float *m, float *v, const float *g, long n, float b1, float b2, float r, float c, float e), \
    (p, m, v, g, n, b1, b2, r, c, e))                                                                                \
  _(void, winograd_input, (const kernels_tiles *s, const float *i, float *t, float *w), (s, i, t, w))               \
  _(void, winograd_input_adjoint, (const kernels_tiles *s, float *i, const float *t, float *w), (s, i, t, w))       \
  _(void, winograd_output, (const kernels_tiles *s, float *o, const float *t, float *w, float b, int r),            \
    (s, o, t, w, b, r))                                                                                              \
  _(void, winograd_output_adjoint, (const kernels_tiles *s, const float *o, float *t, float *w), (s, o, t, w))      \
  _(void, winograd_filters, (const float *f, long n, float *t, long s), (f, n, t, s))

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

#if defined(__x86_64__)
#define CHOOSE_AVX2(result, name, parameters, arguments) chosen_##name = kernels_avx2_##name;
#define CHOOSE_AVX512(result, name, parameters, arguments) chosen_##name = kernels_avx512_##name;

__attribute__((constructor)) static void choose(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    EACH_KERNEL(CHOOSE_AVX512)
    instruction_set = "avx512";
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")) {
    EACH_KERNEL(CHOOSE_AVX2)
    instruction_set = "avx2";
  }
}
#endif
