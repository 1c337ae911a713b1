//! How finely fluctuations in several coordinates are resolved, by what problem. It makes no nodes.

use meanfield_model::problem::{DataModel, Problem};

/// In blocks of so many dimensions lengths hardly vary, and high degrees have hardly a share.
const MANY: usize = 40;

/// How finely fluctuations in several coordinates are resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockResolution {
    /// Atoms along each direction of the start.
    pub along: usize,
    /// Nodes along each direction of the data.
    pub given: usize,
    /// Pairs of degrees l₁ + l₂ below this.
    pub degrees: usize,
    /// Polynomials of the lengths, p + q below this.
    pub levels: usize,
    /// Largest error of a step, relative to what the start and the noise make of each number.
    pub tolerance: f64,
}

impl BlockResolution {
    /// b and c to a few parts in 10³ where the law has not split.
    pub fn of_problem(problem: &Problem) -> Self {
        // On points there is one pair of degrees, and the law turns sharp: more atoms, as many as are quick.
        let along = match problem.directions() {
            0 | 1 if is_of_points(problem) => 24,
            2 if is_of_points(problem) => 16,
            3 if is_of_points(problem) => 7,
            0..=2 => 6,
            _ => 4,
        };
        let order = if smallest_block(problem) < MANY { 5 } else { 4 };
        let given = if problem.data().directions() > 1 { 10 } else { 20 };
        Self { along, given, degrees: order, levels: order, tolerance: 1e-6 }
    }

    /// To some per cent, in a moment.
    pub fn coarse(problem: &Problem) -> Self {
        let along = if problem.directions() > 2 { 3 } else { 4 };
        let levels = if smallest_block(problem) < MANY { 4 } else { 3 };
        Self { along, given: 8, degrees: 3, levels, tolerance: 1e-5 }
    }

    /// What goes along to tell the error.
    pub fn coarser(self) -> Self {
        Self {
            along: self.along.saturating_sub(1).max(1),
            given: self.given.saturating_sub(2).max(2),
            degrees: self.degrees.saturating_sub(1).max(1),
            levels: self.levels.saturating_sub(1).max(1),
            tolerance: 1e-5,
        }
    }

    /// For the second chaos, which a spread needs to a few per cent only.
    pub fn of_second_chaos(problem: &Problem) -> Self {
        let along = match problem.directions() {
            0..=2 if is_of_points(problem) => 8,
            0..=2 => 4,
            3 => 3,
            _ => 2,
        };
        let given = if problem.data().directions() > 1 { 6 } else { 10 };
        Self { along, given, degrees: 3, levels: 3, tolerance: 1e-5 }
    }
}

/// Whether the data are points: no block, and few numbers of each atom.
fn is_of_points(problem: &Problem) -> bool {
    matches!(problem.data(), DataModel::Directed(data) if data.across == 0)
}

/// The dimension of the smallest block that there is.
fn smallest_block(problem: &Problem) -> usize {
    match problem.data() {
        DataModel::TwoBlocks(data) => data.dimensions[0].min(data.dimensions[1]),
        DataModel::Directed(data) if data.across > 0 => data.across,
        _ => problem.data().dimension(),
    }
}
