#if defined(__x86_64__)
#include <stdint.h>
#include <string.h>

#include "Kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define KERNEL(name) kernels_avx2_##name
#include "bodies.h"
#include "winograd.h"
#pragma clang attribute pop
#endif
