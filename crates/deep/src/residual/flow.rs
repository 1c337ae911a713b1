//! Neural feature flow (Definition 1) of paths, whatever they are: the limit, a finite network, tagged paths
//! beside either. Dormand & Prince's pair 5(4), with stages that are corrections of low rank, so that weights
//! between paths are changed once a step; together with what the loss must fall by.
//!
//! The error of a step is measured in v_1, v_{L+1} and α_ℓ: weights between paths are seen through α alone.

use meanfield_run::stepper::adaptive::{A, Controller, E, STAGES, growth};
use meanfield_run::system::RunError;
use ndarray::{Array1, Array2, s};

use self::stages::{Stages, largest, moved, repeated};

use super::architecture::ResidualProblem;
use super::engine::{PathWeights, ResidualEngine};
use super::pair_weights::PairWeights;
use super::paths::Paths;
use crate::engine::Points;

mod fixed;
mod stages;
mod state;

/// First step tried.
const FIRST_STEP: f64 = 1e-3;
/// A step this much shorter than the time reached (or than 1) means that the numbers run away.
const SHORTEST: f64 = 1e-12;
/// Factors are compressed when they are more by this many times the points than after the last time.
const GROWTH: usize = 14;
/// What compression leaves out, as a share of the tolerance of a step.
const LEFT_OUT: f64 = 0.1;

/// Paths that follow neural feature flow.
///
/// ```
/// use meanfield_deep::activation::LayerActivation;
/// use meanfield_deep::data::DataPoints;
/// use meanfield_deep::residual::architecture::{ResidualArchitecture, ResidualProblem};
/// use meanfield_deep::residual::flow::FeatureFlow;
/// use meanfield_deep::residual::paths::Paths;
/// use meanfield_model::loss::Loss;
/// use ndarray::array;
///
/// // One hidden layer, one linear path: f = v_2 v_1 x is to be 2x; v_1 = v_2 begin and stay equal.
/// let identity = LayerActivation::Identity;
/// let architecture = ResidualArchitecture::new(1, identity.clone(), identity, Loss::Squared)?;
/// let data = DataPoints::uniform(array![[1.0], [-1.0]], array![2.0, -2.0])?;
/// let problem = ResidualProblem::new(architecture, data);
/// let paths = Paths::network(array![[1.0]], Vec::new(), array![1.0]);
/// let mut flow = FeatureFlow::new(problem, paths, 1e-9);
/// flow.advance(20.0)?;
/// assert!((flow.paths().last[0] - 2_f64.sqrt()).abs() < 1e-8);
/// assert!(flow.energy_residual().abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FeatureFlow {
    problem: ResidualProblem,
    engine: ResidualEngine,
    paths: Paths,
    stages: Stages,
    controller: Controller,
    time: f64,
    first_loss: f64,
    /// ∫ −dL.
    fallen: f64,
    /// Rank from which on factors are compressed.
    compress_from: usize,
    /// How many more there may be after that.
    growth: usize,
    evaluations: u64,
}

impl FeatureFlow {
    /// Paths at t = 0; neither v_1, v_{L+1} nor α_ℓ of a path errs by more than `tolerance` in one step.
    ///
    /// # Panics
    /// Where paths and problem do not fit together.
    pub fn new(problem: ResidualProblem, paths: Paths, tolerance: f64) -> Self {
        paths.check(&problem).expect("paths of the problem");
        let points = problem.data.points();
        let mut flow = Self {
            engine: ResidualEngine::new(problem.architecture.clone()),
            stages: Stages::new(&paths, points),
            controller: Controller { next_step: FIRST_STEP, tolerance },
            problem,
            paths,
            time: 0.0,
            first_loss: 0.0,
            fallen: 0.0,
            compress_from: GROWTH * points,
            growth: GROWTH * points,
            evaluations: 0,
        };
        flow.first_loss = flow.loss();
        flow
    }

    /// t.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Architecture and data.
    pub fn problem(&self) -> &ResidualProblem {
        &self.problem
    }

    /// The paths now.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// E_Z φ(f, y) now.
    pub fn loss(&self) -> f64 {
        let mut engine = ResidualEngine::new(self.problem.architecture.clone());
        engine.loss(PathWeights::from(&self.paths), Points::from(&*self.problem.data))
    }

    /// Features and outputs at the data now, from a fresh engine.
    pub fn forward(&self) -> ResidualEngine {
        let mut engine = ResidualEngine::new(self.problem.architecture.clone());
        engine.forward(PathWeights::from(&self.paths), self.problem.data.inputs().view());
        engine
    }

    /// The loss at t = 0 less ∫ −dL: the loss now, for exact steps.
    pub fn expected_loss(&self) -> f64 {
        self.first_loss - self.fallen
    }

    /// The loss at t = 0, less the loss now, less ∫ −dL: 0 for exact steps (energy dissipation).
    pub fn energy_residual(&self) -> f64 {
        self.expected_loss() - self.loss()
    }

    /// −dL/dt now.
    pub fn dissipation(&self) -> f64 {
        let data = &self.problem.data;
        let weights = PathWeights::from(&self.paths);
        let mut engine = ResidualEngine::new(self.problem.architecture.clone());
        engine.drift(weights, Points::from(&**data));
        engine.dissipation(weights.shares, data.inputs().view())
    }

    /// Evaluations of the right-hand side so far.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// The time that the next step would about reach.
    pub fn next_step(&self) -> f64 {
        self.time + self.controller.next_step
    }

    /// One accepted step, not past `until`.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn step(&mut self, until: f64) -> Result<(), RunError> {
        let longest = until - self.time;
        if longest <= 0.0 {
            return Ok(());
        }
        let mut step = self.controller.next_step.min(longest);
        self.evaluate(0, 0.0);
        loop {
            let error = self.attempt(step) / self.controller.tolerance;
            let wanted = step * growth(error);
            if error <= 1.0 {
                return self.accept(step, wanted, until);
            }
            if wanted < SHORTEST * self.time.max(1.0) {
                let what = "the weights have run away: the flow cannot be followed".to_owned();
                return Err(RunError::Failed { time: self.time, what });
            }
            step = wanted;
            self.controller.next_step = wanted;
        }
    }

    /// Steps until `until`.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.time < until {
            self.step(until)?;
        }
        Ok(())
    }

    /// Computes the rates of a stage of a step.
    fn evaluate(&mut self, stage: usize, step: f64) {
        self.evaluate_moved(stage, step, &A[stage][..stage.min(A[stage].len())]);
    }

    /// The same where paths are moved by so much of each stage before it.
    fn evaluate_moved(&mut self, stage: usize, step: f64, weights: &[f64]) {
        let Self { problem, engine, paths, stages, .. } = self;
        let points = problem.data.points();
        let first = moved(&paths.first, &stages.first, weights, step);
        let last = moved(&paths.last, &stages.last, weights, step);
        let factors = repeated(weights, step, points);
        let corrections = if stage == 0 { Vec::new() } else { stages.corrections(&factors) };
        let paths = PathWeights {
            first: first.view(),
            pairs: &paths.pairs,
            corrections: &corrections,
            last: last.view(),
            shares: paths.shares.slice(s![..paths.acting()]),
        };
        engine.drift(paths, Points::from(&*problem.data));
        let shares = paths.shares;
        stages.falls[stage] = engine.dissipation(shares, problem.data.inputs().view());
        engine.first_drift(problem.data.inputs().view(), &mut stages.first[stage]);
        stages.first[stage].mapv_inplace(|g| -g);
        stages.last[stage] = -engine.last_drift();
        let rows = stage * points..(stage + 1) * points;
        for index in 0..stages.left.len() {
            let [values, deltas] = engine.pair_drift(index + 2);
            stages.left[index].slice_mut(s![rows.clone(), ..]).assign(values);
            stages.right[index].slice_mut(s![rows.clone(), ..]).assign(&(-deltas));
        }
        self.evaluations += 1;
    }

    /// Computes the stages of a step, the first of which is known; returns the largest error.
    fn attempt(&mut self, step: f64) -> f64 {
        (1..STAGES).for_each(|stage| self.evaluate(stage, step));
        let Self { problem, engine, paths, stages, .. } = self;
        let first = moved(&Array2::zeros(paths.first.dim()), &stages.first, &E, step);
        let last = moved(&Array1::zeros(paths.count()), &stages.last, &E, step);
        let mut worst = largest(&first) + largest(&last);
        let factors = repeated(&E, step, problem.data.points());
        let shares = paths.shares.slice(s![..paths.acting()]);
        for (index, correction) in stages.corrections(&factors).into_iter().enumerate() {
            let values = engine.values(index + 1).slice(s![.., ..shares.len()]);
            let mut inner = (&values * &shares).dot(&correction.left.slice(s![.., ..shares.len()]).t());
            inner *= &correction.factors;
            worst += largest(&inner.dot(&correction.right));
        }
        worst
    }

    fn accept(&mut self, step: f64, wanted: f64, until: f64) -> Result<(), RunError> {
        let clipped = step == until - self.time;
        let next = self.controller.next_step;
        self.controller.next_step = if clipped { wanted.max(next) } else { wanted };
        self.time = if clipped { until } else { self.time + step };
        self.move_by(step, &A[STAGES - 1]);
        self.compress();
        Ok(())
    }

    /// Moves the paths by so much of each stage of a step.
    fn move_by(&mut self, step: f64, weights: &[f64]) {
        let Self { paths, stages, problem, .. } = self;
        paths.first = moved(&paths.first, &stages.first, weights, step);
        paths.last = moved(&paths.last, &stages.last, weights, step);
        self.fallen += step * weights.iter().zip(&stages.falls).map(|(b, fall)| b * fall).sum::<f64>();
        let factors = repeated(weights, step, problem.data.points());
        for (pairs, correction) in paths.pairs.iter_mut().zip(stages.corrections(&factors)) {
            pairs.add(correction);
        }
    }

    /// Fewer factors where they have become many.
    fn compress(&mut self) {
        let count = self.paths.count();
        let weights = Array1::from_elem(count, (count as f64).recip());
        let mut rank = 0;
        for pairs in &mut self.paths.pairs {
            if matches!(pairs, PairWeights::Factors { .. }) && pairs.rank() > self.compress_from {
                pairs.compress(weights.view(), LEFT_OUT * self.controller.tolerance);
                rank = rank.max(pairs.rank());
            }
        }
        if rank > 0 {
            self.compress_from = rank + self.growth;
        }
    }
}
