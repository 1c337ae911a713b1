//! Trials of a trainer, a device or its emulation, that reach every kernel: networks trained in two slices
//! beside others, against the sequential engine on the same samples and against a network alone. Nothing here
//! judges: tests do, and the example `ensemble` prints.

use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::initial::Initial;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::Precision;
use meanfield_particle::sampler::initial_weights;
use ndarray::Array2;

use crate::network::MakeTrainer;
use crate::reference::sequential;
use crate::trainer::{DeviceError, Shape, Slice};

/// Steps; no whole number of blocks.
const STEPS: u32 = 301;
/// Where the first slice ends; a whole number of blocks.
const CUT: usize = 104;
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
    /// Whether a network alone, in one slice, has the same bits.
    pub is_same_alone: bool,
    /// Whether a network that was not trained has its start.
    pub is_untouched: bool,
}

/// MMN's Fig. 1.
pub fn figure_1(neurons: usize, dimension: usize, precision: Precision) -> Shape {
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let data: Mixture = GaussianClasses::isotropic(dimension, 0.8).expect("valid").into();
    Shape { neurons, data, sigma, unit: Unit::Inner, precision }
}

impl Trial {
    /// All of them in numbers of this precision.
    pub fn all(precision: Precision) -> Vec<Self> {
        let bent = PiecewiseLinear::with_slopes(vec![[-0.4, 0.1], [0.3, 0.5], [0.9, -0.2]], [0.3, -0.7]);
        let bent = bent.expect("valid");
        let data: Mixture = BlockClasses::anisotropic(13, 5, 0.6).expect("valid").into();
        let relu = PiecewiseLinear::relu();
        let general = Shape { neurons: 300, data, sigma: bent, unit: Unit::Inner, precision };
        let affine = Shape { sigma: relu.clone(), unit: Unit::Affine, ..general.clone() };
        let odd = Shape { sigma: relu, neurons: 301, ..general.clone() };
        vec![
            Self::new("figure 1", figure_1(800, 40, precision), 1e-3),
            Self::new("figure 1, N = 400", figure_1(400, 40, precision), 1e-3),
            Self::new("relu, odd sizes", odd, 1e-3),
            Self::new("three knots", general, 1e-3),
            Self::new("a relu(<w, x> + b)", affine, 1e-3),
            Self::new("d = 320", figure_1(800, 320, precision), 1e-4),
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
        let pushes = self.pushes();
        let mut trainer = make(&self.shape, &SEEDS)?;
        for member in 0..SEEDS.len() {
            trainer.set_weights(member, &start)?;
        }
        trainer.train(&Slice { members: &[2, 1], first: 0, pushes: &pushes[..CUT] })?;
        trainer.train(&Slice { members: &[1], first: CUT as u64, pushes: &pushes[CUT..] })?;
        let mut alone = make(&self.shape, &SEEDS[1..2])?;
        alone.set_weights(0, &start)?;
        alone.train(&Slice { members: &[0], first: 0, pushes: &pushes })?;
        let trained = trainer.weights(1)?;
        let exact = sequential(&self.shape, &start, SEEDS[1], &pushes);
        let moved = norm(&(&exact - &start));
        Ok(TrialOutcome {
            error: norm(&(&trained - &exact)) / moved,
            moved,
            is_same_alone: trained == alone.weights(0)?,
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

    /// 2 s_k.
    fn pushes(&self) -> Vec<f64> {
        (0..STEPS).map(|k| 2.0 * self.size / (1.0 + f64::from(k) / 100.0)).collect()
    }
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|w| w * w).sum::<f64>().sqrt()
}
