//! Numbers that every kernel is given as text: sizes, the tables of the samples and of σ.

use std::fmt::Write;

use meanfield_particle::finite_network::Precision;

use crate::samples::class_ends;
use crate::trainer::Shape;

/// 2¹²⁷: beyond every number that a network has, in single precision too, and of one bit.
pub(super) const INFINITE: f64 = 1.701_411_834_604_692_3e38;

/// One piece of σ: from `end` of the one before, `value` + `slope` (z − `start`).
pub(super) struct Piece {
    pub end: f64,
    pub start: f64,
    pub value: f64,
    pub slope: f64,
}

/// Sizes and tables of the samples.
pub(super) fn preamble(shape: &Shape) -> String {
    let data = &shape.data;
    let real = if shape.precision == Precision::Single { "float" } else { "double" };
    let mut text = format!("#define N {}\n#define D {}\n", shape.neurons, data.dimension());
    let _ = writeln!(text, "#define CLASSES {}", data.components.len());
    let _ = writeln!(text, "#define BLOCKS_OF_X {}", data.dimensions.len());
    let _ = writeln!(text, "#define REAL {real}\n#define LABEL_NOISE {}", number(shape.label_noise));
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
pub(super) fn pieces(shape: &Shape) -> Vec<Piece> {
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
pub(super) fn number(value: f64) -> String {
    format!("({:e})", value.clamp(-INFINITE, INFINITE))
}

fn braces(values: impl Iterator<Item = f64>) -> String {
    format!("{{{}}}", values.map(number).collect::<Vec<_>>().join(", "))
}

/// A table in constant memory.
fn table(name: &str, values: impl Iterator<Item = f64>) -> String {
    format!("__constant__ {name}[] = {};\n", braces(values))
}

/// The pieces of σ.
pub(super) fn tables_of_sigma(shape: &Shape) -> String {
    let pieces = pieces(shape);
    let mut text = format!("#define PIECES {}\n", pieces.len());
    text += &table("double piece_ends", pieces.iter().map(|piece| piece.end));
    text += &table("double piece_starts", pieces.iter().map(|piece| piece.start));
    text += &table("double piece_values", pieces.iter().map(|piece| piece.value));
    text += &table("double piece_slopes", pieces.iter().map(|piece| piece.slope));
    text
}
