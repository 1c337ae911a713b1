//! Activations of any function with a slope, as somebody's formula: read once into pieces of polynomials, so
//! that a value costs no more than that of a shape with a name, and integrated panel by panel.
//!
//! Where the function bends, and where its derivatives jump, is found from its values: meshes of panels are
//! halved until polynomials agree with it ([`mesh`]), points that no panel resolves are panel ends
//! ([`breaks`]), and beyond the last bend it is a straight line, or asked itself ([`far`]). What cannot be
//! resolved is refused: jumps, infinite slopes, growth faster than [`FASTEST`], too many bends.

mod breaks;
mod far;
mod function;
mod mesh;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use meanfield_kernel::dot::FourSums;

use super::input::Input;
use crate::normal;
use crate::quadrature;
use breaks::Break;
use far::Far;
use function::REACH;
use mesh::{Mesh, Table};

pub use function::{InterpolationError, ScalarFunction};

/// |z| up to which values come from polynomials.
const NEAR: f64 = 128.0;
/// |h_n(g) φ(g)| ≤ e^{−g²/4} is below 1e-18 beyond.
const GAUSSIAN_REACH: f64 = 13.0;
/// Phase of h_n in a panel of Gauss nodes.
const PHASE: f64 = 30.0;
/// Where the Fourier transform of h_n φ has ended, beyond √n.
const MARGIN: f64 = 9.0;
/// Octaves beyond the mesh that integrals still split.
const OCTAVES: i32 = 60;
/// Panels of a rule for many inputs, at most.
const MOST_COMMON: f64 = 200.0;
/// How far an integral may move when its panels are halved, relative to its size.
const ACCURACY: f64 = 1e-10;

/// What was read of a function.
#[derive(Debug)]
struct Pieces {
    breaks: Vec<Break>,
    /// Panels for integrals.
    mesh: Mesh,
    /// Polynomials for values.
    table: Table,
    /// How it goes on to both sides.
    far: [Far; 2],
    has_stationary_points: bool,
    is_bounded: bool,
    outgrows_lines: bool,
}

/// An activation that was read from a function.
#[derive(Clone)]
pub struct Interpolated {
    function: Arc<dyn ScalarFunction>,
    pieces: Arc<Pieces>,
}

impl fmt::Debug for Interpolated {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_tuple("Interpolated").field(&self.function.text()).finish()
    }
}

impl PartialEq for Interpolated {
    /// The same text is the same function.
    fn eq(&self, other: &Self) -> bool {
        self.function.text() == other.function.text()
    }
}

impl Interpolated {
    /// The activation of a function.
    ///
    /// # Errors
    /// Where it cannot be resolved to near rounding.
    pub fn new(function: Arc<dyn ScalarFunction>) -> Result<Self, InterpolationError> {
        let far = far::both_sides(&*function)?;
        let breaks = breaks::find(&*function, &far)?;
        let places: Vec<f64> = breaks.iter().map(|b| b.place).collect();
        let mesh = Mesh::new(&*function, &mesh::first_ends(&far, REACH, &places))?;
        let table = Table::new(&*function, &mesh::first_ends(&far, NEAR, &places))?;
        let has_stationary_points = mesh.has_stationary_points(&*function);
        let is_bounded = far::is_bounded(&*function, &far);
        let outgrows_lines = far::outgrows_lines(&*function, &far);
        let pieces = Pieces { breaks, mesh, table, far, has_stationary_points, is_bounded, outgrows_lines };
        let read = Self { function, pieces: Arc::new(pieces) };
        read.check_integrals()?;
        Ok(read)
    }

    /// How it is written.
    pub fn text(&self) -> &str {
        self.function.text()
    }

    /// Errors where integrals move when all panels are halved.
    fn check_integrals(&self) -> Result<(), InterpolationError> {
        for (offset, scale) in [(0.0, 0.1), (0.7, 1.0), (-0.4, 5.0), (0.0, 20.0)] {
            let coarse = self.ends(offset, scale, 0);
            let mut fine = coarse.clone();
            fine.extend(coarse.windows(2).map(|end| 0.5 * (end[0] + end[1])));
            fine.sort_by(f64::total_cmp);
            let [found, exact] =
                [coarse, fine].map(|ends| on_panels(&ends, |g| self.value(scale * g + offset).powi(2)));
            let error = (found - exact).abs();
            if error.is_nan() || error > ACCURACY * exact {
                return Err(InterpolationError::Inaccurate { scale, error: error / exact });
            }
        }
        Ok(())
    }

    /// σ(z) and σ'(z).
    #[inline(always)]
    fn value_and_slope(&self, z: f64) -> (f64, f64) {
        match self.pieces.table.value_and_slope(z) {
            Some(found) => found,
            None => self.beyond(z),
        }
    }

    /// σ(z) and σ'(z) outside of the table.
    #[inline(never)]
    fn beyond(&self, z: f64) -> (f64, f64) {
        let far = &self.pieces.far[usize::from(z > 0.0)];
        far.line_at(z).unwrap_or_else(|| self.function.value_and_slope(z))
    }

    /// σ(z).
    #[inline(always)]
    pub fn value(&self, z: f64) -> f64 {
        self.value_and_slope(z).0
    }

    /// σ'(z).
    #[inline(always)]
    pub fn slope(&self, z: f64) -> f64 {
        self.value_and_slope(z).1
    }

    /// σ and σ' of many inputs at once.
    #[inline(always)]
    pub fn evaluate(&self, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        for ((z, value), slope) in z.iter().zip(value).zip(slope) {
            (*value, *slope) = self.value_and_slope(*z);
        }
    }

    /// Ends of panels of g that resolve σ(Sg + b) h_n φ for n < `orders`.
    fn ends(&self, offset: f64, scale: f64, orders: usize) -> Vec<f64> {
        let width = PHASE / ((orders as f64).sqrt() + MARGIN);
        let count = (2.0 * GAUSSIAN_REACH / width).ceil() as usize;
        let even = (0..=count).map(|i| GAUSSIAN_REACH * (2.0 * i as f64 / count as f64 - 1.0));
        let mut ends: Vec<f64> = even.collect();
        if scale > 0.0 {
            let inner = self
                .panel_ends()
                .into_iter()
                .map(|z| (z - offset) / scale)
                .filter(|g| g.abs() < GAUSSIAN_REACH);
            ends.extend(inner);
        }
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        ends
    }

    /// Points g ≥ 0 and weights of one rule for σ(±Sg + b) h_n φ, all these inputs and n < `orders`: even
    /// panels that resolve σ wherever it bends. None where σ has breaks, each of which would need an end for
    /// every input, and where there would be more points than [`MOST_COMMON`].
    pub(super) fn common_rule(&self, inputs: &[Input], orders: usize) -> Option<Vec<(f64, f64)>> {
        let ends = inputs.iter().map(|input| input.offset.abs() + GAUSSIAN_REACH * input.scale);
        let reach = ends.fold(0.0, f64::max);
        let steepest = inputs.iter().map(|input| input.scale).fold(0.0, f64::max);
        let resolved = self.pieces.mesh.narrowest_within(reach) / steepest;
        let width = resolved.min(PHASE / ((orders as f64).sqrt() + MARGIN));
        let count = (GAUSSIAN_REACH / width).ceil();
        if !self.pieces.breaks.is_empty() || reach > REACH || count > MOST_COMMON {
            return None;
        }
        let end = |i: usize| GAUSSIAN_REACH * i as f64 / count;
        Some((0..count as usize).flat_map(|i| quadrature::legendre(end(i), end(i + 1))).collect())
    }

    /// See [`Activation::hermite_coefficients`](super::Activation::hermite_coefficients).
    pub fn hermite_coefficients(&self, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
        let ends = self.ends(offset, scale, q.len());
        let rule = ends.windows(2).flat_map(|end| quadrature::legendre(end[0], end[1]));
        let (points, weights): (Vec<f64>, Vec<f64>) = rule.unzip();
        let mut values = Vec::with_capacity(points.len());
        let mut slopes = Vec::with_capacity(points.len());
        for (g, weight) in points.iter().zip(&weights) {
            let (value, slope) = self.value_and_slope(scale * g + offset);
            values.push(weight * value);
            slopes.push(weight * g * slope);
        }
        let mut psi: Vec<f64> = points.iter().map(|g| normal::density(*g)).collect(); // h_n φ
        let mut before = vec![0.0; psi.len()];
        for (n, (q, dq)) in q.iter_mut().zip(dq).enumerate() {
            *q = FourSums::new(&values, &psi).in_order();
            *dq = FourSums::new(&slopes, &psi).in_order();
            // h_{n+1} = (g h_n − √n h_{n−1})/√(n+1)
            let root = (n as f64).sqrt();
            let next = 1.0 / (n as f64 + 1.0).sqrt();
            for ((before, psi), g) in before.iter_mut().zip(&psi).zip(&points) {
                *before = (g * psi - root * *before) * next;
            }
            std::mem::swap(&mut before, &mut psi);
        }
    }

    /// E σ(SG + b).
    pub fn mean(&self, offset: f64, scale: f64) -> f64 {
        on_panels(&self.ends(offset, scale, 0), |g| self.value(scale * g + offset))
    }

    /// See [`Activation::mean_slope`](super::Activation::mean_slope).
    pub fn mean_slope(&self, offset: f64, scale: f64) -> f64 {
        if scale == 0.0 {
            return self.slope(offset);
        }
        on_panels(&self.ends(offset, scale, 0), |g| self.slope(scale * g + offset))
    }

    /// See [`Activation::second_moment`](super::Activation::second_moment).
    pub fn second_moment(&self, offset: f64, scale: f64) -> f64 {
        on_panels(&self.ends(offset, scale, 0), |g| self.value(scale * g + offset).powi(2))
    }

    /// E σ(SG + b) σ(S'G' + b') at correlation c; what is left of G' given G is Gaussian again.
    pub fn pair(&self, input: Input, other: Input, cosine: f64) -> f64 {
        let noise = other.scale * (1.0 - cosine * cosine).max(0.0).sqrt();
        let along = other.scale * cosine;
        let mut ends = self.ends(input.offset, input.scale, 0);
        if along != 0.0 {
            let mean = self.ends(other.offset, along.abs(), 0);
            ends.extend(mean.into_iter().map(|g| g * along.signum()));
            // About each break the mean bends over the noise's width.
            let centres = self.pieces.breaks.iter().map(|b| (b.place - other.offset) / along);
            let width = noise / along.abs();
            ends.extend(centres.flat_map(|g| [-8, -4, -2, -1, 1, 2, 4, 8].map(|m| g + width * f64::from(m))));
        }
        ends.retain(|g| g.abs() <= GAUSSIAN_REACH);
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        on_panels(&ends, |g| {
            self.value(input.scale * g + input.offset) * self.mean(along * g + other.offset, noise)
        })
    }

    /// Where σ or a derivative of it jumps.
    pub fn breaks(&self) -> Vec<f64> {
        self.pieces.breaks.iter().map(|b| b.place).collect()
    }

    /// Whether σ' jumps at z = 0.
    pub fn bends_at_zero(&self) -> bool {
        self.pieces.breaks.iter().any(|b| b.place.abs() < 1e-9 && b.slope_jumps)
    }

    /// Whether σ' is continuous.
    pub fn is_smooth(&self) -> bool {
        !self.pieces.breaks.iter().any(|b| b.slope_jumps)
    }

    /// Whether σ stays between two numbers.
    pub fn is_bounded(&self) -> bool {
        self.pieces.is_bounded
    }

    /// Whether σ' is 0 somewhere.
    pub fn has_stationary_points(&self) -> bool {
        self.pieces.has_stationary_points
    }

    /// Whether |σ| grows faster than |z|.
    pub fn outgrows_lines(&self) -> bool {
        self.pieces.outgrows_lines
    }

    /// Ends of panels on each of which a rule of 24 Gauss nodes resolves σ²: those of the mesh, and octaves
    /// beyond.
    pub fn panel_ends(&self) -> Vec<f64> {
        let octaves = (1..OCTAVES).flat_map(|k| [-1.0, 1.0].map(|sign| sign * REACH * 2f64.powi(k)));
        self.pieces.mesh.ends().iter().copied().chain(octaves).collect()
    }

    /// Size of σ for |z| up to `scale`.
    pub fn terms(&self, scale: f64) -> f64 {
        let points = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|share| self.value(share * scale).abs());
        points.into_iter().fold(0.0, f64::max)
    }
}

/// ∫ f φ over panels.
fn on_panels(ends: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    ends.windows(2).map(|end| quadrature::on_panel(end[0], end[1], &f)).sum()
}
