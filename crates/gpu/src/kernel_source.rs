//! The source of the kernel for networks of one shape: a preamble of numbers, then the text that does the
//! work. Sizes are compile-time constants of the kernel, since registers have no addresses. Here is which
//! kernel trains; each kernel's own numbers are in the modules.

mod kernel;
mod large;
mod resident;
mod streamed;
mod tables;

pub use kernel::{DeviceTraits, KernelKind, KernelSource};

use crate::trainer::Shape;

/// The fastest kernel that can train these networks on such a device, but that the shape alone decides
/// between networks one by one on the whole device and many at once. It may want more shared memory than
/// there is.
pub fn kernel_for(shape: &Shape, traits: DeviceTraits) -> KernelSource {
    if shape.is_large() {
        return large::source(shape, traits);
    }
    let resident = traits.has_matrix_unit.then(|| resident::source(shape, traits)).flatten();
    resident.unwrap_or_else(|| streamed::source(shape, traits))
}
