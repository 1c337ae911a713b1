//! Weighted atoms on a line, as density estimates take them. It estimates nothing.

/// The set on which a density lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Support {
    /// The whole line.
    Line,
    /// x ≥ 0, as for a radius: the kernel is reflected at 0, so that no mass leaks out.
    HalfLine,
}

/// Finite atoms with positive weight, weights scaled to sum 1; on the half line, folded onto it.
pub fn usable_atoms(points: &[f64], weights: &[f64], support: Support) -> Vec<(f64, f64)> {
    let mut atoms: Vec<(f64, f64)> = points
        .iter()
        .zip(weights)
        .map(|(&x, &w)| (if support == Support::HalfLine { x.abs() } else { x }, w))
        .filter(|(x, w): &(f64, f64)| x.is_finite() && w.is_finite() && *w > 0.0)
        .collect();
    let total: f64 = atoms.iter().map(|atom| atom.1).sum();
    atoms.iter_mut().for_each(|atom| atom.1 /= total);
    atoms
}

/// The least and the largest place; None without atoms.
pub fn range(atoms: &[(f64, f64)]) -> Option<[f64; 2]> {
    let lower = atoms.iter().map(|atom| atom.0).fold(f64::INFINITY, f64::min);
    let upper = atoms.iter().map(|atom| atom.0).fold(f64::NEG_INFINITY, f64::max);
    (!atoms.is_empty()).then_some([lower, upper])
}
