// A register full of floats, and what every convolution does to its results; included once per instruction set, with
// VECTOR_FLOATS the width of its registers.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float KERNEL(vector) __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));
typedef int32_t KERNEL(integers) __attribute__((vector_size(4 * VECTOR_FLOATS), aligned(4)));

#define VECTOR(p) (*(KERNEL(vector) *)(p))
#define CONSTANT_VECTOR(p) (*(const KERNEL(vector) *)(p))

// max(v, 0), where a negative value leaves -0.0.
INLINE KERNEL(vector) KERNEL(rectified_vector)(KERNEL(vector) v) {
  KERNEL(integers) negative = v < (KERNEL(vector)){0};
  return (KERNEL(vector))(((KERNEL(integers))v & ~negative) | (negative & INT32_MIN));
}

INLINE float KERNEL(rectified_single)(float v) { return v < 0 ? -0.0f : v; }

// v where the mask is positive, else 0.
INLINE KERNEL(vector) KERNEL(masked_vector)(KERNEL(vector) v, const float *mask) {
  KERNEL(integers) positive = CONSTANT_VECTOR(mask) > (KERNEL(vector)){0};
  return (KERNEL(vector))((KERNEL(integers))v & positive);
}

INLINE float KERNEL(masked_single)(float v, const float *mask) { return *mask > 0 ? v : 0; }
