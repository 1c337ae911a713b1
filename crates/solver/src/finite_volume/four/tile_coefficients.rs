//! What the rows of a tile are multiplied with in a stage of first order: a few numbers a row, made in
//! vectors of rows.

use pulp::Simd;

use super::geometry::{AxisGeometry, TILE};
use super::pass::Pass;

/// A row among its neighbours: below and above along b, r₁, r₂; then itself.
pub const ALL: usize = 7;
pub const ITSELF: usize = 6;
/// The one above along r₂, the only one that is new to the cache.
pub const ABOVE: usize = 5;

/// Numbers of as many rows of a line.
type Tile = [f64; TILE];

/// Coefficients of the rows of a tile.
#[derive(Default)]
pub struct TileCoefficients {
    /// Gain of each row per a from its neighbours, and its own loss; where a > 0 and where a < 0.
    per_position: [[Tile; ALL]; 2],
    /// Speeds of the flow along each axis.
    pub velocities: Tile,
    /// P of a line, its first and its last number twice: nothing passes the ends.
    line: Vec<f64>,
}

/// The rows of a tile along an axis.
struct Faces {
    /// P of those below and above.
    below: Tile,
    above: Tile,
    /// One over the widths of the cells behind, here, ahead.
    widths: [Tile; 3],
    /// One over the distances to those behind and ahead.
    gaps: [Tile; 2],
}

impl TileCoefficients {
    /// Makes room for lines of so many rows.
    pub fn fit(&mut self, rows: usize) {
        self.line.resize(rows.next_multiple_of(TILE) + 2, 0.0);
    }

    /// Begins a line.
    #[inline(always)]
    pub fn enter(&mut self, potential: &[f64]) {
        let line = &mut self.line;
        let end = potential.len() + 1;
        line[1..end].copy_from_slice(potential);
        (line[0], line[end]) = (line[1], line[end - 1]);
    }

    /// Makes those of the rows from row `from` of the line at (r₁, r₂).
    #[inline(always)]
    pub fn fill<S: Simd>(&mut self, pass: &Pass<S>, from: usize, at: [usize; 2]) {
        let here = tile_of(&self.line, from + 1);
        let row = pass.first_row(at) + from;
        self.per_position[0][ITSELF] = [0.0; TILE];
        self.per_position[1][ITSELF] = [0.0; TILE];
        let [b, r1, r2] = pass.inputs.across;
        self.add(pass, 0, &here, &Faces::along_line(b, &self.line, from));
        self.add(pass, 1, &here, &Faces::between_lines(r1, pass.inputs.potential, row, at[0]));
        self.add(pass, 2, &here, &Faces::between_lines(r2, pass.inputs.potential, row, at[1]));
        for (velocity, p) in self.velocities.iter_mut().zip(here) {
            *velocity = pass.factor * p;
        }
    }

    /// Adds what flows along an axis.
    #[inline(always)]
    fn add<S: Simd>(&mut self, pass: &Pass<S>, axis: usize, here: &Tile, faces: &Faces) {
        let (simd, zero, factor) = (pass.simd, pass.simd.splat_f64s(0.0), pass.simd.splat_f64s(pass.factor));
        let [positive, negative] = &mut self.per_position;
        let here = lanes::<S>(here);
        let below = lanes::<S>(&faces.below);
        let above = lanes::<S>(&faces.above);
        let [behind, inside, ahead] =
            [lanes::<S>(&faces.widths[0]), lanes::<S>(&faces.widths[1]), lanes::<S>(&faces.widths[2])];
        let gaps = [lanes::<S>(&faces.gaps[0]), lanes::<S>(&faces.gaps[1])];
        for j in 0..TILE / S::F64_LANES {
            let lower = simd.mul_f64s(simd.mul_f64s(factor, gaps[0][j]), simd.sub_f64s(here[j], below[j]));
            let upper = simd.mul_f64s(simd.mul_f64s(factor, gaps[1][j]), simd.sub_f64s(above[j], here[j]));
            let lower_up = simd.max_f64s(lower, zero);
            let lower_down = simd.min_f64s(lower, zero);
            let upper_up = simd.max_f64s(upper, zero);
            let upper_down = simd.min_f64s(upper, zero);
            lanes_mut::<S>(&mut positive[2 * axis])[j] = simd.mul_f64s(lower_up, behind[j]);
            lanes_mut::<S>(&mut negative[2 * axis])[j] = simd.mul_f64s(lower_down, behind[j]);
            lanes_mut::<S>(&mut positive[2 * axis + 1])[j] =
                simd.mul_f64s(simd.sub_f64s(zero, upper_down), ahead[j]);
            lanes_mut::<S>(&mut negative[2 * axis + 1])[j] =
                simd.mul_f64s(simd.sub_f64s(zero, upper_up), ahead[j]);
            let positive = &mut lanes_mut::<S>(&mut positive[ITSELF])[j];
            *positive = simd.mul_add_f64s(simd.sub_f64s(lower_down, upper_up), inside[j], *positive);
            let negative = &mut lanes_mut::<S>(&mut negative[ITSELF])[j];
            *negative = simd.mul_add_f64s(simd.sub_f64s(lower_up, upper_down), inside[j], *negative);
        }
    }

    /// Those of row `i` where a > 0 and where a < 0, each in all lanes.
    #[inline(always)]
    pub fn of_row<S: Simd>(&self, simd: S, i: usize) -> [[S::f64s; ALL]; 2] {
        let mut rows = [[simd.splat_f64s(0.0); ALL]; 2];
        for (row, tiles) in rows.iter_mut().zip(&self.per_position) {
            for (share, tile) in row.iter_mut().zip(tiles) {
                *share = simd.splat_f64s(tile[i]);
            }
        }
        rows
    }
}

impl Faces {
    /// RowGeometry the line, from its row `from` on.
    #[inline(always)]
    fn along_line(across: &AxisGeometry, line: &[f64], from: usize) -> Self {
        let AxisGeometry { inverse_width: [behind, here, ahead], gaps: [lower, upper], .. } = across;
        Self {
            below: tile_of(line, from),
            above: tile_of(line, from + 2),
            widths: [tile_of(behind, from), tile_of(here, from), tile_of(ahead, from)],
            gaps: [tile_of(lower, from), tile_of(upper, from)],
        }
    }

    /// Between lines, from a row of the `at`th on.
    #[inline(always)]
    fn between_lines(across: &AxisGeometry, potential: &[f64], row: usize, at: usize) -> Self {
        let AxisGeometry { inverse_width: [behind, here, ahead], gaps: [lower, upper], .. } = across;
        let to = across.distances(at);
        Self {
            below: tile_of(potential, row - to.behind),
            above: tile_of(potential, row + to.ahead),
            widths: [[behind[at]; TILE], [here[at]; TILE], [ahead[at]; TILE]],
            gaps: [[lower[at]; TILE], [upper[at]; TILE]],
        }
    }
}

/// As many numbers as a tile has rows, or those that there are.
#[inline(always)]
fn tile_of(numbers: &[f64], start: usize) -> Tile {
    let numbers = &numbers[start..];
    if let Some(tile) = numbers.first_chunk() {
        return *tile;
    }
    let mut tile = [0.0; TILE];
    tile[..numbers.len()].copy_from_slice(numbers);
    tile
}

#[inline(always)]
fn lanes<S: Simd>(tile: &Tile) -> &[S::f64s] {
    S::as_simd_f64s(tile).0
}

#[inline(always)]
fn lanes_mut<S: Simd>(tile: &mut Tile) -> &mut [S::f64s] {
    S::as_mut_simd_f64s(tile).0
}
