//! The source of the kernel for networks of one shape: a preamble of numbers, then the text that does the
//! work. Sizes are compile-time constants of the kernel, since registers have no addresses. Here is which
//! kernel trains; each kernel's own numbers are in the modules.

mod kernel;
mod large;
mod resident;
mod streamed;
mod tables;

pub use kernel::{KernelSource, Path, Traits};

use crate::trainer::Shape;

/// The fastest kernel that can train these networks, but that sizes alone decide between networks one by one
/// on the whole device and many at once.
pub fn kernel_for(shape: &Shape, traits: Traits) -> KernelSource {
    if shape.is_large() {
        return large::source(shape, traits.multiprocessors);
    }
    let resident = traits.has_matrix_unit.then(|| resident::source(shape)).flatten();
    resident.unwrap_or_else(|| streamed::source(shape))
}
