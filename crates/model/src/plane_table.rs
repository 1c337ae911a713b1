//! Functions of two variables on the half-plane x ∈ ℝ, y ≥ 0, tabulated to near rounding: fast features of
//! neurons with an offset, whose means E σ(yG + x) take hundreds of nodes where they have no closed form.
//!
//! The half-plane is cut into strips y ∈ [0, 1), [1, 2), [2, 4), …, and each strip into squares (the first
//! two into unit squares). A square is tabulated on the first evaluation in it: by products of polynomials of
//! `DEGREE` in each variable, through Chebyshev points, if they agree with the functions in between, or else
//! by its four quarters, in the same way. So there is no range to choose, what is not visited costs nothing,
//! and what is found does not depend on the order of visits. Slopes are those of the interpolant: a velocity
//! is exactly the gradient of the potential that the same table gives. Where squares would be narrower than
//! `NARROWEST`, next to a singularity, or too far out, the table has nothing, and says so.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::chebyshev::{self, DEGREE, NODES};

/// Error at points between the nodes, relative to the functions' size.
const TOLERANCE: f64 = 1e-12;
/// Strips: y < 2^(STRIPS − 1) is tabulated.
const STRIPS: usize = 13;
/// Squares of a strip on each side of x = 0.
const SQUARES: usize = 64;
/// Squares narrower than this share of the first one are not tabulated.
const NARROWEST: f64 = 1.0 / 2048.0;

/// Functions of two variables that are computed together.
pub trait PlaneCurves: Send + Sync {
    /// Number of functions.
    fn count(&self) -> usize;

    /// Their values at x, y > 0.
    fn values(&self, x: f64, y: f64, values: &mut [f64]);

    /// Writes what the tolerance of each is relative to, near x, y; not below what rounding leaves of
    /// cancelling terms.
    fn sizes(&self, x: f64, y: f64, sizes: &mut [f64]);
}

/// Functions of two variables, tabulated square by square on first evaluation.
#[derive(Debug)]
pub struct PlaneTable<C> {
    curves: C,
    /// Strip by strip, 2 `SQUARES` each.
    squares: Vec<OnceLock<Square>>,
}

/// What is known of a square.
#[derive(Debug)]
enum Square {
    /// Polynomials.
    Fitted(Box<FittedSquare>),
    /// Lower left, lower right, upper left, upper right.
    Quartered(Box<[OnceLock<Square>; 4]>),
    /// Nothing.
    Rough,
}

/// Where a square is.
#[derive(Clone, Copy, Debug)]
struct Placed {
    middle: [f64; 2],
    half: f64,
}

/// The polynomial of one function: coefficients of powers of v (rows, highest first) and u.
type Powers = [[f64; NODES]; NODES];

/// Polynomials of all functions in u, v = −1 … 1.
#[derive(Debug)]
struct FittedSquare {
    place: Placed,
    functions: Vec<Powers>,
}

impl<C: PlaneCurves> PlaneTable<C> {
    /// An empty table.
    pub fn new(curves: C) -> Self {
        let squares = (0..2 * SQUARES * STRIPS).map(|_| OnceLock::new()).collect();
        Self { curves, squares }
    }

    /// The functions behind the table.
    pub fn curves(&self) -> &C {
        &self.curves
    }

    /// Values of the first functions, as many as there is room for; false, and nothing written, where the
    /// table has none.
    pub fn values(&self, x: f64, y: f64, values: &mut [f64]) -> bool {
        let Some(fit) = self.fit(x, y) else { return false };
        let [u, v] = fit.place.relative(x, y);
        for (function, value) in fit.functions.iter().zip(values) {
            *value = powers_of_u(&row(function, v), u);
        }
        true
    }

    /// Values and slopes in x and y of the first functions, as many as there is room for; false, and nothing
    /// written, where the table has none.
    pub fn evaluate(&self, x: f64, y: f64, values: &mut [f64], slopes: &mut [[f64; 2]]) -> bool {
        let Some(fit) = self.fit(x, y) else { return false };
        let [u, v] = fit.place.relative(x, y);
        let inverse = 1.0 / fit.place.half;
        for ((function, value), slope) in fit.functions.iter().zip(values).zip(slopes) {
            let (at_v, along_v) = row_and_slope(function, v);
            let [found, along_u] = powers_of_u_and_slope(&at_v, u);
            *value = found;
            *slope = [inverse * along_u, inverse * powers_of_u(&along_v, u)];
        }
        true
    }

    /// The polynomials about a point.
    fn fit(&self, x: f64, y: f64) -> Option<&FittedSquare> {
        let (index, mut place) = first_square(x, y)?;
        let mut square = self.squares[index].get_or_init(|| self.tabulate(place));
        loop {
            match square {
                Square::Fitted(fit) => return Some(fit),
                Square::Rough => return None,
                Square::Quartered(quarters) => {
                    let [right, above] = [x >= place.middle[0], y >= place.middle[1]];
                    place = place.quarter(right, above);
                    let quarter = &quarters[usize::from(right) + 2 * usize::from(above)];
                    square = quarter.get_or_init(|| self.tabulate(place));
                }
            }
        }
    }

    /// A square by itself.
    fn tabulate(&self, place: Placed) -> Square {
        let fit = self.interpolate(place);
        if self.is_accurate(&fit) {
            return Square::Fitted(Box::new(fit));
        }
        let narrowest = NARROWEST * (place.middle[1] + place.half).max(1.0);
        match place.half < narrowest {
            true => Square::Rough,
            false => Square::Quartered(Box::default()),
        }
    }

    fn interpolate(&self, place: Placed) -> FittedSquare {
        let count = self.curves.count();
        let mut samples = vec![[[0.0; NODES]; NODES]; count];
        let mut values = vec![0.0; count];
        for (i, v) in chebyshev::nodes().iter().enumerate() {
            for (j, u) in chebyshev::nodes().iter().enumerate() {
                let [x, y] = place.point(*u, *v);
                self.curves.values(x, y, &mut values);
                samples.iter_mut().zip(&values).for_each(|(sample, value)| sample[i][j] = *value);
            }
        }
        FittedSquare { place, functions: samples.iter().map(coefficients).collect() }
    }

    /// Compares with the functions where the leading error is largest: at corners, along sides and between.
    fn is_accurate(&self, fit: &FittedSquare) -> bool {
        let [mut sizes, mut exact] = [0; 2].map(|_| vec![0.0; self.curves.count()]);
        let [x, y] = fit.place.middle;
        self.curves.sizes(x, y + fit.place.half, &mut sizes);
        let places = [0, 2, 5, 8, NODES].map(|i| 0.999 * chebyshev::extremum(i));
        places.iter().all(|v| {
            places.iter().all(|u| {
                let [x, y] = fit.place.point(*u, *v);
                self.curves.values(x, y, &mut exact);
                let functions = fit.functions.iter().zip(&exact).zip(&sizes);
                functions.fold(true, |fits, ((function, exact), size)| {
                    fits && (exact - powers_of_u(&row(function, *v), *u)).abs() <= TOLERANCE * size
                })
            })
        })
    }
}

/// The first square about a point, by its index; None outside of all.
fn first_square(x: f64, y: f64) -> Option<(usize, Placed)> {
    // The exponent of a double: y lies in [2^e, 2^{e+1}).
    let exponent = (y.to_bits() >> 52) as i32 - 1023;
    let strip = (exponent + 1).max(0) as usize;
    let side = 2f64.powi(strip.saturating_sub(1) as i32);
    let column = (x / side).floor() + SQUARES as f64;
    if !(y >= 0.0 && strip < STRIPS && column >= 0.0 && column < 2.0 * SQUARES as f64) {
        return None;
    }
    let lower = if strip == 0 { 0.0 } else { side };
    let left = (column - SQUARES as f64) * side;
    let half = 0.5 * side;
    Some((2 * SQUARES * strip + column as usize, Placed { middle: [left + half, lower + half], half }))
}

impl Placed {
    /// The point at u, v = −1 … 1.
    fn point(self, u: f64, v: f64) -> [f64; 2] {
        [self.middle[0] + self.half * u, self.middle[1] + self.half * v]
    }

    /// u and v of a point.
    fn relative(self, x: f64, y: f64) -> [f64; 2] {
        [(x - self.middle[0]) / self.half, (y - self.middle[1]) / self.half]
    }

    /// One of its quarters.
    fn quarter(self, right: bool, above: bool) -> Self {
        let half = 0.5 * self.half;
        let sign = |upper: bool| if upper { 1.0 } else { -1.0 };
        let [x, y] = self.middle;
        Self { middle: [x + half * sign(right), y + half * sign(above)], half }
    }
}

/// The coefficients of the polynomial with these values at the points, of which Chebyshev's that are rounding
/// are left out.
fn coefficients(samples: &Powers) -> Powers {
    let largest = samples.as_flattened().iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let rounding = chebyshev::rounding(largest);
    let along_u = samples.map(|row| chebyshev::transformed(&row));
    let both = transposed(&along_u).map(|column| chebyshev::transformed(&column));
    let significant = both.map(|row| row.map(|c| if c.abs() > rounding { c } else { 0.0 }));
    let in_v = significant.map(|column| chebyshev::in_powers(&column));
    transposed(&in_v).map(|row| chebyshev::in_powers(&row))
}

fn transposed(matrix: &Powers) -> Powers {
    std::array::from_fn(|i| std::array::from_fn(|j| matrix[j][i]))
}

/// The coefficients of powers of u at v.
#[inline]
fn row(function: &Powers, v: f64) -> [f64; NODES] {
    let mut sum = function[0];
    for powers in &function[1..] {
        for j in 0..NODES {
            sum[j] = sum[j] * v + powers[j];
        }
    }
    sum
}

/// The coefficients of powers of u at v, and their slopes in v.
#[inline]
fn row_and_slope(function: &Powers, v: f64) -> ([f64; NODES], [f64; NODES]) {
    let mut sum = function[0];
    let mut slope = [0.0; NODES];
    for powers in &function[1..] {
        for j in 0..NODES {
            slope[j] = slope[j] * v + sum[j];
            sum[j] = sum[j] * v + powers[j];
        }
    }
    (sum, slope)
}

/// Σ c_j u^(DEGREE − j), even and odd powers side by side.
#[inline]
fn powers_of_u(coefficients: &[f64; NODES], u: f64) -> f64 {
    let square = u * u;
    let mut sums = [0.0; 2];
    for pair in coefficients.chunks_exact(2) {
        sums = [sums[0] * square + pair[0], sums[1] * square + pair[1]];
    }
    sums[0] * u + sums[1]
}

/// The same and its derivative.
#[inline]
fn powers_of_u_and_slope(coefficients: &[f64; NODES], u: f64) -> [f64; 2] {
    let mut value = coefficients[0];
    let mut slope = 0.0;
    for coefficient in &coefficients[1..=DEGREE] {
        slope = slope * u + value;
        value = value * u + coefficient;
    }
    [value, slope]
}
