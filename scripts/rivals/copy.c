/* The bound of any pass that reads an array and writes another: a copy that does not read what it overwrites.
 *
 *   copy COUNT      CPU seconds of copying so many doubles with streaming stores where there are any, and with plain ones; minima
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

enum { COPIES = 40, LINE = 64 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

static void plain(double *restrict to, const double *restrict from, long count) {
    for (long i = 0; i < count; i++) to[i] = from[i];
    __asm__ volatile("" : : "r"(to) : "memory"); /* it is needed */
}

static void streaming(double *restrict to, const double *restrict from, long count) {
#if defined(__AVX512F__)
    for (long i = 0; i < count; i += 8) _mm512_stream_pd(to + i, _mm512_load_pd(from + i));
    _mm_sfence();
#elif defined(__AVX__)
    for (long i = 0; i < count; i += 4) _mm256_stream_pd(to + i, _mm256_load_pd(from + i));
    _mm_sfence();
#else
    plain(to, from, count);
#endif
}

static double least(void (*copy)(double *, const double *, long), double *to, const double *from, long count) {
    double best = 1e300;
    for (int i = 0; i < COPIES; i++) {
        const double start = seconds();
        copy(to, from, count);
        const double taken = seconds() - start;
        if (taken < best) best = taken;
    }
    return best;
}

int main(int arguments, char **words) {
    const long count = (arguments > 1 ? atol(words[1]) : LINE) / LINE * LINE;
    double *from = aligned_alloc(LINE, count * sizeof *from), *to = aligned_alloc(LINE, count * sizeof *to);
    if (!from || !to) return 1;
    for (long i = 0; i < count; i++) from[i] = to[i] = (double)i;
    printf("%.9f %.9f\n", least(streaming, to, from, count), least(plain, to, from, count));
    return 0;
}
