//! Derivatives on nodes an equal distance apart, by central differences of the sixth order. Densities vanish
//! beyond the nodes; other functions lose orders at both ends, where there is no mass that they act on.

use ndarray::{Array1, Array2, ArrayView1};

/// Weights of the neighbours one, two and three nodes away, in the first derivative.
const FIRST: [f64; 3] = [3.0 / 4.0, -3.0 / 20.0, 1.0 / 60.0];
/// The same in the second derivative, whose own node has [`OWN`].
const SECOND: [f64; 3] = [3.0 / 2.0, -3.0 / 20.0, 1.0 / 90.0];
const OWN: f64 = -49.0 / 18.0;

/// A filter takes the share sin¹⁰(kh/2) from a wave of wave number k on nodes h apart: (10 choose 5 + j)/4⁵,
/// with alternating signs.
const FILTER: [f64; 6] = [252.0, -210.0, 120.0, -45.0, 10.0, -1.0];
const FILTER_UNIT: f64 = 1024.0;

/// The derivatives as matrices.
#[derive(Clone, Debug)]
pub(super) struct Differences {
    /// First derivative of a density.
    pub first: Array2<f64>,
    /// Second derivative of a density.
    pub second: Array2<f64>,
    /// First derivative of a function that goes on beyond the nodes.
    pub slope: Array2<f64>,
    /// Takes away what changes from node to node, which central differences carry the wrong way.
    pub filter: Array2<f64>,
}

impl Differences {
    /// On so many nodes.
    pub fn new(count: usize, spacing: f64) -> Self {
        let mut first = Array2::zeros((count, count));
        let mut second = Array2::from_diag(&Array1::from_elem(count, OWN / (spacing * spacing)));
        for (k, (once, twice)) in FIRST.iter().zip(SECOND).enumerate() {
            for i in 0..count - (k + 1) {
                let j = i + k + 1;
                first[[i, j]] = once / spacing;
                first[[j, i]] = -once / spacing;
                second[[i, j]] = twice / (spacing * spacing);
                second[[j, i]] = twice / (spacing * spacing);
            }
        }
        let slope = with_one_sided_ends(&first, spacing);
        Self { first, second, slope, filter: filter(count) }
    }

    /// (c n)' for a density n, as a matrix.
    pub fn advection(&self, velocity: ArrayView1<f64>) -> Array2<f64> {
        &self.first * &velocity
    }
}

/// The filter as a matrix.
fn filter(count: usize) -> Array2<f64> {
    Array2::from_shape_fn((count, count), |(i, j)| {
        let taken = FILTER.get(i.abs_diff(j)).map_or(0.0, |share| share / FILTER_UNIT);
        if i == j { 1.0 - taken } else { -taken }
    })
}

/// Differences of neighbours in the rows that reach beyond the ends.
fn with_one_sided_ends(first: &Array2<f64>, spacing: f64) -> Array2<f64> {
    let count = first.nrows();
    let mut slope = first.clone();
    for k in 0..FIRST.len() {
        for (i, from) in [(k, k), (count - 1 - k, count - 2 - k)] {
            slope.row_mut(i).fill(0.0);
            slope[[i, from]] = -spacing.recip();
            slope[[i, from + 1]] = spacing.recip();
        }
    }
    slope
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_of_a_bell_are_of_the_sixth_order() {
        let mut errors = Vec::new();
        for count in [41, 81] {
            let spacing = 8.0 / (count as f64 - 1.0);
            let differences = Differences::new(count, spacing);
            let x = Array1::from_iter((0..count).map(|i| spacing * i as f64 - 4.0));
            let bell = x.mapv(|x| (-2.0 * x * x).exp());
            let once = &bell * &x.mapv(|x| -4.0 * x);
            let twice = &bell * &x.mapv(|x| 16.0 * x * x - 4.0);
            let gaps = [differences.first.dot(&bell) - once, differences.second.dot(&bell) - twice];
            errors.push(gaps.map(|gap| gap.fold(0.0, |most: f64, gap| most.max(gap.abs()))));
        }
        for k in 0..2 {
            assert!(errors[0][k] > 40.0 * errors[1][k] && errors[1][k] < 1e-3, "{errors:?}");
        }
    }

    #[test]
    fn the_filter_takes_waves_of_two_nodes_alone() {
        let filter = Differences::new(41, 0.1).filter;
        for (waves, kept) in [(std::f64::consts::PI, 0.0), (0.5 * std::f64::consts::PI, 31.0 / 32.0)] {
            let wave = Array1::from_iter((0..41).map(|i| (waves * f64::from(i)).cos()));
            assert!((filter.dot(&wave)[20] - kept * wave[20]).abs() < 1e-12, "{waves}");
        }
    }

    #[test]
    fn a_function_that_goes_on_has_its_slope_everywhere() {
        let differences = Differences::new(9, 0.5);
        let line = Array1::from_iter((0..9).map(f64::from));
        assert!(differences.slope.dot(&line).iter().all(|slope| (slope - 2.0).abs() < 1e-13));
    }
}
