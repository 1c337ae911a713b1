//! The system `finite-network` on a device: a run of a [`Crew`]. It trains on samples by counters, so it has
//! the law of a network that the processor trains, but not its path. Its exact risk is computed on the
//! processor where it is observed, an estimate on fresh samples is made on the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use meanfield_particle::finite_network::{self, Setup};
use meanfield_run::crew::PLACES;
use meanfield_run::system::{Membership, Observation, RunError, State, Stride, System};
use ndarray::Array2;

use crate::crew::Crew;
use crate::trainer::{DeviceError, Losses, Recruit, Shape, Step, Trainer};

/// A network of a crew, at its start or later.
pub struct DeviceNetwork {
    setup: Setup,
    crew: Arc<Crew>,
    member: usize,
    /// Places of a device that the crew takes.
    places: usize,
    /// Steps that are made together.
    block: u64,
    /// Whether it is on the device.
    is_placed: bool,
    /// With what it is to go on there, shape (neuron, D), where a state was restored: that needs no device.
    restored: Option<Array2<f64>>,
    /// Steps that it has made there.
    trained: u64,
    /// k, less than a block ahead.
    step: u64,
    /// What is observed at this step, as far as it is known.
    seen: Seen,
    work: u64,
}

/// What a device has said of a network at a step.
#[derive(Clone, Default)]
struct Seen {
    /// The parameters, shape (neuron, D).
    weights: Option<Array2<f64>>,
    /// The losses on fresh samples so far.
    losses: Losses,
}

/// Makes the trainer of networks of a shape, with these seeds.
pub type MakeTrainer = fn(&Shape, &[u64]) -> Result<Box<dyn Trainer>, DeviceError>;

/// The networks of setups that differ in their seeds alone, as one crew.
///
/// # Errors
/// [`DeviceError`], where no kernel trains such networks.
pub fn crew(setups: Vec<Setup>, trainer: MakeTrainer) -> Result<Vec<DeviceNetwork>, DeviceError> {
    static CREWS: AtomicUsize = AtomicUsize::new(0);
    let Some(first) = setups.first() else { return Ok(Vec::new()) };
    let shape = Shape::new(first)?;
    let seeds: Vec<u64> = setups.iter().map(|setup| setup.seed).collect();
    let block = shape.block();
    let places = if shape.is_large() { PLACES } else { setups.len() };
    let recruit: Recruit = Box::new(move || trainer(&shape, &seeds));
    let steps = first.clone();
    let number = CREWS.fetch_add(1, Ordering::Relaxed);
    let step = move |made| Step::of_run(&steps, made);
    let crew = Arc::new(Crew::new(number, setups.len(), block, step, recruit));
    let networks = setups.into_iter().enumerate().map(|(member, setup)| DeviceNetwork {
        setup,
        crew: Arc::clone(&crew),
        member,
        places,
        block: block as u64,
        is_placed: false,
        restored: None,
        trained: 0,
        step: 0,
        seen: Seen::default(),
        work: 0,
    });
    Ok(networks.collect())
}

impl DeviceNetwork {
    /// The parameters at step k, shape (neuron, D).
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    pub fn weights(&self) -> Result<Array2<f64>, DeviceError> {
        let ahead = self.step - self.trained;
        if !self.is_placed {
            let held = self.held();
            if ahead == 0 {
                return Ok(held);
            }
            self.crew.place(self.member, self.trained, &held)?;
        }
        self.crew.weights_ahead(self.member, ahead)
    }

    /// The parameters after so many steps as were made, as long as it is not on the device.
    fn held(&self) -> Array2<f64> {
        self.restored.clone().unwrap_or_else(|| self.setup.start())
    }

    /// Puts it on the device.
    fn begin(&mut self) -> Result<(), DeviceError> {
        if !self.is_placed {
            self.crew.place(self.member, self.trained, &self.held())?;
            (self.is_placed, self.restored) = (true, None);
        }
        Ok(())
    }

    /// One slice towards step `last`.
    fn train(&mut self, last: u64) -> Result<(), DeviceError> {
        let before = self.trained;
        let whole = last - last % self.block;
        self.trained = self.crew.train(self.member, whole)?;
        let step = if self.trained == whole { last } else { self.trained };
        if step != self.step {
            self.seen = Seen::default();
        }
        self.step = step;
        self.work += self.trained - before;
        Ok(())
    }

    /// Finds more of what is observed at this step; whether that is all.
    fn look(&mut self) -> Result<bool, DeviceError> {
        if self.seen.weights.is_none() {
            let weights = self.weights()?;
            if finite_network::have_run_away(&weights) {
                return Err(DeviceError(finite_network::RUN_AWAY.to_owned()));
            }
            self.seen.weights = Some(weights);
        }
        let samples = self.samples();
        if self.seen.losses.count < samples {
            let ahead = self.step - self.trained;
            let begin = self.seen.losses.count;
            self.seen.losses.add(self.crew.losses(self.member, ahead, begin..samples)?);
        }
        Ok(self.seen.losses.count >= samples)
    }

    /// Fresh samples on which the risk is estimated; none where it is not.
    fn samples(&self) -> u64 {
        finite_network::samples_of_risk(&self.setup) as u64
    }

    fn failed(&self, error: DeviceError) -> RunError {
        RunError::Failed { time: self.time(), what: error.0 }
    }
}

impl Drop for DeviceNetwork {
    fn drop(&mut self) {
        self.crew.leave(self.member);
    }
}

impl System for DeviceNetwork {
    fn time(&self) -> f64 {
        self.step as f64 * self.setup.step_size
    }

    fn step(&self) -> Option<u64> {
        Some(self.step)
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let last = (until / self.setup.step_size).round() as u64;
        let trained = self.begin().and_then(|()| self.train(last));
        trained.map_err(|error: DeviceError| self.failed(error))?;
        if self.step < last || !self.look().map_err(|error: DeviceError| self.failed(error))? {
            return Ok(Stride::Underway);
        }
        Ok(Stride::Reached)
    }

    /// What was found when the step was reached.
    fn observe(&self) -> Observation {
        let weights = match &self.seen.weights {
            Some(weights) => Ok(weights.clone()),
            None => self.weights(),
        };
        let weights = weights.unwrap_or_else(|_| Array2::from_elem(self.setup.shape(), f64::NAN));
        let estimate = (self.samples() > 0).then(|| self.seen.losses.mean_and_error());
        finite_network::observe_beside(&self.setup, self.step, &weights, estimate)
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn crew(&self) -> Option<Membership> {
        Some(Membership { crew: self.crew.number(), places: self.places })
    }

    fn save(&self) -> State {
        let weights = match self.is_placed {
            true => self.crew.weights(self.member),
            false => Ok(self.held()),
        };
        let reals = weights.map(|weights| weights.iter().copied().collect()).unwrap_or_default();
        State { integers: vec![self.step, self.trained], reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let shape = self.setup.shape();
        let weights = Array2::from_shape_vec(shape, state.reals.clone());
        let (&[step, trained], Ok(weights)) = (&state.integers[..], weights) else {
            let what = format!("{} numbers for {} weights", state.reals.len(), shape.0 * shape.1);
            return Err(RunError::Checkpoint(what));
        };
        let ahead = step.checked_sub(trained).is_some_and(|ahead| ahead < self.block);
        let is_place = trained.is_multiple_of(self.block) && ahead;
        if !is_place || !weights.iter().all(|w| w.is_finite()) {
            return Err(RunError::Checkpoint(format!("step {step} after {trained} steps on a device")));
        }
        (self.step, self.trained) = (step, trained);
        (self.is_placed, self.restored, self.seen) = (false, Some(weights), Seen::default());
        Ok(())
    }
}
