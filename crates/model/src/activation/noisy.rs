//! E σ(SG + b) σ(S'G' + b') of many pairs for smooth σ, however steep: ∫ σ(Sg + b) M(S'cg + b', S'√(1−c²))
//! φ(g) dg with M(u, s) = E f(u + sH) from a table, both factors on one rule for all pairs. (Mehler's series
//! is cheaper where it converges.)
//!
//! The table holds, for every noise s, M on panels of v = u/√(1 + s²), the scale on which it bends. It
//! belongs to the shape alone and is made once, for the first pair.

#[cfg(test)]
mod tests;

use std::f64::consts::PI;
use std::sync::LazyLock;

use ndarray::Array2;

use super::input::Input;
use super::placement::Placement;
use super::shape::Shape;
use super::smooth::Smooth;
use crate::normal;
use crate::tabulated::{Curves, Tabulated};

/// Panels of |v|: so narrow that e^{−v²/2}, and f itself with poles from π/2 on, are polynomials of degree 15
/// to 1e-13.
const ENDS: [f64; 10] = [0.0, 0.75, 1.5, 3.0, 4.5, 6.0, 8.0, 12.0, 24.0, 48.0];
const SIDE: usize = ENDS.len() - 1;
const NODES: usize = 16;
/// The table's tolerance, relative to 1e-13: a little above what the integrals behind it round to.
const LOOSE: f64 = 10.0;

/// The angle of a Chebyshev point.
fn angle(i: usize) -> f64 {
    PI * (i as f64 + 0.5) / NODES as f64
}

/// Chebyshev coefficients of M(v √(1+s²), s)/√(1+s²) on the panels as functions of x = s, or of x = 1/s.
#[derive(Clone, Debug)]
struct Means {
    sigma: Smooth,
    inverse: bool,
}

impl Means {
    /// A table for a shape by itself.
    fn table(shape: Shape, inverse: bool) -> Tabulated<Self> {
        Tabulated::new(Self { sigma: Smooth { shape, place: Placement::default() }, inverse })
    }
}

impl Curves for Means {
    fn count(&self) -> usize {
        2 * SIDE * NODES
    }

    fn values(&self, x: f64, values: &mut [f64]) {
        let noise = if self.inverse { 1.0 / x } else { x };
        let width = noise.hypot(1.0);
        for (panel, coefficients) in values.chunks_exact_mut(NODES).enumerate() {
            let [lower, upper] = ends(panel);
            let sample: [f64; NODES] = std::array::from_fn(|i| {
                let v = 0.5 * (lower + upper) + 0.5 * (upper - lower) * angle(i).cos();
                self.sigma.mean(v * width, noise) / width
            });
            for (k, coefficient) in coefficients.iter_mut().enumerate() {
                let norm = if k == 0 { 1.0 } else { 2.0 } / NODES as f64;
                let terms = sample.iter().enumerate().map(|(i, f)| f * (k as f64 * angle(i)).cos());
                *coefficient = norm * terms.sum::<f64>();
            }
        }
    }

    /// f is below 1 + |u|.
    fn size(&self, _: f64) -> f64 {
        LOOSE
    }

    fn breaks(&self) -> Vec<f64> {
        Vec::new()
    }

    fn beyond(&self, x: f64, values: &mut [f64], _: &mut [f64]) {
        self.values(x, values);
    }
}

/// Lower and upper end of a panel of v: first those of v ≥ 0, then those of v < 0.
fn ends(panel: usize) -> [f64; 2] {
    match panel.checked_sub(SIDE) {
        None => [ENDS[panel], ENDS[panel + 1]],
        Some(k) => [-ENDS[k + 1], -ENDS[k]],
    }
}

/// For each shape the table of s ≤ 1 and that of 1/s < 1.
static TABLES: LazyLock<Vec<[Tabulated<Means>; 2]>> = LazyLock::new(|| {
    Shape::ALL.into_iter().map(|shape| [false, true].map(|inverse| Means::table(shape, inverse))).collect()
});

/// M(·, s) for one s.
struct Mean {
    shape: Shape,
    width: f64,
    coefficients: Vec<f64>,
}

impl Mean {
    fn new(shape: Shape, noise: f64) -> Self {
        let index = Shape::ALL.iter().position(|s| *s == shape).unwrap_or_default();
        let [near, far] = &TABLES[index];
        let mut coefficients = vec![0.0; 2 * SIDE * NODES];
        let mut unused = coefficients.clone();
        if noise < 1.0 {
            near.evaluate(noise, &mut coefficients, &mut unused);
        } else {
            // At 1/s = 1 itself the octave [0, 1) has ended.
            far.evaluate((1.0 / noise).min(1.0 - f64::EPSILON), &mut coefficients, &mut unused);
        }
        Self { shape, width: noise.hypot(1.0), coefficients }
    }

    /// M(u, s).
    fn value(&self, u: f64) -> f64 {
        let v = u / self.width;
        let Some(k) = ENDS.iter().position(|end| v.abs() < *end) else {
            return self.shape.value(u); // a straight line
        };
        let panel = if v < 0.0 { SIDE + k - 1 } else { k - 1 };
        let [lower, upper] = ends(panel);
        let x = (2.0 * v - lower - upper) / (upper - lower);
        // Clenshaw's recursion.
        let mut now = 0.0;
        let mut after = 0.0;
        let coefficients = &self.coefficients[panel * NODES..(panel + 1) * NODES];
        for c in coefficients[1..].iter().rev() {
            (now, after) = (c + 2.0 * x * now - after, now);
        }
        self.width * (coefficients[0] + x * now - after)
    }
}

/// Neurons of a smooth σ, ready for pairs.
pub struct NoisyPairs {
    sigma: Smooth,
    inputs: Vec<Input>,
    points: Vec<f64>,
    /// weight · φ(g) · σ(Sg + b), shape (neuron, point).
    values: Array2<f64>,
}

impl NoisyPairs {
    /// Neurons of these inputs.
    pub fn new(sigma: &Smooth, inputs: &[Input]) -> Self {
        let half = sigma.octaves(inputs, 0);
        let rule: Vec<(f64, f64)> = half.iter().flat_map(|(g, w)| [(*g, *w), (-g, *w)]).collect();
        let values = Array2::from_shape_fn((inputs.len(), rule.len()), |(i, k)| {
            let (g, weight) = rule[k];
            weight * normal::density(g) * sigma.value(inputs[i].scale * g + inputs[i].offset)
        });
        let points = rule.iter().map(|(g, _)| *g).collect();
        Self { sigma: sigma.clone(), inputs: inputs.to_vec(), points, values }
    }

    /// E σ(S_i G + b_i) σ(S_j G' + b_j) at correlation c, to 1e-12 of the scales.
    pub fn pair(&self, i: usize, j: usize, cosine: f64) -> f64 {
        let Placement { height, gain, offset, constant } = self.sigma.place;
        let scale = gain * self.inputs[j].scale;
        let shift = gain * self.inputs[j].offset + offset;
        let mean = Mean::new(self.sigma.shape, scale * ((1.0 - cosine) * (1.0 + cosine)).max(0.0).sqrt());
        let values = self.values.row(i);
        height
            * values
                .iter()
                .zip(&self.points)
                .map(|(value, g): (&f64, &f64)| value * mean.value(scale * cosine * g + shift))
                .sum::<f64>()
            + constant * values.sum()
    }
}
