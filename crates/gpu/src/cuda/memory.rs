//! Numbers on the device, to and from it, and kernels of a module. Nothing here launches.

use std::sync::Arc;

use cudarc::driver::sys::CUfunction_attribute_enum::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
use cudarc::driver::{
    CudaFunction, CudaModule, CudaSlice, CudaStream, DeviceRepr, LaunchConfig, ValidAsZeroBits,
};

use crate::trainer::{DeviceError, Losses, Slice};

/// A number of weights on the device.
pub(super) trait Real: DeviceRepr + ValidAsZeroBits + Copy + Unpin {
    fn from_double(number: f64) -> Self;
    fn to_double(self) -> f64;
}

impl Real for f64 {
    fn from_double(number: f64) -> Self {
        number
    }

    fn to_double(self) -> f64 {
        self
    }
}

impl Real for f32 {
    fn from_double(number: f64) -> Self {
        number as f32
    }

    fn to_double(self) -> f64 {
        f64::from(self)
    }
}

/// A kernel of a module that may use so much shared memory.
pub(super) fn kernel(
    module: &Arc<CudaModule>,
    name: &str,
    shared_bytes: usize,
) -> Result<CudaFunction, DeviceError> {
    let kernel = module.load_function(name)?;
    kernel.set_attribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, shared_bytes as i32)?;
    Ok(kernel)
}

/// So many blocks of so many threads, each with so much shared memory.
pub(super) fn grid(blocks: usize, threads: usize, shared_bytes: usize) -> LaunchConfig {
    let [blocks, threads, shared_mem_bytes] = [blocks, threads, shared_bytes].map(|number| number as u32);
    LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (threads, 1, 1), shared_mem_bytes }
}

/// A network's numbers as the kernel has them, in the standard order.
pub(super) fn download<R: Real>(
    stream: &Arc<CudaStream>,
    all: &CudaSlice<R>,
    place: std::ops::Range<usize>,
) -> Result<Vec<f64>, DeviceError> {
    let numbers = stream.clone_dtoh(&all.slice(place))?;
    Ok(numbers.into_iter().map(Real::to_double).collect())
}

pub(super) fn upload<R: Real>(
    stream: &Arc<CudaStream>,
    all: &mut CudaSlice<R>,
    place: std::ops::Range<usize>,
    numbers: impl Iterator<Item = f64>,
) -> Result<(), DeviceError> {
    let numbers: Vec<R> = numbers.map(R::from_double).collect();
    stream.memcpy_htod(&numbers, &mut all.slice_mut(place))?;
    Ok(stream.synchronize()?)
}

/// The sums that a kernel makes of the losses of a slice.
pub(super) fn losses(sums: &[f64], slice: &Slice) -> Losses {
    Losses { sum: sums[0], squares: sums[1], count: slice.steps.len() as u64 }
}
