//! What a kernel is: its text, how it is launched, and how a network's weights lie for it.

use meanfield_particle::finite_network::Precision;
use ndarray::{Array2, ArrayView2, ShapeBuilder};

use crate::trainer::{DeviceError, Shape};

/// What the kernels ask of a device; what runs them on a processor puts its own before their text.
const DEVICE: &str = include_str!("../kernels/device.cuh");
pub(super) const SAMPLES: &str = include_str!("../kernels/samples.cuh");

/// Which kernel trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KernelKind {
    /// Weights stay on the chip, tiles in registers and in shared memory.
    Resident,
    /// Weights lie in the device's memory, a block of threads is a network.
    Streamed,
    /// Weights lie in the device's memory, the whole device is a network.
    Large,
}

/// What a device has, as far as a kernel depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceTraits {
    /// mma.m16n8k8 for the numbers of the weights.
    pub has_matrix_unit: bool,
    /// Bytes of shared memory that a block of threads may have.
    pub most_shared: usize,
    /// Multiprocessors: so many blocks of threads of any size are surely on the device at once.
    pub multiprocessors: usize,
}

/// A kernel for networks of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelSource {
    /// Which one.
    pub kind: KernelKind,
    /// Its text.
    pub(super) text: String,
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
    /// Its text with how much shared memory it gets, but without what a device is asked for.
    pub fn whole_text(&self) -> String {
        format!("#define SHARED_BYTES {}\n{}", self.shared_bytes, self.text)
    }

    /// The text for a device's compiler.
    pub fn for_device(&self) -> String {
        [DEVICE, &self.whole_text()].concat()
    }
}

impl KernelKind {
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
pub(super) fn size(shape: &Shape) -> usize {
    if shape.precision == Precision::Single { 4 } else { 8 }
}
