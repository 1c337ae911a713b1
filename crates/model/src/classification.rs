//! The share of inputs whose class a law of neurons gets wrong: P(y ŷ(x) ≤ 0) where labels have two signs.
//!
//! By the symmetry of the data ŷ depends on the lengths of an input's blocks alone. With one block the share
//! of a class is that of a set of lengths, whose ends are the zeros of ŷ; with two the same along the first
//! length, integrated over the second:
//!
//! ```text
//!   P(y ŷ ≤ 0) = Σ_c π_c ∫ P(|x₁| ∈ {s₁ : y_c ŷ(s₁, s₂) ≤ 0}) P(|x₂| ∈ ds₂)
//! ```
//! The same along a direction that matters, integrated over the length across it, and on points. Zeros of ŷ
//! closer together than an eighth of a deviation of a length, or of an input along the direction, may be
//! missed. Labels are those of the classes, without noise. Networks, whose ŷ has no symmetry, are judged by
//! samples elsewhere.

mod directed;
mod lengths;
mod line;
mod outputs;
#[cfg(test)]
mod tests;

use crate::data::{BlockClasses, GaussianClasses, Target};
use crate::directed::DirectedClasses;
use crate::measure::Measure;
use crate::problem::{DataModel, Problem};
use crate::unit::Unit;
use directed::Directed;
use lengths::Lengths;
use outputs::{BlockOutputs, RadialOutputs, points};

/// A classification error that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassificationUnknown {
    /// Labels say nothing about a sign.
    #[error("a classification error needs classes with labels of both signs, and none with the label 0")]
    Labels,
    /// Several directions, or three blocks.
    #[error(
        "the classification error is known of data of one block, of two, along one direction and on points"
    )]
    Data,
}

/// P(y ŷ(x) ≤ 0) of a problem, as a function of the law.
#[derive(Clone, Debug)]
pub struct ClassificationError(Inputs);

/// The inputs and what neurons answer to them.
#[derive(Clone, Debug)]
enum Inputs {
    OneBlock(Box<OneBlock>),
    TwoBlocks(Box<TwoBlocks>),
    Directed(Box<Directed>),
}

#[derive(Clone, Debug)]
struct OneBlock {
    data: GaussianClasses,
    lengths: Lengths,
    outputs: RadialOutputs,
}

#[derive(Clone, Debug)]
struct TwoBlocks {
    data: BlockClasses,
    lengths: [Lengths; 2],
    outputs: BlockOutputs,
}

/// Notes labels that do not fall into two signs.
///
/// # Errors
/// Where all have one sign, or one is 0.
fn check_labels(targets: impl IntoIterator<Item = f64>) -> Result<(), ClassificationUnknown> {
    let labels: Vec<f64> = targets.into_iter().collect();
    let signs = [1.0, -1.0].map(|sign| labels.iter().any(|label| sign * label > 0.0));
    let some_is_zero = labels.contains(&0.0);
    if signs == [true; 2] && !some_is_zero { Ok(()) } else { Err(ClassificationUnknown::Labels) }
}

/// The inputs of data that know directions, or of which neurons have output weights. A label that is a
/// function of the input is no class.
fn directed(problem: &Problem, data: &DirectedClasses) -> Result<Inputs, ClassificationUnknown> {
    check_labels(data.classes.iter().map(|class| class.label.number().unwrap_or(0.0)))?;
    let inputs = Directed::new(data, problem.activation(), problem.unit());
    inputs.map(|inputs| Inputs::Directed(Box::new(inputs))).ok_or(ClassificationUnknown::Data)
}

impl ClassificationError {
    /// The error of laws of a problem's neurons.
    ///
    /// # Errors
    /// Where its labels do not fall into two signs, or inputs spread along several directions or in three
    /// blocks.
    pub fn new(problem: &Problem) -> Result<Self, ClassificationUnknown> {
        let labels = |targets: Vec<Target>| check_labels(targets.into_iter().map(|target| target.label));
        Ok(Self(match problem.data() {
            DataModel::OneBlock(data) if problem.unit() == Unit::Inner => {
                labels(data.targets())?;
                Inputs::OneBlock(Box::new(OneBlock::new(problem, data)))
            }
            DataModel::TwoBlocks(data) => {
                labels(data.targets())?;
                Inputs::TwoBlocks(Box::new(TwoBlocks::new(problem, data)))
            }
            DataModel::OneBlock(data) => directed(problem, &data.into())?,
            DataModel::Directed(data) => directed(problem, data)?,
            DataModel::ThreeBlocks(_) => return Err(ClassificationUnknown::Data),
        }))
    }

    /// P(y ŷ(x) ≤ 0) of a law of the problem's coordinates; NaN where its marginals alone are known.
    pub fn error_of(&self, law: &Measure) -> f64 {
        let Some(points) = points(law) else { return f64::NAN };
        match &self.0 {
            Inputs::OneBlock(inputs) => inputs.error_of(&points),
            Inputs::TwoBlocks(inputs) => inputs.error_of(&points),
            Inputs::Directed(inputs) => inputs.error_of(&points),
        }
    }
}

impl OneBlock {
    fn new(problem: &Problem, data: &GaussianClasses) -> Self {
        let lengths = Lengths::new(data.dimension, lengths::SPACING);
        let outputs = RadialOutputs::new(problem.activation(), data.dimension);
        Self { data: data.clone(), lengths, outputs }
    }

    fn error_of(&self, points: &[(Vec<f64>, f64)]) -> f64 {
        let shares = self.data.classes.iter().map(|class| {
            let is_wrong =
                |length: f64| class.label * self.outputs.output(points, class.scale * length) <= 0.0;
            class.weight * self.lengths.share(is_wrong)
        });
        shares.sum()
    }
}

impl TwoBlocks {
    fn new(problem: &Problem, data: &BlockClasses) -> Self {
        let [first, second] = data.dimensions;
        Self {
            data: data.clone(),
            lengths: [Lengths::new(first, lengths::SPACING), Lengths::new(second, lengths::FINER)],
            outputs: BlockOutputs::new(problem.activation(), data),
        }
    }

    fn error_of(&self, points: &[(Vec<f64>, f64)]) -> f64 {
        (0..self.data.classes.len()).map(|class| self.error_of_class(class, points)).sum()
    }

    /// π_c times the error of a class.
    fn error_of_class(&self, class: usize, points: &[(Vec<f64>, f64)]) -> f64 {
        let label = self.data.classes[class].label;
        let moments = self.outputs.moments(class, points);
        let [first, second] = &self.lengths;
        let mut error = 0.0;
        for (length, share) in second.nodes() {
            let along = moments.along_first(length);
            error += share * first.share(|length| label * along.output(length) <= 0.0);
        }
        self.data.classes[class].weight * error
    }
}
