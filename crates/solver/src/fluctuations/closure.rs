//! The system `finite-step`: a network's mean law at given N and ε, by a closure of the equations
//! of its fluctuations. Everything is evaluated at the shifted law: radii move by what fluctuations
//! do to their mean,
//!
//! ```text
//!   ṙ = −2ψ' − 2Δψ' − ψ''' C − 2 Σ_ℓ E (η''α + …) + ε ξ (D^⊥/(2r) − ½ r̈)
//! ```
//! and samples see the residual with its fluctuation, e_g² + E δŷ_g². It is exact to first order in 1/N
//! and in ε, an approximation beyond: third moments are left out. It predicts what no limit does, where
//! steps are so large that first order has no meaning: how far noise holds neurons off r = 0, and
//! whether it frees them.
//!
//! [`FiniteStep`] reports 2ε E |∇σ_*|², the share of its residual that a step takes away at its own sample,
//! and an estimate of its error: by how much a cruder closure differs, in which samples do not see E δŷ_g²,
//! and a share of the risk that noise holds up where it moves neurons by as much as their radius.

use meanfield_model::measure::Measure;
use meanfield_run::flow::Flow;
use meanfield_run::quantities;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};
use ndarray::{Array1, Array2};

use super::effects::Effects;
use super::evolution::{Evolution, wrong_checkpoint};
use super::forward::{Forward, Part};
use super::layout::StateRow;
use super::setup::Setup;

/// Evaluations of the rates in one run: far more than any took that came to its end.
const MOST_EVALUATIONS: u64 = 20_000;
/// Steps in one stride.
const STEPS: usize = 4;
/// The error is estimated at so many times what the cruder closure differs by, and at this share of what
/// noise
/// holds up. scripts/closure: true errors were within it, up to two standard errors of SGD's mean.
const CAUTION: f64 = 3.5;
const HELD_SHARE: f64 = 0.06;

/// N and ε of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// N.
    pub neurons: f64,
    /// ε.
    pub step_size: f64,
}

/// The closed equations.
struct Closure {
    forward: Forward,
    sizes: Sizes,
    /// Whether samples see the fluctuation of the residual: without it the closure is cruder, which shows how
    /// far it can be trusted.
    sees_fluctuation: bool,
}

/// Fluctuations at one state, both parts together.
struct Together {
    start: Effects,
    steps: Effects,
    /// C of each radius.
    variance: Vec<f64>,
    /// κ of each radius.
    label: Vec<f64>,
    /// E δŷ_g².
    outputs: Vec<f64>,
}

impl Closure {
    /// ε in the units of the ε part.
    fn step_scale(&self) -> f64 {
        self.sizes.step_size * self.forward.unit
    }

    /// C = C_N/N + ε C_ε.
    fn variance(&self, state: &[f64]) -> Vec<f64> {
        let layout = self.forward.layout;
        let parts =
            layout.row(state, StateRow::StartVariance).iter().zip(layout.row(state, StateRow::StepVariance));
        parts.map(|(start, steps)| start / self.sizes.neurons + self.step_scale() * steps).collect()
    }

    /// Whether some neurons' radius is as uncertain as the largest is long: the law splits there, neurons
    /// choose their side by noise, and second moments say nothing of where they are.
    fn is_torn(&self, state: &[f64]) -> bool {
        let radii = self.forward.layout.row(state, StateRow::Radius);
        let largest = radii.iter().copied().fold(0.0, f64::max);
        self.variance(state).iter().any(|variance| *variance > largest * largest)
    }

    fn label(&self, state: &[f64]) -> Vec<f64> {
        let labels = self.forward.layout.row(state, StateRow::StartLabel);
        labels.iter().map(|kappa| kappa / self.sizes.neurons).collect()
    }

    /// Writes the rates of all covariances but for the samples' source; returns what they do together.
    fn covariances(&self, state: &[f64], rate: &mut [f64], relaxation: &[f64]) -> Together {
        let [start, steps] = self.forward.covariance_rates(state, rate, relaxation);
        let outputs = self.output_variances(&start, &steps);
        Together { start, steps, variance: self.variance(state), label: self.label(state), outputs }
    }

    /// E δŷ_g², with the part of the weights alone, (Σ_j w_j E σ² − ŷ_g²)/N, in all degrees.
    fn output_variances(&self, start: &Effects, steps: &Effects) -> Vec<f64> {
        let features = &self.forward.features;
        let weights = &self.forward.setup.weights;
        let of_node = |g: usize| {
            let second: f64 = features.square.column(g).iter().zip(weights).map(|(s, w)| s * w).sum();
            let of_labels = second - features.outputs[g].powi(2);
            let of_start = (start.output[g] + of_labels) / self.sizes.neurons;
            of_start + self.step_scale() * steps.output[g]
        };
        (0..features.outputs.len()).map(of_node).collect()
    }

    /// e_g² as samples see it.
    fn squares(&self, together: &Together) -> Vec<f64> {
        let share = if self.sees_fluctuation { 1.0 } else { 0.0 };
        let squares = self.forward.features.squared_residuals(&self.forward.setup);
        let residuals = squares.iter().zip(&together.outputs);
        residuals.map(|(square, variance)| square + share * variance).collect()
    }

    /// E (η''α + …) of both parts.
    fn shift_effects(&self, together: &Together) -> Effects {
        let mut effects = self.forward.no_effects();
        effects.shift.scaled_add(self.sizes.neurons.recip(), &together.start.shift);
        effects.shift.scaled_add(self.step_scale(), &together.steps.shift);
        effects
    }

    /// Rates of the rows, for these e_g², where samples count `noise` = ξ.
    fn rows(
        &self,
        state: &[f64],
        rate: &mut [f64],
        relaxation: &[f64],
        together: &Together,
        squares: &[f64],
        noise: f64,
    ) {
        let Self { forward, .. } = self;
        let layout = forward.layout;
        let kick = forward.kick(squares);
        let shift = self.shift_rate(together, relaxation);
        let drift = forward.features.drift(&forward.setup);
        for (i, rate) in layout.row_mut(rate, StateRow::Radius).iter_mut().enumerate() {
            *rate = drift[i] + shift[i] + self.sizes.step_size * noise * kick.shift[i];
        }
        let row = |row| layout.row(state, row);
        let start = forward.variance_rate(row(StateRow::StartVariance), &together.start, relaxation);
        layout.row_mut(rate, StateRow::StartVariance).copy_from_slice(&start);
        let label = forward.label_rate(row(StateRow::StartLabel), &together.start, relaxation);
        layout.row_mut(rate, StateRow::StartLabel).copy_from_slice(&label);
        let steps = forward.variance_rate(row(StateRow::StepVariance), &together.steps, relaxation);
        for (i, rate) in layout.row_mut(rate, StateRow::StepVariance).iter_mut().enumerate() {
            *rate = steps[i] + noise / forward.unit * kick.variance[i];
        }
    }

    /// What fluctuations do to the mean of each radius.
    fn shift_rate(&self, together: &Together, relaxation: &[f64]) -> Vec<f64> {
        let none = vec![0.0; self.forward.layout.radii];
        let effects = self.shift_effects(together);
        let label = together.label.clone();
        let part = Part { shift: &none, variance: &together.variance, label, effects };
        self.forward.shift_rate(&part, relaxation)
    }

    /// Σ_j w_j |dR/dr_j| m_j²/r_j at s, with m_j how far noise across the radius keeps neuron j out: by
    /// what its
    /// kicks add up to until the drift takes them back, at most to its radius. Beyond first order m_j²/r_j is
    /// the size of what an expansion about r_j leaves out. Where noise holds neurons off a trap at r = 0,
    /// m_j =
    /// r_j, this is all that R exceeds its value at 0 by.
    fn held_risk(&self, clock: f64, state: &[f64]) -> f64 {
        let forward = &self.forward;
        let relaxation = forward.features.relaxation(&forward.setup);
        let mut unused = vec![0.0; state.len()];
        let together = self.covariances(state, &mut unused, &relaxation);
        let [_, across] = forward.features.noise(&forward.setup, &self.squares(&together));
        let noise = self.sizes.step_size * forward.setup.rate_at(clock);
        let drift = forward.features.drift(&forward.setup);
        let of_neuron = |j: usize| {
            let radius = forward.features.radii[j];
            let kick = 0.5 * noise * across[j] / radius;
            let lasts = if relaxation[j] < 0.0 { clock.min(-1.0 / relaxation[j]) } else { clock };
            let moved = (kick * lasts).min(radius);
            forward.setup.weights[j] * drift[j].abs() * moved * moved / radius
        };
        let all = (0..drift.len()).map(of_neuron).filter(|held| held.is_finite());
        all.sum()
    }

    /// E R of the network at a state that was looked at.
    fn risk(&self, state: &[f64]) -> f64 {
        let forward = &self.forward;
        let relaxation = forward.features.relaxation(&forward.setup);
        let mut unused = vec![0.0; state.len()];
        let together = self.covariances(state, &mut unused, &relaxation);
        let nodes = forward.setup.nodes.iter().zip(&together.outputs);
        let variance: f64 = nodes.map(|(node, variance)| node.weight * variance).sum();
        let none = vec![0.0; forward.layout.radii];
        forward.features.risk(&forward.setup)
            + variance
            + forward.mean_of_potential([&none, &together.variance], &together.label)
    }
}

impl Flow for Closure {
    fn rate(&mut self, clock: f64, state: &[f64], rate: &mut [f64]) -> f64 {
        rate.fill(0.0);
        if self.is_torn(state) || !self.forward.look(state) {
            rate.fill(f64::NAN);
            return f64::INFINITY;
        }
        let relaxation = self.forward.features.relaxation(&self.forward.setup);
        let together = self.covariances(state, rate, &relaxation);
        let noise = self.forward.setup.rate_at(clock);
        let squares = self.squares(&together);
        self.forward.add_source(rate, &relaxation, &squares, noise / self.forward.unit);
        self.rows(state, rate, &relaxation, &together, &squares, noise);
        f64::INFINITY
    }
}

impl Evolution<Closure> {
    /// At most so many steps towards s; whether it was reached. None where the law is torn.
    fn advance(&mut self, clock: f64, steps: usize) -> Option<bool> {
        for _ in 0..steps {
            if self.clock >= clock {
                return Some(true);
            }
            if self.evaluations() > MOST_EVALUATIONS {
                return None;
            }
            self.step(clock)?;
        }
        Some(self.clock >= clock)
    }

    /// E R now.
    fn risk(&mut self) -> f64 {
        self.equations.forward.look(&self.state);
        self.equations.risk(&self.state)
    }

    /// What noise holds up of E R now, where it moves neurons by as much as their radius.
    fn held_risk(&mut self) -> f64 {
        self.equations.forward.look(&self.state);
        self.equations.held_risk(self.clock, &self.state)
    }
}

/// A network's mean law at given N and ε.
pub struct FiniteStep {
    closed: Evolution<Closure>,
    /// The cruder closure.
    cruder: Evolution<Closure>,
    schedule: Schedule,
    /// t.
    time: f64,
    /// E R, 2ε E |∇σ_*|² and the estimated error, at t.
    risk: f64,
    share: f64,
    error: f64,
}

impl FiniteStep {
    /// The network at t = 0.
    pub fn new(setup: Setup, sizes: Sizes) -> Self {
        let closure = |sees_fluctuation| move |forward| Closure { forward, sizes, sees_fluctuation };
        let mut system = Self {
            schedule: setup.schedule,
            cruder: Evolution::new(setup.clone(), closure(false)),
            closed: Evolution::new(setup, closure(true)),
            time: 0.0,
            risk: f64::NAN,
            share: f64::NAN,
            error: f64::NAN,
        };
        system.look();
        system
    }

    fn step_size(&self) -> f64 {
        self.closed.equations.sizes.step_size
    }

    /// s of a time: SGD's own clock.
    fn clock_at(&self, time: f64) -> f64 {
        let step_size = self.step_size();
        self.schedule.clock_of_steps(step_size, (time / step_size).round())
    }

    /// Takes stock of the present state.
    fn look(&mut self) {
        self.risk = self.closed.risk();
        self.share = self.step_size() * self.closed.equations.forward.step_gain();
        let difference = (self.risk - self.cruder.risk()).abs();
        self.error = CAUTION * difference + HELD_SHARE * self.closed.held_risk();
    }

    /// The law of the radius: about each mean a law of three points with its variance.
    fn law(&self) -> Measure {
        let Evolution { equations: closure, state, .. } = &self.closed;
        let forward = &closure.forward;
        let radii = forward.layout.row(state, StateRow::Radius);
        let variance = closure.variance(state);
        let label = closure.label(state);
        let mut points = Vec::with_capacity(3 * radii.len());
        let mut weights = Vec::with_capacity(3 * radii.len());
        for i in 0..radii.len() {
            for (place, share) in [(-1.0, 1.0 / 6.0), (0.0, 2.0 / 3.0), (1.0, 1.0 / 6.0)] {
                let moved = radii[i] + label[i] + place * (3.0 * variance[i].max(0.0)).sqrt();
                points.push(moved.max(0.0));
                weights.push(share * forward.setup.weights[i]);
            }
        }
        let count = points.len();
        let points = Array2::from_shape_fn((count, 1), |(i, _)| points[i]);
        Measure::Atoms { points, weights: Array1::from(weights) }
    }
}

impl System for FiniteStep {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let clock = self.clock_at(until);
        let reached = [&mut self.closed, &mut self.cruder].map(|evolution| evolution.advance(clock, STEPS));
        match reached {
            [Some(true), Some(true)] => {
                self.time = until;
                self.look();
                Ok(Stride::Reached)
            }
            [Some(_), Some(_)] => {
                // The slower of the two; at most the target, up to rounding of the clock.
                let reached = self.schedule.time(self.closed.clock.min(self.cruder.clock));
                self.time = reached.max(self.time).min(until);
                Ok(Stride::Underway)
            }
            _ => {
                let what = "the closure's fluctuations are as large as the law: it splits here, or steps \
                            are too large for it; write a smaller `step-size`, or leave this system out";
                Err(RunError::Failed { time: self.time, what: what.into() })
            }
        }
    }

    fn observe(&self) -> Observation {
        let scalars = vec![
            Scalar::new(quantities::STEP_SHARE, self.share),
            Scalar::new(quantities::CLOSURE_ERROR, self.error),
        ];
        Observation { risk: self.risk, scalars, law: self.law() }
    }

    /// Steps grow with the time reached.
    fn work_until(&self, time: f64) -> f64 {
        self.schedule.clock(time).sqrt()
    }

    fn work(&self) -> u64 {
        self.closed.evaluations() + self.cruder.evaluations()
    }

    fn save(&self) -> State {
        let time = State { integers: Vec::new(), reals: vec![self.time] };
        State::join(&[time, self.closed.save(), self.cruder.save()])
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().ok_or_else(wrong_checkpoint)?;
        let [time, closed, cruder] = &parts[..] else { return Err(wrong_checkpoint()) };
        self.time = *time.reals.first().ok_or_else(wrong_checkpoint)?;
        self.closed.restore(closed)?;
        self.cruder.restore(cruder)?;
        self.look();
        Ok(())
    }
}
