// The path of one large network, which the whole device trains: B steps together, in four pieces. `draw` makes
// their inputs; a library multiplies matrices for the Gram matrix and for Z = W X; `steps`, one launch whose
// blocks of threads are all on the device at once, makes the steps one after the other; the library adds what
// they move the weights by, W += C X^T. The weights lie as in streamed.cu, Z and C in the same place.
//
// In `steps` a thread owns PER neurons. SUB steps at a time are in its registers; what earlier steps of the B
// moved them by is added when they are read. A sum over the neurons is left by each block in a word of its own,
// and every block reads the words of all, in one order: a word that is not EMPTY is there, so that a sum is its
// own flag. What comes before defines REAL, AFFINE, B, SUB, THREADS, PER, BLOCKS, ONE_SLOPE, PIECES and the
// tables of sigma. The twin in Rust is emulation.rs.

#define WARPS (THREADS / 32)
#define X_ROWS (D + AFFINE) // coordinates that a row meets: 1 before x where there is b
#define EMPTY 0ull

// Inputs [B][X_ROWS], labels and sizes of the steps, of which those that fill the last block have none.
extern "C" __global__ void __launch_bounds__(256) draw(
    REAL *x, REAL *labels, REAL *sizes, const double *pushes, u64 first, u64 seed, u32 purpose)
{
    const Source source = {seed, purpose};
    const int place = blockIdx.x * 256 + threadIdx.x;
    if (place >= B * (PAIRS + 1)) return;
    const int k = place / (PAIRS + 1), pair = place % (PAIRS + 1);
    const int index = class_of(first + k, source);
    REAL *row = x + (u64)k * X_ROWS;
    if (pair == PAIRS) {
        labels[k] = (REAL)label_of(index, first + k, source);
        sizes[k] = (REAL)pushes[k];
        if (AFFINE) row[0] = (REAL)1;
        return;
    }
    REAL one, other;
    coordinates_of(index, pair, first + k, source, one, other);
    const int j = 2 * pair;
    row[j + AFFINE] = one;
    if (j + 1 < D) row[j + 1 + AFFINE] = other;
}

#if SUB > 8
typedef unsigned short Bits;
#else
typedef unsigned char Bits;
#endif

struct Shared {
    REAL gram[B][SUB]; // <x_k, x_j> of all k and the SUB steps j at hand
    REAL pushed[B];    // what step k moves a neuron of slope one by
    REAL labels[B];
    REAL sizes[B];
    double part[32];
    double total;
    double slopes[PIECES], starts[PIECES], values[PIECES];
#if ONE_SLOPE
    Bits on[B / SUB][PER][THREADS]; // of SUB steps each: whether the neuron was on the sloping piece
#endif
};

// The sum over the lanes of a warp, in every lane.
__device__ __forceinline__ double sum_of_warp(double sum)
{
#pragma unroll
    for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
    return sum;
}

// A number as a word that is not EMPTY: its complement, of a number that is none always the same.
__device__ __forceinline__ u64 as_word(double number)
{
    return number == number ? ~(u64)__double_as_longlong(number) : 0x7ff8ull;
}

__device__ __forceinline__ double of_word(u64 word)
{
    return __longlong_as_double((long long)~word);
}

// The sum over the threads of all blocks, in every thread; `words` has one for each block.
__device__ __forceinline__ double sum_of_all(Shared &s, double sum, u64 *words)
{
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    sum = sum_of_warp(sum);
    if (lane == 0) s.part[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        const double own = sum_of_warp(lane < WARPS ? s.part[lane] : 0.0);
        if (lane == 0) store_volatile(words + blockIdx.x, as_word(own));
        double total = 0;
        for (int block = lane; block < BLOCKS; block += 32) {
            u64 word = load_volatile(words + block);
            while (word == EMPTY) word = load_volatile(words + block);
            total += of_word(word);
        }
        total = sum_of_warp(total);
        if (lane == 0) s.total = total;
    }
    __syncthreads();
    return s.total;
}

// c of step k < SUB * sub for a neuron: what its input moves the neuron by.
__device__ __forceinline__ REAL moved_by(const Shared &s, const REAL *z, int i, int n, int k)
{
#if ONE_SLOPE
    return s.on[k / SUB][i][threadIdx.x] >> (k % SUB) & 1 ? s.pushed[k] : (REAL)0;
#else
    return z[(u64)k * N + n];
#endif
}

// z holds <w, x_k> before the B steps, [B][N], and then c of each; `outer` a of each neuron where it is trained;
// `error` is added to.
extern "C" __global__ void __launch_bounds__(THREADS, 1) steps(
    REAL *z, REAL *outer, const REAL *gram, const REAL *labels, const REAL *sizes, u64 *words, u32 counted,
    double *error)
{
    static_assert(sizeof(Shared) <= SHARED_BYTES, "it is asked for");
    SHARED(Shared, s);
    const int first = blockIdx.x * (THREADS * PER) + threadIdx.x;
    REAL a[PER], ahead[PER][SUB];
    double loss = 0, square = 0; // of (y - yhat)^2, over those that count
    for (int k = threadIdx.x; k < B; k += THREADS) s.labels[k] = labels[k], s.sizes[k] = sizes[k];
    for (int m = threadIdx.x; m < PIECES; m += THREADS) {
        s.slopes[m] = piece_slopes[m], s.starts[m] = piece_starts[m], s.values[m] = piece_values[m];
    }
#pragma unroll
    for (int i = 0; i < PER; ++i) {
        const int n = first + i * THREADS;
        a[i] = n >= N ? (REAL)0 : AFFINE ? outer[n] : (REAL)1;
    }
#pragma unroll 1
    for (int sub = 0; sub < B / SUB; ++sub) {
        const int begin = SUB * sub;
        for (int place = threadIdx.x; place < SUB * (begin + SUB); place += THREADS)
            s.gram[place / SUB][place % SUB] = gram[(place / SUB) * B + begin + place % SUB];
        __syncthreads();
#pragma unroll
        for (int i = 0; i < PER; ++i) {
            const int n = first + i * THREADS;
#pragma unroll
            for (int j = 0; j < SUB; ++j) ahead[i][j] = n < N ? z[(u64)(begin + j) * N + n] : (REAL)0;
#pragma unroll 4
            for (int k = 0; k < begin; ++k) {
                const REAL gain = n < N ? moved_by(s, z, i, n, k) : (REAL)0;
#pragma unroll
                for (int j = 0; j < SUB; ++j) ahead[i][j] = fma(gain, s.gram[k][j], ahead[i][j]);
            }
        }
        u32 on[PER] = {};
#pragma unroll
        for (int j = 0; j < SUB; ++j) {
            const int k = begin + j;
            REAL value[PER], slope[PER], sum = 0;
#pragma unroll
            for (int i = 0; i < PER; ++i) {
                int piece = 0;
#pragma unroll
                for (int m = 0; m + 1 < PIECES; ++m) piece += ahead[i][j] >= (REAL)piece_ends[m];
                slope[i] = (REAL)s.slopes[piece];
                value[i] = (REAL)s.values[piece] + slope[i] * (ahead[i][j] - (REAL)s.starts[piece]);
                sum += a[i] * value[i];
            }
            const REAL total = (REAL)sum_of_all(s, (double)sum, words + k * BLOCKS);
            const REAL missing = s.labels[k] - total / (REAL)N;
            const REAL push = s.sizes[k] * missing;
            if (k < counted) {
                const double missed = (double)missing * (double)missing;
                loss += missed, square = fma(missed, missed, square);
            }
#if ONE_SLOPE
            if (threadIdx.x == 0) s.pushed[k] = push * (REAL)SLOPE;
#endif
#pragma unroll
            for (int i = 0; i < PER; ++i) {
                const int n = first + i * THREADS;
                const REAL gain = push * slope[i] * a[i];
                if (n < N) z[(u64)k * N + n] = gain;
                if (slope[i] != 0) on[i] |= 1u << j;
                if (AFFINE && n < N) a[i] = fma(push, value[i], a[i]);
#pragma unroll
                for (int m = j + 1; m < SUB; ++m) ahead[i][m] = fma(gain, s.gram[k][m], ahead[i][m]);
            }
        }
#if ONE_SLOPE
#pragma unroll
        for (int i = 0; i < PER; ++i) s.on[sub][i][threadIdx.x] = (Bits)on[i];
#endif
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < PER; ++i) {
        const int n = first + i * THREADS;
        if (AFFINE && n < N) outer[n] = a[i];
    }
    if (blockIdx.x == 0 && threadIdx.x == 0) error[0] += loss, error[1] += square;
}
