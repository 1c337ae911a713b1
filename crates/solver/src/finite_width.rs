//! The mean-field law by characteristics, together with the 1/N correction to the risk of a network.
//!
//! Without sampling noise, N neurons under gradient flow obey the very PDE, started from their own empirical
//! law. With S_t the PDE's flow and F(ρ₀) = R(S_t ρ₀), expanding in the fluctuation of N independent draws
//! gives
//!
//! ```text
//!   E R_N(t) = R(t) + b(t)/N + O(N⁻²),    b(t) = ½ ∫ d²/dh² F((1−h)ρ₀ + hδ_θ)|_{h=0} ρ₀(dθ)
//! ```
//! At t = 0 this is ∫U(θ,θ)dρ − ∬U dρdρ; later it is smaller, because every neuron also descends in the field
//! of its own fluctuation. Singling out θ leaves symmetry about its direction, so F needs two coordinates,
//! along and across it ([`AxialSeries`]). The derivative is a central difference over small weights ±h. SGD's
//! own noise (of order ε) is not part of b. Where the law splits, ever smaller differences decide on which
//! side a neuron falls, and the expansion has no stable value: b is computed until a given time only.
//!
//! After training the bias of a network is about a third of that of independent neurons, ∫U(θ,θ)dρ − ∬U dρdρ.
//! The correction is computed for the squared loss only, and refused for every other.

use meanfield_model::activation::Activation;
use meanfield_model::axial_series::AxialSeries;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::landscape::Landscape;
use meanfield_model::quadrature::NotConverged;
use meanfield_model::ridge::Ridged;
use meanfield_model::sphere;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

use crate::characteristics::{Characteristics, quantile_atoms};

/// Radii of the unperturbed law, nodes on the sphere, radii singled out, Hermite orders: together they err by
/// about 1 % of b, as their refinement shows.
const RADII: usize = 32;
const SPHERE: usize = 8;
const SINGLED_OUT: usize = 4;
const ORDERS: usize = 12;
/// h: the difference quotient errs by h², relatively; rounding and time steps by their error / h².
const WEIGHT: f64 = 0.02;
/// Error tolerated in a time step of the copies.
const TOLERANCE: f64 = 1e-8;

/// The parts of which copies are made.
pub struct Start {
    /// The landscape about an axis.
    pub landscape: Ridged<AxialSeries>,
    /// Radii of the unperturbed law, equal weights.
    pub radii: Vec<f64>,
    /// Nodes (ζ, weight) on the sphere.
    pub sphere: Vec<(f64, f64)>,
    /// Radii of the neuron singled out, equal weights.
    pub singled_out: Vec<f64>,
}

/// Reasons for which b cannot be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BiasError {
    /// A kink of σ at 0.
    #[error("b(t) cannot be computed for an activation with a kink at 0: neurons reach w = 0 and stop there")]
    KinkAtZero,
    /// No nodes on the sphere.
    #[error(transparent)]
    Sphere(#[from] NotConverged),
}

impl Start {
    /// The start of rotation-invariant neurons that a ridge λ holds.
    ///
    /// # Errors
    ///
    /// If σ has a kink at 0, or there are no nodes on the sphere.
    pub fn new(
        data: &GaussianClasses,
        activation: &Activation,
        initial: &Initial,
        ridge: f64,
    ) -> Result<Self, BiasError> {
        // Two coordinates cannot say that a neuron has stopped at their origin: the copies would chatter
        // there.
        if activation.kinks().contains(&0.0) {
            return Err(BiasError::KinkAtZero);
        }
        let [radii, singled_out] = [RADII, SINGLED_OUT]
            .map(|count| quantile_atoms(count, |level| initial.radial_quantile(data.dimension, level)));
        Ok(Self {
            landscape: Ridged::new(AxialSeries::new(data, activation, ORDERS), ridge),
            radii,
            sphere: sphere::quadrature(data.dimension, SPHERE)?,
            singled_out,
        })
    }
}

/// The law by characteristics, and copies of it that a neuron is singled out in.
pub struct FiniteWidth<L> {
    mean_field: Characteristics<1, L>,
    unperturbed: Characteristics<2, Ridged<AxialSeries>>,
    /// Pairs of copies, (+h, −h), one for each neuron singled out.
    perturbed: Vec<[Characteristics<2, Ridged<AxialSeries>>; 2]>,
    landscape: Ridged<AxialSeries>,
    until: f64,
}

impl<L: Landscape<1>> FiniteWidth<L> {
    /// The system that reports what `mean_field` reports, and `network_bias` until time `until` (NaN beyond).
    pub fn new(mean_field: Characteristics<1, L>, start: &Start, until: f64) -> Self {
        let pairs = start.singled_out.iter();
        let pairs = pairs.map(|radius| [WEIGHT, -WEIGHT].map(|h| copy(start, Some((*radius, h)))));
        Self {
            mean_field,
            unperturbed: copy(start, None),
            perturbed: pairs.collect(),
            landscape: start.landscape.clone(),
            until,
        }
    }

    fn copies(&mut self) -> impl Iterator<Item = &mut Characteristics<2, Ridged<AxialSeries>>> {
        std::iter::once(&mut self.unperturbed).chain(self.perturbed.iter_mut().flatten())
    }

    /// b(t), with what the copies' orders leave out of U(θ, θ) added for the present law.
    fn network_bias(&self) -> f64 {
        if self.time() > self.until {
            return f64::NAN;
        }
        let risk = self.unperturbed.risk();
        let seconds = self
            .perturbed
            .iter()
            .map(|[above, below]| (above.risk() - 2.0 * risk + below.risk()) / WEIGHT.powi(2));
        let half = 0.5 * seconds.sum::<f64>() / self.perturbed.len() as f64;
        half + self
            .mean_field
            .atoms()
            .map(|([radius], weight)| weight * self.landscape.inner().left_out(radius))
            .sum::<f64>()
    }
}

/// The law ρ₀ on nodes about an axis, or (1−h)ρ₀ + hδ at a radius on the axis.
fn copy(start: &Start, singled_out: Option<(f64, f64)>) -> Characteristics<2, Ridged<AxialSeries>> {
    let (radius, h) = singled_out.unwrap_or((1.0, 0.0));
    let share = (1.0 - h) / start.radii.len() as f64;
    let mut positions = vec![radius, 0.0];
    let mut weights = vec![h];
    for r in &start.radii {
        for (zeta, weight) in &start.sphere {
            positions.extend([r * zeta, r * (1.0 - zeta * zeta).sqrt()]);
            weights.push(share * weight);
        }
    }
    let lower = [f64::NEG_INFINITY, 0.0];
    Characteristics::new(start.landscape.clone(), positions, weights, lower, TOLERANCE)
}

impl<L: Landscape<1>> System for FiniteWidth<L> {
    fn time(&self) -> f64 {
        self.mean_field.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let mut stride = self.mean_field.advance(until)?;
        if until > self.until {
            return Ok(stride);
        }
        for copy in self.copies() {
            if copy.advance(until)? == Stride::Underway {
                stride = Stride::Underway;
            }
        }
        Ok(stride)
    }

    fn next_step(&self) -> Option<f64> {
        self.mean_field.next_step()
    }

    /// The copies go to where the law's own step ends; b has an end at `until`.
    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        let end = if self.time() < self.until { until.min(self.until) } else { until };
        self.mean_field.step_freely(end)?;
        let now = self.time();
        if now > self.until {
            return Ok(());
        }
        self.copies().try_for_each(|copy| {
            while copy.advance(now)? == Stride::Underway {}
            Ok(())
        })
    }

    fn observe(&self) -> Observation {
        let mut observation = self.mean_field.observe();
        observation.scalars.push(Scalar::new(quantities::NETWORK_BIAS, self.network_bias()));
        observation
    }

    fn work(&self) -> u64 {
        let copies = std::iter::once(&self.unperturbed).chain(self.perturbed.iter().flatten());
        self.mean_field.work() + copies.map(System::work).sum::<u64>()
    }

    fn save(&self) -> State {
        let copies = std::iter::once(&self.unperturbed).chain(self.perturbed.iter().flatten());
        let states: Vec<State> =
            std::iter::once(self.mean_field.save()).chain(copies.map(System::save)).collect();
        State::join(&states)
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().ok_or_else(wrong_checkpoint)?;
        let (own, rest) = parts.split_first().ok_or_else(wrong_checkpoint)?;
        if rest.len() != self.copies().count() {
            return Err(wrong_checkpoint());
        }
        self.mean_field.restore(own)?;
        self.copies().zip(rest).try_for_each(|(copy, state)| copy.restore(state))
    }
}

fn wrong_checkpoint() -> RunError {
    RunError::Checkpoint("it is not that of a law with its 1/N correction".into())
}
