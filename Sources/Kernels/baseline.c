#include <stdint.h>
#include <string.h>

#define KERNEL(name) kernels_baseline_##name
#include "bodies.h"
