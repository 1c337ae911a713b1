//! The share of inputs whose class a law of neurons gets wrong: P(y ŷ(x) ≤ 0) where labels have two signs.
//!
//! By the symmetry of the data ŷ depends on a few numbers of an input alone: the lengths of its blocks, or
//! its coordinates along directions and the length across. Each is a function of a standard normal variable.
//! Where there is one, the set of wrong inputs is known by its ends, the zeros of ŷ; zeros closer together
//! than an eighth of a deviation may be missed. Where there are two to four, it is by cells that the zeros of
//! ŷ cut (`space.rs`, which says with what errors).
//!
//! Labels are those of the classes, without noise. Networks, whose ŷ has no symmetry, are judged by samples
//! elsewhere.

mod blocks;
mod cell;
mod directed;
mod lengths;
mod line;
mod outputs;
mod space;
#[cfg(test)]
mod tests;
mod work;

use crate::data::{GaussianClasses, Target};
use crate::directed::DirectedClasses;
use crate::measure::Measure;
use crate::problem::{DataModel, Problem};
use crate::unit::Unit;
use blocks::InputBlocks;
use directed::Directed;
use lengths::Lengths;
use outputs::{RadialOutputs, points};

pub use work::ClassificationWork;

/// A classification error that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassificationUnknown {
    /// Labels say nothing about a sign.
    #[error(
        "a classification error needs classes with labels of both signs, and none with the label 0; labels \
         of a target are numbers of any size"
    )]
    Labels,
}

/// What it takes to know the error of one law of a problem's neurons.
pub fn work(problem: &Problem) -> ClassificationWork {
    match problem.data() {
        DataModel::OneBlock(data) if problem.unit() == Unit::Inner => {
            ClassificationWork { moments: (data.classes.len() * line::nodes().len()) as f64, cells: 0.0 }
        }
        DataModel::OneBlock(data) => directed::work(&data.into()),
        DataModel::TwoBlocks(data) => blocks::work(data),
        DataModel::ThreeBlocks(data) => blocks::work(data),
        DataModel::Directed(data) => directed::work(data),
    }
}

/// P(y ŷ(x) ≤ 0) of a problem, as a function of the law.
#[derive(Clone, Debug)]
pub struct ClassificationError(Inputs);

/// The inputs and what neurons answer to them.
#[derive(Clone, Debug)]
enum Inputs {
    OneBlock(Box<OneBlock>),
    TwoBlocks(Box<InputBlocks<2>>),
    ThreeBlocks(Box<InputBlocks<3>>),
    Directed(Box<Directed>),
}

#[derive(Clone, Debug)]
struct OneBlock {
    data: GaussianClasses,
    lengths: Lengths,
    outputs: RadialOutputs,
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
    Ok(Inputs::Directed(Box::new(Directed::new(data, problem.activation(), problem.unit()))))
}

impl ClassificationError {
    /// The error of laws of a problem's neurons.
    ///
    /// # Errors
    /// Where its labels do not fall into two signs.
    pub fn new(problem: &Problem) -> Result<Self, ClassificationUnknown> {
        let labels = |targets: Vec<Target>| check_labels(targets.into_iter().map(|target| target.label));
        Ok(Self(match problem.data() {
            DataModel::OneBlock(data) if problem.unit() == Unit::Inner => {
                labels(data.targets())?;
                Inputs::OneBlock(Box::new(OneBlock::new(problem, data)))
            }
            DataModel::TwoBlocks(data) => {
                labels(data.targets())?;
                Inputs::TwoBlocks(Box::new(InputBlocks::new(data, problem.activation())))
            }
            DataModel::ThreeBlocks(data) => {
                labels(data.targets())?;
                Inputs::ThreeBlocks(Box::new(InputBlocks::new(data, problem.activation())))
            }
            DataModel::OneBlock(data) => directed(problem, &data.into())?,
            DataModel::Directed(data) => directed(problem, data)?,
        }))
    }

    /// P(y ŷ(x) ≤ 0) of a law of the problem's coordinates; NaN where its marginals alone are known, or
    /// nothing.
    pub fn error_of(&self, law: &Measure) -> f64 {
        let Some(points) = points(law) else { return f64::NAN };
        let is_known = |(place, mass): &(Vec<f64>, f64)| (mass + place.iter().sum::<f64>()).is_finite();
        if points.is_empty() || !points.iter().all(is_known) {
            return f64::NAN;
        }
        match &self.0 {
            Inputs::OneBlock(inputs) => inputs.error_of(&points),
            Inputs::TwoBlocks(inputs) => inputs.error_of(&points),
            Inputs::ThreeBlocks(inputs) => inputs.error_of(&points),
            Inputs::Directed(inputs) => inputs.error_of(&points),
        }
    }
}

impl OneBlock {
    fn new(problem: &Problem, data: &GaussianClasses) -> Self {
        let lengths = Lengths::new(data.dimension);
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
