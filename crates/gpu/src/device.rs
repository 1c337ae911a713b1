//! Whether there is a device, and the trainer on it. A build without the feature `cuda` has none, and says
//! so.

use crate::trainer::{DeviceError, Shape, Trainer};

/// The name of the device that would train so many networks of a shape.
///
/// # Errors
/// [`DeviceError`], with what is missing and what to do.
#[cfg(feature = "cuda")]
pub fn name(shape: &Shape, networks: usize) -> Result<String, DeviceError> {
    crate::cuda::device_name(shape, networks)
}

/// The name of the device that would train so many networks of a shape.
///
/// # Errors
/// [`DeviceError`], with what is missing and what to do.
#[cfg(not(feature = "cuda"))]
pub fn name(_: &Shape, _: usize) -> Result<String, DeviceError> {
    Err(no_device())
}

#[cfg(not(feature = "cuda"))]
fn no_device() -> DeviceError {
    DeviceError("this build trains on no device; build it with `--features gpu`".to_owned())
}

/// A crew of networks of these seeds on the device, all of whose parameters are zero.
///
/// # Errors
/// [`DeviceError`], where there is no device or the networks do not fit.
#[cfg(feature = "cuda")]
pub fn trainer(shape: &Shape, seeds: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    crate::cuda::trainer(shape, seeds)
}

/// A crew of networks of these seeds on the device, all of whose parameters are zero.
///
/// # Errors
/// [`DeviceError`]: there is none.
#[cfg(not(feature = "cuda"))]
pub fn trainer(_: &Shape, _: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    Err(no_device())
}
