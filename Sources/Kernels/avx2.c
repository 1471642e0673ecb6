#if defined(__x86_64__)
#include <stdint.h>
#include <string.h>

#include "Kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define KERNEL(name) kernels_avx2_##name
#define VECTOR_FLOATS 8
#define PANEL_VECTORS 2
#define TILE_ROWS 6
#include "bodies.h"
#include "vectors.h"
#include "signs.h"
#include "pictures.h"
#include "product.h"
#include "pooling.h"
#include "winograd.h"
#pragma clang attribute pop
#endif
