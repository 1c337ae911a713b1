//! A problem in the reduced coordinates that its symmetry leaves: the landscape, the volume elements and the
//! start, whatever their number. Solvers of the dynamics, Gibbs states and least risks all begin here.
//!
//! The landscape is made here and nowhere else; nothing is solved.

mod extent;

use crate::block_landscape::BlockLandscape;
use crate::block_series::lengths::LengthSeries;
use crate::block_series::{AffineSeries, RadiiSeries};
use crate::coordinate_start::CoordinateStart;
use crate::data::{BlockClasses, GaussianClasses};
use crate::directed::DirectedClasses;
use crate::features::Features;
use crate::initial::AffineStart;
use crate::input_landscape::{InputLandscape, InputRuleError, Reached};
use crate::joint_start::JointStart;
use crate::landscape::Landscape;
use crate::length_outputs::LengthsError;
use crate::loss::Loss;
use crate::problem::{DataModel, Problem, Start};
use crate::radial_landscape::{LandscapeError, RadialLandscape};
use crate::radial_series::DimensionLimit;
use crate::ridge::Ridged;
use crate::volume::VolumeElement;
use extent::{
    FAR, LIKELY_DEVIATIONS, LIKELY_PROJECTION, deviation, extent_of_block, largest_number, largest_radius,
    likely_number,
};

/// The range in which the kernel meets its tolerance.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reach {
    /// As far as the start, and well beyond it.
    OfStart,
    /// As far as neurons are at rest that do not see the data. (In one radius the same as
    /// [`Reach::OfStart`].)
    OfBath,
    /// Up to this radius, in every block.
    UpTo(f64),
}

/// How a kernel is to be resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// The kernel's dimension: the data's, or its limit.
    pub limit: DimensionLimit,
    /// Largest truncation error of U within its reach.
    pub tolerance: f64,
    /// How far out.
    pub reach: Reach,
}

/// A problem in D coordinates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reduction<const D: usize, L> {
    /// The landscape, with the problem's ridge.
    pub landscape: Ridged<L>,
    /// Terms of its series, or nodes of its quadrature.
    pub terms: usize,
    /// Whether the kernel is a quadrature over the data where a series would converge slowly.
    pub is_quadrature: bool,
    /// Truncation error of U within the kernel's reach.
    pub truncation: f64,
    /// The volume element of each coordinate.
    pub elements: [VolumeElement; D],
    /// The law of all coordinates at t = 0.
    pub start: JointStart,
    /// Up to where neurons are at rest that do not see the data: where to look for a Gibbs state first.
    pub extent: [f64; D],
}

impl<const D: usize, L: Landscape<D>> Reduction<D, L> {
    /// Features, the ridge's included.
    pub fn rank(&self) -> usize {
        self.landscape.rank()
    }
}

impl<const D: usize, L> Reduction<D, L> {
    /// The law of each coordinate at t = 0, by itself.
    pub fn starts(&self) -> [CoordinateStart; D] {
        let starts = self.start.marginals();
        std::array::from_fn(|c| starts[c].clone())
    }

    /// The lower end of each coordinate's range.
    pub fn lower_ends(&self) -> [f64; D] {
        self.starts().map(|start| start.lower_end())
    }
}

/// A problem in however many coordinates it has. Something that works in any number of them visits it
/// ([`Reduced::visit`]).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reduced {
    /// r = |w|.
    Radius(Reduction<1, RadialLandscape>),
    /// (r₁, r₂).
    Radii(Reduction<2, BlockLandscape<RadiiSeries>>),
    /// (r₁, r₂, r₃).
    ThreeRadii(Reduction<3, BlockLandscape<RadiiSeries<3>>>),
    /// (a, b, r₁, r₂).
    AffineRadii(Reduction<4, BlockLandscape<AffineSeries>>),
    /// (m, r), or two weights.
    TwoOfInputs(Reduction<2, InputLandscape>),
    /// (a, b, r), (m₁, m₂, r), or three weights.
    ThreeOfInputs(Reduction<3, InputLandscape>),
    /// (a, b, m, r), (m₁, m₂, m₃, r), or four weights.
    FourOfInputs(Reduction<4, InputLandscape>),
}

/// A computation with a reduction, in any number of coordinates.
pub trait Visitor {
    /// The result of the computation.
    type Output;

    /// Runs the computation.
    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output;
}

impl Reduced {
    /// Runs a computation with the reduction.
    pub fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        match self {
            Self::Radius(reduction) => visitor.visit(reduction),
            Self::Radii(reduction) => visitor.visit(reduction),
            Self::ThreeRadii(reduction) => visitor.visit(reduction),
            Self::AffineRadii(reduction) => visitor.visit(reduction),
            Self::TwoOfInputs(reduction) => visitor.visit(reduction),
            Self::ThreeOfInputs(reduction) => visitor.visit(reduction),
            Self::FourOfInputs(reduction) => visitor.visit(reduction),
        }
    }

    /// Terms of the kernel's series, or nodes of its quadrature.
    pub fn terms(&self) -> usize {
        match self {
            Self::Radius(reduction) => reduction.terms,
            Self::Radii(reduction) => reduction.terms,
            Self::ThreeRadii(reduction) => reduction.terms,
            Self::AffineRadii(reduction) => reduction.terms,
            Self::TwoOfInputs(reduction) => reduction.terms,
            Self::ThreeOfInputs(reduction) => reduction.terms,
            Self::FourOfInputs(reduction) => reduction.terms,
        }
    }

    /// Features, the ridge's included.
    pub fn rank(&self) -> usize {
        match self {
            Self::Radius(reduction) => reduction.rank(),
            Self::Radii(reduction) => reduction.rank(),
            Self::ThreeRadii(reduction) => reduction.rank(),
            Self::AffineRadii(reduction) => reduction.rank(),
            Self::TwoOfInputs(reduction) => reduction.rank(),
            Self::ThreeOfInputs(reduction) => reduction.rank(),
            Self::FourOfInputs(reduction) => reduction.rank(),
        }
    }

    /// Truncation error of U within the kernel's reach.
    pub fn truncation(&self) -> f64 {
        match self {
            Self::Radius(reduction) => reduction.truncation,
            Self::Radii(reduction) => reduction.truncation,
            Self::ThreeRadii(reduction) => reduction.truncation,
            Self::AffineRadii(reduction) => reduction.truncation,
            Self::TwoOfInputs(reduction) => reduction.truncation,
            Self::ThreeOfInputs(reduction) => reduction.truncation,
            Self::FourOfInputs(reduction) => reduction.truncation,
        }
    }
}

/// No kernel of this kind, or none of this tolerance.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReductionError {
    /// The series in one radius does not reach the tolerance.
    #[error(transparent)]
    Landscape(#[from] LandscapeError),
    /// The series in several coordinates does not, or its quadrature over lengths.
    #[error(transparent)]
    Blocks(#[from] LengthsError),
    /// The quadrature over inputs with directions does not.
    #[error(transparent)]
    Inputs(#[from] InputRuleError),
    /// An output weight has no largest value.
    #[error("a law of output weights has no least risk on a box: they are unbounded")]
    Unbounded,
}

impl ReductionError {
    /// A tolerance that can be reached, where that is the matter.
    pub fn reachable(&self) -> Option<f64> {
        match self {
            Self::Landscape(error) => error.reachable(),
            Self::Blocks(error) => error.reachable(),
            Self::Inputs(error) => error.reachable(),
            Self::Unbounded => None,
        }
    }
}

impl Problem {
    /// The problem in its coordinates, with a kernel that leaves less than `tolerance` out of U as far as the
    /// start reaches and well beyond.
    ///
    /// # Errors
    /// Where no kernel reaches the tolerance, or none is known of this loss in these coordinates.
    pub fn reduced(&self, limit: DimensionLimit, tolerance: f64) -> Result<Reduced, ReductionError> {
        self.resolved(Resolution { limit, tolerance, reach: Reach::OfStart })
    }

    /// The problem in its coordinates, with a kernel of this resolution.
    ///
    /// # Errors
    /// Those of [`Problem::reduced`]; and where the reach is a box and there are output weights, which are
    /// unbounded.
    pub fn resolved(&self, resolution: Resolution) -> Result<Reduced, ReductionError> {
        match (self.data(), self.start()) {
            (DataModel::OneBlock(data), Start::Affine(..)) => of_inputs(self, &data.into(), resolution),
            (DataModel::Directed(data), _) => of_inputs(self, data, resolution),
            (DataModel::OneBlock(data), _) => Ok(Reduced::Radius(radius(self, data, resolution)?)),
            (DataModel::ThreeBlocks(data), _) => Ok(Reduced::ThreeRadii(radii(self, data, resolution)?)),
            (DataModel::TwoBlocks(data), Start::Inner(_)) => {
                Ok(Reduced::Radii(radii(self, data, resolution)?))
            }
            (DataModel::TwoBlocks(data), Start::Affine(_, outer)) => {
                Ok(Reduced::AffineRadii(affine_radii(self, data, outer, resolution)?))
            }
        }
    }
}

/// r = |w|.
fn radius(
    problem: &Problem,
    data: &GaussianClasses,
    resolution: Resolution,
) -> Result<Reduction<1, RadialLandscape>, ReductionError> {
    let Resolution { limit, tolerance, reach } = resolution;
    let weights = problem.start().weights();
    let largest = match reach {
        Reach::OfStart | Reach::OfBath => largest_radius(weights),
        Reach::UpTo(largest) => largest,
    };
    let landscape =
        RadialLandscape::new(data, problem.activation(), problem.loss(), limit, largest, tolerance)?;
    Ok(Reduction {
        is_quadrature: problem.loss() == Loss::Squared && landscape.is_quadrature(),
        terms: landscape.terms(),
        truncation: landscape.truncation(),
        landscape: trained(problem, landscape),
        elements: [VolumeElement::Radius(data.dimension)],
        start: problem.joint_start().clone(),
        extent: [extent_of_block(problem, data.dimension)],
    })
}

/// (r₁, r₂, …).
fn radii<const B: usize>(
    problem: &Problem,
    data: &BlockClasses<B>,
    resolution: Resolution,
) -> Result<Reduction<B, BlockLandscape<RadiiSeries<B>>>, ReductionError> {
    let Resolution { limit, tolerance, reach } = resolution;
    let extent = data.dimensions.map(|block| extent_of_block(problem, block));
    let largest = match reach {
        Reach::OfStart => [largest_radius(problem.start().weights()); B],
        Reach::OfBath => extent,
        Reach::UpTo(largest) => [largest; B],
    };
    let (sigma, loss) = (problem.activation(), problem.loss());
    let landscape = BlockLandscape::of_radii(data, sigma, loss, limit, largest, tolerance)?;
    let elements = data.dimensions.map(VolumeElement::Radius);
    Ok(in_blocks(problem, landscape, elements, extent))
}

/// The reduction to a landscape of blocks.
fn in_blocks<const D: usize, S: LengthSeries<D>>(
    problem: &Problem,
    landscape: BlockLandscape<S>,
    elements: [VolumeElement; D],
    extent: [f64; D],
) -> Reduction<D, BlockLandscape<S>> {
    Reduction {
        is_quadrature: false,
        terms: landscape.terms(),
        truncation: landscape.truncation(),
        landscape: trained(problem, landscape),
        elements,
        start: problem.joint_start().clone(),
        extent,
    }
}

/// (a, b, r₁, r₂).
fn affine_radii(
    problem: &Problem,
    data: &BlockClasses,
    outer: &AffineStart,
    resolution: Resolution,
) -> Result<Reduction<4, BlockLandscape<AffineSeries>>, ReductionError> {
    let Resolution { limit, tolerance, reach } = resolution;
    let [first_extent, second_extent] = data.dimensions.map(|block| extent_of_block(problem, block));
    let line = FAR * deviation(problem);
    let extent = [line, line, first_extent, second_extent];
    let largest = match reach {
        Reach::OfStart => {
            let radius = largest_radius(problem.start().weights());
            [largest_number(&outer.a), largest_number(&outer.b), radius, radius]
        }
        Reach::OfBath => extent,
        Reach::UpTo(_) => return Err(ReductionError::Unbounded),
    };
    let (sigma, loss) = (problem.activation(), problem.loss());
    let landscape = BlockLandscape::of_affine(data, sigma, loss, limit, largest, tolerance)?;
    let [first, second] = data.dimensions.map(VolumeElement::Radius);
    let elements = [VolumeElement::Line, VolumeElement::Line, first, second];
    Ok(in_blocks(problem, landscape, elements, extent))
}

/// Data with directions that matter, in however many coordinates there are.
fn of_inputs(
    problem: &Problem,
    data: &DirectedClasses,
    resolution: Resolution,
) -> Result<Reduced, ReductionError> {
    match problem.coordinates().each().len() {
        2 => Ok(Reduced::TwoOfInputs(input_reduction(problem, data, resolution)?)),
        3 => Ok(Reduced::ThreeOfInputs(input_reduction(problem, data, resolution)?)),
        _ => Ok(Reduced::FourOfInputs(input_reduction(problem, data, resolution)?)),
    }
}

/// The reduction to D coordinates of data with directions that matter.
fn input_reduction<const D: usize>(
    problem: &Problem,
    data: &DirectedClasses,
    resolution: Resolution,
) -> Result<Reduction<D, InputLandscape>, ReductionError> {
    let Resolution { limit, tolerance, reach } = resolution;
    let outer = problem.start().affine();
    let weights = problem.start().weights();
    let mut reached = Reached {
        affine: outer.map(|outer| [&outer.a, &outer.b].map(likely_number)),
        along: (weights.mean_size() + LIKELY_DEVIATIONS * weights.size()).max(LIKELY_PROJECTION),
        across: weights.size_across(data.directions, data.dimension()),
    };
    let lines = D - usize::from(data.across > 0);
    let line = FAR * deviation(problem);
    let extent = std::array::from_fn(|c| match c < lines {
        true => line,
        false => extent_of_block(problem, data.across),
    });
    match reach {
        Reach::OfStart => (),
        Reach::OfBath => {
            let deviation = deviation(problem);
            let length = deviation * (data.across as f64).sqrt();
            reached = reached.and_at_least(LIKELY_DEVIATIONS * deviation, length);
        }
        Reach::UpTo(_) if outer.is_some() => return Err(ReductionError::Unbounded),
        // Probes go to twice the r that neurons start near.
        Reach::UpTo(largest) => reached = reached.and_at_least(largest, 0.5 * largest),
    }
    let (activation, loss) = (problem.activation(), problem.loss());
    let landscape = InputLandscape::new(data, activation, loss, limit, &reached, tolerance)?;
    Ok(Reduction {
        is_quadrature: false,
        terms: landscape.terms(),
        truncation: landscape.truncation(),
        landscape: trained(problem, landscape),
        elements: std::array::from_fn(|c| match c < lines {
            true => VolumeElement::Line,
            false => VolumeElement::Radius(data.across),
        }),
        start: problem.joint_start().clone(),
        extent,
    })
}

/// A landscape with the problem's ridge, groups of parameters and label noise.
fn trained<L>(problem: &Problem, landscape: L) -> Ridged<L> {
    Ridged::new(landscape, problem.bath().ridge)
        .with_floor(problem.label_noise().powi(2))
        .with_groups(problem.groups(), problem.unit())
}

#[cfg(test)]
mod tests;
