// The fast path for networks that fit on the chip: a block of threads is a network, which stays there for the
// whole launch. Its weights are accumulator fragments of mma.m16n8k8: tiles of 16 neurons by 8 coordinates,
// the first HELD tiles of a warp in registers, the others in shared memory. Read as the left operand of the
// forward product a fragment is the same tile with its coordinates permuted (slots t and t + 4 are the
// coordinates 2t and 2t + 1), so x's fragment is read in that order and no lane ever needs another's weights.
// Eight steps together; the update of these and z of the next in one pass over the tiles.
//
// sigma has one sloping piece, from LOW to HIGH: its slope at a neuron is then a bit. What comes before
// defines REAL, SINGLE, HELD, LOW, HIGH, SLOPE, OFFSET (sigma = OFFSET + SLOPE clamp(z)), and LOW_WORD,
// HIGH_WORD where the upper words of the ends decide.

#define B 8
#define WARPS 8
#define THREADS (32 * WARPS)
#define TILES ((N + 15) / 16)
#define COLUMNS ((D + 7) / 8)
#define SLOTS ((TILES + WARPS - 1) / WARPS)
#define COUPLES ((SLOTS + 1) / 2)
#define IN_SHARED (TILES > HELD * WARPS ? TILES - HELD * WARPS : 1)
#define STRIDE (COLUMNS % 2 ? 8 * COLUMNS : 8 * COLUMNS + 8)
#define RING 3
#define COMMON (TILES / WARPS) // tiles that every warp has

// Which tiles of a warp are in registers: every other one where that is possible, so that those in shared
// memory are loaded beside. GROUP tiles of a warp are worked on together. Both were chosen by the clock.
#define SPREAD (!SINGLE && 2 * HELD - 1 <= COMMON)
#define GROUP (SINGLE ? 4 : 2)
#define IS_HELD(slot) (SPREAD ? (slot) % 2 == 0 && (slot) / 2 < HELD : (slot) < HELD)
#define HELD_AT(slot) (IS_HELD(slot) ? (SPREAD ? (slot) / 2 : (slot)) : 0)
#define SHARED_AT(slot) ((slot) - (SPREAD && ((slot) + 1) / 2 < HELD ? ((slot) + 1) / 2 : HELD))

#if SINGLE
typedef float2 Two;
#define LEAST_BLOCKS 2
#else
typedef double2 Two;
#define LEAST_BLOCKS 1
#endif

struct Shared {
    Two tiles[IN_SHARED][COLUMNS][2][32];
    REAL z[WARPS][16 * SLOTS][9];
    REAL x[RING][B][STRIDE];
    REAL gram[2][B][B];
    __align__(16) REAL part[2][WARPS];
    REAL labels[RING][B]; // less OFFSET
    REAL push[RING][B];   // times SLOPE
    int classes[RING][B];
    double losses[4][2]; // (y - yhat)^2 and its square, summed over the steps t and t + 4 that count
};

#if SINGLE
// A number in two parts of eleven bits: the matrix unit reads the upper bits of each and no others.
__device__ __forceinline__ void split(float x, u32 &head, u32 &rest)
{
    head = __float_as_uint(x);
    rest = __float_as_uint(x - __uint_as_float(head & 0xffffe000u));
}

// z += w x.
__device__ __forceinline__ void forward(float z[4], const float w[4], Two x)
{
    u32 h[4], r[4], bh[2], br[2];
    split(w[0], h[0], r[0]), split(w[2], h[1], r[1]), split(w[1], h[2], r[2]), split(w[3], h[3], r[3]);
    split(x.x, bh[0], br[0]), split(x.y, bh[1], br[1]);
    tf32(z, r[0], r[1], r[2], r[3], bh[0], bh[1]);
    tf32(z, h[0], h[1], h[2], h[3], br[0], br[1]);
    tf32(z, h[0], h[1], h[2], h[3], bh[0], bh[1]);
}

// w += bits x: summed from zero, since the matrix unit truncates.
__device__ __forceinline__ void update(float w[4], const float bit[4], float b0, float b1)
{
    u32 h[2], r[2];
    split(b0, h[0], r[0]), split(b1, h[1], r[1]);
    float sum[4] = {0, 0, 0, 0};
    const u32 a0 = __float_as_uint(bit[0]), a1 = __float_as_uint(bit[1]);
    const u32 a2 = __float_as_uint(bit[2]), a3 = __float_as_uint(bit[3]);
    tf32(sum, a0, a1, a2, a3, r[0], r[1]);
    tf32(sum, a0, a1, a2, a3, h[0], h[1]);
#pragma unroll
    for (int i = 0; i < 4; ++i) w[i] += sum[i];
}
#else
// z += w x.
__device__ __forceinline__ void forward(double z[4], const double w[4], Two x)
{
    product(z, w[0], w[2], w[1], w[3], x.x, x.y);
}

// w += bits x.
__device__ __forceinline__ void update(double w[4], const double bit[4], double b0, double b1)
{
    product(w, bit[0], bit[1], bit[2], bit[3], b0, b1);
}
#endif

// Samples of eight steps, by the warps that have a tile less first. Classes are drawn a block before, for all
// pairs of a sample.
__device__ __forceinline__ void draw(Shared &s, int place, u64 step, Source source,
                                     const double *pushes)
{
    const int rank = (threadIdx.x + THREADS - 32 * (TILES % WARPS)) % THREADS;
#pragma unroll 1
    for (int q = rank; q < B * (PAIRS + 1); q += THREADS) {
        const int k = q % B, pair = q / B;
        const int index = s.classes[place][k];
        if (pair == PAIRS) {
            s.labels[place][k] = (REAL)(label_of(index, step + k, source) - OFFSET);
            s.push[place][k] = (REAL)(pushes[k] * SLOPE);
            s.classes[(place + 1) % RING][k] = class_of(step + B + k, source);
            continue;
        }
        REAL first, second;
        coordinates_of(index, pair, step + k, source, first, second);
        const int j = 2 * pair;
        s.x[place][k][j] = first;
        if (j + 1 < D) s.x[place][k][j + 1] = second;
    }
}

// What a step moves a weight by is push x where the neuron's bit is set: the push goes to the left operand,
// or, where that has eleven bits only, to the right one.
#if SINGLE
#define LEFT(push) 1.0f
#define RIGHT(push) (push)
#else
#define LEFT(push) (push)
#define RIGHT(push) 1.0
#endif

__device__ __forceinline__ REAL choose(u32 mask, int k, REAL value)
{
    return (mask >> k) & 1u ? value : (REAL)0;
}

// z cut to the sloping piece, and whether it lies there. Where the ends' lower words are zero and the ends
// not negative their upper words decide, without the slow comparisons of doubles.
__device__ __forceinline__ REAL clamp(REAL z, bool &on)
{
#if SINGLE
    const float clamped = fminf(fmaxf(z, (float)LOW), (float)HIGH);
    on = clamped == z;
    return clamped;
#elif defined(LOW_WORD)
    const int high = __double2hiint(z);
    on = (u32)high - (u32)LOW_WORD < (u32)HIGH_WORD - (u32)LOW_WORD;
    return __hiloint2double(min(max(high, LOW_WORD), HIGH_WORD), on ? __double2loint(z) : 0);
#else
    const bool is_low = z < (REAL)LOW, is_high = z > (REAL)HIGH;
    on = !is_low && !is_high;
    return is_low ? (REAL)LOW : is_high ? (REAL)HIGH : z;
#endif
}

// The sum over the lanes of a warp, in every lane that writes it.
__device__ __forceinline__ REAL sum_of_warp(REAL sum)
{
#if SINGLE
#pragma unroll
    for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
#else
    // Two products with ones, first over the lanes of a column, then over the columns: quicker than five
    // rounds of exchanges of two words each.
    double columns[2] = {0, 0}, all[2] = {0, 0};
    small_product(columns, 1.0, sum);
    small_product(all, columns[0] + columns[1], 1.0);
    sum = all[0];
#endif
    return sum;
}

// What a lane keeps of its network.
struct Lane {
    REAL held[HELD > 0 ? HELD : 1][COLUMNS][4];
    REAL pushed[2];
    u32 bits[SLOTS]; // of the neurons g and g + 8 of each tile: eight steps each
    int lane, warp, now, before;
};

// COUNT tiles from FIRST on: the update of the steps behind, z of those ahead. All updates of a column of
// tiles come before all products, so that the matrix unit always has something to do.
template <int FIRST, int COUNT>
__device__ __forceinline__ void pass(Shared &s, Lane &own)
{
    const int lane = own.lane, warp = own.warp, g = lane / 4, t = lane % 4;
    REAL z[COUNT][4] = {}, gains[COUNT][4];
#pragma unroll
    for (int i = 0; i < COUNT; ++i) {
        const u32 mask = own.bits[FIRST + i];
        gains[i][0] = choose(mask, t, LEFT(own.pushed[0]));
        gains[i][1] = choose(mask, t + 8, LEFT(own.pushed[0]));
        gains[i][2] = choose(mask, t + 4, LEFT(own.pushed[1]));
        gains[i][3] = choose(mask, t + 12, LEFT(own.pushed[1]));
    }
#pragma unroll
    for (int c = 0; c < COLUMNS; ++c) {
        const REAL b0 = s.x[own.before][t][8 * c + g] * RIGHT(own.pushed[0]);
        const REAL b1 = s.x[own.before][t + 4][8 * c + g] * RIGHT(own.pushed[1]);
        const Two ahead = *reinterpret_cast<const Two *>(&s.x[own.now][g][8 * c + 2 * t]);
        REAL w[COUNT][4];
#pragma unroll
        for (int i = 0; i < COUNT; ++i) {
            const int slot = FIRST + i;
            if (IS_HELD(slot)) {
#pragma unroll
                for (int e = 0; e < 4; ++e) w[i][e] = own.held[HELD_AT(slot)][c][e];
            } else {
                const Two *tile = &s.tiles[warp + WARPS * SHARED_AT(slot)][c][0][lane];
                const Two upper = tile[0], lower = tile[32];
                w[i][0] = upper.x, w[i][1] = upper.y, w[i][2] = lower.x, w[i][3] = lower.y;
            }
        }
#pragma unroll
        for (int i = 0; i < COUNT; ++i) update(w[i], gains[i], b0, b1);
#pragma unroll
        for (int i = 0; i < COUNT; ++i) forward(z[i], w[i], ahead);
#pragma unroll
        for (int i = 0; i < COUNT; ++i) {
            const int slot = FIRST + i;
            if (IS_HELD(slot)) {
#pragma unroll
                for (int e = 0; e < 4; ++e) own.held[HELD_AT(slot)][c][e] = w[i][e];
            } else {
                Two *tile = &s.tiles[warp + WARPS * SHARED_AT(slot)][c][0][lane];
                tile[0] = Two{w[i][0], w[i][1]}, tile[32] = Two{w[i][2], w[i][3]};
            }
        }
    }
    REAL(*exchange)[9] = s.z[warp] + 16 * FIRST;
#pragma unroll
    for (int i = 0; i < COUNT; ++i) {
        exchange[16 * i + g][2 * t] = z[i][0], exchange[16 * i + g][2 * t + 1] = z[i][1];
        exchange[16 * i + g + 8][2 * t] = z[i][2], exchange[16 * i + g + 8][2 * t + 1] = z[i][3];
    }
}

// All tiles of a warp from FIRST on, by groups; one that not every warp has is the last.
template <int FIRST>
__device__ __forceinline__ void pass_all(Shared &s, Lane &own)
{
    if constexpr (FIRST + GROUP <= COMMON) {
        pass<FIRST, GROUP>(s, own);
        pass_all<FIRST + GROUP>(s, own);
    } else if constexpr (FIRST < SLOTS) {
        constexpr int REST = COMMON - FIRST;
        if (COMMON < SLOTS && own.warp < TILES % WARPS)
            pass<FIRST, REST + 1>(s, own);
        else if constexpr (REST > 0)
            pass<FIRST, REST>(s, own);
    }
}

// What a step moves z of later ones by, of the samples ahead and by one warp: the Gram matrix, each row times
// the size of its step.
__device__ __forceinline__ void find_gram(Shared &s, const Lane &own, int place)
{
    const int g = own.lane / 4, t = own.lane % 4;
    REAL gram[4] = {0, 0, 0, 0};
#pragma unroll
    for (int c = 0; c < COLUMNS; ++c) {
        const Two ahead = *reinterpret_cast<const Two *>(&s.x[own.now][g][8 * c + 2 * t]);
        const REAL x[4] = {ahead.x, ahead.y, 0, 0};
        forward(gram, x, ahead);
    }
    const REAL size = s.push[own.now][g];
    s.gram[place][g][2 * t] = size * gram[0];
    s.gram[place][g][2 * t + 1] = size * gram[1];
}

extern "C" __global__ void __launch_bounds__(THREADS, LEAST_BLOCKS) train(
    REAL *all_weights, const u64 *seeds, const u32 *members, const double *pushes, u64 first, u32 blocks,
    u32 purpose, u32 counted, double *errors)
{
    static_assert(sizeof(Shared) <= SHARED_BYTES, "it is asked for");
    SHARED(Shared, s);
    const u32 member = members[blockIdx.x];
    REAL *weights = all_weights + (u64)member * N * D;
    const Source source = {seeds[member], purpose};
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int g = lane / 4, t = lane % 4;
    Lane own;
    REAL z[COUPLES][B];
    u32 masks[COUPLES];
    own.lane = lane, own.warp = warp, own.pushed[0] = 0, own.pushed[1] = 0;

#pragma unroll
    for (int slot = 0; slot < SLOTS; ++slot)
#pragma unroll
        for (int c = 0; c < COLUMNS; ++c) {
            REAL w[4];
            const int tile = warp + WARPS * slot;
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int n = 16 * tile + g + 8 * (i / 2), j = 8 * c + 2 * t + i % 2;
                w[i] = n < N && j < D ? weights[(u64)n * D + j] : (REAL)0;
            }
            if (IS_HELD(slot)) {
#pragma unroll
                for (int i = 0; i < 4; ++i) own.held[HELD_AT(slot)][c][i] = w[i];
            } else if (tile < TILES) {
                s.tiles[warp + WARPS * SHARED_AT(slot)][c][0][lane] = Two{w[0], w[1]};
                s.tiles[warp + WARPS * SHARED_AT(slot)][c][1][lane] = Two{w[2], w[3]};
            }
        }
    for (int q = threadIdx.x; q < RING * B * STRIDE; q += THREADS) (&s.x[0][0][0])[q] = 0;
#pragma unroll
    for (int c = 0; c < COUPLES; ++c) masks[c] = 0;
    if (threadIdx.x < 4) s.losses[t][0] = s.losses[t][1] = 0;
    if (threadIdx.x < B) s.classes[0][threadIdx.x] = class_of(first + threadIdx.x, source);
    __syncthreads();
    draw(s, 0, first, source, pushes);
    __syncthreads();

    int now = 0, before = 2, next = 1; // places of the samples ahead, behind, and of those to be drawn
#pragma unroll 1
    for (u32 block = 0; block <= blocks; ++block) {
        own.now = now, own.before = before;
        if (block + 1 < blocks)
            draw(s, next, first + (u64)(block + 1) * B, source, pushes + (u64)(block + 1) * B);
#pragma unroll
        for (int slot = 0; slot < SLOTS; ++slot) {
            const u32 upper = __shfl_sync(0xffffffffu, masks[slot / 2], 16 * (slot % 2) + g);
            const u32 lower = __shfl_sync(0xffffffffu, masks[slot / 2], 16 * (slot % 2) + g + 8);
            own.bits[slot] = upper | lower << 8;
        }
        if (warp == WARPS - 1) find_gram(s, own, block & 1);
        pass_all<0>(s, own);
        // From tiles to lanes that own neurons.
        __syncwarp();
#pragma unroll
        for (int c = 0; c < COUPLES; ++c)
#pragma unroll
            for (int k = 0; k < B; ++k)
                z[c][k] = s.z[warp][32 * c + (2 * c + 1 < SLOTS ? lane : lane % 16)][k];
        __syncwarp();
        if (block == blocks) break;

#pragma unroll
        for (int c = 0; c < COUPLES; ++c) masks[c] = 0;
        REAL kept[2] = {0, 0};
#pragma unroll
        for (int k = 0; k < B; ++k) {
            REAL clamped[COUPLES];
            bool on[COUPLES];
#pragma unroll
            for (int c = 0; c < COUPLES; ++c) {
                const int tile = warp + WARPS * (2 * c + lane / 16);
                const bool exists = 16 * WARPS * (2 * c + 2) <= N || 16 * tile + lane % 16 < N;
                clamped[c] = clamp(z[c][k], on[c]);
                on[c] = on[c] && exists;
                clamped[c] = exists ? clamped[c] : (REAL)0;
                if (on[c]) masks[c] |= 1u << k;
            }
#pragma unroll
            for (int apart = 1; apart < COUPLES; apart *= 2)
#pragma unroll
                for (int c = 0; c + apart < COUPLES; c += 2 * apart) clamped[c] += clamped[c + apart];
            REAL sum = clamped[0];
            sum = sum_of_warp(sum);
            if (lane == 0) s.part[k & 1][warp] = sum;
            // All that does not need the sum comes before the barrier.
            const REAL label = s.labels[now][k];
            REAL reach[B];
#pragma unroll
            for (int j = k + 1; j < B; ++j)
                if (k > 0) reach[j] = s.gram[block & 1][k][j];
            __syncthreads();
            // The Gram matrix is written before the first barrier.
#pragma unroll
            for (int j = k + 1; j < B; ++j)
                if (k == 0) reach[j] = s.gram[block & 1][k][j];
            const Two *part = reinterpret_cast<const Two *>(s.part[k & 1]);
            const Two p0 = part[0], p1 = part[1], p2 = part[2], p3 = part[3];
            const REAL total = ((p0.x + p0.y) + (p1.x + p1.y)) + ((p2.x + p2.y) + (p3.x + p3.y));
            const REAL missing = fma((REAL)(-SLOPE / N), total, label);
            if (t == k % 4) kept[k / 4] = missing;
#pragma unroll
            for (int j = k + 1; j < B; ++j) {
                const REAL moved = missing * reach[j];
#pragma unroll
                for (int c = 0; c < COUPLES; ++c)
                    if (on[c]) z[c][j] += moved;
            }
        }
#pragma unroll
        for (int i = 0; i < 2; ++i) {
            own.pushed[i] = s.push[now][t + 4 * i] * kept[i];
            if (threadIdx.x < 4 && block * B + t + 4 * i < counted) {
                const double loss = (double)kept[i] * (double)kept[i];
                s.losses[t][0] += loss, s.losses[t][1] = fma(loss, loss, s.losses[t][1]);
            }
        }
        const int spare = before;
        before = now, now = next, next = spare;
    }

#pragma unroll
    for (int slot = 0; slot < SLOTS; ++slot)
#pragma unroll
        for (int c = 0; c < COLUMNS; ++c) {
            const int tile = warp + WARPS * slot;
            REAL w[4];
            if (IS_HELD(slot)) {
#pragma unroll
                for (int i = 0; i < 4; ++i) w[i] = own.held[HELD_AT(slot)][c][i];
            } else if (tile < TILES) {
                const Two upper = s.tiles[warp + WARPS * SHARED_AT(slot)][c][0][lane];
                const Two lower = s.tiles[warp + WARPS * SHARED_AT(slot)][c][1][lane];
                w[0] = upper.x, w[1] = upper.y, w[2] = lower.x, w[3] = lower.y;
            }
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int n = 16 * tile + g + 8 * (i / 2), j = 8 * c + 2 * t + i % 2;
                if (n < N && j < D) weights[(u64)n * D + j] = w[i];
            }
        }
    __syncthreads();
    if (threadIdx.x < 2) {
        const int i = threadIdx.x;
        errors[2 * blockIdx.x + i] = (s.losses[0][i] + s.losses[1][i]) + (s.losses[2][i] + s.losses[3][i]);
    }
}
