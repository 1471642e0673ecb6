#include <stdint.h>
#include <string.h>

#include "Kernels.h"

#define KERNEL(name) kernels_baseline_##name
#include "bodies.h"
#include "winograd.h"
