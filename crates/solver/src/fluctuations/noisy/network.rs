//! What the fluctuations with noise are computed from, at both resolutions, and how they follow a law on
//! cells.

use std::sync::OnceLock;

use meanfield_model::initial::Initial;
use meanfield_model::problem::Problem;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{RunError, Scalar, State};
use ndarray::{Array1, Array2};

use super::backward::NoisyHistory;
use super::evolution::{NoisyEvolution, NoisyPart};
use super::model::NoisyModel;
use super::nodes::RadiusRange;
use crate::fluctuations::evolution::wrong_checkpoint;
use crate::fluctuations::law::EvolvingFluctuations;
use crate::fluctuations::setup::{FluctuationError, Resolution, Setup, check};
use crate::fluctuations::statistics::Statistics;

/// Distances of nodes, in widths of the law's narrowest part; for the second chaos.
const SHARE: f64 = 0.25;
const COARSE: f64 = 0.36;
/// Steps of the second chaos are so many times as long.
const COARSE_PACE: f64 = 2.0;
/// Degrees that matter, and those of the second chaos.
const DEGREES: usize = 5;
const COARSE_DEGREES: usize = 3;
/// The risk on nodes agrees with that on cells to this share of it, or else the law is not resolved.
const RESOLVED: f64 = 0.01;

/// What the fluctuations with noise are computed from, for both resolutions.
#[derive(Clone, Debug)]
pub struct NoisySetup {
    fine: NoisyModel,
    coarse: NoisyModel,
}

/// The fluctuations of networks about a law with noise, with the second chaos at any time so far.
pub struct NoisyFluctuations {
    /// None where there are no nodes.
    evolution: Option<NoisyEvolution>,
    coarse: Option<NoisyModel>,
    history: OnceLock<NoisyHistory>,
}

impl NoisySetup {
    /// Whether the fluctuations of a problem's networks are known.
    ///
    /// # Errors
    /// Where they are not.
    pub fn check(problem: &Problem, schedule: Schedule) -> Result<(), FluctuationError> {
        check(problem, schedule)?;
        if problem.label_noise() > 0.0 {
            return Err(FluctuationError::LabelNoise);
        }
        if problem.bath().is_noisy() { Ok(()) } else { Err(FluctuationError::NoNoise) }
    }

    /// A problem under a schedule, on the radii that its law reaches; None where nodes cannot hold it.
    ///
    /// # Errors
    /// Where the fluctuations of its networks are not known.
    pub fn new(
        problem: &Problem,
        schedule: Schedule,
        range: RadiusRange,
    ) -> Result<Option<Self>, FluctuationError> {
        Self::check(problem, schedule)?;
        let usual = Resolution { degrees: DEGREES, ..Resolution::default() };
        let few = Resolution { degrees: COARSE_DEGREES, ..Resolution::of_second_chaos() };
        let [fine, coarse] = [
            model(problem, schedule, usual, range.radii(SHARE))?,
            model(problem, schedule, few, range.radii(COARSE))?,
        ];
        Ok(fine.zip(coarse).map(|(fine, coarse)| Self { fine, coarse }))
    }
}

/// The equations on nodes, if there are nodes.
pub(super) fn model(
    problem: &Problem,
    schedule: Schedule,
    resolution: Resolution,
    radii: Option<Vec<f64>>,
) -> Result<Option<NoisyModel>, FluctuationError> {
    let data = check(problem, schedule)?;
    let Some(radii) = radii else { return Ok(None) };
    let Initial::Gaussian { scale } = problem.start().weights() else { return Err(FluctuationError::Start) };
    let masses: Vec<f64> = radii.iter().map(|r| chi_density(data.dimension, r / scale)).collect();
    let total: f64 = masses.iter().sum();
    let masses = masses.iter().map(|mass| mass / total).collect();
    let setup = Setup::on_radii(problem, schedule, resolution, (radii, masses))?;
    Ok(Some(NoisyModel::new(setup, problem.bath().temperature, data.dimension)))
}

/// The density of r = χ_d/√d at r, but for a factor.
fn chi_density(dimension: usize, r: f64) -> f64 {
    let dimension = dimension as f64;
    ((dimension - 1.0) * r.ln() - 0.5 * dimension * (r * r - 1.0)).exp()
}

impl NoisyFluctuations {
    /// At s = 0; without a setup nothing is known.
    pub fn new(setup: Option<NoisySetup>) -> Self {
        let (fine, coarse) = setup.map(|setup| (setup.fine, setup.coarse)).unzip();
        let evolution = fine.map(|model| NoisyEvolution::new(model, 1.0));
        Self { evolution, coarse, history: OnceLock::new() }
    }

    /// The second chaos at s.
    fn second_chaos(&self, clock: f64, until: f64) -> [f64; 3] {
        let Some(coarse) = self.coarse.as_ref().filter(|_| clock <= until) else { return [f64::NAN; 3] };
        let history = self
            .history
            .get_or_init(|| NoisyHistory::new(NoisyEvolution::new(coarse.clone(), COARSE_PACE), until));
        history.second_chaos(clock)
    }
}

impl EvolvingFluctuations for NoisyFluctuations {
    fn clock(&self) -> f64 {
        self.evolution.as_ref().map_or(f64::INFINITY, |evolution| evolution.clock)
    }

    fn advance_to(&mut self, clock: f64) -> bool {
        let Some(evolution) = &mut self.evolution else { return false };
        while evolution.clock < clock {
            let length = evolution.next_length(clock);
            let is_last = length == clock - evolution.clock;
            evolution.step(length);
            evolution.clock = if is_last { clock } else { evolution.clock };
            if !evolution.moment.residuals.sum().is_finite() {
                self.evolution = None;
                return false;
            }
        }
        true
    }

    fn statistics(&mut self) -> Statistics {
        self.evolution.as_ref().map_or(Statistics::UNKNOWN, NoisyEvolution::statistics)
    }

    /// Nothing where nodes and cells do not have the same law.
    fn scalars(&self, statistics: &Statistics, risk: f64, clock: f64, until: f64) -> Vec<Scalar> {
        let is_resolved = (statistics.risk - risk).abs() <= RESOLVED * risk;
        match is_resolved {
            true => statistics.scalars(self.second_chaos(clock, until), None),
            false => Statistics::UNKNOWN.scalars([f64::NAN; 3], None),
        }
    }

    fn evaluations(&self) -> u64 {
        self.evolution.as_ref().map_or(0, |evolution| evolution.evaluations)
    }

    fn save(&self) -> State {
        let reals = self.evolution.as_ref().map_or_else(Vec::new, NoisyEvolution::save);
        State { integers: Vec::new(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        if state.reals.is_empty() {
            self.evolution = None;
        }
        let Some(evolution) = &mut self.evolution else { return Ok(()) };
        evolution.restore(&state.reals).ok_or_else(wrong_checkpoint)
    }
}

impl NoisyEvolution {
    /// s, masses, and both parts.
    fn save(&self) -> Vec<f64> {
        let mut reals = vec![self.clock];
        reals.extend(&self.moment.mass);
        for part in &self.parts {
            reals.extend(&part.shift);
            part.covariances.iter().for_each(|covariance| reals.extend(covariance));
        }
        reals
    }

    /// The same back; None if they are of other nodes.
    fn restore(&mut self, reals: &[f64]) -> Option<()> {
        let count = self.model.radii.len();
        let of_part = count + count * count * self.model.outputs.len();
        let (clock, numbers) = reals.split_first()?;
        if numbers.len() != count + 2 * of_part {
            return None;
        }
        let (mass, parts) = numbers.split_at(count);
        self.clock = *clock;
        self.moment = self.model.moment(Array1::from(mass.to_vec()));
        for (part, numbers) in self.parts.iter_mut().zip(parts.chunks_exact(of_part)) {
            part.restore(numbers, count);
        }
        Some(())
    }
}

impl NoisyPart {
    fn restore(&mut self, numbers: &[f64], count: usize) {
        let (shift, covariances) = numbers.split_at(count);
        self.shift = Array1::from(shift.to_vec());
        let matrices = covariances.chunks_exact(count * count);
        for (covariance, numbers) in self.covariances.iter_mut().zip(matrices) {
            let numbers = numbers.to_vec();
            *covariance = Array2::from_shape_vec((count, count), numbers).expect("as many numbers");
        }
    }
}
