/* SGD as one would write it in C: a double loop over samples and neurons that skips neurons whose slope is 0.
 *
 *   training check FOLDER KIND     largest difference from meanfield's weights, relative to how far those have moved
 *   training time FOLDER KIND      CPU microseconds of a step, the minimum over short blocks
 *   training law FOLDER            mean square of how far weights move with noise, meanfield's, and its standard error
 *   training moments               of the normal deviates: mean, m2, m3, m4, lag products, each in its standard errors
 *
 * FOLDER is what the benchmark `training write` has written; KIND is plain, relu or noisy. Every block begins at the same
 * weights. Built with -Ofast -march=native, for which all inner loops are simple enough to be turned into vectors. With
 * -DLISTED=1, active neurons are listed while outputs are computed, so that no branch is left to be mispredicted.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCKS = 20 };

#ifndef LISTED
#define LISTED 0
#endif

/* w: (neuron, d). a and b of the unit a relu(<w, x> + b) apart, as suits the loops. The others are scratch. */
struct network {
    double *restrict w, *restrict a, *restrict b, *restrict value;
    int *restrict active; /* which are, or whether each is */
};

struct problem {
    long neurons, dimension, steps, outer; /* outer: 2 where a and b are trained */
    double step_size, noise;
    double *start, *x, *y, *trained, *moved;
};

static double dot(const double *restrict w, const double *restrict x, long d) {
    double sum = 0.0;
    for (long j = 0; j < d; j++)
        sum += w[j] * x[j];
    return sum;
}

static void add(double *restrict w, double factor, const double *restrict x, long d) {
    for (long j = 0; j < d; j++)
        w[j] += factor * x[j];
}

/* Notes whether neuron i is active; how many are, as far as they are listed. */
static inline long note(struct network net, long i, int active, long count) {
    net.active[LISTED ? count : i] = LISTED ? i : active;
    return count + active;
}

/* One step for sigma through (0.5, -2.5), (1.5, 7.5), constant outside. */
static void step_plain(struct network net, const struct problem *p, const double *x, double y) {
    const long n = p->neurons, d = p->dimension;
    double sum = 0.0;
    long count = 0;
    for (long i = 0; i < n; i++) {
        double z = dot(net.w + i * d, x, d);
        sum += 10.0 * fmin(fmax(z - 0.5, 0.0), 1.0) - 2.5;
        count = note(net, i, (z > 0.5) & (z < 1.5), count); /* & is no branch */
    }
    const double factor = 20.0 * p->step_size * (y - sum / n);
    for (long k = 0; k < (LISTED ? count : n); k++)
        if (LISTED || net.active[k])
            add(net.w + (LISTED ? net.active[k] : k) * d, factor, x, d);
}

/* One step for a relu(<w, x> + b). */
static void step_relu(struct network net, const struct problem *p, const double *x, double y) {
    const long n = p->neurons, d = p->dimension;
    double sum = 0.0;
    long count = 0;
    for (long i = 0; i < n; i++) {
        double z = dot(net.w + i * d, x, d) + net.b[i];
        net.value[i] = fmax(z, 0.0);
        sum += net.a[i] * net.value[i];
        count = note(net, i, z > 0.0, count);
    }
    const double push = 2.0 * p->step_size * (y - sum / n);
    for (long k = 0; k < (LISTED ? count : n); k++)
        if (LISTED || net.active[k]) {
            long i = LISTED ? net.active[k] : k;
            double factor = push * net.a[i];
            net.a[i] += push * net.value[i];
            net.b[i] += factor;
            add(net.w + i * d, factor, x, d);
        }
}

/* Normal deviates: xoshiro256++ in LANES side by side, Box-Muller. */
enum { LANES = 16, CHUNK = 1024, PAIRS = CHUNK / 2 };
static uint64_t state[4][LANES];

static void seed_normal(uint64_t seed) { /* splitmix64, as xoshiro's authors recommend */
    for (int lane = 0; lane < LANES; lane++)
        for (int word = 0; word < 4; word++) {
            uint64_t z = seed += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            state[word][lane] = z ^ (z >> 31);
        }
}

#define ROTATED(x, k) ((x) << (k) | (x) >> (64 - (k)))

static void random_bits(uint64_t *restrict bits) {
    for (int block = 0; block < CHUNK; block += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            uint64_t s0 = state[0][lane], s1 = state[1][lane], s2 = state[2][lane], s3 = state[3][lane];
            bits[block + lane] = ROTATED(s0 + s3, 23) + s0;
            uint64_t t = s1 << 17;
            s2 ^= s0;
            s3 ^= s1;
            state[1][lane] = s1 ^ s2;
            state[0][lane] = s0 ^ s3;
            state[2][lane] = s2 ^ t;
            state[3][lane] = ROTATED(s3, 45);
        }
}

/* In [1, 2), from the upper 52 bits. */
static inline double uniform(uint64_t bits) {
    bits = bits >> 12 | 0x3ff0000000000000;
    double u;
    memcpy(&u, &bits, sizeof u);
    return u;
}

static void normal_chunk(double *restrict g) {
    static uint64_t bits[CHUNK] __attribute__((aligned(64)));
    static double radius[PAIRS] __attribute__((aligned(64)));
    random_bits(bits);
    for (int i = 0; i < PAIRS; i++)
        radius[i] = sqrt(-2.0 * log(2.0 - uniform(bits[i])));
    /* An angle within an eighth of a turn of 0, where short series suffice, and one of four quarters of a turn. */
    for (int i = 0; i < PAIRS; i++) {
        uint64_t quarter = bits[PAIRS + i];
        double t = M_PI_2 * (uniform(quarter) - 1.5), q = t * t;
        double c = 1.0 + q * (-1.0 / 2 + q * (1.0 / 24 + q * (-1.0 / 720 + q * (1.0 / 40320 + q * (-1.0 / 3628800
                 + q * (1.0 / 479001600 - q / 87178291200.0))))));
        double s = t * (1.0 + q * (-1.0 / 6 + q * (1.0 / 120 + q * (-1.0 / 5040 + q * (1.0 / 362880
                 + q * (-1.0 / 39916800 + q / 6227020800.0))))));
        double sign = quarter & 1 ? radius[i] : -radius[i];
        g[i] = sign * (quarter & 2 ? c : -s);
        g[PAIRS + i] = sign * (quarter & 2 ? s : c);
    }
}

static void add_noise(double *restrict w, long count, double noise) {
    static double g[CHUNK] __attribute__((aligned(64)));
    for (long from = 0; from < count; from += CHUNK) {
        normal_chunk(g);
        add(w + from, noise, g, count - from < CHUNK ? count - from : CHUNK);
    }
}

static void train(struct network net, const struct problem *p, int noisy) {
    for (long k = 0; k < p->steps; k++) {
        const double *x = p->x + k * p->dimension;
        if (p->outer)
            step_relu(net, p, x, p->y[k]);
        else
            step_plain(net, p, x, p->y[k]);
        if (noisy)
            add_noise(net.w, p->neurons * p->dimension, p->noise);
    }
}

static void *room(size_t count) {
    void *memory = aligned_alloc(64, (count * sizeof(double) + 63) / 64 * 64);
    if (!memory)
        exit(1);
    return memory;
}

static double *numbers(const char *folder, const char *name, long count) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    double *to = room(count);
    if (!file || fread(to, sizeof(double), count, file) != (size_t)count) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    return to;
}

static struct problem load(const char *folder, const char *kind) {
    double *s = numbers(folder, "setting", 5);
    struct problem p = {.neurons = s[0], .dimension = s[1], .steps = s[2], .step_size = s[3], .noise = s[4]};
    p.outer = strcmp(kind, "relu") ? 0 : 2;
    long parameters = p.neurons * (p.dimension + p.outer);
    p.start = numbers(folder, "start", parameters);
    p.trained = numbers(folder, "trained", parameters);
    p.x = numbers(folder, "x", p.steps * p.dimension);
    p.y = numbers(folder, "y", p.steps);
    p.moved = numbers(folder, "moved", 1);
    return p;
}

static struct network empty(const struct problem *p) {
    long n = p->neurons;
    return (struct network){room(n * p->dimension), room(n), room(n), room(n), room(n)};
}

static void take(struct network net, const struct problem *p) {
    for (long i = 0; i < p->neurons; i++) {
        const double *row = p->start + i * (p->dimension + p->outer);
        net.a[i] = row[0];
        net.b[i] = row[1];
        memcpy(net.w + i * p->dimension, row + p->outer, p->dimension * sizeof(double));
    }
}

static double parameter(struct network net, const struct problem *p, long i, long column) {
    if (column >= p->outer)
        return net.w[i * p->dimension + column - p->outer];
    return column ? net.b[i] : net.a[i];
}

static void check(struct network net, struct problem *p, int noisy) {
    double differs = 0.0, moves = 0.0;
    p->noise = 0.0;
    take(net, p);
    train(net, p, noisy);
    for (long i = 0; i < p->neurons; i++)
        for (long column = 0; column < p->dimension + p->outer; column++) {
            long at = i * (p->dimension + p->outer) + column;
            differs = fmax(differs, fabs(parameter(net, p, i, column) - p->trained[at]));
            moves = fmax(moves, fabs(p->trained[at] - p->start[at]));
        }
    printf("%.3e\n", differs / moves);
}

static void measure(struct network net, const struct problem *p, int noisy) {
    double best = INFINITY;
    for (int block = 0; block < BLOCKS; block++) {
        take(net, p);
        clock_t begin = clock();
        train(net, p, noisy);
        best = fmin(best, (double)(clock() - begin) / CLOCKS_PER_SEC / p->steps);
    }
    printf("%.3f\n", 1e6 * best);
}

static void law(struct network net, const struct problem *p) {
    long count = p->neurons * p->dimension;
    double squares = 0.0;
    take(net, p);
    train(net, p, 1);
    for (long i = 0; i < count; i++)
        squares += (net.w[i] - p->start[i]) * (net.w[i] - p->start[i]);
    printf("%.6e %.6e %.1e\n", squares / count, *p->moved, *p->moved * sqrt(2.0 * 2.0 / count));
}

/* Products of neighbours: in a chunk, with what shares its radius, and with the next lane. */
static void moments(void) {
    enum { CHUNKS = 100000 };
    double sums[6] = {0};
    static double g[CHUNK];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        normal_chunk(g);
        for (int i = 0; i < CHUNK; i++) {
            double square = g[i] * g[i], other = g[(i + PAIRS) % CHUNK], next = g[(i + 1) % CHUNK];
            sums[0] += g[i];
            sums[1] += square - 1.0;
            sums[2] += square * g[i];
            sums[3] += square * square - 3.0;
            sums[4] += i < PAIRS ? M_SQRT2 * g[i] * other : 0.0;
            sums[5] += g[i] * next;
        }
    }
    const double variances[6] = {1.0, 2.0, 15.0, 96.0, 1.0, 1.0};
    for (int m = 0; m < 6; m++)
        printf("%.2f ", sums[m] / sqrt(variances[m] * CHUNKS * (double)CHUNK));
    printf("\n");
}

int main(int count, char **words) {
    seed_normal(1);
    if (count == 2 && !strcmp(words[1], "moments"))
        return moments(), 0;
    if (count < 3)
        return 2;
    const char *kind = count > 3 ? words[3] : "noisy";
    int noisy = !strcmp(kind, "noisy");
    struct problem p = load(words[2], kind);
    struct network net = empty(&p);
    if (!strcmp(words[1], "check"))
        check(net, &p, noisy);
    else if (!strcmp(words[1], "time"))
        measure(net, &p, noisy);
    else
        law(net, &p);
}
