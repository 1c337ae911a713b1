//! The kernel that keeps a network on the chip: how many tiles are in registers, and whether all fit.

use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::Precision;

use super::kernel::{DeviceTraits, KernelKind, KernelSource, SAMPLES, size};
use super::tables::{INFINITE, number, pieces, preamble};
use crate::trainer::{BLOCK, Shape};

const RESIDENT: &str = include_str!("../kernels/resident.cu");

/// Warps of the kernel.
const WARPS: usize = 8;
/// Registers of a lane for weights, in numbers of 32 bits, of a block that has a multiprocessor to itself.
const REGISTERS: usize = 120;
/// Most shared memory of a block of which two share a multiprocessor, where there is as much as that.
const HALF_OF_SHARED: usize = 115_712;

/// The kernel that keeps weights on the chip, where they fit and σ has one sloping piece.
pub(super) fn source(shape: &Shape, traits: DeviceTraits) -> Option<KernelSource> {
    let clamp = clamp(shape)
        .filter(|_| shape.unit == Unit::Inner && !shape.is_disturbed && shape.block() == BLOCK)?;
    let columns = shape.data.dimension().div_ceil(8);
    let tiles = shape.neurons.div_ceil(16);
    let held = (REGISTERS / columns / 8).min(tiles.div_ceil(WARPS));
    let stride = 8 * columns + if columns.is_multiple_of(2) { 8 } else { 0 };
    let in_shared = tiles.saturating_sub(held * WARPS).max(1);
    let slots = tiles.div_ceil(WARPS);
    let numbers = in_shared * columns * 128
        + WARPS * slots * 16 * 9
        + 3 * BLOCK * stride
        + 2 * BLOCK * BLOCK
        + 2 * WARPS
        + 6 * BLOCK;
    let bytes = numbers * size(shape) + 3 * BLOCK * size_of::<i32>() + 8 * size_of::<f64>();
    let most = if shape.precision == Precision::Single { HALF_OF_SHARED } else { usize::MAX };
    // z of a lane's neurons must stay in registers too.
    let fits = bytes <= most.min(traits.most_shared) && slots <= 8;
    let single = u8::from(shape.precision == Precision::Single);
    let own = format!(
        "#define SINGLE {single}\n#define HELD {held}\n#define LOW {}\n#define HIGH {}\n\
         #define SLOPE {}\n#define OFFSET {}\n",
        number(clamp.low),
        number(clamp.high),
        number(clamp.slope),
        number(clamp.offset),
    ) + &clamp.words();
    fits.then(|| KernelSource {
        kind: KernelKind::Resident,
        text: [&preamble(shape), &own, SAMPLES, RESIDENT].concat(),
        threads: 32 * WARPS,
        blocks: 1,
        steps: BLOCK,
        shared_bytes: bytes,
    })
}

/// σ = offset + slope · clamp(z, low, high).
struct Clamp {
    low: f64,
    high: f64,
    slope: f64,
    offset: f64,
}

impl Clamp {
    /// The upper words of the ends, where they alone decide: both of few bits and none negative.
    fn words(&self) -> String {
        let high = self.high.min(INFINITE);
        let are_short = [self.low, high].iter().all(|end| *end >= 0.0 && end.to_bits() as u32 == 0);
        let text = format!("#define LOW_WORD {}\n#define HIGH_WORD {}\n", upper(self.low), upper(high));
        if are_short { text } else { String::new() }
    }
}

/// The upper word of a number.
fn upper(number: f64) -> u64 {
    number.to_bits() >> 32
}

/// σ in that form, if it has one sloping piece.
fn clamp(shape: &Shape) -> Option<Clamp> {
    let pieces = pieces(shape);
    let mut sloping = pieces.iter().enumerate().filter(|(_, piece)| piece.slope != 0.0);
    let (index, piece) = sloping.next()?;
    let low = index.checked_sub(1).map_or(f64::NEG_INFINITY, |before| pieces[before].end);
    let offset = piece.value - piece.slope * piece.start;
    let clamp = Clamp { low, high: piece.end, slope: piece.slope, offset };
    sloping.next().is_none().then_some(clamp)
}
