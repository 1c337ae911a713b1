//! The Gibbs state, where the dynamics with noise ends (Mei, Montanari & Nguyen 2018, eq. 21): the minimiser
//! of
//!
//! ```text
//!   F(ρ) = R(m)/2 + (λ/2) ∫|θ|²dρ + β⁻¹ ∫ρ ln(ρ/J),    ρ_m ∝ J e^{−β(Ψ(·; m) + λ|θ|²/2)},    m = ∫φ dρ_m
//! ```
//! on nodes that stand for the space: cells of a grid, or a quadrature. The unknowns are the few moments.
//! Newton's method with a line search climbs the dual, D(m) = R(m)/2 − c(m)·m − β⁻¹ ln Z(m) ≤ F, which is
//! concave where R is convex: then the state is unique and is found from any start, and F − D bounds what is
//! missing. An outer weight a, in which Ψ is linear, is integrated exactly; where Ψ is homogeneous in the
//! rest, so is its length, and nodes are directions. Derived there:
//!
//! ```text
//!   a alone, Ψ = a P:      ∫e^{−β(aP + λa²/2)} da = √(2πv) e^{P²/(2λ²v)},    v = 1/(βλ);    a ~ N(−P/λ, v)
//!   and ρ, P = ρ p(u):     κ = p/λ,    |S^{n−1}| ∫ρ^{n−1} e^{−(1−κ²)ρ²/(2v)} dρ = (2πv/(1−κ²))^{n/2},    |κ| < 1
//!                          ρ² (1−κ²)/v ~ χ²_n,    E aρ = −κ E ρ²,    E (aρ)² = v E ρ² + κ² E ρ⁴
//! ```
//! A direction with |κ| ≥ 1 has no finite weight: D = −∞ there, which the line search takes for a wall. D
//! falls to −∞ at that wall, and as −|m|² far out: there is a Gibbs state for every λ > 0. It knows no time
//! and no grid.

use std::f64::consts::TAU;

use meanfield_model::landscape::Landscape;
use nalgebra::{DMatrix, DVector};

/// Newton steps.
const MOST_ITERATIONS: usize = 500;
/// Halvings of one.
const MOST_HALVINGS: usize = 60;
/// Share of the rise that the slope predicts (Armijo).
const SUFFICIENT: f64 = 1e-4;
/// Below this residual there is nothing left to climb but rounding: full steps.
const NEAR: f64 = 1e-6;
/// The moments agree with their law to this, relative to their size (in the norm of the energy).
const CLOSE: f64 = 1e-14;
/// A residual up to this is a result; or up to the rounding of βΨ, where that is more.
const ALLOWED: f64 = 1e-12;
const ROUNDING: f64 = 64.0 * f64::EPSILON;
/// Nodes in a block.
const BLOCK: usize = 1024;
/// A result that a Newton step does not improve by this factor is as good as it gets.
const STALLED: f64 = 0.3;

/// Points that stand for the space of the coordinates.
#[derive(Clone, Debug, Default)]
pub struct Nodes<const D: usize> {
    /// Where the features are taken.
    pub position: Vec<[f64; D]>,
    /// ln of ∫J dz that each stands for.
    pub ln_volume: Vec<f64>,
}

/// The noise and what holds the neurons together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bath {
    /// 1/β > 0.
    pub temperature: f64,
    /// λ ≥ 0.
    pub ridge: f64,
    /// How neurons are weighted.
    pub amplitude: Amplitude,
}

/// The factor of a neuron's features that is no coordinate of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What is found.
#[derive(Clone, Debug)]
pub struct Gibbs {
    /// m.
    pub moments: Vec<f64>,
    /// c(m): ρ ∝ J e^{−β(c·φ + λ|θ|²/2)}.
    pub coefficients: Vec<f64>,
    /// Probability of each node.
    pub mass: Vec<f64>,
    /// Of the amplitude, given the node: its mean.
    pub mean_amplitude: Vec<f64>,
    /// R.
    pub risk: f64,
    /// F.
    pub free_energy: f64,
    /// ln Z.
    pub ln_partition: f64,
    /// F less the dual: where R is convex, F is not above its least by more than this. (Elsewhere there may
    /// be other states.)
    pub gap: f64,
    /// √Σ|κ_k|(∫φ_k dρ_m − m_k)², relative to the moments' size (or 1).
    pub residual: f64,
    /// Newton steps.
    pub iterations: usize,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GibbsError {
    /// Newton's method stopped short.
    #[error(
        "the Gibbs state was not found, its moments are off by {0:.1e} of their size; write a higher temperature or a larger ridge"
    )]
    NotFound(f64),
}

/// The Gibbs state on nodes, from the law of moments `start` on.
pub fn gibbs<const D: usize>(
    landscape: &dyn Landscape<D>,
    nodes: &Nodes<D>,
    bath: Bath,
    start: Vec<f64>,
) -> Result<Gibbs, GibbsError> {
    let search =
        Search { landscape, features: features(landscape, nodes), ln_base: ln_base(nodes, bath), bath };
    let (here, iterations) = search.climb(start);
    if here.residual.is_nan() || here.residual > here.allowed() {
        return Err(GibbsError::NotFound(here.residual));
    }
    Ok(search.found(here, iterations))
}

/// Moments at which Ψ = 0 where R is quadratic: what a law that fits the data perfectly would have. Any other
/// start does as well, but with an outer weight, where ρ_m need not exist for every m.
pub fn unbiased<const D: usize>(landscape: &dyn Landscape<D>) -> Vec<f64> {
    let rank = landscape.rank();
    let (zero, mut slope, mut curvature) = (vec![0.0; rank], vec![0.0; rank], vec![0.0; rank]);
    landscape.potential_coefficients(&zero, &mut slope);
    landscape.curvatures(&zero, &mut curvature);
    slope.iter().zip(curvature).map(|(slope, k)| if k > 0.0 { -slope / k } else { 0.0 }).collect()
}

/// The state from one start, or from another where that leads nowhere: where R is not convex, or the nodes
/// are others.
pub fn gibbs_from_either<const D: usize>(
    landscape: &dyn Landscape<D>,
    nodes: &Nodes<D>,
    bath: Bath,
    [start, otherwise]: [Vec<f64>; 2],
) -> Result<Gibbs, GibbsError> {
    gibbs(landscape, nodes, bath, start).or_else(|_| gibbs(landscape, nodes, bath, otherwise))
}

/// ln of each node's weight before it is told of Ψ: its volume, and the ridge on what is not integrated
/// exactly.
fn ln_base<const D: usize>(nodes: &Nodes<D>, bath: Bath) -> Vec<f64> {
    let first = match bath.amplitude {
        Amplitude::One => 0,
        Amplitude::Outer => 1,
        Amplitude::OuterAndLength { .. } => D,
    };
    let square = |z: &[f64; D]| z[first..].iter().map(|c| c * c).sum::<f64>();
    let factor = -0.5 * bath.ridge / bath.temperature;
    nodes.position.iter().zip(&nodes.ln_volume).map(|(z, ln_volume)| ln_volume + factor * square(z)).collect()
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

/// The same, each with the amplitude's mean there.
pub(crate) fn weights_and_amplitudes<const D: usize>(
    landscape: &dyn Landscape<D>,
    places: &Nodes<D>,
    bath: Bath,
    coefficients: &[f64],
) -> Vec<(f64, f64)> {
    let mut values = vec![0.0; landscape.rank()];
    let weight = |(z, ln_base): (&[f64; D], f64)| {
        landscape.values(*z, &mut values);
        let slope: f64 = values.iter().zip(coefficients).map(|(value, c)| value * c).sum();
        let (ln_weight, mean, _) = bath.of_slope(slope);
        (ln_base + ln_weight, mean)
    };
    places.position.iter().zip(ln_base(places, bath)).map(weight).collect()
}

/// φ_k(z_j), shape (j, k).
fn features<const D: usize>(landscape: &dyn Landscape<D>, nodes: &Nodes<D>) -> DMatrix<f64> {
    let rank = landscape.rank();
    let mut values = vec![0.0; rank];
    let mut all = DMatrix::zeros(nodes.position.len(), rank);
    for (j, z) in nodes.position.iter().enumerate() {
        landscape.values(*z, &mut values);
        values.iter().enumerate().for_each(|(k, value)| all[(j, k)] = *value);
    }
    all
}

struct Search<'a, const D: usize> {
    landscape: &'a dyn Landscape<D>,
    bath: Bath,
    /// φ_k(z_j), shape (j, k).
    features: DMatrix<f64>,
    ln_base: Vec<f64>,
}

/// ρ_m and what follows from it.
struct Law {
    moments: DVector<f64>,
    coefficients: DVector<f64>,
    mass: DVector<f64>,
    /// Mean and mean square of the amplitude, given the node.
    amplitude: Vec<(f64, f64)>,
    ln_partition: f64,
    /// ∫φ dρ_m.
    own: DVector<f64>,
    dual: f64,
    residual: f64,
    /// Largest |∂ ln weight/∂ ln(c·φ)| where there is mass: by so much the rounding of c·φ grows.
    largest_exponent: f64,
}

impl Law {
    /// What its residual may be.
    fn allowed(&self) -> f64 {
        ALLOWED.max(ROUNDING * self.largest_exponent)
    }
}

impl Bath {
    /// v = 1/(βλ), the variance of a parameter that does not see the data.
    pub(crate) fn variance(self) -> f64 {
        self.temperature / self.ridge
    }

    /// What the slope of Ψ in the amplitude does to a node: ln of the weight that the amplitude is integrated
    /// to, and the amplitude's mean and mean square there. See the module's head.
    fn of_slope(self, slope: f64) -> (f64, f64, f64) {
        match self.amplitude {
            Amplitude::One => (-slope / self.temperature, 1.0, 1.0),
            Amplitude::Outer => {
                let (mean, variance) = (-slope / self.ridge, self.variance());
                (self.ln_width() + 0.5 * mean * mean / variance, mean, mean * mean + variance)
            }
            Amplitude::OuterAndLength { parameters } => self.of_direction(slope, parameters as f64),
        }
    }

    /// The same where a and the length of n other parameters are integrated; an infinite weight where |κ| ≥
    /// 1.
    fn of_direction(self, slope: f64, n: f64) -> (f64, f64, f64) {
        let kappa = slope / self.ridge;
        let Some(square) = self.mean_square_length(slope, n) else {
            return (f64::INFINITY, f64::NAN, f64::NAN);
        };
        let ln_length = 0.5 * n * (TAU * square / n).ln();
        let amplitude_square = square * (self.variance() + kappa * kappa * (1.0 + 2.0 / n) * square);
        (self.ln_width() + ln_length, -kappa * square, amplitude_square)
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

impl<const D: usize> Search<'_, D> {
    /// Newton's method; the last law, and the number of steps.
    fn climb(&self, start: Vec<f64>) -> (Law, usize) {
        let mut here = self.law(DVector::from_vec(start));
        for iteration in 0..MOST_ITERATIONS {
            if here.residual <= CLOSE {
                return (here, iteration);
            }
            let Some(higher) = self.next(&here) else { return (here, iteration) };
            let is_rounding =
                higher.residual <= higher.allowed() && higher.residual > STALLED * here.residual;
            here = higher;
            if is_rounding {
                return (here, iteration + 1);
            }
        }
        (here, MOST_ITERATIONS)
    }

    /// ρ_m for given moments.
    fn law(&self, moments: DVector<f64>) -> Law {
        let mut coefficients = DVector::zeros(moments.len());
        self.landscape.potential_coefficients(moments.as_slice(), coefficients.as_mut_slice());
        let mut mass = &self.features * &coefficients;
        let mut exponents = Vec::with_capacity(mass.len());
        let mut amplitude = Vec::with_capacity(mass.len());
        for (x, ln_base) in mass.iter_mut().zip(&self.ln_base) {
            let (ln_weight, mean, square) = self.bath.of_slope(*x);
            amplitude.push((mean, square));
            exponents.push((*x * mean / self.bath.temperature).abs());
            *x = ln_base + ln_weight;
        }
        let ln_partition = normalise(mass.as_mut_slice());
        let heavy = mass.iter().zip(&exponents).filter(|(mass, _)| **mass > f64::EPSILON);
        let largest_exponent = heavy.fold(0.0, |largest: f64, (_, exponent)| largest.max(*exponent));
        let weighted = DVector::from_iterator(mass.len(), mass.iter().zip(&amplitude).map(|(p, a)| p * a.0));
        let own = self.features.tr_mul(&weighted);
        let half = 0.5 * self.landscape.risk(moments.as_slice());
        let dual = half - coefficients.dot(&moments) - self.bath.temperature * ln_partition;
        let residual = self.norm(&moments, &(&own - &moments)) / self.norm(&moments, &own).max(1.0);
        Law { moments, coefficients, mass, amplitude, ln_partition, own, dual, residual, largest_exponent }
    }

    fn curvatures(&self, moments: &DVector<f64>) -> DVector<f64> {
        let mut curvatures = DVector::zeros(moments.len());
        self.landscape.curvatures(moments.as_slice(), curvatures.as_mut_slice());
        curvatures
    }

    fn norm(&self, moments: &DVector<f64>, x: &DVector<f64>) -> f64 {
        self.curvatures(moments).iter().zip(x.iter()).map(|(k, x)| k.abs() * x * x).sum::<f64>().sqrt()
    }

    /// (1 + β Cov(φ) diag κ)⁻¹ (∫φ dρ_m − m).
    fn direction(&self, here: &Law) -> Option<DVector<f64>> {
        let curvatures = self.curvatures(&here.moments);
        let mut matrix = self.mean_products(here) - &here.own * here.own.transpose();
        for (k, mut column) in matrix.column_iter_mut().enumerate() {
            column *= curvatures[k] / self.bath.temperature;
        }
        matrix += DMatrix::identity(curvatures.len(), curvatures.len());
        matrix.lu().solve(&(&here.own - &here.moments)).filter(|step| step.iter().all(|x| x.is_finite()))
    }

    /// ∫φ_k φ_l dρ_m, in blocks of nodes: the features are not copied.
    fn mean_products(&self, here: &Law) -> DMatrix<f64> {
        let (nodes, rank) = self.features.shape();
        let mut products = DMatrix::zeros(rank, rank);
        for first in (0..nodes).step_by(BLOCK) {
            let mut block = self.features.rows(first, BLOCK.min(nodes - first)).into_owned();
            for (j, mut row) in block.row_iter_mut().enumerate() {
                row *= (here.mass[first + j] * here.amplitude[first + j].1).sqrt();
            }
            products.gemm_tr(1.0, &block, &block, 1.0);
        }
        products
    }

    /// A law along the direction whose dual is higher by a share of what the slope promises, or, near the
    /// end, whose moments agree better.
    fn higher(&self, here: &Law, direction: &DVector<f64>) -> Option<Law> {
        let slope = self.curvatures(&here.moments).component_mul(&(&here.own - &here.moments)).dot(direction);
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let there = self.law(&here.moments + direction * share);
            let rises = slope > 0.0 && there.dual >= here.dual + SUFFICIENT * share * slope;
            let agrees = there.residual < here.residual;
            if if here.residual < NEAR || slope <= 0.0 { agrees } else { rises } {
                return Some(there);
            }
            share *= 0.5;
        }
        None
    }

    /// A law nearer to its own moments: by Newton's method; where R is not convex, which may lead that
    /// astray, half of the way to the moments of the present one, until it is near.
    fn next(&self, here: &Law) -> Option<Law> {
        let convex = self.curvatures(&here.moments).iter().all(|curvature| *curvature >= 0.0);
        if !convex && here.residual > NEAR {
            return Some(self.law((&here.own + &here.moments) * 0.5));
        }
        self.higher(here, &self.direction(here)?)
    }

    /// F and the rest, at the moments that the law has itself: ln(ρ/J) = −β(c·φ + λ|θ|²/2) − ln Z.
    fn found(&self, here: Law, iterations: usize) -> Gibbs {
        let own = here.own.as_slice();
        let risk = self.landscape.risk(own);
        let held = here.coefficients.dot(&here.own) + self.bath.temperature * here.ln_partition;
        let free_energy = 0.5 * risk - held;
        Gibbs {
            risk,
            free_energy,
            ln_partition: here.ln_partition,
            gap: free_energy - here.dual,
            residual: here.residual,
            iterations,
            moments: own.to_vec(),
            coefficients: here.coefficients.as_slice().to_vec(),
            mass: here.mass.as_slice().to_vec(),
            mean_amplitude: here.amplitude.iter().map(|(mean, _)| *mean).collect(),
        }
    }
}

/// Turns logarithms of weights into probabilities; returns the logarithm of their sum.
fn normalise(logarithms: &mut [f64]) -> f64 {
    let largest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logarithms.iter_mut().for_each(|x| *x = (*x - largest).exp());
    let sum: f64 = logarithms.iter().sum();
    logarithms.iter_mut().for_each(|x| *x /= sum);
    largest + sum.ln()
}
