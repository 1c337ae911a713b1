//! The general kernel, of any N, d and σ: a block of threads is a network.

use meanfield_model::unit::Unit;

use super::tables::{preamble, tables_of_sigma};
use super::{KernelSource, Path, SAMPLES, size};
use crate::trainer::{BLOCK, Shape};

const STREAMED: &str = include_str!("../kernels/streamed.cu");

/// The kernel for these networks.
pub(super) fn source(shape: &Shape) -> KernelSource {
    let affine = usize::from(shape.unit == Unit::Affine);
    // Four neurons a thread keep z in registers; of more than 4096 it goes to memory.
    let threads = shape.neurons.div_ceil(4).next_multiple_of(32).clamp(64, 512);
    let own = format!("#define AFFINE {affine}\n#define THREADS {threads}\n") + &tables_of_sigma(shape);
    let inputs = shape.data.dimension() + affine;
    let numbers = 2 * inputs * BLOCK + BLOCK * BLOCK + 2 * threads / 32 + 4 * BLOCK;
    KernelSource {
        path: Path::Streamed,
        text: [&preamble(shape), &own, SAMPLES, STREAMED].concat(),
        threads,
        blocks: 1,
        shared_bytes: numbers * size(shape),
    }
}
