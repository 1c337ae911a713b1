// What a kernel asks of the device that is no C++: words, shared memory, the products of the matrix unit, words
// that blocks leave for each other. What runs kernels on a processor has its own (tests/on_processor/device.h).
// Computes nothing of a network.

typedef unsigned int u32;
typedef unsigned long long u64;

// The shared memory of a block of threads, as one thing of a type.
#define SHARED(type, name) \
    extern __shared__ __align__(16) unsigned char memory[]; \
    type &name = *reinterpret_cast<type *>(memory)

// c += a b on the matrix unit, by all lanes of a warp. Lane 4 g + t has of a (16 rows, 8 columns) the places
// (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4), of b (8, 8) the places (t, g), (t + 4, g), and of c (16, 8) the
// places (g, 2 t), (g, 2 t + 1), (g + 8, 2 t), (g + 8, 2 t + 1).
__device__ __forceinline__ void product(double c[4], double a0, double a1, double a2, double a3, double b0,
                                        double b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
        "{%0,%1,%2,%3};"
        : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
        : "d"(a0), "d"(a1), "d"(a2), "d"(a3), "d"(b0), "d"(b1));
}

// The same in singles, of whose a and b the upper 19 bits are read.
__device__ __forceinline__ void tf32(float c[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
        "{%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

// A smaller one: of a (8, 4) the place (g, t), of b (4, 8) the place (t, g), of c (8, 8) the places (g, 2 t) and
// (g, 2 t + 1).
__device__ __forceinline__ void small_product(double c[2], double a, double b)
{
    asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};"
        : "+d"(c[0]), "+d"(c[1]) : "d"(a), "d"(b));
}

// A word that another block of threads may be writing: it is read from memory every time.
__device__ __forceinline__ u64 load_volatile(const u64 *word)
{
    return *reinterpret_cast<const volatile u64 *>(word);
}

__device__ __forceinline__ void store_volatile(u64 *word, u64 value)
{
    *reinterpret_cast<volatile u64 *>(word) = value;
}
