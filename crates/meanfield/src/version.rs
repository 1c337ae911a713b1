//! Which program this is: its version, and a digest of the sources that compute.

/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// "0.2.0 (source 1a2b3c4d5e6f)": results and checkpoints of another one are not taken for those of this one.
pub fn computing() -> String {
    format!("{VERSION} (source {})", env!("MEANFIELD_SOURCE"))
}
