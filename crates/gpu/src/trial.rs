//! Trials of a trainer, a device or its emulation, that reach every kernel: networks trained in two slices
//! beside others, against the sequential engine on the same samples and against a network alone. Nothing here
//! judges: tests do, and the example `ensemble` prints.

use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::BlockClasses;
use meanfield_model::directed::Label;
use meanfield_model::initial::Initial;
use meanfield_model::mixture::{Component, Mixture};
use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::Precision;
use meanfield_particle::sampler::initial_weights;
use meanfield_random::stream::Purpose;
use ndarray::Array2;

use crate::network::MakeTrainer;
use crate::reference::{self, sequential};
use crate::trainer::{DeviceError, Losses, Shape, Slice, Step};

/// Steps; no whole number of blocks.
const STEPS: u32 = 301;
/// Where the first slice ends; a whole number of blocks of eight, and after the next whole one of others.
const CUT: usize = 104;
/// Fresh samples whose losses are asked for.
const FRESH: usize = 41;
/// Seeds of the three networks, of which the last two are trained.
const SEEDS: [u64; 3] = [5, (1 << 40) + 7, 9];

/// Networks of one shape.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What is special about them.
    pub name: &'static str,
    /// What they have in common.
    pub shape: Shape,
    /// s of the first step; later ones are shorter.
    size: f64,
}

/// What a trainer made of them.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialOutcome {
    /// ‖W − W_ref‖ / ‖W_ref − W_0‖ (Frobenius), W_ref being the sequential engine's.
    pub error: f64,
    /// ‖W_ref − W_0‖.
    pub moved: f64,
    /// How far its losses on fresh samples, and their squares, are from those of its weights.
    pub losses_error: f64,
    /// Whether a network alone, in one slice, has the same bits, and whether losses leave them alone.
    pub is_same_alone: bool,
    /// Whether a network that was not trained has its start.
    pub is_untouched: bool,
}

impl Trial {
    /// All of them in numbers of this precision.
    pub fn all(precision: Precision) -> Vec<Self> {
        let bent = PiecewiseLinear::with_slopes(vec![[-0.4, 0.1], [0.3, 0.5], [0.9, -0.2]], [0.3, -0.7]);
        let bent = bent.expect("valid");
        let data: Mixture = BlockClasses::anisotropic(13, 5, 0.6).expect("valid").into();
        let relu = PiecewiseLinear::relu();
        let general = Shape { data, sigma: bent, ..Shape::figure_1(300, 13, precision) };
        let affine = Shape { sigma: relu.clone(), unit: Unit::Affine, ..general.clone() };
        let odd = Shape { sigma: relu, neurons: 301, ..general.clone() };
        vec![
            Self::new("figure 1", Shape::figure_1(800, 40, precision), 1e-3),
            Self::new("figure 1, N = 400", Shape::figure_1(400, 40, precision), 1e-3),
            Self::new("relu, odd sizes", odd, 1e-3),
            Self::new("three knots", general.clone(), 1e-3),
            Self::new("a relu(<w, x> + b)", affine.clone(), 1e-3),
            Self::new("three classes", three_classes(general.clone()), 1e-3),
            Self::new("many neurons a thread", Shape { neurons: 2300, ..general.clone() }, 1e-3),
            Self::new(
                "noisy labels",
                Shape { label_noise: 0.7, ..Shape::figure_1(400, 40, precision) },
                1e-3,
            ),
            Self::new("ridge and noise", Shape { is_disturbed: true, ..general.clone() }, 1e-3),
            Self::new("the same with a and b", Shape { is_disturbed: true, ..affine.clone() }, 1e-3),
            Self::new("d = 320", Shape::figure_1(800, 320, precision), 1e-4),
            Self::new("sixteen steps, odd sizes", wide(general.clone(), 301), 3e-4),
            Self::new("sixteen steps, a and b", wide(affine.clone(), 300), 3e-4),
            Self::new("large", Shape::figure_1(500, 2000, precision), 2e-5),
            Self::new("large, many blocks", Shape::figure_1(2112, 480, precision), 1e-4),
            Self::new("large, three knots", large(general, 1600), 1e-4),
            Self::new("large, a relu(<w, x> + b)", large(affine, 1601), 1e-3),
        ]
    }

    fn new(name: &'static str, shape: Shape, size: f64) -> Self {
        Self { name, shape, size }
    }

    /// Trains two of three networks in two slices, and one of them alone in one.
    ///
    /// # Errors
    /// [`DeviceError`], where there is no device or it fails.
    pub fn run(&self, make: MakeTrainer) -> Result<TrialOutcome, DeviceError> {
        let start = self.start();
        let steps = self.steps();
        let cut = CUT.next_multiple_of(self.shape.block());
        let purpose = Purpose::Data;
        let mut trainer = make(&self.shape, &SEEDS)?;
        for member in 0..SEEDS.len() {
            trainer.set_weights(member, &start)?;
        }
        trainer.train(&Slice { members: &[2, 1], purpose, first: 0, steps: &steps[..cut] })?;
        trainer.train(&Slice { members: &[1], purpose, first: cut as u64, steps: &steps[cut..] })?;
        let mut alone = make(&self.shape, &SEEDS[1..2])?;
        alone.set_weights(0, &start)?;
        alone.train(&Slice { members: &[0], purpose, first: 0, steps: &steps })?;
        let trained = trainer.weights(1)?;
        let fresh = Slice {
            purpose: Purpose::Evaluation,
            steps: &[Step::NONE; FRESH],
            members: &[1],
            first: 1 << 30,
        };
        let losses = trainer.train(&fresh)?[0];
        let exact = sequential(&self.shape, &start, SEEDS[1], &steps);
        let moved = norm(&(&exact - &start));
        Ok(TrialOutcome {
            error: norm(&(&trained - &exact)) / moved,
            moved,
            losses_error: relative(losses, reference::losses(&self.shape, &trained, SEEDS[1], &fresh)),
            is_same_alone: trained == alone.weights(0)? && trained == trainer.weights(1)?,
            is_untouched: trainer.weights(0)? == start,
        })
    }

    /// The start, in numbers that the trainer can hold.
    fn start(&self) -> Array2<f64> {
        let (neurons, parameters) = self.shape.parameters();
        let start = initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, parameters, 11);
        match self.shape.precision {
            Precision::Single => start.mapv(|w| f64::from(w as f32)),
            _ => start,
        }
    }

    /// Steps that get shorter, with ridge and noise where there are any.
    fn steps(&self) -> Vec<Step> {
        let push = |k: u32| 2.0 * self.size / (1.0 + f64::from(k) / 100.0);
        let disturbed = |push: f64| Step { push, shrink: 1.0 - 0.3 * push, noise: 0.1 * push.sqrt() };
        let steps = (0..STEPS).map(push);
        steps.map(|push| if self.shape.is_disturbed { disturbed(push) } else { Step::plain(push) }).collect()
    }
}

/// The same neurons with three classes of different weight, label and scales, in three blocks of coordinates.
fn three_classes(shape: Shape) -> Shape {
    let class = |weight: f64, label: f64, scales: [f64; 3]| Component {
        weight,
        label: Label::Number(label),
        scales: scales.to_vec(),
        means: Vec::new(),
    };
    let components = vec![
        class(0.5, 1.0, [1.6, 1.0, 0.7]),
        class(0.2, -0.4, [0.4, 1.3, 1.0]),
        class(0.3, -1.0, [0.8, 0.2, 1.5]),
    ];
    Shape { data: Mixture { dimensions: vec![4, 3, 6], components }, ..shape }
}

/// The same neurons in 219 dimensions, and so many of them.
fn wide(shape: Shape, neurons: usize) -> Shape {
    Shape { neurons, data: BlockClasses::anisotropic(219, 87, 0.6).expect("valid").into(), ..shape }
}

/// The same neurons in more dimensions, and so many of them.
fn large(shape: Shape, neurons: usize) -> Shape {
    Shape { neurons, data: BlockClasses::anisotropic(640, 251, 0.6).expect("valid").into(), ..shape }
}

/// The larger of two relative errors: of the sum and of the squares.
fn relative(seen: Losses, exact: Losses) -> f64 {
    let sum = (seen.sum / exact.sum - 1.0).abs();
    sum.max((seen.squares / exact.squares - 1.0).abs())
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|w| w * w).sum::<f64>().sqrt()
}
