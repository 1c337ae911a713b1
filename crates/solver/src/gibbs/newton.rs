//! The Gibbs state on nodes that stand for the space, by Newton's method.
//!
//! The unknowns are the few moments. Newton's method with a line search climbs the dual, D(m) = R(m)/2 −
//! c(m)·m − β⁻¹ ln Z(m) ≤ F, which is concave where R is convex: then the state is unique and is found from
//! any start, and F − D bounds what is missing. A node without a finite weight ([`bath`](super::bath)) has D
//! = −∞, which the line search takes for a wall. D falls to −∞ at that wall, and as −|m|² far out: there is a
//! Gibbs state for every λ > 0. It knows no time and no grid.

use meanfield_model::landscape::Landscape;
use nalgebra::{DMatrix, DVector};

use super::bath::{Bath, SlopeIntegral, ln_base_weights};
use super::error::GibbsError;
use crate::nodes::Nodes;

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

/// A Gibbs state on nodes.
#[derive(Clone, Debug)]
pub struct GibbsState {
    /// m.
    pub moments: Vec<f64>,
    /// c(m): ρ ∝ J e^{−β(c·φ + λ|θ|²/2)}.
    pub coefficients: Vec<f64>,
    /// Probability of each node.
    pub mass: Vec<f64>,
    /// Mean of the amplitude, given the node.
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

/// The Gibbs state on nodes, from the law of moments `start` on.
///
/// ```
/// use meanfield_model::activation::{Activation, PiecewiseLinear};
/// use meanfield_model::data::GaussianClasses;
/// use meanfield_model::features::Features;
/// use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
/// use meanfield_model::volume::VolumeElement;
/// use meanfield_solver::gibbs::{Amplitude, Bath, gibbs_state};
/// use meanfield_solver::nodes::Nodes;
///
/// // Two classes of Gaussians N(0, (1 ± 0.8)² I) in 40 dimensions, and neurons σ(⟨w, x⟩), r = |w|.
/// let data = GaussianClasses::isotropic(40, 0.8)?;
/// let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?);
/// let landscape = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9)?;
///
/// let radii = (0..200).map(|i| 0.02 * (i as f64 + 0.5));
/// let shell = VolumeElement::Radius(40);
/// let nodes = Nodes {
///     position: radii.clone().map(|r| [r]).collect(),
///     ln_volume: radii.map(|r| shell.ln(r) + 0.02_f64.ln()).collect(),
/// };
/// let bath = Bath { temperature: 0.03, ridge: 0.2, amplitude: Amplitude::One };
/// let state = gibbs_state(&landscape, &nodes, bath, vec![0.0; landscape.rank()])?;
/// assert!((state.mass.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// assert!(state.residual < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If Newton's method stops short of it.
pub fn gibbs_state<const D: usize>(
    landscape: &dyn Landscape<D>,
    nodes: &Nodes<D>,
    bath: Bath,
    start: Vec<f64>,
) -> Result<GibbsState, GibbsError> {
    let search = Search {
        landscape,
        features: features(landscape, nodes),
        ln_base: ln_base_weights(nodes, bath),
        bath,
    };
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
    let [mut slope, mut curvature] = [0; 2].map(|_| vec![0.0; rank]);
    let zero = vec![0.0; rank];
    landscape.potential_coefficients(&zero, &mut slope);
    landscape.curvatures(&zero, &mut curvature);
    slope.iter().zip(curvature).map(|(slope, k)| if k > 0.0 { -slope / k } else { 0.0 }).collect()
}

/// The state from one start, or from another where that leads nowhere: where R is not convex, or the nodes
/// are others.
///
/// # Errors
///
/// If neither start leads to it.
pub fn gibbs_state_from_either<const D: usize>(
    landscape: &dyn Landscape<D>,
    nodes: &Nodes<D>,
    bath: Bath,
    [start, otherwise]: [Vec<f64>; 2],
) -> Result<GibbsState, GibbsError> {
    gibbs_state(landscape, nodes, bath, start).or_else(|_| gibbs_state(landscape, nodes, bath, otherwise))
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
struct TrialLaw {
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

impl TrialLaw {
    /// Largest residual that is accepted.
    fn allowed(&self) -> f64 {
        ALLOWED.max(ROUNDING * self.largest_exponent)
    }
}

impl<const D: usize> Search<'_, D> {
    /// Newton's method; the last law, and the number of steps.
    fn climb(&self, start: Vec<f64>) -> (TrialLaw, usize) {
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
    fn law(&self, moments: DVector<f64>) -> TrialLaw {
        let mut coefficients = DVector::zeros(moments.len());
        self.landscape.potential_coefficients(moments.as_slice(), coefficients.as_mut_slice());
        let mut mass = &self.features * &coefficients;
        let mut exponents = Vec::with_capacity(mass.len());
        let mut amplitude = Vec::with_capacity(mass.len());
        for (x, ln_base) in mass.iter_mut().zip(&self.ln_base) {
            let SlopeIntegral { ln_weight, mean, mean_square } = self.bath.integral(*x);
            amplitude.push((mean, mean_square));
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
        TrialLaw {
            moments,
            coefficients,
            mass,
            amplitude,
            ln_partition,
            own,
            dual,
            residual,
            largest_exponent,
        }
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
    fn direction(&self, here: &TrialLaw) -> Option<DVector<f64>> {
        let curvatures = self.curvatures(&here.moments);
        let mut matrix = self.mean_products(here) - &here.own * here.own.transpose();
        for (k, mut column) in matrix.column_iter_mut().enumerate() {
            column *= curvatures[k] / self.bath.temperature;
        }
        matrix += DMatrix::identity(curvatures.len(), curvatures.len());
        matrix.lu().solve(&(&here.own - &here.moments)).filter(|step| step.iter().all(|x| x.is_finite()))
    }

    /// ∫φ_k φ_l dρ_m, in blocks of nodes: the features are not copied.
    fn mean_products(&self, here: &TrialLaw) -> DMatrix<f64> {
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
    fn higher(&self, here: &TrialLaw, direction: &DVector<f64>) -> Option<TrialLaw> {
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
    fn next(&self, here: &TrialLaw) -> Option<TrialLaw> {
        let convex = self.curvatures(&here.moments).iter().all(|curvature| *curvature >= 0.0);
        if !convex && here.residual > NEAR {
            return Some(self.law((&here.own + &here.moments) * 0.5));
        }
        self.higher(here, &self.direction(here)?)
    }

    /// F and the rest, at the moments that the law has itself: ln(ρ/J) = −β(c·φ + λ|θ|²/2) − ln Z.
    fn found(&self, here: TrialLaw, iterations: usize) -> GibbsState {
        let own = here.own.as_slice();
        let risk = self.landscape.risk(own);
        let held = here.coefficients.dot(&here.own) + self.bath.temperature * here.ln_partition;
        let free_energy = 0.5 * risk - held;
        GibbsState {
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
