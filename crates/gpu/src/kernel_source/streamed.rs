//! The general kernel, of any N, d and σ: a block of threads is a network.

use meanfield_model::unit::Unit;
use meanfield_random::counter::counter_word;
use meanfield_random::stream::Purpose;

use super::kernel::{KernelSource, Path, SAMPLES, size};
use super::tables::{preamble, tables_of_sigma};
use crate::trainer::{STREAMED_BLOCK, Shape};

const STREAMED: &str = include_str!("../kernels/streamed.cu");

/// The kernel for these networks.
pub(super) fn source(shape: &Shape) -> KernelSource {
    let affine = usize::from(shape.unit == Unit::Affine);
    // Ridge and noise are a part of the pass over the weights.
    let steps = if shape.is_disturbed { 1 } else { shape.block() };
    // So many neurons of a thread keep z in registers; of more than 512 times that it goes to memory.
    let each = if steps == STREAMED_BLOCK { 2 } else { 4 };
    let threads = shape.neurons.div_ceil(each).next_multiple_of(32).clamp(64, 512);
    let disturbed = u8::from(shape.is_disturbed);
    let own = format!(
        "#define AFFINE {affine}\n#define THREADS {threads}\n#define DISTURBED {disturbed}\n\
                       #define B {steps}\n#define NOISE {}u\n",
        counter_word(Purpose::Noise)
    ) + &tables_of_sigma(shape);
    let inputs = shape.data.dimension() + affine;
    let numbers = 2 * inputs * steps + steps * steps + 2 * threads / 32 + 8 * steps;
    KernelSource {
        path: Path::Streamed,
        text: [&preamble(shape), &own, SAMPLES, STREAMED].concat(),
        threads,
        blocks: 1,
        steps,
        shared_bytes: numbers * size(shape),
    }
}
