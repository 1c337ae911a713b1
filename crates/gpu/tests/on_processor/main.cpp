// Launches kernels on a processor as cuda.rs and cuda/large.rs do on a device. What comes before is device.h,
// the kernel, and PATH_IS_LARGE, THREADS_OF_BLOCK, BLOCKS_OF_NETWORK, SHARED_BYTES. Reads from standard input
// what a slice is, seeds, members, sizes of steps and the weights of all networks as the kernel has them;
// writes the sums of the losses and the weights.

template <typename T> static std::vector<T> read_all(size_t count)
{
    std::vector<T> values(count);
    if (fread(values.data(), sizeof(T), count, stdin) != count) exit(2);
    return values;
}

struct Slice {
    u64 networks, members, first, steps, counted, purpose, weights;
};

#if PATH_IS_LARGE
static void train_block(u64 seed, const Slice &slice, u64 begin, REAL *weights, const double *pushes, double *error)
{
    std::vector<REAL> x(B * X_ROWS), gram(B * B), z((size_t)B * N), labels(B), sizes(B);
    std::vector<u64> words(B * BLOCKS);
    launch((B * (PAIRS + 1) + 255) / 256, 256, 0, [&] {
        draw(x.data(), labels.data(), sizes.data(), pushes + begin, slice.first + begin, seed, slice.purpose);
    });
    REAL *rows = weights + AFFINE * N;
    for (int k = 0; k < B; ++k) {
        for (int j = 0; j < B; ++j)
            for (int r = 0; r < X_ROWS; ++r) gram[k * B + j] += x[k * X_ROWS + r] * x[j * X_ROWS + r];
        for (int r = 0; r < X_ROWS; ++r)
            for (int n = 0; n < N; ++n) z[(size_t)k * N + n] += rows[(size_t)r * N + n] * x[k * X_ROWS + r];
    }
    const u32 counted = std::min<u64>(slice.counted - begin, B);
    together(0, BLOCKS, THREADS_OF_BLOCK, SHARED_BYTES, [&] {
        steps(z.data(), weights, gram.data(), labels.data(), sizes.data(), words.data(), counted, error);
    });
    for (int r = 0; r < X_ROWS; ++r)
        for (int k = 0; k < B; ++k)
            for (int n = 0; n < N; ++n) rows[(size_t)r * N + n] += z[(size_t)k * N + n] * x[k * X_ROWS + r];
}
#endif

int main()
{
    const Slice slice = read_all<Slice>(1)[0];
    const auto seeds = read_all<u64>(slice.networks);
    const auto members = read_all<u32>(slice.members);
    const auto pushes = read_all<double>(3 * slice.steps); // sizes, what is left of weights, noises
    auto numbers = read_all<double>(slice.networks * slice.weights);
    std::vector<REAL> weights(numbers.begin(), numbers.end());
    std::vector<double> errors(2 * slice.members);
#if PATH_IS_LARGE
    for (u64 m = 0; m < slice.members; ++m)
        for (u64 begin = 0; begin < slice.steps; begin += B)
            train_block(seeds[members[m]], slice, begin, &weights[members[m] * slice.weights], pushes.data(),
                        &errors[2 * m]);
#else
    launch(slice.members, THREADS_OF_BLOCK, SHARED_BYTES, [&] {
        train(weights.data(), seeds.data(), members.data(), pushes.data(), slice.first, slice.steps / B,
              slice.purpose, slice.counted, errors.data());
    });
#endif
    numbers.assign(weights.begin(), weights.end());
    fwrite(errors.data(), sizeof(double), errors.size(), stdout);
    fwrite(numbers.data(), sizeof(double), numbers.size(), stdout);
}
