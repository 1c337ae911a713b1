//! The system `characteristics`: deterministic atoms that follow dz/dt = −2ξ ∇Ψ(z; ρ), ρ the atoms' own law.
//!
//! The noiseless dynamics moves mass along these curves, so a law of weighted atoms stays one, exactly;
//! only its sampling of the start and the time step err. Nothing is smeared where the limit forms point
//! masses. Atoms that reach a boundary (r = 0) stop there while the flow points outwards.

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::flow::Flow;
use meanfield_run::schedule::Schedule;
use meanfield_run::stepper::adaptive::{Controller, Stepper};
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System, stride};
use ndarray::{Array1, Array2};

/// Steps in one stride.
const STEPS: usize = 8;
/// First step tried.
const FIRST_STEP: f64 = 1e-4;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;

/// Midpoints of equal shares of probability: atoms of equal weight.
pub fn quantile_atoms(count: usize, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..count).map(|i| quantile((i as f64 + 0.5) / count as f64)).collect()
}

/// See the module's head.
pub struct Characteristics<const D: usize, L> {
    motion: Motion<D, L>,
    stepper: Stepper,
    controller: Controller,
    /// Positions, atom by atom.
    positions: Vec<f64>,
    time: f64,
}

/// The velocity field of the atoms.
struct Motion<const D: usize, L> {
    landscape: L,
    schedule: Schedule,
    weights: Vec<f64>,
    /// Lower end of each coordinate's range.
    lower: [f64; D],
    values: Vec<f64>,
    gradients: Vec<[f64; D]>,
}

impl<const D: usize, L: Landscape<D>> Motion<D, L> {
    /// Position of atom `i`, inside the range.
    fn point(&self, positions: &[f64], i: usize) -> [f64; D] {
        std::array::from_fn(|c| positions[i * D + c].max(self.lower[c]))
    }

    /// Evaluates features and gradients at all atoms; returns the moments.
    fn evaluate(&mut self, positions: &[f64]) -> Vec<f64> {
        let rank = self.landscape.rank();
        let mut moments = vec![0.0; rank];
        for i in 0..self.weights.len() {
            let (z, row) = (self.point(positions, i), i * rank..(i + 1) * rank);
            self.landscape.features(z, &mut self.values[row.clone()], &mut self.gradients[row.clone()]);
            moments.iter_mut().zip(&self.values[row]).for_each(|(m, phi)| *m += self.weights[i] * phi);
        }
        moments
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Motion<D, L> {
    fn rate(&mut self, time: f64, positions: &[f64], rate: &mut [f64]) -> f64 {
        let moments = self.evaluate(positions);
        let mut coefficients = vec![0.0; moments.len()];
        self.landscape.potential_coefficients(&moments, &mut coefficients);
        let speed = 2.0 * self.schedule.rate(time);
        for (i, gradients) in self.gradients.chunks_exact(moments.len()).enumerate() {
            for c in 0..D {
                let slope: f64 =
                    coefficients.iter().zip(gradients).map(|(k, gradient)| k * gradient[c]).sum();
                let held = positions[i * D + c] <= self.lower[c] && slope > 0.0;
                rate[i * D + c] = if held { 0.0 } else { -speed * slope };
            }
        }
        f64::INFINITY
    }

    fn project(&self, positions: &mut [f64]) {
        for (i, z) in positions.iter_mut().enumerate() {
            *z = z.max(self.lower[i % D]);
        }
    }
}

impl<const D: usize, L: Landscape<D>> Characteristics<D, L> {
    /// Atoms at `positions` (atom by atom) with `weights` summing to 1; `lower` ends each coordinate's
    /// range, `tolerance` is the largest error of any coordinate in one step.
    pub fn new(
        landscape: L,
        schedule: Schedule,
        positions: Vec<f64>,
        weights: Vec<f64>,
        lower: [f64; D],
        tolerance: f64,
    ) -> Self {
        let size = landscape.rank() * weights.len();
        Self {
            stepper: Stepper::new(positions.len()),
            controller: Controller { next_step: FIRST_STEP, tolerance },
            motion: Motion {
                landscape,
                schedule,
                weights,
                lower,
                values: vec![0.0; size],
                gradients: vec![[0.0; D]; size],
            },
            positions,
            time: 0.0,
        }
    }

    /// One accepted step.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let (longest, shortest) = (until - self.time, SHORTEST * self.time.max(1.0));
        let Self { stepper, motion, positions, controller, time, .. } = self;
        let taken =
            stepper.step(motion, *time, positions, controller, longest, shortest).ok_or_else(|| {
                let what =
                    "the atoms cannot be followed to the tolerance; loosen `tolerance` or check the scenario";
                RunError::Failed { time: *time, what: what.into() }
            })?;
        *time = if taken == longest { until } else { *time + taken };
        Ok(())
    }

    /// R of the present law.
    pub fn risk(&self) -> f64 {
        self.motion.landscape.risk(&self.moments())
    }

    /// The atoms: position and weight of each.
    pub fn atoms(&self) -> impl Iterator<Item = ([f64; D], f64)> {
        self.motion
            .weights
            .iter()
            .enumerate()
            .map(|(i, weight)| (self.motion.point(&self.positions, i), *weight))
    }

    /// Moments of the present law.
    fn moments(&self) -> Vec<f64> {
        let rank = self.motion.landscape.rank();
        let (mut values, mut gradients) = (vec![0.0; rank], vec![[0.0; D]; rank]);
        let mut moments = vec![0.0; rank];
        for (z, weight) in self.atoms() {
            self.motion.landscape.features(z, &mut values, &mut gradients);
            moments.iter_mut().zip(&values).for_each(|(m, phi)| *m += weight * phi);
        }
        moments
    }
}

impl<const D: usize, L: Landscape<D>> System for Characteristics<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        stride(self, until, STEPS, |atoms| atoms.step(until))
    }

    fn observe(&self) -> Observation {
        let (moments, weights) = (self.moments(), &self.motion.weights);
        let bias = self.motion.landscape.independent_bias(&mut self.atoms(), &moments);
        Observation {
            risk: self.motion.landscape.risk(&moments),
            scalars: vec![Scalar {
                name: "independent_bias",
                meaning: "b in E R_N − R = b/N for N independent neurons of this very law",
                value: bias,
            }],
            law: Measure::Atoms {
                points: Array2::from_shape_fn((weights.len(), D), |(i, c)| self.positions[i * D + c]),
                weights: Array1::from(weights.clone()),
            },
        }
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn save(&self) -> State {
        let mut reals = vec![self.time, self.controller.next_step];
        reals.extend(&self.positions);
        State { integers: Vec::new(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let (atoms, found) = (self.motion.weights.len(), state.reals.len());
        match state.reals.split_first_chunk::<2>() {
            Some((&[time, next_step], positions)) if positions.len() == self.positions.len() => {
                (self.time, self.controller.next_step) = (time, next_step);
                self.positions.copy_from_slice(positions);
                Ok(())
            }
            _ => Err(RunError::Checkpoint(format!("{found} numbers for {atoms} atoms"))),
        }
    }
}
