//! The system `finite-network` on a device: a run of a [`Crew`]. It trains on samples by counters, so it has
//! the law of a network that the processor trains, but not its path. Its exact risk is computed on the
//! processor where it is observed, an estimate on fresh samples is made on the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use meanfield_particle::finite_network::{self, Setup};
use meanfield_run::system::{Observation, RunError, State, Stride, System};
use ndarray::Array2;

use crate::crew::Crew;
use crate::trainer::{DeviceError, Losses, Recruit, Shape, Step, Trainer};

/// A weight beyond this has run away.
const LARGEST: f64 = 1e9;

/// A network of a crew, at its start or later.
pub struct DeviceNetwork {
    setup: Setup,
    crew: Arc<Crew>,
    member: usize,
    /// Steps that are made together.
    block: u64,
    /// Whether its start is on the device.
    is_placed: bool,
    /// Steps that it has made there.
    trained: u64,
    /// k, less than a block ahead.
    step: u64,
    work: u64,
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
    let recruit: Recruit = Box::new(move || trainer(&shape, &seeds));
    let steps = first.clone();
    let number = CREWS.fetch_add(1, Ordering::Relaxed);
    let step = move |made| Step::of_run(&steps, made);
    let crew = Arc::new(Crew::new(number, (setups.len(), block), step, recruit));
    let networks = setups.into_iter().enumerate().map(|(member, setup)| DeviceNetwork {
        setup,
        crew: Arc::clone(&crew),
        member,
        block: block as u64,
        is_placed: false,
        trained: 0,
        step: 0,
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
        match self.is_placed {
            true => self.crew.weights_ahead(self.member, self.step - self.trained),
            false => Ok(self.setup.start()),
        }
    }

    /// Puts the start on the device.
    fn begin(&mut self) -> Result<(), DeviceError> {
        if !self.is_placed {
            self.crew.place(self.member, 0, &self.setup.start())?;
            self.is_placed = true;
        }
        Ok(())
    }

    /// One slice towards step `last`.
    fn train(&mut self, last: u64) -> Result<(), DeviceError> {
        self.begin()?;
        let before = self.trained;
        let whole = last - last % self.block;
        self.trained = self.crew.train(self.member, whole)?;
        self.step = if self.trained == whole { last } else { self.trained };
        self.work += self.trained - before;
        Ok(())
    }

    /// The risk on fresh samples, estimated on the device, and its standard error, where they are wanted.
    fn sampled_risk(&self) -> Option<(f64, f64)> {
        let samples = finite_network::samples_of_risk(&self.setup) as u64;
        if samples < 2 {
            return None;
        }
        // The start is put there again when training begins.
        let placed = match self.is_placed {
            true => Ok(()),
            false => self.crew.place(self.member, 0, &self.setup.start()),
        };
        let ahead = self.step - self.trained;
        let losses = placed.and_then(|()| self.crew.losses(self.member, ahead, samples));
        Some(losses.map_or((f64::NAN, f64::NAN), Losses::mean))
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
        self.train(last).map_err(|error: DeviceError| self.failed(error))?;
        if self.step < last {
            return Ok(Stride::Underway);
        }
        let weights = self.weights().map_err(|error: DeviceError| self.failed(error))?;
        if weights.iter().any(|w| w.is_nan() || w.abs() >= LARGEST) {
            let what = "the weights have run away: SGD diverges; write a smaller `step-size`";
            return Err(self.failed(DeviceError(what.to_owned())));
        }
        Ok(Stride::Reached)
    }

    fn observe(&self) -> Observation {
        let shape = self.setup.shape();
        // A device that fails here fails in the next stride, which says so.
        let weights = self.weights().unwrap_or_else(|_| Array2::from_elem(shape, f64::NAN));
        finite_network::observe_beside(&self.setup, self.step, &weights, self.sampled_risk())
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn crew(&self) -> Option<usize> {
        Some(self.crew.number())
    }

    fn save(&self) -> State {
        let weights = match self.is_placed {
            true => self.crew.weights(self.member),
            false => Ok(self.setup.start()),
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
        let placed = self.crew.place(self.member, trained, &weights);
        placed.map_err(|error: DeviceError| self.failed(error))?;
        (self.step, self.trained, self.is_placed) = (step, trained, true);
        Ok(())
    }
}
