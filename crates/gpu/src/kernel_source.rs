//! The source of the kernel for networks of one shape: a preamble of numbers, then the text that does the
//! work. Sizes are compile-time constants of the kernel, since registers have no addresses. Here is which
//! kernel trains and how its weights lie; each kernel's own numbers are in the modules.

mod large;
mod resident;
mod streamed;
mod tables;

use meanfield_particle::finite_network::Precision;
use ndarray::{Array2, ArrayView2, ShapeBuilder};

use crate::trainer::{DeviceError, Shape};

/// What the kernels ask of a device; what runs them on a processor puts its own before their text.
const DEVICE: &str = include_str!("kernels/device.cuh");
const SAMPLES: &str = include_str!("kernels/samples.cuh");

/// Which kernel trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Weights stay on the chip, tiles in registers and in shared memory.
    Resident,
    /// Weights lie in the device's memory, a block of threads is a network.
    Streamed,
    /// Weights lie in the device's memory, the whole device is a network.
    Large,
}

/// What a device has, as far as a kernel depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// mma.m16n8k8 for the numbers of the weights.
    pub has_matrix_unit: bool,
    /// Multiprocessors: so many blocks of threads of any size are surely on the device at once.
    pub multiprocessors: usize,
}

/// A kernel for networks of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelSource {
    /// Which one.
    pub path: Path,
    /// Its text without what a device is asked for.
    pub text: String,
    /// Threads of a block.
    pub threads: usize,
    /// Blocks of threads of a network.
    pub blocks: usize,
    /// Steps between two passes over the weights.
    pub steps: usize,
    /// Bytes of shared memory of a block.
    pub shared_bytes: usize,
}

impl KernelSource {
    /// The fastest kernel that can train these networks, but that sizes alone decide between networks one by
    /// one on the whole device and many at once.
    pub fn new(shape: &Shape, traits: Traits) -> Self {
        if shape.is_large() {
            return large::source(shape, traits.multiprocessors);
        }
        let resident = traits.has_matrix_unit.then(|| resident::source(shape)).flatten();
        resident.unwrap_or_else(|| streamed::source(shape))
    }

    /// The whole text, for a device's compiler.
    pub fn for_device(&self) -> String {
        [DEVICE, &self.text].concat()
    }
}

impl Path {
    /// The numbers of a network as the kernel has them; `weights` has the shape (neuron, D).
    pub fn ordered<'a>(self, weights: &'a Array2<f64>) -> ArrayView2<'a, f64> {
        match self {
            Self::Resident => weights.view(),
            Self::Streamed | Self::Large => weights.t(),
        }
    }

    /// A network, shape (neuron, D), of the numbers as the kernel has them.
    ///
    /// # Errors
    /// [`DeviceError`], where there are more or fewer.
    pub fn network(self, shape: (usize, usize), numbers: Vec<f64>) -> Result<Array2<f64>, DeviceError> {
        let network = match self {
            Self::Resident => Array2::from_shape_vec(shape, numbers),
            Self::Streamed | Self::Large => Array2::from_shape_vec(shape.f(), numbers),
        };
        network.map_err(|error| DeviceError(error.to_string()))
    }
}

/// Bytes of a number.
fn size(shape: &Shape) -> usize {
    if shape.precision == Precision::Single { 4 } else { 8 }
}
