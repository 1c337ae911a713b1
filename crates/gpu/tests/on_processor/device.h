// A device on a processor: every thread of a block is a coroutine, and one runs at a time until it waits for
// others. Takes the place of kernels/device.cuh, and of what the language of kernels has beyond C++. Which
// coroutine is next is drawn at random, so that a barrier that is missing shows. Slow; for tests alone.

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <ucontext.h>
#include <vector>

typedef unsigned int u32;
typedef unsigned long long u64;

#define __global__
#define __device__
#define __constant__ static const
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
#define SHARED(type, name) type &name = *reinterpret_cast<type *>(running->block->memory.data())

using std::fma;
using std::max;
using std::min;

struct alignas(16) double2 { double x, y; };
struct alignas(8) float2 { float x, y; };
struct Index { u32 x; };

// Threads that wait for each other.
struct Meeting {
    int members = 0, arrived = 0;
    u64 held = 0;
};

struct Warp {
    Meeting meeting;
    u64 words[2][8][32]; // what lanes show each other, in turn
};

struct Block {
    u32 number;
    Meeting meeting;
    std::vector<Warp> warps;
    std::vector<double2> memory; // aligned as a device's
    size_t shared_bytes = 0;
};

static const size_t GUARD = 64; // of 16 bytes

struct Coroutine {
    Index place;
    Block *block;
    std::vector<char> stack;
    ucontext_t entry;
    jmp_buf at;
    bool begun = false, ended = false;
    u32 shown = 0;
};

static Coroutine *running;
static jmp_buf scheduler;
static std::function<void()> body;
static u64 progress;

#define threadIdx (running->place)
#define blockIdx (Index{running->block->number})

static void pause()
{
    if (_setjmp(running->at) == 0) _longjmp(scheduler, 1);
}

static void wait_for(Meeting &meeting)
{
    const u64 mine = meeting.held;
    if (++meeting.arrived == meeting.members) meeting.arrived = 0, ++meeting.held, ++progress;
    while (meeting.held == mine) pause();
}

static void begin()
{
    body();
    running->ended = true, ++progress;
    _longjmp(scheduler, 1);
}

static void enter(Coroutine &coroutine)
{
    getcontext(&coroutine.entry);
    coroutine.entry.uc_stack.ss_sp = coroutine.stack.data();
    coroutine.entry.uc_stack.ss_size = coroutine.stack.size();
    coroutine.entry.uc_link = nullptr;
    makecontext(&coroutine.entry, begin, 0);
    coroutine.begun = true;
    setcontext(&coroutine.entry);
}

static void resume(Coroutine &coroutine)
{
    running = &coroutine;
    if (_setjmp(scheduler) != 0) return;
    if (coroutine.begun) _longjmp(coroutine.at, 1);
    enter(coroutine);
}

// Runs a kernel in blocks [first, last) of `threads` threads, all at once.
static void together(u32 first, u32 last, u32 threads, size_t shared_bytes, const std::function<void()> &kernel)
{
    static std::mt19937 order(7);
    body = kernel;
    std::vector<std::unique_ptr<Block>> blocks;
    std::vector<std::unique_ptr<Coroutine>> all;
    for (u32 number = first; number < last; ++number) {
        auto block = std::make_unique<Block>();
        block->number = number, block->meeting.members = threads;
        block->warps.resize((threads + 31) / 32);
        // What nobody wrote is no number, and what lies beyond must stay none.
        block->memory.assign((shared_bytes + 15) / 16 + GUARD, double2{NAN, NAN});
        block->shared_bytes = shared_bytes;
        for (u32 thread = 0; thread < threads; ++thread) {
            auto coroutine = std::make_unique<Coroutine>();
            coroutine->place.x = thread, coroutine->block = block.get(), coroutine->stack.resize(48 << 10);
            ++block->warps[thread / 32].meeting.members;
            all.push_back(std::move(coroutine));
        }
        blocks.push_back(std::move(block));
    }
    std::vector<Coroutine *> alive;
    for (auto &coroutine : all) alive.push_back(coroutine.get());
    for (int idle = 0; !alive.empty();) {
        const u64 before = progress;
        const size_t turn = order() % alive.size();
        std::rotate(alive.begin(), alive.begin() + turn, alive.end());
        if (order() % 2) std::reverse(alive.begin(), alive.end());
        for (Coroutine *coroutine : alive) resume(*coroutine);
        alive.erase(std::remove_if(alive.begin(), alive.end(), [](Coroutine *c) { return c->ended; }), alive.end());
        idle = progress == before ? idle + 1 : 0;
        if (idle > 10) fprintf(stderr, "the kernel hangs\n"), exit(1);
    }
    for (auto &block : blocks)
        for (size_t i = (block->shared_bytes + 15) / 16; i < block->memory.size(); ++i)
            if (block->memory[i].x == block->memory[i].x)
                fprintf(stderr, "the kernel writes beyond its shared memory\n"), exit(1);
}

static void launch(u32 blocks, u32 threads, size_t shared_bytes, const std::function<void()> &kernel)
{
    for (u32 block = 0; block < blocks; ++block) together(block, block + 1, threads, shared_bytes, kernel);
}

static void __syncthreads() { wait_for(running->block->meeting); }

static Warp &own_warp() { return running->block->warps[running->place.x / 32]; }

static void __syncwarp() { wait_for(own_warp().meeting); }

// Shows the others of a warp some words; theirs are returned, [word][lane].
template <int COUNT> static const u64 (&exchange(const u64 (&words)[COUNT]))[8][32]
{
    u64(&shown)[8][32] = own_warp().words[running->shown++ % 2];
    for (int i = 0; i < COUNT; ++i) shown[i][running->place.x % 32] = words[i];
    __syncwarp();
    return shown;
}

template <typename T> static u64 to_word(T value)
{
    u64 word = 0;
    memcpy(&word, &value, sizeof value);
    return word;
}

template <typename T> static T from_word(u64 word)
{
    T value;
    memcpy(&value, &word, sizeof value);
    return value;
}

template <typename T> static T __shfl_sync(u32, T value, int lane)
{
    return from_word<T>(exchange({to_word(value)})[0][lane % 32]);
}

template <typename T> static T __shfl_xor_sync(u32, T value, int apart)
{
    return from_word<T>(exchange({to_word(value)})[0][(running->place.x % 32) ^ apart]);
}

// c += a b, a of 16 rows and b of 8 columns, both of 8 numbers that sum.
template <typename T, typename Read>
static void multiply(T c[4], const u64 (&words)[8][32], Read read)
{
    const int g = running->place.x % 32 / 4, t = running->place.x % 4;
    for (int i = 0; i < 4; ++i) {
        const int row = g + 8 * (i / 2), column = 2 * t + i % 2;
        T sum = 0;
        for (int k = 0; k < 8; ++k) {
            const T a = read(words[row / 8 + 2 * (k / 4)][4 * (row % 8) + k % 4]);
            sum += a * read(words[4 + k / 4][4 * column + k % 4]);
        }
        c[i] += sum;
    }
}

static void product(double c[4], double a0, double a1, double a2, double a3, double b0, double b1)
{
    auto &words = exchange({to_word(a0), to_word(a1), to_word(a2), to_word(a3), to_word(b0), to_word(b1)});
    multiply(c, words, from_word<double>);
}

static void tf32(float c[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1)
{
    auto &words = exchange({u64(a0), u64(a1), u64(a2), u64(a3), u64(b0), u64(b1)});
    multiply(c, words, [](u64 word) { return from_word<float>(word & 0xffffe000u); });
}

static void small_product(double c[2], double a, double b)
{
    auto &words = exchange({to_word(a), to_word(b)});
    const int g = running->place.x % 32 / 4, t = running->place.x % 4;
    for (int i = 0; i < 2; ++i)
        for (int k = 0; k < 4; ++k)
            c[i] += from_word<double>(words[0][4 * g + k]) * from_word<double>(words[1][4 * (2 * t + i) + k]);
}

static u64 load_volatile(const u64 *word)
{
    if (*word == 0) pause();
    return *word;
}

static void store_volatile(u64 *word, u64 value) { *word = value, ++progress; }

static u32 __umulhi(u32 a, u32 b) { return (u64)a * b >> 32; }
static u32 __float_as_uint(float x) { return from_word<u32>(to_word(x)); }
static float __uint_as_float(u32 x) { return from_word<float>(x); }
static long long __double_as_longlong(double x) { return to_word(x); }
static double __longlong_as_double(long long x) { return from_word<double>(x); }
static int __double2hiint(double x) { return to_word(x) >> 32; }
static int __double2loint(double x) { return (int)to_word(x); }
static double __hiloint2double(int high, int low) { return from_word<double>((u64)(u32)high << 32 | (u32)low); }

static void sincospi(double x, double *sine, double *cosine) { sincos(M_PI * x, sine, cosine); }
static void sincospif(float x, float *sine, float *cosine) { sincosf((float)M_PI * x, sine, cosine); }
