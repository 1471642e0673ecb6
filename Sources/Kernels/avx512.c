#if defined(__x86_64__)
#include <stdint.h>
#include <string.h>

#include "Kernels.h"

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512vl,avx512dq,avx512bw"))), \
    apply_to = function)
#define KERNEL(name) kernels_avx512_##name
#define VECTOR_FLOATS 16
#define PANEL_VECTORS 2
#define TILE_ROWS 12
#include "bodies.h"
#include "vectors.h"
#include "signs.h"
#include "pictures.h"
#include "product.h"
#include "pooling.h"
#include "winograd.h"
#pragma clang attribute pop
#endif
