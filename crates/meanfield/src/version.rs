//! Which program this is: its version, and a digest of the sources that compute.

/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit of its source, with `-dirty` where the source was changed since; empty where it was not built
/// from a repository.
pub const COMMIT: &str = env!("MEANFIELD_COMMIT");

/// "0.2.0 (source 1a2b3c4d5e6f)": results and checkpoints of another one are not taken for those of this one.
pub const COMPUTING: &str = concat!(env!("CARGO_PKG_VERSION"), " (source ", env!("MEANFIELD_SOURCE"), ")");

/// [`COMPUTING`] as owners of files have it.
pub fn computing() -> String {
    COMPUTING.to_owned()
}
