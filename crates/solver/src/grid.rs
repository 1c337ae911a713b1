//! A tensor grid in D coordinates: cells numbered with the first coordinate running fastest (an outer weight,
//! in which potentials are linear, is the first of four).
//!
//! Schemes work on *lines* of cells along one axis; a line is a start and a stride.

use meanfield_model::axis::{Axis, AxisError};
use meanfield_model::measure::Measure;
use ndarray::{Array2, ArrayD, IxDyn};

/// One axis a coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid<const D: usize> {
    /// The axes.
    pub axes: [Axis; D],
}

/// The lower or the upper end of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Before the first cell.
    Lower,
    /// After the last cell.
    Upper,
}

impl End {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Lower, Self::Upper];
}

/// A start that the grid does not hold, or does not resolve.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Mass beyond an end of the axis.
    #[error("the start does not fit on the grid: {outside:.1e} of its mass lies {side} {end}")]
    Outside {
        /// Mass outside.
        outside: f64,
        /// "below" or "beyond".
        side: &'static str,
        /// That end of the axis.
        end: f64,
    },
    /// Cells wider than the start.
    #[error("the cells are too wide for the start: one of them holds {:.0} % of its mass", 100.0 * .share)]
    Unresolved {
        /// Largest share of one cell.
        share: f64,
    },
}

/// More mass than this outside the grid at the start is refused.
const OUTSIDE: f64 = 1e-9;
/// More mass than this in one cell at the start is refused.
const SHARE: f64 = 0.5;

impl<const D: usize> Grid<D> {
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.axes.iter().map(Axis::cells).product()
    }

    /// Distance in memory between neighbours along `axis`.
    pub fn stride(&self, axis: usize) -> usize {
        self.axes[..axis].iter().map(Axis::cells).product()
    }

    /// First cells of all lines along `axis`.
    pub fn lines(&self, axis: usize) -> impl Iterator<Item = usize> + use<D> {
        let stride = self.stride(axis);
        let length = self.axes[axis].cells();
        let cells = self.cells();
        (0..cells).step_by(stride * length).flat_map(move |block| block..block + stride)
    }

    /// Index along each axis of cell `i`.
    pub fn indices(&self, i: usize) -> [usize; D] {
        std::array::from_fn(|axis| i / self.stride(axis) % self.axes[axis].cells())
    }

    /// Midpoint of cell `i`.
    pub fn centre(&self, i: usize) -> [f64; D] {
        let at = self.indices(i);
        std::array::from_fn(|axis| self.axes[axis].centre(at[axis]))
    }

    /// Volume of cell `i`.
    pub fn volume(&self, i: usize) -> f64 {
        let at = self.indices(i);
        (0..D).map(|axis| self.axes[axis].width(at[axis])).product()
    }
}

impl<const D: usize> Grid<D> {
    /// The law that has these masses, one a cell; in three or more coordinates the laws of their pairs.
    pub fn law(&self, mass: &[f64]) -> Measure {
        if D > 2 {
            let shape = self.axes.each_ref().map(Axis::cells);
            return Measure::Marginals { axes: self.axes.to_vec(), pairs: pairs(&shape, mass) };
        }
        self.joint_law(mass)
    }

    /// The law that has these masses, of all coordinates together.
    pub fn joint_law(&self, mass: &[f64]) -> Measure {
        let shape = self.axes.each_ref().map(Axis::cells);
        let mass = ArrayD::from_shape_fn(IxDyn(&shape), |at| {
            mass[(0..D).map(|axis| at[axis] * self.stride(axis)).sum::<usize>()]
        });
        Measure::Cells { axes: self.axes.to_vec(), mass }
    }

    /// Largest distance from 0 on every axis, to whichever side it reaches further.
    pub fn far_corner(&self) -> [f64; D] {
        self.axes.each_ref().map(|axis| axis.faces()[0].abs().max(axis.faces()[axis.cells()].abs()))
    }

    /// The grid with `more` cells beyond an end of `axis`, and the masses of this one on it.
    ///
    /// # Errors
    /// If the added faces are not finite, distinct numbers.
    pub fn extended(
        &self,
        axis: usize,
        end: End,
        more: usize,
        mass: &[f64],
    ) -> Result<(Self, Vec<f64>), AxisError> {
        let mut longer = self.clone();
        let shift = if end == End::Lower { more } else { 0 };
        longer.axes[axis] = match end {
            End::Lower => self.axes[axis].extended_below(more)?,
            End::Upper => self.axes[axis].extended(more)?,
        };
        let mut moved = vec![0.0; longer.cells()];
        for (i, mass) in mass.iter().enumerate() {
            let mut at = self.indices(i);
            at[axis] += shift;
            moved[(0..D).map(|axis| at[axis] * longer.stride(axis)).sum::<usize>()] = *mass;
        }
        Ok((longer, moved))
    }
}

/// The masses of all pairs of coordinates (c, c'), c < c', in lexicographic order, on a grid of so many cells
/// along each: those of the first coordinate row by row, and the others on the grid that is left when it is
/// summed over.
fn pairs(lengths: &[usize], mass: &[f64]) -> Vec<Array2<f64>> {
    let Some((&first, rest)) = lengths.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return Vec::new();
    };
    let mut with_first: Vec<Array2<f64>> =
        rest.iter().map(|length| Array2::zeros((*length, first))).collect();
    let mut totals = Vec::with_capacity(mass.len() / first);
    for (i, row) in mass.chunks_exact(first).enumerate() {
        let mut left = i;
        for (pair, length) in with_first.iter_mut().zip(rest) {
            pair.row_mut(left % length).iter_mut().zip(row).for_each(|(sum, mass)| *sum += mass);
            left /= length;
        }
        totals.push(row.iter().sum());
    }
    let with_first = with_first.into_iter().map(|pair| pair.t().as_standard_layout().into_owned());
    with_first.chain(pairs(rest, &totals)).collect()
}

impl<const D: usize> Grid<D> {
    /// The masses of independent coordinates, from those along each axis.
    pub fn product(along: [&[f64]; D]) -> Vec<f64> {
        product_of_masses(&along)
    }
}

/// The masses of independent coordinates, from those along each axis (or of each cell of a few of them
/// together), the first running fastest.
pub fn product_of_masses(along: &[&[f64]]) -> Vec<f64> {
    along.iter().fold(vec![1.0], |masses, line| {
        line.iter().flat_map(|share| masses.iter().map(move |mass| mass * share)).collect()
    })
}

impl Grid<1> {
    /// [`start_along`] its only axis.
    ///
    /// # Errors
    /// If the start does not lie on the axis, or on too few of its cells.
    pub fn masses(&self, distribution: impl Fn(f64) -> f64) -> Result<Vec<f64>, StartError> {
        start_along(&self.axes[0], distribution)
    }
}

/// Masses of an axis's cells under a law with this distribution function. What lies beyond its ends is put
/// into the outermost cells: no more than 1e-9.
///
/// # Errors
/// If the start does not lie on the axis, or on too few of its cells.
pub fn start_along(axis: &Axis, distribution: impl Fn(f64) -> f64) -> Result<Vec<f64>, StartError> {
    let lower = axis.faces()[0];
    let upper = axis.faces()[axis.cells()];
    let below = distribution(lower);
    let above = 1.0 - distribution(upper);
    if below > OUTSIDE {
        return Err(StartError::Outside { outside: below, side: "below", end: lower });
    }
    if above > OUTSIDE {
        return Err(StartError::Outside { outside: above, side: "beyond", end: upper });
    }
    let masses = masses_along(axis, distribution);
    let share = masses.iter().copied().fold(0.0, f64::max);
    if share > SHARE { Err(StartError::Unresolved { share }) } else { Ok(masses) }
}

/// Masses of an axis's cells under a law with this distribution function, however much lies beyond its ends.
pub fn masses_along(axis: &Axis, distribution: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut below: Vec<f64> = axis.faces().iter().map(|face| distribution(*face)).collect();
    (below[0], below[axis.cells()]) = (0.0, 1.0);
    // A distribution function rises; its evaluation does up to rounding only.
    (1..below.len()).for_each(|i| below[i] = below[i].clamp(below[i - 1], 1.0));
    below.windows(2).map(|b| b[1] - b[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid<2> {
        let axis = |cells| Axis::uniform(0.0, 1.0, cells).expect("valid");
        Grid { axes: [axis(3), axis(4)] }
    }

    #[test]
    fn lines_cover_every_cell_once() {
        let grid = grid();
        for axis in 0..2 {
            let mut seen = vec![0; grid.cells()];
            for start in grid.lines(axis) {
                (0..grid.axes[axis].cells()).for_each(|j| seen[start + j * grid.stride(axis)] += 1);
            }
            assert!(seen.iter().all(|count| *count == 1), "axis {axis}: {seen:?}");
        }
    }

    #[test]
    fn the_first_coordinate_runs_fastest() {
        assert_eq!(grid().centre(4), [0.5, 0.375]);
        assert!((grid().volume(4) - 1.0 / 12.0).abs() < 1e-15);
    }

    #[test]
    fn the_law_has_each_mass_in_its_place() {
        let mass: Vec<f64> = (0..12).map(f64::from).collect();
        let Measure::Cells { axes, mass: found } = grid().law(&mass) else { panic!("cells") };
        assert_eq!((axes.len(), found[[2, 1].as_slice()], found[[0, 3].as_slice()]), (2, 5.0, 9.0));
        assert_eq!(grid().far_corner(), [1.0, 1.0]);
    }

    #[test]
    fn the_pairs_of_four_coordinates_are_those_of_the_whole() {
        let lengths = [3, 2, 4, 5];
        let axes = lengths.map(|cells| Axis::uniform(0.0, 1.0, cells).expect("valid"));
        let mass: Vec<f64> = (0..120).map(|i| f64::from(i * i % 37)).collect();
        let grid = Grid { axes: axes.clone() };
        let whole = ArrayD::from_shape_fn(IxDyn(&lengths), |at| {
            mass[(0..4).map(|axis| at[axis] * grid.stride(axis)).sum::<usize>()]
        });
        let whole = Measure::Cells { axes: axes.to_vec(), mass: whole };
        let law = grid.law(&mass);
        assert!(matches!(law, Measure::Marginals { .. }));
        for first in 0..4 {
            for second in first + 1..4 {
                assert_eq!(law.pair_marginal(first, second), whole.pair_marginal(first, second));
            }
        }
    }

    #[test]
    fn masses_keep_their_place_when_the_grid_grows() {
        let mass: Vec<f64> = (0..12).map(f64::from).collect();
        for (end, shift) in [(End::Lower, [0, 2]), (End::Upper, [0, 0])] {
            let (longer, moved) = grid().extended(1, end, 2, &mass).expect("valid");
            assert_eq!(longer.cells(), 18);
            for (i, mass) in mass.iter().enumerate().skip(1) {
                let at = moved.iter().position(|m| m == mass).expect("kept");
                let before = grid().indices(i);
                assert_eq!(longer.indices(at), [before[0] + shift[0], before[1] + shift[1]]);
            }
            assert_eq!(moved.iter().sum::<f64>(), 66.0);
        }
        let (lower, _) = grid().extended(1, End::Lower, 2, &mass).expect("valid");
        assert!(lower.far_corner()[1] == 1.0 && lower.axes[1].faces()[0] < -0.5);
    }

    #[test]
    fn a_start_beyond_the_edge_is_refused() {
        let axis = Axis::uniform(0.0, 1.0, 4).expect("valid");
        let error = start_along(&axis, |x| 0.5 * x).expect_err("half is outside");
        assert_eq!(error, StartError::Outside { outside: 0.5, side: "beyond", end: 1.0 });
        let error = start_along(&axis, |x| 0.25 + 0.75 * x).expect_err("a quarter is outside");
        assert_eq!(error, StartError::Outside { outside: 0.25, side: "below", end: 0.0 });
        assert_eq!(masses_along(&axis, |x| 0.25 + 0.5 * x), vec![0.375, 0.125, 0.125, 0.375]);
        assert_eq!(start_along(&axis, |x| x).expect("fits"), vec![0.25; 4]);
        let narrow = start_along(&axis, |x| if x < 0.3 { 0.0 } else { 1.0 });
        assert_eq!(narrow.expect_err("one cell holds all"), StartError::Unresolved { share: 1.0 });
    }

    #[test]
    fn independent_coordinates_multiply_with_the_first_running_fastest() {
        let masses = Grid::<2>::product([&[0.25, 0.75], &[0.5, 0.25, 0.25]]);
        assert_eq!(masses, vec![0.125, 0.375, 0.0625, 0.1875, 0.0625, 0.1875]);
    }
}
