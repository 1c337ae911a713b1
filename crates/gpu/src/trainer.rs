//! The interface of what trains a crew of networks, a device or its emulation, and what all of them share.
//! Nothing here trains.

use std::ops::Range;

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::GaussianClasses;
use meanfield_model::loss::Loss;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::{Precision, Setup};
use meanfield_random::stream::Purpose;
use ndarray::Array2;

/// Steps that are computed together.
pub const BLOCK: usize = 8;
/// The same of networks in singles whose weights pass the device's memory: they have so many parameters, and
/// no more neurons and parameters of a neuron than the numbers of sixteen steps leave room for. (Doubles
/// would spill.)
pub const STREAMED_BLOCK: usize = 16;
const STREAMED: usize = 1 << 16;
const NEURONS_OF_SIXTEEN: usize = 1024;
const PARAMETERS_OF_SIXTEEN: usize = 800;
/// The same of a large network, which has the whole device to itself: it has so many parameters, so many
/// neurons, or neurons with so many parameters that no inputs of a step fit in shared memory.
pub const LARGE_BLOCK: usize = 256;
const LARGE: usize = 1_000_000;
const LARGE_NEURONS: usize = 1 << 14;
const LARGE_PARAMETERS: usize = 4000;

/// Most classes of the data, and most pieces of σ: tables in a kernel.
const MOST_ENTRIES: usize = 64;

/// A device that failed, or that cannot train a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceError(pub String);

/// What the networks of a crew have in common.
#[derive(Clone, Debug)]
pub struct Shape {
    /// N.
    pub neurons: usize,
    /// The data.
    pub data: Mixture,
    /// σ.
    pub sigma: PiecewiseLinear,
    /// The form of a neuron.
    pub unit: Unit,
    /// Numbers of the weights.
    pub precision: Precision,
    /// Whether steps have a ridge or noise beside the gradient.
    pub is_disturbed: bool,
    /// Standard deviation of what is added to every label.
    pub label_noise: f64,
}

impl Shape {
    /// The shape of a run.
    ///
    /// # Errors
    /// [`DeviceError`], where no kernel trains such a network.
    pub fn new(setup: &Setup) -> Result<Self, DeviceError> {
        let sigma = match &setup.activation {
            Activation::PiecewiseLinear(sigma) if sigma.knots().len() < MOST_ENTRIES => sigma.clone(),
            _ => return Err(unknown("a piecewise-linear activation of fewer than 64 knots")),
        };
        if setup.loss != Loss::Squared {
            return Err(unknown("the squared loss"));
        }
        if !setup.groups.are_alike() {
            return Err(unknown("the same steps for all parameters"));
        }
        if setup.batch != 1 {
            return Err(unknown("one sample a step"));
        }
        if setup.lazy.is_some() {
            return Err(unknown("the mean-field scaling"));
        }
        if setup.data.components.len() > MOST_ENTRIES || setup.data.dimensions.len() > MOST_ENTRIES {
            return Err(unknown("data of at most 64 classes and blocks"));
        }
        let has_numbers = setup.data.components.iter().all(|class| class.label.number().is_some());
        if setup.data.directions() > 0 || !has_numbers {
            return Err(unknown("classes without means whose labels are numbers"));
        }
        let shape = Self {
            neurons: setup.neurons,
            data: setup.data.clone(),
            sigma,
            unit: setup.unit(),
            precision: setup.precision,
            is_disturbed: setup.ridge != 0.0 || setup.temperature != 0.0,
            label_noise: setup.label_noise,
        };
        if shape.is_disturbed && shape.is_large() {
            return Err(unknown(
                "ridge and noise for fewer than 10^6 parameters, 16384 neurons and 4000 coordinates",
            ));
        }
        Ok(shape)
    }

    /// That of MMN's Fig. 1, with any N and d.
    ///
    /// # Panics
    /// Where N or d is 0.
    pub fn figure_1(neurons: usize, dimension: usize, precision: Precision) -> Self {
        let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("two knots");
        let data: Mixture = GaussianClasses::isotropic(dimension, 0.8).expect("a separation below 1").into();
        let (is_disturbed, label_noise) = (false, 0.0);
        Self { neurons, data, sigma, unit: Unit::Inner, precision, is_disturbed, label_noise }
    }

    /// Whether the whole device trains one network, not many at once. Sizes alone decide, so that what else
    /// is trained shows in no result.
    pub fn is_large(&self) -> bool {
        let (neurons, parameters) = self.parameters();
        let is_broad = neurons >= LARGE_NEURONS || parameters >= LARGE_PARAMETERS;
        neurons * parameters >= LARGE || is_broad
    }

    /// Steps that are computed together: blocks begin at multiples of it. Sizes alone decide here, too.
    pub fn block(&self) -> usize {
        let (neurons, parameters) = self.parameters();
        let are_few = neurons <= NEURONS_OF_SIXTEEN && parameters <= PARAMETERS_OF_SIXTEEN;
        let fits = self.precision == Precision::Single && are_few && !self.is_disturbed;
        match neurons * parameters {
            _ if self.is_large() => LARGE_BLOCK,
            STREAMED.. if fits => STREAMED_BLOCK,
            _ => BLOCK,
        }
    }

    /// Bytes of the weights of so many networks, and of what a block of steps of a large one needs.
    pub fn bytes(&self, networks: usize) -> f64 {
        let (neurons, parameters) = self.parameters();
        let outputs = if self.is_large() { LARGE_BLOCK * neurons } else { 0 };
        let number = if self.precision == Precision::Single { 4.0 } else { 8.0 };
        number * (networks as f64 * (neurons * parameters) as f64 + outputs as f64)
    }

    /// (N, D).
    pub fn parameters(&self) -> (usize, usize) {
        (self.neurons, self.unit.parameters(self.data.dimension()))
    }
}

fn unknown(what: &str) -> DeviceError {
    DeviceError(format!("a device trains with {what} alone so far"))
}

/// Where a network's numbers lie among those of all, of networks with these parameters, (N, D).
pub fn place((neurons, parameters): (usize, usize), member: usize) -> Range<usize> {
    let count = neurons * parameters;
    member * count..(member + 1) * count
}

/// What a step does: w ← `shrink` w + `push` (y − ŷ) ∇σ_* + `noise` g.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// 2 s_k.
    pub push: f64,
    /// 1 − 2λ s_k.
    pub shrink: f64,
    /// √(4 s_k/β).
    pub noise: f64,
}

impl Step {
    /// It changes nothing.
    pub const NONE: Self = Self { push: 0.0, shrink: 1.0, noise: 0.0 };

    /// One of this size without ridge and noise.
    pub fn plain(push: f64) -> Self {
        Self { push, ..Self::NONE }
    }

    /// The step of a run that follows `made` others.
    pub fn of_run(setup: &Setup, made: u64) -> Self {
        let size = setup.size_of_step(made);
        let variance = 4.0 * size * setup.temperature * setup.cooling_of_step(made);
        Self { push: 2.0 * size, shrink: 1.0 - 2.0 * setup.ridge * size, noise: variance.sqrt() }
    }
}

/// Steps of networks that have all made as many; or, with sizes of zero, fresh samples on which their losses
/// are wanted.
pub struct Slice<'a> {
    /// Which networks of the crew.
    pub members: &'a [usize],
    /// What the samples are for.
    pub purpose: Purpose,
    /// Steps or samples before, a multiple of [`Shape::block`].
    pub first: u64,
    /// What each step does, at least one.
    pub steps: &'a [Step],
}

impl Slice<'_> {
    /// Steps in whole blocks.
    pub fn padded_count(&self, block: usize) -> usize {
        self.steps.len().next_multiple_of(block)
    }

    /// 2 s_k of all steps, with those that fill the last block and change nothing; then what remains of
    /// weights, then the noises.
    pub fn table(&self, block: usize) -> Vec<f64> {
        let mut steps = self.steps.to_vec();
        steps.resize(self.padded_count(block), Step::NONE);
        let parts = [|step: &Step| step.push, |step: &Step| step.shrink, |step: &Step| step.noise];
        parts.iter().flat_map(|part| steps.iter().map(part)).collect()
    }
}

/// Sums over samples of the loss (y − ŷ)².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Σ (y − ŷ)².
    pub sum: f64,
    /// Σ (y − ŷ)⁴.
    pub squares: f64,
    /// How many.
    pub count: u64,
}

impl Losses {
    /// Those of other samples, too.
    pub fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.count += other.count;
    }

    /// One more.
    pub fn push(&mut self, loss: f64) {
        self.add(Self { sum: loss, squares: loss * loss, count: 1 });
    }

    /// The mean and its standard error.
    pub fn mean_and_error(self) -> (f64, f64) {
        let count = self.count as f64;
        let mean = self.sum / count;
        let variance = (self.squares / count - mean * mean).max(0.0);
        (mean, (variance / (count - 1.0)).sqrt())
    }
}

/// Makes the trainer of a crew, when it is first needed.
pub type Recruit = Box<dyn FnOnce() -> Result<Box<dyn Trainer>, DeviceError> + Send>;

/// Trains the networks of a crew, which are numbered.
pub trait Trainer: Send {
    /// Trains some of them. The losses of the steps, each before its step, are returned for each.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    fn train(&mut self, slice: &Slice) -> Result<Vec<Losses>, DeviceError>;

    /// The parameters of a network, shape (neuron, D).
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    fn weights(&mut self, member: usize) -> Result<Array2<f64>, DeviceError>;

    /// Gives a network other parameters.
    ///
    /// # Errors
    /// [`DeviceError`], where the device fails.
    fn set_weights(&mut self, member: usize, weights: &Array2<f64>) -> Result<(), DeviceError>;
}
