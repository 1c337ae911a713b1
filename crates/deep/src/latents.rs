//! The parts of a correlated start: series of latents, and the fixed functions of labels in them. With
//! finitely many terms the supports are large spans, not all of L².

use std::f64::consts::{SQRT_2, TAU};

use meanfield_random::deviates::{normal, uniform};
use meanfield_random::stream::Stream;
use ndarray::{Array1, Array2};

/// The series Σ_k λ_k [a_k f_k + b_k g_k] of the weights of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatentSeries {
    /// Terms, at least 1.
    pub terms: usize,
    /// λ_1.
    pub scale: f64,
    /// λ_k = scale · k^{−decay}.
    pub decay: f64,
}

impl LatentSeries {
    /// λ_1, λ_2, ….
    pub fn factors(&self) -> Array1<f64> {
        (1..=self.terms).map(|k| self.scale * (k as f64).powf(-self.decay)).collect()
    }
}

/// Functions √2 cos(⟨ω_k, label⟩ + θ_k) with normal ω_k and uniform θ_k: all of them together are total in L²
/// of a law of labels, since the ω are dense.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedFunctions {
    /// ω, shape (coordinates, terms).
    frequencies: Array2<f64>,
    /// θ.
    phases: Array1<f64>,
}

impl FixedFunctions {
    /// Functions of labels with so many coordinates; the first ones do not depend on how many there are.
    pub fn draw(terms: usize, coordinates: usize, random: &mut Stream) -> Self {
        let deviation = (coordinates.max(1) as f64).sqrt().recip();
        let mut frequencies = Array2::zeros((coordinates, terms));
        let mut phases = Array1::zeros(terms);
        for k in 0..terms {
            frequencies.column_mut(k).mapv_inplace(|_| deviation * normal(random));
            phases[k] = TAU * uniform(random);
        }
        Self { frequencies, phases }
    }

    /// Their values, shape (labels, terms), at labels of shape (labels, coordinates).
    pub fn values(&self, labels: &Array2<f64>) -> Array2<f64> {
        (labels.dot(&self.frequencies) + &self.phases).mapv(|u| SQRT_2 * u.cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_random::stream::{Purpose, generator};

    #[test]
    fn functions_are_fixed_and_of_unit_size() {
        let mut random = generator(0, Purpose::FixedFunctions, 2);
        let few = FixedFunctions::draw(3, 4, &mut random);
        let many = FixedFunctions::draw(9, 4, &mut generator(0, Purpose::FixedFunctions, 2));
        let labels = Array2::from_shape_simple_fn((4000, 4), || 3.0 * normal(&mut random));
        let values = many.values(&labels);
        assert_eq!(few.values(&labels), values.slice(ndarray::s![.., ..3]));
        let square = values.mapv(|f| f * f).mean().expect("some");
        assert!((square - 1.0).abs() < 0.1, "{square}");
        let series = LatentSeries { terms: 3, scale: 2.0, decay: 1.0 };
        assert_eq!(series.factors().to_vec(), [2.0, 1.0, 2.0 / 3.0]);
    }
}
