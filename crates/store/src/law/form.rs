//! The forms in which a file has the laws of a record: the values of the attribute `law`. They are contracts
//! with readers and do not change.

/// No law.
pub(super) const NONE: &str = "none";
/// Cells of one grid.
pub(super) const CELLS: &str = "cells";
/// Cells of a grid for each law.
pub(super) const MOVING_CELLS: &str = "moving_cells";
/// Pairs of coordinates on cells of one grid.
pub(super) const MARGINALS: &str = "marginals";
/// Pairs of coordinates on cells of a grid for each law.
pub(super) const MOVING_MARGINALS: &str = "moving_marginals";
/// Atoms whose weights stay the same.
pub(super) const ATOMS: &str = "atoms";
/// Atoms with weights for each law.
pub(super) const VARYING_ATOMS: &str = "varying_atoms";
/// Atoms that sample a map given on panels, with weights that stay the same.
pub(super) const PANELLED_ATOMS: &str = "panelled_atoms";
/// Atoms that sample a map given on panels, with weights for each law.
pub(super) const VARYING_PANELLED_ATOMS: &str = "varying_panelled_atoms";
