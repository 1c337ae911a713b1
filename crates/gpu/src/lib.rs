//! Ensembles of two-layer networks trained by one-pass SGD on a graphics processor.
//!
//! The unit is a crew of runs, the seeds of a system: each is a block of threads of one grid, or one after
//! the other has the whole device, and all are launched in slices of a fraction of a second. Samples come
//! from counters ([`samples`]), so that a processor can train on the same ones; [`emulation`] does the
//! kernel's work in the kernel's order. Only `cuda`, with the feature of that name, knows a device. This
//! crate knows no PDE, no scenario file, no record file, no figure and no terminal.

pub mod crew;
#[cfg(feature = "cuda")]
mod cuda;
pub mod device;
pub mod emulation;

pub mod kernel_source;
pub mod network;
pub mod reference;
pub mod samples;
pub mod speed;
pub mod trainer;
pub mod trial;
