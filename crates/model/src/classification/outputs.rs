//! The mean output ŷ of a law at inputs of given lengths: by k(r|x|) with one block, by its polynomials in
//! both lengths with two.

use crate::activation::Activation;
use crate::block_modes::{BlockModes, DegreePair, LengthOrder, radial_functions};
use crate::data::BlockClasses;
use crate::mean_output::{MeanOutput, Power};
use crate::measure::Measure;
use crate::tabulated::Tabulated;

/// Polynomials p + q < this of the two lengths. With dozens of coordinates in each block lengths hardly vary,
/// and a few are enough; how much is left out in few coordinates was not measured.
const LEVELS: usize = 8;
/// ŷ is invariant under rotations of both blocks.
const INVARIANT: DegreePair = DegreePair([0, 0]);
/// Means of σ need a neuron that sees its input.
const LEAST_RADIUS: f64 = 1e-9;

/// Points and masses of a law, cells by their centres; None where marginals alone are known.
pub fn points(law: &Measure) -> Option<Vec<(Vec<f64>, f64)>> {
    if let Some((points, weights)) = law.atoms() {
        return Some(
            points.rows().into_iter().map(|row| row.to_vec()).zip(weights.iter().copied()).collect(),
        );
    }
    let Measure::Cells { axes, mass } = law else { return None };
    let occupied = mass.indexed_iter().filter(|(_, mass)| **mass != 0.0);
    let point = |place: ndarray::IxDyn| {
        axes.iter().enumerate().map(|(axis, cells)| cells.centre(place[axis])).collect()
    };
    Some(occupied.map(|(place, mass): (ndarray::IxDyn, &f64)| (point(place), *mass)).collect())
}

/// ŷ at inputs of one block.
#[derive(Clone, Debug)]
pub struct RadialOutputs(Tabulated<MeanOutput>);

impl RadialOutputs {
    /// Of neurons σ(⟨w, x⟩) in R^d.
    pub fn new(activation: &Activation, dimension: usize) -> Self {
        Self(MeanOutput::table(activation, Some(dimension), Power::Mean))
    }

    /// ŷ at |x| = `length`.
    pub fn output(&self, points: &[(Vec<f64>, f64)], length: f64) -> f64 {
        let [mut value, mut slope] = [[0.0]; 2];
        let mut output = 0.0;
        for (place, mass) in points {
            self.0.evaluate(place[0] * length, &mut value, &mut slope);
            output += mass * value[0];
        }
        output
    }
}

/// ŷ at inputs of two blocks.
#[derive(Clone, Debug)]
pub struct BlockOutputs {
    modes: BlockModes,
    factors: Vec<(LengthOrder, f64)>,
    dimensions: [usize; 2],
}

/// ∫F_pq dρ of one class.
#[derive(Clone, Debug)]
pub struct OutputMoments {
    moments: Vec<(LengthOrder, f64)>,
    dimensions: [usize; 2],
}

/// ŷ along the first length, the second given: the coefficient of each polynomial.
#[derive(Clone, Debug)]
pub struct AlongFirst {
    coefficients: [f64; LEVELS],
    dimension: usize,
}

impl BlockOutputs {
    /// Of such neurons.
    pub fn new(activation: &Activation, data: &BlockClasses) -> Self {
        let modes = BlockModes::new(activation, data, 1, LEVELS);
        let orders = modes.length_orders().into_iter();
        let factors = orders.map(|order| (order, modes.factor(INVARIANT, order))).collect();
        Self { modes, factors, dimensions: data.dimensions }
    }

    /// The moments of a law as one class sees it.
    pub fn moments(&self, class: usize, points: &[(Vec<f64>, f64)]) -> OutputMoments {
        let mut moments: Vec<(LengthOrder, f64)> =
            self.factors.iter().map(|(order, _)| (*order, 0.0)).collect();
        for (place, mass) in points {
            let neuron = self.modes.neuron(class, parameters(place));
            for ((order, moment), (_, factor)) in moments.iter_mut().zip(&self.factors) {
                *moment += mass * factor * neuron.output(INVARIANT, *order, [0; 4]);
            }
        }
        OutputMoments { moments, dimensions: self.dimensions }
    }
}

/// (a, b, r₁, r₂) of a neuron with or without a and b.
fn parameters(place: &[f64]) -> [f64; 4] {
    let [outer, offset, first, second] = match *place {
        [first, second] => [1.0, 0.0, first, second],
        [outer, offset, first, second] => [outer, offset, first, second],
        _ => [f64::NAN; 4],
    };
    [outer, offset, first.max(LEAST_RADIUS), second.max(LEAST_RADIUS)]
}

impl OutputMoments {
    /// ŷ where the second block of the input has this length, in units of its scale.
    pub fn along_first(&self, second: f64) -> AlongFirst {
        let values = radial_functions(self.dimensions[1], 0, second, LEVELS);
        let mut coefficients = [0.0; LEVELS];
        for ([p, q], moment) in &self.moments {
            coefficients[*p] += moment * values[*q];
        }
        AlongFirst { coefficients, dimension: self.dimensions[0] }
    }
}

impl AlongFirst {
    /// ŷ where the first block of the input has this length, in units of its scale.
    pub fn output(&self, first: f64) -> f64 {
        let values = radial_functions(self.dimension, 0, first, LEVELS);
        values.iter().zip(&self.coefficients).map(|(value, coefficient)| value * coefficient).sum()
    }
}
