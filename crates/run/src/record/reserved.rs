//! Names that a record uses for its own groups, dimensions and variables. No system and no axis of a varied
//! key may have one. Names of quantities and coordinates are listed where those are defined.

/// The group of the comparison.
pub const COMPARISON: &str = "comparison";
/// Names of groups: no system may have one. The second is kept for summaries of sweeps.
pub const GROUPS: [&str; 2] = [COMPARISON, "sweep"];

/// States names of dimensions and variables, and lists them.
macro_rules! names {
    ($($(#[$meaning:meta])* $constant:ident = $name:literal;)*) => {
        $($(#[$meaning])* pub const $constant: &str = $name;)*

        /// Names of dimensions and variables: no axis may have one.
        pub const VARIABLES: &[&str] = &[$($constant),*];
    };
}

names! {
    /// Time t.
    TIME = "time";
    /// Number of steps k.
    STEP = "step";
    /// Seeds of a network.
    SEED = "seed";
    /// Levels of quantiles.
    LEVEL = "level";
    /// Numbers of the snapshots.
    SNAPSHOT = "snapshot";
    /// Times of the snapshots.
    SNAPSHOT_TIME = "snapshot_time";
    /// Times that were asked for.
    PLANNED_TIME = "planned_time";
    /// Times of snapshots that were asked for.
    PLANNED_SNAPSHOT_TIME = "planned_snapshot_time";
    /// Times of each run, or of each point, where they differ.
    OBSERVED_TIME = "observed_time";
    /// Times of the snapshots of each run, where they differ.
    OBSERVED_SNAPSHOT_TIME = "observed_snapshot_time";
    /// Numbers of the atoms of a law.
    ATOM = "atom";
    /// Positions of atoms.
    ATOMS = "atoms";
    /// Weights of atoms.
    WEIGHT = "weight";
    /// Names of coordinates.
    COORDINATE = "coordinate";
    /// Numbers of the inputs at which coordinates are taken.
    INPUT = "input";
    /// These inputs.
    INPUTS = "inputs";
    /// Numbers of the coordinates of such an input.
    INPUT_COORDINATE = "input_coordinate";
    /// Masses of cells.
    MASS = "mass";
    /// Densities in cells.
    DENSITY = "density";
    /// Numbers of panels of atoms.
    PANEL = "panel";
    /// Numbers of the standard normals that panels divide.
    DIRECTION = "direction";
    /// Lower and upper end of a panel.
    SIDE = "side";
    /// Ends of panels.
    PANEL_END = "panel_end";
    /// Least values of coordinates.
    LEAST = "least";
}
