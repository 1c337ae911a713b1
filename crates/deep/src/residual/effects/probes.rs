//! Copies of the limit whose law is moved at the start, in drawn directions, and their losses at the nodes.

use meanfield_random::deviates::uniform;
use meanfield_random::stream::{Purpose, generator};
use meanfield_run::system::RunError;
use ndarray::Array1;

use crate::residual::architecture::ResidualProblem;
use crate::residual::calibration::CalibrationError;
use crate::residual::effect_resolution::EffectResolution;
use crate::residual::flow::FeatureFlow;
use crate::residual::gram::LimitGrams;
use crate::residual::path_sampler::PathSampler;
use crate::residual::paths::Paths;
use crate::residual::resolution::ResidualResolution;
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
        if losses[losses.len() - 1].is_nan() || losses[losses.len() - 1] >= LARGEST {
            let what = "a displaced copy has run away: what width and steps do cannot be followed";
            return Err(RunError::Failed { time: flow.time(), what: what.into() });
        }
    }
    Ok(losses)
}

/// Paths of the limit, of one drawing, from which copies start.
struct Drawing {
    start: TiltedStart,
    shares: Array1<f64>,
    /// Losses at the nodes of the copy that nothing displaced.
    middles: Vec<f64>,
    /// Of the law.
    displacement: f64,
}

impl Drawing {
    /// q + h Σ √q ξ (δ − q).
    fn moved(&self, signs: &Array1<f64>, h: f64) -> Array1<f64> {
        let drawn = self.shares.mapv(f64::sqrt) * signs;
        let sum = drawn.sum();
        &self.shares + &((&drawn - &(&self.shares * sum)) * h)
    }
}

/// The limit's paths, from which copies start, drawn several times.
pub(super) struct TiltedCopies {
    problem: ResidualProblem,
    start: ResidualStart,
    grams: LimitGrams,
    resolution: EffectResolution,
    steps: usize,
    /// The drawing that probes are of now, and its number.
    drawing: Drawing,
    number: usize,
}

impl TiltedCopies {
    pub fn new(
        problem: &ResidualProblem,
        start: &ResidualStart,
        grams: LimitGrams,
        steps: usize,
        resolution: EffectResolution,
    ) -> Result<Self, CalibrationError> {
        let drawing = drawing(problem, start, &grams, &resolution, 0)?;
        Ok(Self { problem: problem.clone(), start: *start, grams, resolution, steps, drawing, number: 0 })
    }

    /// The flow of the paths as they are.
    pub fn undisplaced(&self) -> FeatureFlow {
        flow(&self.problem, self.drawing.start.paths(&self.drawing.shares))
    }

    /// Losses of a copy of these shares.
    fn losses(&self, shares: &Array1<f64>) -> Result<Vec<f64>, RunError> {
        let mut copy = flow(&self.problem, self.drawing.start.paths(shares));
        losses(&mut copy, self.steps, self.resolution.spacing)
    }

    /// Takes up the drawing of a probe.
    fn draw(&mut self, probe: usize) -> Result<(), RunError> {
        let number = probe * self.resolution.drawings / self.resolution.probes;
        if number != self.number {
            let Self { problem, start, grams, resolution, .. } = self;
            let drawn = drawing(problem, start, grams, resolution, number);
            self.drawing = drawn.map_err(|error| RunError::Failed { time: 0.0, what: error.to_string() })?;
            self.number = number;
        }
        if self.drawing.middles.is_empty() {
            self.drawing.middles = self.losses(&self.drawing.shares)?;
        }
        Ok(())
    }

    /// A probe in a drawn direction.
    pub fn probe(&mut self, number: usize) -> Result<Probe, RunError> {
        self.draw(number)?;
        let drawing = &self.drawing;
        let mut random = generator(number as u64, Purpose::Atoms, u64::MAX >> 2);
        let signs = drawing.shares.mapv(|_| if uniform(&mut random) < 0.5 { -1.0 } else { 1.0 });
        let h = drawing.displacement;
        let up = drawing.moved(&signs, h);
        let down = drawing.moved(&signs, -h);
        let outputs = (drawing.start.outputs(&up) - drawing.start.outputs(&down)) / (2.0 * h);
        let ups = self.losses(&up)?;
        let downs = self.losses(&down)?;
        let mut first = Vec::with_capacity(ups.len());
        let mut second = Vec::with_capacity(ups.len());
        for ((up, down), middle) in ups.iter().zip(&downs).zip(&drawing.middles) {
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
        let Drawing { start, shares, displacement, .. } = &self.drawing;
        let middle = start.outputs(shares);
        let paths = shares.iter().enumerate();
        let all = paths.map(|(path, share)| {
            let h = displacement * share.sqrt();
            let [up, down] = [h, -h].map(|h| {
                let mut moved = shares * (1.0 - h);
                moved[path] += h;
                start.outputs(&moved)
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

/// Paths of the limit, of a numbered drawing.
fn drawing(
    problem: &ResidualProblem,
    start: &ResidualStart,
    grams: &LimitGrams,
    resolution: &EffectResolution,
    number: usize,
) -> Result<Drawing, CalibrationError> {
    let seed = resolution.seed + number as u64;
    let finely = ResidualResolution { paths: resolution.paths, seed, groups: 1, ..Default::default() };
    let sampler = PathSampler::new(problem, start, grams, &finely);
    let drawn = sampler.group(0);
    let shares = sampler.shares(std::slice::from_ref(&drawn))?;
    let start = TiltedStart::new(problem, start, grams, drawn);
    let least = shares.iter().copied().fold(1.0, f64::min);
    let displacement = DISPLACEMENT.min(LARGEST_SHARE * least.sqrt());
    Ok(Drawing { start, shares, middles: Vec::new(), displacement })
}
