//! The source of the kernel for networks of one shape: a preamble of numbers, then the text that does the
//! work. Sizes are compile-time constants of the kernel, since registers have no addresses.

use std::fmt::Write;

use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::Precision;
use meanfield_random::counter::counter_word;
use meanfield_random::stream::Purpose;

use crate::samples::class_ends;
use crate::trainer::{BLOCK, Shape};

const SAMPLES: &str = include_str!("kernels/samples.cuh");
const STREAMED: &str = include_str!("kernels/streamed.cu");
const RESIDENT: &str = include_str!("kernels/resident.cu");

/// Warps of the resident kernel.
const WARPS: usize = 8;
/// Registers of a lane for weights, in numbers of 32 bits, of a block that has a multiprocessor to itself.
const REGISTERS: usize = 120;
/// 2¹²⁷: beyond every number that a network has, in single precision too, and of one bit.
const INFINITE: f64 = 1.701_411_834_604_692_3e38;
/// Most shared memory of a block.
const MOST_SHARED: usize = 232_448 - 1024;

/// Which kernel trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// Weights stay on the chip, tiles in registers and in shared memory.
    Resident,
    /// Weights lie in the device's memory.
    Streamed,
}

/// A kernel for networks of one shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KernelSource {
    /// Which one.
    pub path: Path,
    /// Its text.
    pub text: String,
    /// Threads of a block.
    pub threads: usize,
    /// Bytes of shared memory of a block.
    pub shared_bytes: usize,
}

/// One piece of σ: from `end` of the one before, `value` + `slope` (z − `start`).
struct Piece {
    end: f64,
    start: f64,
    value: f64,
    slope: f64,
}

impl KernelSource {
    /// The fastest kernel that can train these networks; `has_matrix_unit` says whether the device has
    /// mma.m16n8k8 for such numbers.
    pub fn new(shape: &Shape, has_matrix_unit: bool) -> Self {
        let resident = has_matrix_unit.then(|| resident(shape)).flatten();
        resident.unwrap_or_else(|| streamed(shape))
    }
}

/// Bytes of a number.
fn size(shape: &Shape) -> usize {
    if shape.precision == Precision::Single { 4 } else { 8 }
}

/// The kernel that keeps weights on the chip, where they fit and σ has one sloping piece.
fn resident(shape: &Shape) -> Option<KernelSource> {
    let clamp = clamp(shape).filter(|_| shape.unit == Unit::Inner)?;
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
    let bytes = numbers * size(shape) + 3 * BLOCK * size_of::<i32>();
    let most = if shape.precision == Precision::Single { MOST_SHARED / 2 } else { MOST_SHARED };
    // z of a lane's neurons must stay in registers too.
    let fits = bytes <= most && slots <= 8;
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
        path: Path::Resident,
        text: [&preamble(shape), &own, SAMPLES, RESIDENT].concat(),
        threads: 32 * WARPS,
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

/// The general kernel.
fn streamed(shape: &Shape) -> KernelSource {
    let affine = usize::from(shape.unit == Unit::Affine);
    // Four neurons a thread keep z in registers; of more than 4096 it goes to memory.
    let threads = shape.neurons.div_ceil(4).next_multiple_of(32).clamp(64, 512);
    let pieces = pieces(shape);
    let mut own = format!("#define AFFINE {affine}\n#define THREADS {threads}\n");
    let _ = writeln!(own, "#define PIECES {}", pieces.len());
    own += &table("double piece_ends", pieces.iter().map(|piece| piece.end));
    own += &table("double piece_starts", pieces.iter().map(|piece| piece.start));
    own += &table("double piece_values", pieces.iter().map(|piece| piece.value));
    own += &table("double piece_slopes", pieces.iter().map(|piece| piece.slope));
    let inputs = shape.data.dimension() + affine;
    let numbers = 2 * inputs * BLOCK + BLOCK * BLOCK + 2 * threads / 32 + 4 * BLOCK;
    KernelSource {
        path: Path::Streamed,
        text: [&preamble(shape), &own, SAMPLES, STREAMED].concat(),
        threads,
        shared_bytes: numbers * size(shape),
    }
}

/// Sizes and tables of the samples.
fn preamble(shape: &Shape) -> String {
    let data = &shape.data;
    let real = if shape.precision == Precision::Single { "float" } else { "double" };
    let mut text = format!("#define N {}\n#define D {}\n", shape.neurons, data.dimension());
    let _ = writeln!(text, "#define CLASSES {}", data.components.len());
    let _ = writeln!(text, "#define BLOCKS_OF_X {}", data.dimensions.len());
    let _ = writeln!(text, "#define STREAM {}u\n#define REAL {real}", counter_word(Purpose::Data));
    text += &table("double class_ends", class_ends(data).into_iter().chain([1.0]));
    text += &table("double class_labels", data.components.iter().map(|class| class.label.value(&[])));
    let ends: Vec<String> = data.blocks().map(|block| block.end.to_string()).collect();
    let _ = writeln!(text, "__constant__ int block_ends[] = {{{}}};", ends.join(", "));
    let rows = data.components.iter().map(|class| braces(class.scales.iter().copied()));
    let rows: Vec<String> = rows.collect();
    let blocks = data.dimensions.len();
    let _ = writeln!(text, "__constant__ double class_scales[][{blocks}] = {{{}}};", rows.join(", "));
    text
}

/// The pieces of σ from left to right.
fn pieces(shape: &Shape) -> Vec<Piece> {
    let knots = shape.sigma.knots();
    let [first, first_value] = knots[0];
    let left = shape.sigma.slope(first - 1.0);
    let mut pieces = vec![Piece { end: first, start: first, value: first_value, slope: left }];
    for (k, &[start, value]) in knots.iter().enumerate() {
        let end = knots.get(k + 1).map_or(f64::INFINITY, |knot| knot[0]);
        pieces.push(Piece { end, start, value, slope: shape.sigma.slope(start) });
    }
    pieces
}

/// A number as the kernel's language writes it, to the last bit; infinity as more than any weight makes.
fn number(value: f64) -> String {
    format!("({:e})", value.clamp(-INFINITE, INFINITE))
}

fn braces(values: impl Iterator<Item = f64>) -> String {
    format!("{{{}}}", values.map(number).collect::<Vec<_>>().join(", "))
}

/// A table in constant memory.
fn table(name: &str, values: impl Iterator<Item = f64>) -> String {
    format!("__constant__ {name}[] = {};\n", braces(values))
}
