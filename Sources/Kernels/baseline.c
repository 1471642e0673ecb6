#include <stdint.h>
#include <string.h>

#include "Kernels.h"

#define KERNEL(name) kernels_baseline_##name
#define VECTOR_FLOATS 4
#define PANEL_VECTORS 2
#define TILE_ROWS 6
#include "bodies.h"
#include "vectors.h"
#include "signs.h"
#include "pictures.h"
#include "product.h"
#include "pooling.h"
#include "winograd.h"
