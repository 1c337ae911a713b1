//! Copies of the limit whose law is moved at the start, in drawn directions, and their losses at the nodes.

use meanfield_random::deviates::uniform;
use meanfield_random::stream::{Purpose, generator};
use meanfield_run::system::RunError;
use ndarray::Array1;

use crate::residual::architecture::ResidualProblem;
use crate::residual::flow::FeatureFlow;
use crate::residual::gram::LimitGrams;
use crate::residual::paths::Paths;
use crate::residual::skip_paths::SkipPaths;
use crate::residual::start::ResidualStart;
use crate::residual::tilted_start::TiltedStart;

/// Displacement of the law: that of m = 2500 neurons, if no share changes by more than a part of itself.
const DISPLACEMENT: f64 = 0.02;
const LARGEST_SHARE: f64 = 0.7;
/// Factors of the weights between paths before they are compressed, times the points.
const FACTORS: usize = 64;
/// Share of the largest singular value below which compression leaves out.
const TOLERANCE: f64 = 1e-9;
/// Losses beyond this have run away.
const LARGEST: f64 = 1e12;

/// What is seen of one direction: derivatives of the losses at the nodes, and of f at t = 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Probe {
    /// D𝓛[ξ] at the nodes.
    pub first: Vec<f64>,
    /// ½ D²𝓛[ξ, ξ] at the nodes.
    pub second: Vec<f64>,
    /// D f[ξ] at t = 0.
    pub outputs: Array1<f64>,
}

impl Probe {
    pub fn write(&self, reals: &mut Vec<f64>) {
        reals.extend(self.first.iter().chain(&self.second).chain(&self.outputs));
    }

    /// One of the same lengths from the front of numbers; None where there are too few.
    pub fn read(&self, reals: &mut &[f64]) -> Option<Self> {
        let (first, rest) = reals.split_at_checked(self.first.len())?;
        let (second, rest) = rest.split_at_checked(self.second.len())?;
        let (outputs, rest) = rest.split_at_checked(self.outputs.len())?;
        *reals = rest;
        Some(Self { first: first.to_vec(), second: second.to_vec(), outputs: outputs.to_vec().into() })
    }
}

/// What a single path does at t = 0.
pub(super) struct SinglePath {
    /// q.
    pub share: f64,
    /// Of the loss, the first derivative and half the second along δ − q.
    pub first: f64,
    pub second: f64,
    /// Of f, the first.
    pub outputs: Array1<f64>,
}

/// A flow of copies, which are compressed late.
pub(super) fn flow(problem: &ResidualProblem, paths: Paths) -> FeatureFlow {
    let rank = FACTORS * problem.data.points();
    FeatureFlow::new(problem.clone(), paths, TOLERANCE).compressing_from(rank)
}

/// The losses of a flow now, and after each of so many steps.
pub(super) fn losses(flow: &mut FeatureFlow, steps: usize, length: f64) -> Result<Vec<f64>, RunError> {
    let mut losses = vec![flow.loss()];
    for _ in 0..steps {
        flow.step_by(length);
        losses.push(flow.loss());
        if !(losses[losses.len() - 1] < LARGEST) {
            let what = "a displaced copy has run away: what width and steps do cannot be followed";
            return Err(RunError::Failed { time: flow.time(), what: what.into() });
        }
    }
    Ok(losses)
}

/// The limit's paths, from which copies start.
pub(super) struct StartCopies {
    problem: ResidualProblem,
    start: TiltedStart,
    shares: Array1<f64>,
    steps: usize,
    spacing: f64,
    /// Losses of the copy that nothing displaced.
    middles: Vec<f64>,
    /// Of the law.
    displacement: f64,
}

impl StartCopies {
    pub fn new(
        problem: &ResidualProblem,
        start: &ResidualStart,
        grams: &LimitGrams,
        drawn: SkipPaths,
        shares: Array1<f64>,
        steps: usize,
        spacing: f64,
    ) -> Self {
        let start = TiltedStart::new(problem, start, grams, drawn);
        let least = shares.iter().copied().fold(1.0, f64::min);
        let displacement = DISPLACEMENT.min(LARGEST_SHARE * least.sqrt());
        let middles = Vec::new();
        Self { problem: problem.clone(), start, shares, steps, spacing, middles, displacement }
    }

    pub fn shares(&self) -> &Array1<f64> {
        &self.shares
    }

    /// The flow of the paths as they are.
    pub fn undisplaced(&self) -> FeatureFlow {
        flow(&self.problem, self.start.paths(&self.shares))
    }

    /// Losses of a copy of these shares.
    fn losses(&self, shares: &Array1<f64>) -> Result<Vec<f64>, RunError> {
        losses(&mut flow(&self.problem, self.start.paths(shares)), self.steps, self.spacing)
    }

    /// q + h Σ √q ξ (δ − q).
    fn moved(&self, signs: &Array1<f64>, h: f64) -> Array1<f64> {
        let drawn = self.shares.mapv(f64::sqrt) * signs;
        let sum = drawn.sum();
        &self.shares + &((&drawn - &(&self.shares * sum)) * h)
    }

    /// A probe in a drawn direction.
    pub fn probe(&mut self, number: u64) -> Result<Probe, RunError> {
        let mut random = generator(number, Purpose::Atoms, u64::MAX >> 2);
        let signs = self.shares.mapv(|_| if uniform(&mut random) < 0.5 { -1.0 } else { 1.0 });
        if self.middles.is_empty() {
            self.middles = self.losses(&self.shares)?;
        }
        let h = self.displacement;
        let up = self.moved(&signs, h);
        let down = self.moved(&signs, -h);
        let outputs = (self.start.outputs(&up) - self.start.outputs(&down)) / (2.0 * h);
        let ups = self.losses(&up)?;
        let downs = self.losses(&down)?;
        let mut first = Vec::with_capacity(ups.len());
        let mut second = Vec::with_capacity(ups.len());
        for ((up, down), middle) in ups.iter().zip(&downs).zip(&self.middles) {
            first.push((up - down) / (2.0 * h));
            second.push(0.5 * (up - 2.0 * middle + down) / (h * h));
        }
        Ok(Probe { first, second, outputs })
    }

    /// A probe of the lengths of all.
    pub fn blank_probe(&self) -> Probe {
        let zeros = vec![0.0; self.steps + 1];
        Probe { first: zeros.clone(), second: zeros, outputs: Array1::zeros(self.problem.data.points()) }
    }

    /// What each path does at t = 0 when it is there more or less often.
    pub fn single_paths(&self) -> Vec<SinglePath> {
        let middle = self.start.outputs(&self.shares);
        let paths = self.shares.iter().enumerate();
        let all = paths.map(|(path, share)| {
            let h = self.displacement * share.sqrt();
            let [up, down] = [h, -h].map(|h| {
                let mut moved = &self.shares * (1.0 - h);
                moved[path] += h;
                self.start.outputs(&moved)
            });
            let losses = [&up, &middle, &down].map(|outputs| self.loss(outputs));
            SinglePath {
                share: *share,
                first: (losses[0] - losses[2]) / (2.0 * h),
                second: 0.5 * (losses[0] - 2.0 * losses[1] + losses[2]) / (h * h),
                outputs: (up - down) / (2.0 * h),
            }
        });
        all.collect()
    }

    /// E φ(f, y).
    fn loss(&self, outputs: &Array1<f64>) -> f64 {
        let loss = self.problem.architecture.loss();
        let data = &self.problem.data;
        let terms = data.labels().iter().zip(outputs).zip(data.weights());
        terms.map(|((y, f), weight)| weight * loss.value(*y, *f)).sum()
    }
}
