//! The reduced coordinates of a neuron: what is left of it once the data's symmetry is used.
//!
//! The projection stands beside the potentials that assume it, so that a PDE's axes and a histogram
//! of SGD agree by construction.

/// Which coordinates describe a neuron's law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinates {
    /// r = |w|: rotation-invariant data, no output weight, no offset. A neuron's row is w.
    Radius,
    /// (r₁, r₂) = (|Pw|, |(I − P)w|): data with two blocks, no output weight, no offset. A neuron's row is w.
    Radii {
        /// s₀: the first coordinates of w, so many, are Pw.
        relevant: usize,
    },
    /// (a, b, r₁, r₂): the same for neurons a σ(⟨w, x⟩ + b). A neuron's row is (a, b, w).
    AffineRadii {
        /// s₀: the first coordinates of w, so many, are Pw.
        relevant: usize,
    },
}

impl Coordinates {
    /// Their names, in order.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Radius => &["radius"],
            Self::Radii { .. } => &["radius_1", "radius_2"],
            Self::AffineRadii { .. } => &["a", "b", "radius_1", "radius_2"],
        }
    }

    /// Writes the coordinates of the neuron with the row `theta` to `z` (one entry for each name).
    pub fn project(self, theta: &[f64], z: &mut [f64]) {
        match self {
            Self::Radius => z[0] = length(theta),
            Self::Radii { relevant } => {
                let (first, second) = theta.split_at(relevant);
                z.copy_from_slice(&[length(first), length(second)]);
            }
            Self::AffineRadii { relevant } => {
                z[..2].copy_from_slice(&theta[..2]);
                Self::Radii { relevant }.project(&theta[2..], &mut z[2..]);
            }
        }
    }
}

/// |w|.
fn length(w: &[f64]) -> f64 {
    w.iter().map(|c| c * c).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_has_its_length() {
        let row = [-2.0, 0.5, 3.0, -4.0, 1.0, 2.0, -2.0];
        let cases = [
            (Coordinates::Radius, &row[2..], vec![34f64.sqrt()]),
            (Coordinates::Radii { relevant: 2 }, &row[2..], vec![5.0, 3.0]),
            (Coordinates::AffineRadii { relevant: 2 }, &row[..], vec![-2.0, 0.5, 5.0, 3.0]),
        ];
        for (coordinates, theta, exact) in cases {
            let mut z = vec![0.0; coordinates.names().len()];
            coordinates.project(theta, &mut z);
            assert_eq!(z, exact, "{coordinates:?}");
        }
    }
}
