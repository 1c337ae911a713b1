//! What the systems `landscape` without noise report: of the law of least risk, and of the best single mass.

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, Scalar};
use ndarray::{Array1, Array2};

use super::exchange::least_risk_law;
use super::point_masses::PointMasses;
use super::rates::decay_rates;
use super::single::{FixedPoint, SingleMass};
use crate::scalars::{self, scalar};
use crate::static_system::StaticProblem;

/// At which separations of the data one mass is optimal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// From Δ_d^l to Δ_d^h; none where there are none, or nobody knows.
    pub interval: Option<[f64; 2]>,
    /// Δ_∞.
    pub limit: Option<f64>,
}

/// Finds them.
pub type FindThresholds = Box<dyn Fn() -> Result<Thresholds, String> + Send + Sync>;

/// The law of least risk on a box, of as many masses as it takes.
pub struct LeastRisk<const D: usize, L> {
    /// Features and energy.
    pub landscape: L,
    /// The least value of each coordinate.
    pub lower: [f64; D],
    /// The largest.
    pub upper: [f64; D],
}

impl<const D: usize, L: Landscape<D>> StaticProblem for LeastRisk<D, L> {
    const COORDINATES: usize = D;

    fn solve(&self) -> Result<(Observation, u64), String> {
        Ok(any_law(&self.landscape, [self.lower, self.upper]))
    }
}

/// The best single mass at a radius up to some.
pub struct LeastRiskOfOneMass<L> {
    /// Features and energy.
    pub landscape: L,
    /// The largest radius.
    pub largest: f64,
    /// Finds the separations of the data at which one mass is optimal.
    pub thresholds: FindThresholds,
}

impl<L: Landscape<1>> StaticProblem for LeastRiskOfOneMass<L> {
    const COORDINATES: usize = 1;

    fn solve(&self) -> Result<(Observation, u64), String> {
        Ok((one_mass(&self.landscape, self.largest, (self.thresholds)()?), 1))
    }
}

/// The law of least risk on a box. Its lower ends are no edges where they are 0: nothing lies beyond.
fn any_law<const D: usize>(
    landscape: &impl Landscape<D>,
    [lower, upper]: [[f64; D]; 2],
) -> (Observation, u64) {
    let found = least_risk_law(landscape, lower, upper);
    let rates = decay_rates(landscape, &found.law, &found.moments, [lower, upper]);
    let PointMasses { places, weights } = &found.law;
    let is_at_edge = |z: &[f64; D]| (0..D).any(|c| z[c] >= upper[c] || (z[c] <= lower[c] && lower[c] < 0.0));
    let at_edge = places.iter().zip(weights).filter(|(z, _)| is_at_edge(z));
    let at_edge = at_edge.fold(0.0, |sum, (_, w)| sum + w);
    let furthest = std::array::from_fn(|c| places.iter().map(|z| z[c].abs()).fold(0.0, f64::max));
    let mut scalars = vec![
        scalars::free_energy(0.5 * landscape.energy(&found.moments)),
        Scalar::new(quantities::MASSES, places.len() as f64),
        scalar(
            quantities::DUALITY_GAP,
            "2 (∫Ψ dρ − min Ψ): where the loss is convex, no law on the box has a risk lower by more",
            found.gap,
        ),
        scalar(quantities::EDGE_MASS, "mass at the ends of the box: it wants to go further", at_edge),
        scalars::mass_error(weights),
        scalars::kernel_truncation(landscape.truncation(furthest)),
    ];
    scalars.extend(rate_scalars(rates.inner, rates.joint));
    let law = atoms(places, weights);
    (Observation { risk: landscape.risk(&found.moments), scalars, law }, found.rounds as u64)
}

/// The best single mass.
fn one_mass(landscape: &impl Landscape<1>, largest: f64, thresholds: Thresholds) -> Observation {
    let found = SingleMass::best(landscape, largest);
    let fixed = FixedPoint::find_all(landscape, largest);
    let [low, high] = thresholds.interval.unwrap_or([f64::NAN; 2]);
    let mut scalars = vec![
        scalars::free_energy(found.half_energy),
        Scalar::new(quantities::MARGIN, found.margin),
        Scalar::new(quantities::FIXED_POINTS, fixed.len() as f64),
        Scalar::new(
            quantities::STABLE_FIXED_POINTS,
            fixed.iter().filter(|point| point.rates.inner > 0.0 && point.rates.joint > 0.0).count() as f64,
        ),
        Scalar::new(quantities::THRESHOLD_LOW, low),
        Scalar::new(quantities::THRESHOLD_HIGH, high),
        Scalar::new(quantities::THRESHOLD_LIMIT, thresholds.limit.unwrap_or(f64::NAN)),
        scalar(
            quantities::DUALITY_GAP,
            "no law at all has a risk lower by more than this",
            (-2.0 * found.margin).max(0.0),
        ),
        scalar(
            quantities::EDGE_MASS,
            "mass at the upper end of the radii: it wants to go further",
            if found.is_at_edge { 1.0 } else { 0.0 },
        ),
        scalars::kernel_truncation(landscape.truncation([found.radius])),
    ];
    scalars.extend(rate_scalars(found.rates.inner, found.rates.joint));
    Observation { risk: found.risk, scalars, law: atoms(&[[found.radius]], &[1.0]) }
}

fn rate_scalars(inner: f64, joint: f64) -> [Scalar; 2] {
    [Scalar::new(quantities::INNER_RATE, inner), Scalar::new(quantities::JOINT_RATE, joint)]
}

fn atoms<const D: usize>(places: &[[f64; D]], weights: &[f64]) -> Measure {
    let points = Array2::from_shape_fn((places.len(), D), |(i, c)| places[i][c]);
    Measure::Atoms { points, weights: Array1::from(weights.to_vec()) }
}
