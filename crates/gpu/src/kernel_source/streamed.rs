//! The general kernel, of any N, d and σ: a block of threads is a network.

use meanfield_model::unit::Unit;
use meanfield_random::counter::counter_word;
use meanfield_random::stream::Purpose;

use super::kernel::{DeviceTraits, KernelKind, KernelSource, SAMPLES, size};
use super::tables::{preamble, tables_of_sigma};
use crate::trainer::{STREAMED_BLOCK, Shape};

const STREAMED: &str = include_str!("../kernels/streamed.cu");

/// Most warps of a block of threads.
const MOST_WARPS: usize = 16;

/// The kernel for these networks.
pub(super) fn source(shape: &Shape, traits: DeviceTraits) -> KernelSource {
    let affine = usize::from(shape.unit == Unit::Affine);
    let steps = steps(shape, traits);
    // So many neurons of a thread keep z in registers; of more than 512 times that it goes to memory.
    let each = if steps == STREAMED_BLOCK { 2 } else { 4 };
    let threads = shape.neurons.div_ceil(each).next_multiple_of(32).clamp(64, 32 * MOST_WARPS);
    let disturbed = u8::from(shape.is_disturbed);
    let own = format!(
        "#define AFFINE {affine}\n#define THREADS {threads}\n#define DISTURBED {disturbed}\n\
                       #define B {steps}\n#define NOISE {}u\n",
        counter_word(Purpose::Noise)
    ) + &tables_of_sigma(shape);
    KernelSource {
        kind: KernelKind::Streamed,
        text: [&preamble(shape), &own, SAMPLES, STREAMED].concat(),
        threads,
        blocks: 1,
        steps,
        shared_bytes: shared_bytes(shape, steps),
    }
}

/// Steps between two passes over the weights: a block, or the largest part of one whose inputs fit in shared
/// memory; one where ridge and noise are a part of the pass.
fn steps(shape: &Shape, traits: DeviceTraits) -> usize {
    let mut steps = if shape.is_disturbed { 1 } else { shape.block() };
    while steps > 1 && shared_bytes(shape, steps) > traits.most_shared {
        steps /= 2;
    }
    steps
}

/// Inputs of two such parts, their Gram matrix, sums of warps, labels and sizes.
fn shared_bytes(shape: &Shape, steps: usize) -> usize {
    let (_, parameters) = shape.parameters();
    (2 * parameters * steps + steps * steps + 2 * MOST_WARPS + 8 * steps) * size(shape)
}
