//! Why a process cannot join others. Nothing is joined here.

/// Why a process that was started as one of many cannot be a rank.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LaunchError {
    /// This build has no MPI.
    Unlinked {
        /// How many processes there are.
        count: usize,
        /// The variable of the environment that says so.
        variable: &'static str,
    },
    /// The MPI that is linked does not see the others: the launcher is that of another one.
    Alone {
        /// How many processes there are.
        count: usize,
        /// What the MPI that is linked calls itself.
        library: String,
    },
}
