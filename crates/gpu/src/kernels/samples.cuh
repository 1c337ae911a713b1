// Samples by counters: Philox 4x32-10 keyed by the seed, with the counter (pair, step, step, purpose), and
// Box-Muller. What comes before this text defines REAL, N, D (coordinates of x), CLASSES, BLOCKS_OF_X, LABEL_NOISE, and
// the tables class_ends, class_labels, class_scales, block_ends. Computes nothing of a network.

// Whose samples: training draws by the steps of a seed, a risk by the numbers of its samples.
struct Source {
    u64 seed;
    u32 purpose;
};

// Pairs of deviates of a sample; the one after the last draws its class.
#define PAIRS ((D + 1) / 2)

__device__ __forceinline__ void philox(u32 pair, u64 step, Source source, u32 word[4])
{
    u32 c0 = pair, c1 = (u32)step, c2 = (u32)(step >> 32), c3 = source.purpose;
    u32 k0 = (u32)source.seed, k1 = (u32)(source.seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; ++round) {
        const u32 high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
        const u32 high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c2 = high0 ^ c3 ^ k1;
        c1 = low1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    word[0] = c0, word[1] = c1, word[2] = c2, word[3] = c3;
}

// A uniform number of (0, 1) from two words.
__device__ __forceinline__ double uniform(u32 low, u32 high)
{
    return ((double)((((u64)high << 32) | low) >> 11) + 0.5) * 1.1102230246251565e-16;
}

// Two normal deviates.
__device__ __forceinline__ void normals(const u32 word[4], double &first, double &second)
{
    const double radius = sqrt(-2.0 * log(uniform(word[0], word[1])));
    double sine, cosine;
    sincospi(2.0 * uniform(word[2], word[3]), &sine, &cosine);
    first = radius * cosine;
    second = radius * sine;
}

// The same from the upper words alone.
__device__ __forceinline__ void normals(const u32 word[4], float &first, float &second)
{
    const float radius = sqrtf(-2.0f * logf(((float)word[1] + 0.5f) * 2.3283064e-10f));
    float sine, cosine;
    sincospif(2.0f * (((float)word[3] + 0.5f) * 2.3283064e-10f), &sine, &cosine);
    first = radius * cosine;
    second = radius * sine;
}

// The class of a sample.
__device__ __forceinline__ int class_of(u64 step, Source source)
{
    u32 word[4];
    philox(PAIRS, step, source, word);
    const double level = uniform(word[0], word[1]);
    int index = 0;
#pragma unroll
    for (int c = 0; c + 1 < CLASSES; ++c) index += level >= class_ends[c];
    return index;
}

// The scale of a coordinate in a class.
__device__ __forceinline__ double scale_of(int class_index, int coordinate)
{
    double scale = class_scales[class_index][0];
#pragma unroll
    for (int b = 0; b + 1 < BLOCKS_OF_X; ++b)
        if (coordinate >= block_ends[b]) scale = class_scales[class_index][b + 1];
    return scale;
}

// Two coordinates of a sample of a class, of which the last may be beyond D.
__device__ __forceinline__ void coordinates_of(int class_index, int pair, u64 step, Source source, REAL &first,
                                               REAL &second)
{
    u32 word[4];
    philox(pair, step, source, word);
    normals(word, first, second);
    first *= (REAL)scale_of(class_index, 2 * pair);
    second *= (REAL)scale_of(class_index, 2 * pair + 1);
}

// The label of a sample of a class.
__device__ __forceinline__ double label_of(int class_index, u64 step, Source source)
{
    if (LABEL_NOISE == 0) return class_labels[class_index];
    u32 word[4];
    philox(PAIRS + 1, step, source, word);
    double deviate, other;
    normals(word, deviate, other);
    return class_labels[class_index] + LABEL_NOISE * deviate;
}
