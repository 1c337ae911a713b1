//! The kernels of one large network: how its neurons are dealt to the threads of the whole device.

use meanfield_model::unit::Unit;

use super::kernel::{DeviceTraits, KernelKind, KernelSource, SAMPLES, size};
use super::tables::{number, pieces, preamble, tables_of_sigma};
use crate::trainer::{LARGE_BLOCK, Shape};

const LARGE: &str = include_str!("../kernels/large.cu");

/// Least and most threads of a block.
const THREADS: [usize; 2] = [64, 768];
/// Numbers of steps ahead that a thread has in registers.
const AHEAD: usize = 16;

/// The kernel for these networks, a block of threads on each multiprocessor.
pub(super) fn source(shape: &Shape, traits: DeviceTraits) -> KernelSource {
    let [least, most] = THREADS;
    let each = shape.neurons.div_ceil(traits.multiprocessors);
    let per = each.div_ceil(most);
    let threads = each.div_ceil(per).next_multiple_of(32).max(least);
    let blocks = shape.neurons.div_ceil(threads * per);
    // A power of two, as many as there are registers for.
    let sub = (AHEAD / per.next_power_of_two()).max(1);
    let pieces = pieces(shape);
    // The bits of SUB steps of a neuron are a byte, or two where they are sixteen.
    let bits = LARGE_BLOCK / sub * sub.div_ceil(8) * per * threads;
    let numbers = LARGE_BLOCK * (sub + 3);
    let others = numbers * size(shape) + (33 + 3 * pieces.len()) * size_of::<f64>() + 16;
    let slope = one_slope(shape).filter(|_| others + bits <= traits.most_shared);
    let affine = u8::from(shape.unit == Unit::Affine);
    let own = format!(
        "#define AFFINE {affine}\n#define B {LARGE_BLOCK}\n#define SUB {sub}\n#define THREADS {threads}\n\
         #define PER {per}\n#define BLOCKS {blocks}\n#define ONE_SLOPE {}\n#define SLOPE {}\n",
        u8::from(slope.is_some()),
        number(slope.unwrap_or(1.0)),
    ) + &tables_of_sigma(shape);
    KernelSource {
        kind: KernelKind::Large,
        text: [&preamble(shape), &own, SAMPLES, LARGE].concat(),
        threads,
        blocks,
        steps: LARGE_BLOCK,
        shared_bytes: others + slope.map_or(0, |_| bits),
    }
}

/// The slope of σ where it is not flat, if that is one piece of neurons σ(⟨w, x⟩): what a step moves a neuron
/// by is then a bit.
fn one_slope(shape: &Shape) -> Option<f64> {
    let pieces = pieces(shape);
    let mut sloping = pieces.iter().map(|piece| piece.slope).filter(|slope| *slope != 0.0);
    let slope = sloping.next().filter(|_| shape.unit == Unit::Inner)?;
    sloping.next().is_none().then_some(slope)
}
