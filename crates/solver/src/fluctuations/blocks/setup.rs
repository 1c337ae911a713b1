//! What fluctuations on two blocks are computed from: atoms of the start, pairs of degrees, and nodes of the
//! inputs' lengths. Nothing moves here.

use meanfield_model::block_modes::{BlockModes, DegreePair, LengthNode, radial_functions};
use meanfield_model::data::BlockClasses;
use meanfield_model::loss::Loss;
use meanfield_model::problem::{DataModel, Problem};
use meanfield_model::quadrature::{self, NotConverged};
use meanfield_model::unit::Unit;
use meanfield_run::schedule::Schedule;
use ndarray::Array2;

use super::super::setup::{FluctuationError, check_groups, check_schedule, check_start};

/// Places of the coordinates among (a, b, r₁, r₂).
const RADII: &[usize] = &[2, 3];
const AFFINE_RADII: &[usize] = &[0, 1, 2, 3];
/// Nodes of a length beyond twice the levels of its polynomials: products of four are integrated exactly.
const MORE_NODES: usize = 2;
/// In blocks of so many dimensions lengths hardly vary, and high degrees have hardly a share.
const MANY: usize = 40;

/// How finely fluctuations on two blocks are resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockResolution {
    /// Atoms along each direction of the start.
    pub along: usize,
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
        let along = if problem.directions() > 2 { 4 } else { 6 };
        let order = if smallest_block(problem) < MANY { 5 } else { 4 };
        Self { along, degrees: order, levels: order, tolerance: 1e-6 }
    }

    /// To some per cent, in a moment.
    pub fn coarse(problem: &Problem) -> Self {
        let along = if problem.directions() > 2 { 3 } else { 4 };
        Self {
            along,
            degrees: 3,
            levels: if smallest_block(problem) < MANY { 4 } else { 3 },
            tolerance: 1e-5,
        }
    }

    /// What goes along to tell the error.
    pub fn coarser(self) -> Self {
        Self { along: self.along - 1, degrees: self.degrees - 1, levels: self.levels - 1, tolerance: 1e-5 }
    }

    /// For the second chaos, which a spread needs to a few per cent only.
    pub fn of_second_chaos(problem: &Problem) -> Self {
        let along = [4, 4, 4, 3, 2][problem.directions()];
        Self { along, degrees: 3, levels: 3, tolerance: 1e-5 }
    }
}

/// The dimension of the smaller block.
fn smallest_block(problem: &Problem) -> usize {
    match problem.data() {
        DataModel::TwoBlocks(data) => data.dimensions[0].min(data.dimensions[1]),
        _ => problem.data().dimension(),
    }
}

/// A pair of degrees with its numbers.
#[derive(Clone, Debug)]
pub(super) struct HarmonicPair {
    /// (l₁, l₂).
    pub degrees: DegreePair,
    /// √D, the root of the number of its harmonics.
    pub root: f64,
    /// √Λ of each block in which it turns, with the block.
    pub across: Vec<(usize, f64)>,
    /// R_m at each node of the lengths.
    pub radial: Array2<f64>,
    /// The factor A of each (p, q).
    pub factors: Vec<f64>,
}

impl HarmonicPair {
    /// Whether it is (0, 0).
    pub fn is_mean(&self) -> bool {
        self.degrees == DegreePair([0, 0])
    }
}

/// The problem, resolved.
#[derive(Clone, Debug)]
pub struct BlockSetup {
    pub(super) modes: BlockModes,
    pub(super) pairs: Vec<HarmonicPair>,
    /// Nodes of both lengths, for every class.
    pub(super) nodes: Vec<LengthNode>,
    /// Atoms at t = 0, coordinate by coordinate.
    pub(super) start: Vec<f64>,
    /// Their weights, which sum to 1.
    pub(super) weights: Vec<f64>,
    /// Which of (a, b, r₁, r₂) are coordinates.
    pub(super) coordinates: &'static [usize],
    pub(super) ridge: f64,
    pub(super) schedule: Schedule,
    pub(super) tolerance: f64,
}

impl BlockSetup {
    /// A problem under a schedule.
    ///
    /// # Errors
    /// Where fluctuations of its networks are not known.
    pub fn new(
        problem: &Problem,
        schedule: Schedule,
        resolution: BlockResolution,
    ) -> Result<Self, FluctuationError> {
        let data = check(problem, schedule)?;
        let BlockResolution { along, degrees, levels, tolerance } = resolution;
        let modes = BlockModes::new(problem.activation(), data, degrees, levels);
        let nodes = LengthNode::rule(data.dimensions, 2 * levels + MORE_NODES)?;
        let pairs = DegreePair::below(degrees, data.dimensions);
        let (start, weights) = atoms(problem, along)?;
        Ok(Self {
            pairs: pairs.into_iter().map(|pair| HarmonicPair::new(&modes, &nodes, pair, levels)).collect(),
            modes,
            nodes,
            start,
            weights,
            coordinates: if problem.unit() == Unit::Affine { AFFINE_RADII } else { RADII },
            ridge: problem.bath().ridge,
            schedule,
            tolerance,
        })
    }

    /// M.
    pub(super) fn atoms(&self) -> usize {
        self.weights.len()
    }

    /// The number of coordinates.
    pub(super) fn dimension(&self) -> usize {
        self.coordinates.len()
    }

    /// The coordinate that is the radius of a block.
    pub(super) fn radius(&self, block: usize) -> usize {
        self.dimension() - 2 + block
    }

    /// (p, q) of each class.
    pub(super) fn levels(&self) -> usize {
        self.modes.length_orders().len()
    }

    /// Number of modes: classes times (p, q).
    pub(super) fn modes_of_data(&self) -> usize {
        self.modes.data().classes.len() * self.levels()
    }

    /// π_m of each mode.
    pub(super) fn mode_weights(&self) -> Vec<f64> {
        let classes = self.modes.data().classes.iter();
        classes.flat_map(|class| std::iter::repeat_n(class.weight, self.levels())).collect()
    }

    /// Multiplications of one evaluation of the rates, about: those of the covariances with the modes.
    pub fn multiplications(&self) -> f64 {
        let field = |pair: &HarmonicPair| ((self.dimension() + pair.across.len()) * self.atoms()) as f64;
        let squares: f64 = self.pairs.iter().map(|pair| field(pair).powi(2)).sum();
        squares * self.modes_of_data() as f64
    }

    /// ξ at s.
    pub(super) fn rate_at(&self, clock: f64) -> f64 {
        self.schedule.rate(self.schedule.time(clock))
    }

    /// ∫ξ ds from 0 to s.
    pub(super) fn noise_until(&self, clock: f64) -> f64 {
        self.schedule.square_until(self.schedule.time(clock))
    }

    /// a, b, r₁ and r₂ of an atom.
    pub(super) fn neuron(&self, positions: &[f64], atom: usize) -> [f64; 4] {
        let mut neuron = [1.0, 0.0, 0.0, 0.0];
        for (k, place) in self.coordinates.iter().enumerate() {
            neuron[*place] = positions[k * self.atoms() + atom];
        }
        neuron
    }
}

impl HarmonicPair {
    fn new(modes: &BlockModes, nodes: &[LengthNode], degrees: DegreePair, levels: usize) -> Self {
        let dimensions = modes.data().dimensions;
        let orders = modes.length_orders();
        let mut radial = Array2::zeros((nodes.len(), orders.len()));
        for (node, mut row) in nodes.iter().zip(radial.rows_mut()) {
            let [first, second] = [0, 1].map(|block| {
                radial_functions(dimensions[block], degrees.0[block], node.lengths[block], levels)
            });
            orders.iter().zip(&mut row).for_each(|([p, q], value)| *value = first[*p] * second[*q]);
        }
        let across = degrees.gradients(dimensions).into_iter().enumerate();
        Self {
            degrees,
            root: degrees.harmonics(dimensions).sqrt(),
            across: across.filter(|(_, gradient)| *gradient > 0.0).collect(),
            radial,
            factors: orders.iter().map(|order| modes.factor(degrees, *order)).collect(),
        }
    }
}

/// The data of a problem whose fluctuations are known.
fn check(problem: &Problem, schedule: Schedule) -> Result<&BlockClasses, FluctuationError> {
    let DataModel::TwoBlocks(data) = problem.data() else { return Err(FluctuationError::Coordinates) };
    if problem.loss() != Loss::Squared {
        return Err(FluctuationError::Loss);
    }
    if problem.label_noise() > 0.0 {
        return Err(FluctuationError::LabelNoise);
    }
    if problem.bath().is_noisy() {
        return Err(FluctuationError::Noise);
    }
    check_start(problem)?;
    check_groups(problem)?;
    check_schedule(schedule)?;
    Ok(data)
}

/// The start at Gauss nodes of its normal deviates, coordinate by coordinate, and their weights.
fn atoms(problem: &Problem, along: usize) -> Result<(Vec<f64>, Vec<f64>), NotConverged> {
    let rule = quadrature::gauss(along, |_| 0.0, |k| (k as f64).sqrt())?;
    let mut points: Vec<(Vec<f64>, f64)> = vec![(Vec::new(), 1.0)];
    for start in problem.starts() {
        let nodes = if start.is_point() { vec![(0.0, 1.0)] } else { rule.clone() };
        let values: Vec<(f64, f64)> =
            nodes.into_iter().map(|(g, weight)| (start.quantile_of_normal(g), weight)).collect();
        points = points.iter().flat_map(|point| values.iter().map(|value| extended(point, *value))).collect();
    }
    let count = problem.starts().len();
    let positions = (0..count).flat_map(|k| points.iter().map(move |(point, _)| point[k]));
    let total: f64 = points.iter().map(|(_, weight)| weight).sum();
    Ok((positions.collect(), points.iter().map(|(_, weight)| weight / total).collect()))
}

/// A point with one coordinate more.
fn extended((point, weight): &(Vec<f64>, f64), (value, share): (f64, f64)) -> (Vec<f64>, f64) {
    let mut more = point.clone();
    more.push(value);
    (more, weight * share)
}
