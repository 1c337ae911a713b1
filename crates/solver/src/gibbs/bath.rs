//! The noise and the ridge that act on neurons, and what they make of a node: its weight in a Gibbs state.
//!
//! An outer weight a, in which Ψ is linear, is integrated exactly; where Ψ is homogeneous in the rest, so is
//! its length, and nodes are directions:
//!
//! ```text
//!   a alone, Ψ = a P:      ∫e^{−β(aP + λa²/2)} da = √(2πv) e^{P²/(2λ²v)},    v = 1/(βλ);    a ~ N(−P/λ, v)
//!   and ρ, P = ρ p(u):     κ = p/λ,  |S^{n−1}| ∫ρ^{n−1} e^{−(1−κ²)ρ²/(2v)} dρ = (2πv/(1−κ²))^{n/2},  |κ| < 1
//!                          ρ² (1−κ²)/v ~ χ²_n,    E aρ = −κ E ρ²,    E (aρ)² = v E ρ² + κ² E ρ⁴
//! ```
//! A direction with |κ| ≥ 1 has no finite weight.

use std::f64::consts::TAU;

use meanfield_model::landscape::Landscape;

use crate::nodes::Nodes;

/// The noise and what holds the neurons together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bath {
    /// 1/β > 0.
    pub temperature: f64,
    /// λ ≥ 0.
    pub ridge: f64,
    /// Factor of the features that is no coordinate of the nodes.
    pub amplitude: Amplitude,
}

/// The factor of a neuron's features that is no coordinate of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Amplitude {
    /// None: it is 1.
    One,
    /// An outer weight a ∈ R, first of the coordinates, with features a φ(1, …) and the ridge: given the
    /// rest, it is Gaussian. Nodes have a = 1. Needs λ > 0.
    Outer,
    /// aρ: an outer weight, and the length of the n other parameters, in which features are homogeneous: a ρ
    /// φ(1, u). Nodes have a = 1 and directions u, |u| = 1; their volumes are shares of the whole sphere
    /// S^{n−1}, 1 together. Needs λ > 0.
    OuterAndLength {
        /// n.
        parameters: usize,
    },
}

/// A node after integration over its amplitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SlopeIntegral {
    /// ln of the weight.
    pub ln_weight: f64,
    /// The amplitude's mean there,
    pub mean: f64,
    /// and its mean square.
    pub mean_square: f64,
}

impl Bath {
    /// v = 1/(βλ), the variance of a parameter that does not see the data.
    pub(crate) fn variance(self) -> f64 {
        self.temperature / self.ridge
    }

    /// A node where Ψ has this slope in the amplitude.
    pub(super) fn integral(self, slope: f64) -> SlopeIntegral {
        match self.amplitude {
            Amplitude::One => {
                SlopeIntegral { ln_weight: -slope / self.temperature, mean: 1.0, mean_square: 1.0 }
            }
            Amplitude::Outer => {
                let mean = -slope / self.ridge;
                let variance = self.variance();
                SlopeIntegral {
                    ln_weight: self.ln_width() + 0.5 * mean * mean / variance,
                    mean,
                    mean_square: mean * mean + variance,
                }
            }
            Amplitude::OuterAndLength { parameters } => self.integral_along(slope, parameters as f64),
        }
    }

    /// A direction, where a and the length of n other parameters are integrated; an infinite weight where |κ|
    /// ≥ 1.
    fn integral_along(self, slope: f64, n: f64) -> SlopeIntegral {
        let kappa = slope / self.ridge;
        let Some(square) = self.mean_square_length(slope, n) else {
            return SlopeIntegral { ln_weight: f64::INFINITY, mean: f64::NAN, mean_square: f64::NAN };
        };
        let ln_length = 0.5 * n * (TAU * square / n).ln();
        SlopeIntegral {
            ln_weight: self.ln_width() + ln_length,
            mean: -kappa * square,
            mean_square: square * (self.variance() + kappa * kappa * (1.0 + 2.0 / n) * square),
        }
    }

    /// E ρ² = n v/(1 − κ²) along a direction with this slope p of Ψ in aρ; None where |κ| = |p|/λ ≥ 1.
    pub(crate) fn mean_square_length(self, slope: f64, n: f64) -> Option<f64> {
        let kappa = slope / self.ridge;
        let room = (1.0 - kappa) * (1.0 + kappa);
        (room > 0.0).then(|| n * self.variance() / room)
    }

    /// ln √(2πv).
    fn ln_width(self) -> f64 {
        0.5 * (TAU * self.variance()).ln()
    }
}

/// ln of each node's weight without Ψ: its volume, and the ridge on the coordinates that are not integrated
/// exactly.
pub(super) fn ln_base_weights<const D: usize>(nodes: &Nodes<D>, bath: Bath) -> Vec<f64> {
    let first = match bath.amplitude {
        Amplitude::One => 0,
        Amplitude::Outer => 1,
        Amplitude::OuterAndLength { .. } => D,
    };
    let factor = -0.5 * bath.ridge / bath.temperature;
    let squares = nodes.position.iter().map(|z| z[first..].iter().map(|c| c * c).sum::<f64>());
    squares.zip(&nodes.ln_volume).map(|(square, ln_volume)| ln_volume + factor * square).collect()
}

/// ln of the weight J e^{−β(c·φ + λ|θ|²/2)} that places have for coefficients c, before it is normalised.
pub fn ln_weights<const D: usize>(
    landscape: &dyn Landscape<D>,
    places: &Nodes<D>,
    bath: Bath,
    coefficients: &[f64],
) -> Vec<f64> {
    let both = weights_and_amplitudes(landscape, places, bath, coefficients);
    both.into_iter().map(|(ln_weight, _)| ln_weight).collect()
}

/// [`ln_weights`], each with the mean of the amplitude there.
pub(super) fn weights_and_amplitudes<const D: usize>(
    landscape: &dyn Landscape<D>,
    places: &Nodes<D>,
    bath: Bath,
    coefficients: &[f64],
) -> Vec<(f64, f64)> {
    let mut values = vec![0.0; landscape.rank()];
    let mut all = Vec::with_capacity(places.position.len());
    for (z, ln_base) in places.position.iter().zip(ln_base_weights(places, bath)) {
        landscape.values(*z, &mut values);
        let slope: f64 = values.iter().zip(coefficients).map(|(value, c)| value * c).sum();
        let integral = bath.integral(slope);
        all.push((ln_base + integral.ln_weight, integral.mean));
    }
    all
}
