//! What fluctuations in several coordinates are computed from: atoms of the start, pairs of degrees, and
//! nodes of the inputs. Nothing moves here.

mod atoms;
mod coordinate;
mod resolution;

use meanfield_model::block_modes::{
    BlockModes, DegreePair, DerivativeOrder, InputClass, InputClasses, LengthNode, radial_functions,
};
use meanfield_model::directed::DirectedClasses;
use meanfield_model::input_nodes::LineRule;
use meanfield_model::joint_start::StartPart;
use meanfield_model::loss::Loss;
use meanfield_model::problem::{DataModel, Problem};
use meanfield_model::quadrature::NotConverged;
use meanfield_run::schedule::Schedule;
use ndarray::Array2;

use super::super::setup::{FluctuationError, check_groups, check_schedule};
use atoms::atoms;
use coordinate::Coordinate;
pub use resolution::BlockResolution;

/// Nodes of a length beyond twice the levels of its polynomials: products of four are integrated exactly.
const MORE_NODES: usize = 2;
/// What a multiplication of a Gaussian mean takes, of one of the small matrices.
const MEANS: f64 = 0.12;
/// Most directions: nodes of the inputs are so many to the power of them.
const MOST_NODED_DIRECTIONS: usize = 2;
/// Nodes of a smooth target's rule that one panel stands for where a target bends, and fewest panels.
const NODES_PER_PANEL: usize = 2;
const FEWEST_PANELS: usize = 3;

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
    /// Nodes of the lengths, for every class.
    pub(super) nodes: Vec<LengthNode>,
    /// Atoms at t = 0, coordinate by coordinate.
    pub(super) start: Vec<f64>,
    /// Their weights, which sum to 1.
    pub(super) weights: Vec<f64>,
    pub(super) coordinates: Vec<Coordinate>,
    pub(super) ridge: f64,
    /// Variance of what is added to labels.
    pub(super) label_variance: f64,
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
        check(problem, schedule)?;
        let BlockResolution { along, given, degrees, levels, tolerance } = resolution;
        let data = classes(problem, given)?;
        let dimensions = data.dimensions;
        let coordinates = Coordinate::all(problem, data.blocks());
        let modes = BlockModes::new(problem.activation(), data, degrees, levels);
        let nodes = LengthNode::rule(dimensions, 2 * levels + MORE_NODES)?;
        let pairs = DegreePair::below(degrees, dimensions);
        let (start, weights) = atoms(problem, along)?;
        Ok(Self {
            pairs: pairs.into_iter().map(|pair| HarmonicPair::new(&modes, &nodes, pair, levels)).collect(),
            modes,
            nodes,
            start,
            weights,
            coordinates,
            ridge: problem.bath().ridge,
            label_variance: problem.label_noise().powi(2),
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

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.modes.data().blocks()
    }

    /// The coordinate that is the radius of a block.
    pub(super) fn radius(&self, block: usize) -> usize {
        self.dimension() - self.blocks() + block
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

    /// Multiplications of one evaluation of the rates, about: those of the covariances with the modes, and
    /// the Gaussian means of every atom for every class.
    pub fn multiplications(&self) -> f64 {
        let neurons = self.atoms() * self.modes.data().classes.len();
        let means = MEANS * neurons as f64 * self.modes.multiplications_of_neuron();
        let field = |pair: &HarmonicPair| ((self.dimension() + pair.across.len()) * self.atoms()) as f64;
        let squares: f64 = self.pairs.iter().map(|pair| field(pair).powi(2)).sum();
        squares * self.modes_of_data() as f64 + means
    }

    /// ξ at s.
    pub(super) fn rate_at(&self, clock: f64) -> f64 {
        self.schedule.rate(self.schedule.time(clock))
    }

    /// ∫ξ ds from 0 to s.
    pub(super) fn noise_until(&self, clock: f64) -> f64 {
        self.schedule.square_until(self.schedule.time(clock))
    }

    /// a, b + ⟨m, z⟩, r₁ and r₂ of an atom, to a class.
    pub(super) fn neuron(&self, positions: &[f64], atom: usize, class: &InputClass) -> [f64; 4] {
        let mut neuron = [0.0; 4];
        for (k, coordinate) in self.coordinates.iter().enumerate() {
            neuron[coordinate.place()] += coordinate.factor(class) * positions[k * self.atoms() + atom];
        }
        if !self.coordinates.contains(&Coordinate::Outer) {
            neuron[0] = 1.0;
        }
        neuron
    }

    /// How often an output is differentiated by a, b, r₁ and r₂ where it is by these coordinates, and what
    /// that is to be multiplied with.
    pub(super) fn derivative(&self, by: &[usize], class: &InputClass) -> (DerivativeOrder, f64) {
        let mut order = [0; 4];
        let mut factor = 1.0;
        for coordinate in by.iter().map(|k| self.coordinates[*k]) {
            order[coordinate.place()] += 1;
            factor *= coordinate.factor(class);
        }
        (order, factor)
    }

    /// Numbers by a, b, r₁ and r₂, by coordinate.
    pub(super) fn by_coordinate<'a>(
        &'a self,
        numbers: &'a [f64; 4],
        class: &'a InputClass,
    ) -> impl Iterator<Item = f64> + 'a {
        (0..self.dimension()).map(|k| self.entry(numbers, k, class))
    }

    /// The number of one coordinate.
    pub(super) fn entry(&self, numbers: &[f64; 4], k: usize, class: &InputClass) -> f64 {
        let coordinate = self.coordinates[k];
        coordinate.factor(class) * numbers[coordinate.place()]
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

/// Refuses a problem whose fluctuations are not known.
fn check(problem: &Problem, schedule: Schedule) -> Result<(), FluctuationError> {
    if problem.loss() != Loss::Squared {
        return Err(FluctuationError::Loss);
    }
    if problem.bath().is_noisy() {
        return Err(FluctuationError::Noise);
    }
    let breaks = problem.joint_start().parts().iter().flat_map(StartPart::breaks);
    if problem.recorded_start().is_some() || breaks.into_iter().any(|breaks| !breaks.is_empty()) {
        return Err(FluctuationError::RoughStart);
    }
    check_groups(problem)?;
    check_schedule(schedule)
}

/// The data, with so many nodes along each direction.
fn classes(problem: &Problem, given: usize) -> Result<InputClasses, FluctuationError> {
    match problem.data() {
        DataModel::OneBlock(data) => Ok(data.into()),
        DataModel::TwoBlocks(data) => Ok(data.into()),
        DataModel::Directed(data) if data.across == 0 && !problem.activation().kinks().is_empty() => {
            Err(FluctuationError::Kinks)
        }
        DataModel::Directed(data) if data.across == 0 || data.directions <= MOST_NODED_DIRECTIONS => {
            Ok(InputClasses::along(data, &rule(data, given)?))
        }
        DataModel::Directed(_) => Err(FluctuationError::Directions),
        _ => Err(FluctuationError::Blocks),
    }
}

/// So many nodes along each direction; where a target bends along the only one, panels between its bends.
fn rule(data: &DirectedClasses, given: usize) -> Result<LineRule, NotConverged> {
    let bends = data.classes.iter().any(|class| class.label.bends());
    if bends && data.directions == 1 {
        Ok(LineRule::Panels((given / NODES_PER_PANEL).max(FEWEST_PANELS)))
    } else {
        LineRule::hermite(given)
    }
}
