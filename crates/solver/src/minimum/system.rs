//! The systems `landscape` without noise: the law of least risk of any number of masses, or of one.
//!
//! They have no dynamics: they are the same at all times, and computed when they are first asked for.

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::certificate;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};
use ndarray::{Array1, Array2};

use super::exchange::{Points, least};
use super::rates::rates;
use super::single::SingleMass;
use crate::scalars::{self, scalar};

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

/// What is seen of a static problem, and the rounds that it took.
type Answer = (Observation, u64);

/// See the module's head.
pub struct Minimum<const D: usize> {
    find: Box<dyn Fn() -> Result<Answer, String> + Send + Sync>,
    found: Option<Answer>,
    time: f64,
}

impl<const D: usize> Minimum<D> {
    /// Of any law with coordinates from 0 up to these.
    pub fn of_any_law(landscape: impl Landscape<D> + 'static, upper: [f64; D]) -> Self {
        Self { find: Box::new(move || Ok(any_law(&landscape, upper))), found: None, time: 0.0 }
    }
}

impl Minimum<1> {
    /// Of one mass at a radius up to this.
    pub fn of_one_mass(
        landscape: impl Landscape<1> + 'static,
        largest: f64,
        thresholds: FindThresholds,
    ) -> Self {
        let find = Box::new(move || Ok(one_mass(&landscape, largest, thresholds()?)));
        Self { find, found: None, time: 0.0 }
    }
}

impl<const D: usize> System for Minimum<D> {
    fn time(&self) -> f64 {
        self.time
    }

    fn is_static(&self) -> bool {
        true
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        if self.found.is_none() {
            self.found = Some((self.find)().map_err(RunError::Static)?);
        }
        self.time = until;
        Ok(Stride::Reached)
    }

    fn observe(&self) -> Observation {
        match &self.found {
            Some((seen, _)) => seen.clone(),
            None => Observation { risk: f64::NAN, scalars: Vec::new(), law: atoms::<D>(&[], &[]) },
        }
    }

    fn work(&self) -> u64 {
        self.found.as_ref().map_or(0, |(_, rounds)| *rounds)
    }

    /// Nothing: it is computed again.
    fn save(&self) -> State {
        State { integers: Vec::new(), reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let &[time] = &state.reals[..] else {
            return Err(RunError::Checkpoint(format!("{} numbers for a time", state.reals.len())));
        };
        self.time = time;
        Ok(())
    }
}

/// The law of least risk on a box.
fn any_law<const D: usize>(landscape: &impl Landscape<D>, upper: [f64; D]) -> (Observation, u64) {
    let found = least(landscape, [0.0; D], upper);
    let rates = rates(landscape, &found.law, &found.moments, [[0.0; D], upper]);
    let Points { places, weights } = &found.law;
    let is_at_edge = |z: &[f64; D]| (0..D).any(|c| z[c] >= upper[c]);
    let at_edge = places.iter().zip(weights).filter(|(z, _)| is_at_edge(z)).fold(0.0, |sum, (_, w)| sum + w);
    let furthest = std::array::from_fn(|c| places.iter().map(|z| z[c]).fold(0.0, f64::max));
    let mut scalars = vec![
        scalars::free_energy(0.5 * landscape.energy(&found.moments)),
        scalar("masses", "points that have mass", places.len() as f64),
        scalar(
            certificate::DUALITY_GAP,
            "2 (∫Ψ dρ − min Ψ): where the loss is convex, no law on the box has a risk lower by more",
            found.gap,
        ),
        scalar(certificate::EDGE_MASS, "mass at the upper ends of the box: it wants to go further", at_edge),
        scalars::mass_error(weights),
        scalars::kernel_truncation(landscape.truncation(furthest)),
    ];
    scalars.extend(both(rates.inner, rates.joint));
    let law = atoms(places, weights);
    (Observation { risk: landscape.risk(&found.moments), scalars, law }, found.rounds as u64)
}

/// The best single mass.
fn one_mass(landscape: &impl Landscape<1>, largest: f64, thresholds: Thresholds) -> (Observation, u64) {
    let found = SingleMass::best(landscape, largest);
    let fixed = SingleMass::fixed_points(landscape, largest);
    let [low, high] = thresholds.interval.unwrap_or([f64::NAN; 2]);
    let mut scalars = vec![
        scalars::free_energy(found.half_energy),
        scalar(
            "margin",
            "the least of Ψ elsewhere, r → ∞ included, less Ψ at the mass: where it is ≥ 0 no law has less risk (MMN 2018, Lemma 1)",
            found.margin,
        ),
        scalar("fixed_points", "radii at which a single mass stands still", fixed.len() as f64),
        scalar(
            "stable_fixed_points",
            "those to which the mass and all its parts return (MMN 2018, Theorem 6)",
            fixed.iter().filter(|mass| mass.rates.inner > 0.0 && mass.rates.joint > 0.0).count() as f64,
        ),
        scalar("threshold_low", "Δ_d^l: from this separation of the data on one mass is optimal", low),
        scalar("threshold_high", "Δ_d^h: up to this separation of the data one mass is optimal", high),
        scalar("threshold_limit", "Δ_∞, to which Δ_d^h tends as d → ∞", thresholds.limit.unwrap_or(f64::NAN)),
        scalar(
            certificate::DUALITY_GAP,
            "no law at all has a risk lower by more than this",
            (-2.0 * found.margin).max(0.0),
        ),
        scalar(
            certificate::EDGE_MASS,
            "mass at the upper end of the radii: it wants to go further",
            if found.is_at_edge { 1.0 } else { 0.0 },
        ),
        scalars::kernel_truncation(landscape.truncation([found.radius])),
    ];
    scalars.extend(both(found.rates.inner, found.rates.joint));
    (Observation { risk: found.risk, scalars, law: atoms(&[[found.radius]], &[1.0]) }, 1)
}

fn both(inner: f64, joint: f64) -> [Scalar; 2] {
    [
        scalar(
            "inner_rate",
            "slowest rate at which parts of a mass return to it; negative: they leave",
            inner,
        ),
        scalar("joint_rate", "slowest rate at which masses return as wholes; negative: they leave", joint),
    ]
}

fn atoms<const D: usize>(places: &[[f64; D]], weights: &[f64]) -> Measure {
    let points = Array2::from_shape_fn((places.len(), D), |(i, c)| places[i][c]);
    Measure::Atoms { points, weights: Array1::from(weights.to_vec()) }
}
