#include <cblas.h>

// OpenBLAS's choice of its kernels. Only libraries that hold several have them, and no header declares them.
extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));

// Makes it choose again, by OPENBLAS_CORETYPE and the processor. Returns 0 where it holds the kernels of one core only.
static inline int openblas_choose_again(void) {
  if (!gotoblas_dynamic_quit || !gotoblas_dynamic_init) return 0;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  return 1;
}
