// The general path: a block of threads is a network, its weights lie in global memory coordinate by
// coordinate ([ROWS][N]), a thread owns every THREADS-th neuron. B steps together: z of their samples, the
// Gram matrix of the samples, the steps in registers, one pass over the weights that makes the update of
// these steps and z of the next ones. sigma is piecewise linear; with AFFINE a neuron is a sigma(<w,x> + b).
// DISTURBED steps have a ridge and noise, which are a part of the pass: B is 1 then. What comes before defines
// REAL, AFFINE, DISTURBED, B, THREADS, PIECES and the tables of sigma. The twin in Rust is emulation.rs.

#define WARPS (THREADS / 32)
#define PER ((N + THREADS - 1) / THREADS)
#define X_ROWS (D + AFFINE)          // coordinates that a row meets: 1 before x where there is b
#define ROWS (D + 2 * AFFINE)        // rows of the parameters: a, b, w

struct Shared {
    REAL x[2][X_ROWS][B];
    REAL gram[B][B];
    REAL part[2][WARPS];
    REAL labels[2][B];
    REAL push[2][B];
    REAL shrink[2], noise[2]; // of DISTURBED steps: what is left of a weight, and what a deviate moves it by
};

// The samples of B steps, and their sizes: those of `all` steps, then what is left of weights, then the noises.
__device__ __forceinline__ void draw(Shared &s, int place, u64 step, Source source, const double *pushes, u32 all)
{
    for (int q = threadIdx.x; q < B * (PAIRS + 1); q += THREADS) {
        const int k = q % B, pair = q / B;
        const int index = class_of(step + k, source);
        if (pair == PAIRS) {
            s.labels[place][k] = (REAL)label_of(index, step + k, source);
            s.push[place][k] = (REAL)pushes[k];
            if (AFFINE) s.x[place][0][k] = (REAL)1;
            if (DISTURBED) s.shrink[place] = (REAL)pushes[all], s.noise[place] = (REAL)pushes[2 * (u64)all];
            continue;
        }
        REAL first, second;
        coordinates_of(index, pair, step + k, source, first, second);
        const int j = 2 * pair;
        s.x[place][j + AFFINE][k] = first;
        if (j + 1 < D) s.x[place][j + 1 + AFFINE][k] = second;
    }
}

// The deviate of the noise of a step for a parameter of a neuron; they are drawn in pairs, of which `other` holds
// the second until its turn comes.
__device__ __forceinline__ REAL deviate_of(int n, int parameter, u64 step, u64 seed, REAL &other)
{
    if (parameter % 2 == 1) return other;
    u32 word[4];
    philox((u32)n * ((ROWS + 1) / 2) + parameter / 2, step, Source{seed, NOISE}, word);
    REAL first;
    normals(word, first, other);
    return first;
}

extern "C" __global__ void __launch_bounds__(THREADS) train(
    REAL *all_weights, const u64 *seeds, const u32 *members, const double *pushes, u64 first, u32 blocks,
    u32 purpose, u32 counted, double *errors)
{
    static_assert(sizeof(Shared) <= SHARED_BYTES, "it is asked for");
    SHARED(Shared, s);
    const u32 member = members[blockIdx.x];
    REAL *weights = all_weights + (u64)member * ROWS * N;
    REAL *rows = weights + (u64)AFFINE * N;
    const u64 seed = seeds[member];
    const Source source = {seed, purpose};
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    REAL z[PER][B], gain[PER][B], outer[PER], other[PER] = {};
    double error = 0, square = 0; // of (y - yhat)^2, over those that count
#pragma unroll
    for (int i = 0; i < PER; ++i) {
        const int n = threadIdx.x + i * THREADS;
        outer[i] = AFFINE && n < N ? weights[n] : (REAL)1;
        for (int k = 0; k < B; ++k) gain[i][k] = 0;
    }
    for (int q = threadIdx.x; q < X_ROWS * B; q += THREADS) s.x[1][q / B][q % B] = 0;
    if (threadIdx.x == 0) s.shrink[1] = 1, s.noise[1] = 0;
    draw(s, 0, first, source, pushes, blocks * B);
    __syncthreads();
    for (u32 block = 0; block <= blocks; ++block) {
        const int now = block & 1, before = now ^ 1;
        for (int place = threadIdx.x; B > 1 && place < B * B; place += THREADS) {
            const int k = place / B, j = place % B;
            REAL sum = 0;
            for (int r = 0; r < X_ROWS; ++r) sum = fma(s.x[now][r][k], s.x[now][r][j], sum);
            s.gram[k][j] = sum;
        }
        for (int i = 0; i < PER; ++i)
            for (int k = 0; k < B; ++k) z[i][k] = 0;
        // Several rows' weights are on their way at once: twice as fast.
#pragma unroll 4
        for (int r = 0; r < X_ROWS; ++r) {
            REAL old[B], next[B];
#pragma unroll
            for (int k = 0; k < B; ++k) old[k] = s.x[before][r][k], next[k] = s.x[now][r][k];
#pragma unroll
            for (int i = 0; i < PER; ++i) {
                const int n = threadIdx.x + i * THREADS;
                if (n < N) {
                    REAL sum = 0;
#pragma unroll
                    for (int k = 0; k < B; ++k) sum = fma(gain[i][k], old[k], sum);
                    REAL w = rows[(u64)r * N + n];
                    if (DISTURBED) {
                        w *= s.shrink[before];
                        if (s.noise[before] != 0) {
                            const u64 step = first + block - 1;
                            w = fma(s.noise[before], deviate_of(n, r + AFFINE, step, seed, other[i]), w);
                        }
                    }
                    w += sum;
                    if (block > 0) rows[(u64)r * N + n] = w;
#pragma unroll
                    for (int k = 0; k < B; ++k) z[i][k] = fma(w, next[k], z[i][k]);
                }
            }
        }
        __syncthreads();
        if (block == blocks) break;
        if (block + 1 < blocks)
            draw(s, before, first + (u64)(block + 1) * B, source, pushes + (u64)(block + 1) * B, blocks * B);
#pragma unroll
        for (int k = 0; k < B; ++k) {
            REAL value[PER], slope[PER], sum = 0;
#pragma unroll
            for (int i = 0; i < PER; ++i) {
                int piece = 0;
#pragma unroll
                for (int m = 0; m + 1 < PIECES; ++m) piece += z[i][k] >= (REAL)piece_ends[m];
                value[i] = (REAL)piece_values[piece]
                         + (REAL)piece_slopes[piece] * (z[i][k] - (REAL)piece_starts[piece]);
                slope[i] = (REAL)piece_slopes[piece];
                if (threadIdx.x + i * THREADS < N) sum += outer[i] * value[i];
            }
#pragma unroll
            for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
            if (lane == 0) s.part[k & 1][warp] = sum;
            __syncthreads();
            REAL total = 0;
#pragma unroll
            for (int w = 0; w < WARPS; ++w) total += s.part[k & 1][w];
            const REAL missing = s.labels[now][k] - total / (REAL)N;
            const REAL push = s.push[now][k] * missing;
            if (block * B + k < counted) {
                const double loss = (double)missing * (double)missing;
                error += loss, square = fma(loss, loss, square);
            }
#pragma unroll
            for (int i = 0; i < PER; ++i) {
                gain[i][k] = push * slope[i] * outer[i];
                if (AFFINE) {
                    if (DISTURBED) outer[i] *= s.shrink[now];
                    outer[i] = fma(push, value[i], outer[i]);
                    if (DISTURBED && s.noise[now] != 0) {
                        const int n = threadIdx.x + i * THREADS;
                        outer[i] = fma(s.noise[now], deviate_of(n, 0, first + block, seed, other[i]), outer[i]);
                    }
                }
#pragma unroll
                for (int j = k + 1; j < B; ++j) z[i][j] = fma(gain[i][k], s.gram[k][j], z[i][j]);
            }
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < PER; ++i) {
        const int n = threadIdx.x + i * THREADS;
        if (AFFINE && n < N) weights[n] = outer[i];
    }
    if (threadIdx.x == 0) errors[2 * blockIdx.x] = error, errors[2 * blockIdx.x + 1] = square;
}
