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

// result[i] = 1 / (1 + exp(-values[i])), relative error below 1e-6. result may be values.
void kernels_sigmoid(float *result, const float *values, long count);

// One step of Adam (Kingma and Ba 2015) up the gradient, with the bias corrections already in `rate` and `epsilon`
// applied as PyTorch does: parameters += rate * m / (sqrt(v) * v_correction + epsilon).
void kernels_adam(float *parameters, float *mean, float *variance, const float *gradient, long count, float beta1,
                  float beta2, float rate, float v_correction, float epsilon);

#endif
