// The fast path for networks that fit on the chip: a block of threads is a network, which stays there for the
// whole launch. Its weights are accumulator fragments of mma.m16n8k8: tiles of 16 neurons by 8 coordinates,
// the first HELD tiles of a warp in registers, the others in shared memory. Read as the left operand of the
// forward product a fragment is the same tile with its coordinates permuted (slots t and t + 4 are the
// coordinates 2t and 2t + 1), so x's fragment is read in that order and no lane ever needs another's weights.
// Eight steps together; the update of these and z of the next in one pass over the tiles.
//
// sigma has one sloping piece, from LOW to HIGH: its slope at a neuron is then a bit. What comes before
// defines REAL, SINGLE, HELD, LOW, HIGH, SLOPE, OFFSET (sigma = OFFSET + SLOPE clamp(z)).

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

#if SINGLE
typedef float2 Two;
#define LEAST_BLOCKS 2
#else
typedef double2 Two;
#define LEAST_BLOCKS 1
#endif

struct Shared {
    Two tiles[IN_SHARED][COLUMNS][2][32];
    REAL z[WARPS][32][9];
    REAL x[RING][B][STRIDE];
    REAL gram[2][B][B];
    REAL part[2][WARPS];
    REAL labels[RING][B];
    REAL push[RING][B];
};

#if SINGLE
__device__ __forceinline__ void tf32(float c[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
        "{%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

// The nearest number of eleven bits, and what is left.
__device__ __forceinline__ void split(float x, u32 &head, u32 &rest)
{
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(head) : "f"(x));
    rest = __float_as_uint(x - __uint_as_float(head));
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
__device__ __forceinline__ void product(double c[4], double a0, double a1, double a2, double a3, double b0,
                                        double b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
        "{%0,%1,%2,%3};"
        : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
        : "d"(a0), "d"(a1), "d"(a2), "d"(a3), "d"(b0), "d"(b1));
}

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

// Samples of eight steps, by the warps that have a tile less first.
__device__ __forceinline__ void draw(Shared &s, int place, u64 step, u64 seed, const double *pushes)
{
    const int rank = (threadIdx.x + THREADS - 32 * (TILES % WARPS)) % THREADS;
#pragma unroll 1
    for (int q = rank; q < B * (PAIRS + 1); q += THREADS) {
        const int k = q % B, pair = q / B;
        const int index = class_of(step + k, seed);
        if (pair == PAIRS) {
            s.labels[place][k] = (REAL)class_labels[index];
            s.push[place][k] = (REAL)pushes[k];
            continue;
        }
        u32 word[4];
        philox(pair, step + k, seed, word);
        REAL first, second;
        normals(word, first, second);
        const int j = 2 * pair;
        s.x[place][k][j] = (REAL)scale_of(index, j) * first;
        if (j + 1 < D) s.x[place][k][j + 1] = (REAL)scale_of(index, j + 1) * second;
    }
}

__device__ __forceinline__ REAL bit(u32 mask, int k)
{
    return (mask >> k) & 1u ? (REAL)1 : (REAL)0;
}

// One tile: the update of the steps behind, z of those ahead.
__device__ __forceinline__ void pass(REAL w[4], REAL z[4], const REAL bits[4], REAL b0, REAL b1, Two x)
{
    update(w, bits, b0, b1);
    forward(z, w, x);
}

extern "C" __global__ void __launch_bounds__(THREADS, LEAST_BLOCKS) train(
    REAL *all_weights, const u64 *seeds, const u32 *members, const double *pushes, u64 first, u32 blocks,
    double *errors)
{
    extern __shared__ __align__(16) unsigned char memory[];
    Shared &s = *reinterpret_cast<Shared *>(memory);
    const u32 member = members[blockIdx.x];
    REAL *weights = all_weights + (u64)member * N * D;
    const u64 seed = seeds[member];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int g = lane / 4, t = lane % 4;
    REAL held[HELD > 0 ? HELD : 1][COLUMNS][4];
    REAL z[COUPLES][B];
    u32 masks[COUPLES];
    REAL pushed[2] = {0, 0};
    double error = 0;

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
            if (slot < HELD) {
#pragma unroll
                for (int i = 0; i < 4; ++i) held[slot < HELD ? slot : 0][c][i] = w[i];
            } else if (tile < TILES) {
                s.tiles[tile - HELD * WARPS][c][0][lane] = Two{w[0], w[1]};
                s.tiles[tile - HELD * WARPS][c][1][lane] = Two{w[2], w[3]};
            }
        }
    for (int q = threadIdx.x; q < RING * B * STRIDE; q += THREADS) (&s.x[0][0][0])[q] = 0;
#pragma unroll
    for (int c = 0; c < COUPLES; ++c) masks[c] = 0;
    __syncthreads();
    draw(s, 0, first, seed, pushes);
    __syncthreads();

    int now = 0, before = 2, next = 1; // places of the samples ahead, behind, and of those to be drawn
#pragma unroll 1
    for (u32 block = 0; block <= blocks; ++block) {
        if (block + 1 < blocks)
            draw(s, next, first + (u64)(block + 1) * B, seed, pushes + (u64)(block + 1) * B);
#pragma unroll
        for (int couple = 0; couple < COUPLES; ++couple) {
            const int one = 2 * couple, two = one + 1;
            const bool has_one = warp + WARPS * one < TILES;
            const bool has_two = two < SLOTS && warp + WARPS * two < TILES;
            if (!has_one) continue;
            REAL z_one[4] = {0, 0, 0, 0}, z_two[4] = {0, 0, 0, 0}, gram[4] = {0, 0, 0, 0};
            const u32 m0 = __shfl_sync(0xffffffffu, masks[couple], g);
            const u32 m1 = __shfl_sync(0xffffffffu, masks[couple], g + 8);
            const u32 m2 = __shfl_sync(0xffffffffu, masks[couple], g + 16);
            const u32 m3 = __shfl_sync(0xffffffffu, masks[couple], g + 24);
            const REAL bits_one[4] = {bit(m0, t), bit(m1, t), bit(m0, t + 4), bit(m1, t + 4)};
            const REAL bits_two[4] = {bit(m2, t), bit(m3, t), bit(m2, t + 4), bit(m3, t + 4)};
#pragma unroll
            for (int c = 0; c < COLUMNS; ++c) {
                const REAL b0 = s.x[before][t][8 * c + g] * pushed[0];
                const REAL b1 = s.x[before][t + 4][8 * c + g] * pushed[1];
                const Two ahead = *reinterpret_cast<const Two *>(&s.x[now][g][8 * c + 2 * t]);
                if (one < HELD) {
                    pass(held[one < HELD ? one : 0][c], z_one, bits_one, b0, b1, ahead);
                } else {
                    Two *tile = &s.tiles[warp + WARPS * (one - HELD)][c][0][lane];
                    const Two upper = tile[0], lower = tile[32];
                    REAL w[4] = {upper.x, upper.y, lower.x, lower.y};
                    pass(w, z_one, bits_one, b0, b1, ahead);
                    tile[0] = Two{w[0], w[1]}, tile[32] = Two{w[2], w[3]};
                }
                if (two < HELD) {
                    pass(held[two < HELD ? two : 0][c], z_two, bits_two, b0, b1, ahead);
                } else if (has_two) {
                    Two *tile = &s.tiles[warp + WARPS * (two - HELD)][c][0][lane];
                    const Two upper = tile[0], lower = tile[32];
                    REAL w[4] = {upper.x, upper.y, lower.x, lower.y};
                    pass(w, z_two, bits_two, b0, b1, ahead);
                    tile[0] = Two{w[0], w[1]}, tile[32] = Two{w[2], w[3]};
                }
                if (couple == 0 && warp == WARPS - 1) {
                    const REAL own[4] = {ahead.x, ahead.y, 0, 0};
                    forward(gram, own, ahead);
                }
            }
            if (couple == 0 && warp == WARPS - 1) {
                s.gram[block & 1][g][2 * t] = gram[0];
                s.gram[block & 1][g][2 * t + 1] = gram[1];
            }
            __syncwarp();
            REAL(*own)[9] = s.z[warp];
            own[g][2 * t] = z_one[0], own[g][2 * t + 1] = z_one[1];
            own[g + 8][2 * t] = z_one[2], own[g + 8][2 * t + 1] = z_one[3];
            own[g + 16][2 * t] = z_two[0], own[g + 16][2 * t + 1] = z_two[1];
            own[g + 24][2 * t] = z_two[2], own[g + 24][2 * t + 1] = z_two[3];
            __syncwarp();
#pragma unroll
            for (int k = 0; k < B; ++k) z[couple][k] = own[lane][k];
        }
        if (block == blocks) break;

#pragma unroll
        for (int c = 0; c < COUPLES; ++c) masks[c] = 0;
#pragma unroll
        for (int k = 0; k < B; ++k) {
            REAL sum = 0;
            bool on[COUPLES];
#pragma unroll
            for (int c = 0; c < COUPLES; ++c) {
                const int tile = warp + WARPS * (2 * c + lane / 16);
                const bool exists = 16 * tile + lane % 16 < N;
                const bool is_low = z[c][k] < (REAL)LOW, is_high = z[c][k] > (REAL)HIGH;
                const REAL clamped = is_low ? (REAL)LOW : is_high ? (REAL)HIGH : z[c][k];
                on[c] = exists && !is_low && !is_high;
                sum += exists ? clamped : (REAL)0;
                masks[c] |= (u32)on[c] << k;
            }
#pragma unroll
            for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
            if (lane == 0) s.part[k & 1][warp] = sum;
            const REAL label = s.labels[now][k], size = s.push[now][k];
            __syncthreads();
            const REAL *part = s.part[k & 1];
            const REAL total =
                ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
            const REAL missing = label - ((REAL)OFFSET + (REAL)(SLOPE / N) * total);
            const REAL push = size * missing * (REAL)SLOPE;
            if (threadIdx.x == 0 && size != 0) error += (double)missing * (double)missing;
            if (t == k % 4) pushed[k / 4] = push;
#pragma unroll
            for (int j = k + 1; j < B; ++j) {
                const REAL moved = push * s.gram[block & 1][k][j];
#pragma unroll
                for (int c = 0; c < COUPLES; ++c) z[c][j] += on[c] ? moved : (REAL)0;
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
            if (slot < HELD) {
#pragma unroll
                for (int i = 0; i < 4; ++i) w[i] = held[slot < HELD ? slot : 0][c][i];
            } else if (tile < TILES) {
                const Two upper = s.tiles[tile - HELD * WARPS][c][0][lane];
                const Two lower = s.tiles[tile - HELD * WARPS][c][1][lane];
                w[0] = upper.x, w[1] = upper.y, w[2] = lower.x, w[3] = lower.y;
            }
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int n = 16 * tile + g + 8 * (i / 2), j = 8 * c + 2 * t + i % 2;
                if (n < N && j < D) weights[(u64)n * D + j] = w[i];
            }
        }
    if (threadIdx.x == 0) errors[blockIdx.x] = error;
}
