//! The emulation of the kernels against the sequential engine on the same samples, and a crew driven as runs
//! are, against one network alone.

use meanfield_gpu::emulation::Emulation;
use meanfield_gpu::reference::sequential;
use meanfield_gpu::trainer::{Shape, Slice, Step, Trainer};
use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::data::BlockClasses;
use meanfield_model::initial::Initial;
use meanfield_model::mixture::Mixture;
use meanfield_model::unit::Unit;
use meanfield_particle::finite_network::Precision;
use meanfield_particle::sampler::initial_weights;
use meanfield_random::stream::Purpose;
use ndarray::Array2;

fn sigmas() -> [PiecewiseLinear; 3] {
    let ramp = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let bent = PiecewiseLinear::with_slopes(vec![[-0.4, 0.1], [0.3, 0.5], [0.9, -0.2]], [0.3, -0.7]);
    [ramp, PiecewiseLinear::relu(), bent.expect("valid")]
}

fn shape(sigma: PiecewiseLinear, unit: Unit) -> Shape {
    let data: Mixture = BlockClasses::anisotropic(13, 5, 0.6).expect("valid").into();
    Shape {
        neurons: 300,
        data,
        sigma,
        unit,
        precision: Precision::Double,
        is_disturbed: false,
        label_noise: 0.0,
    }
}

#[test]
fn blocks_of_steps_are_the_steps_one_by_one() {
    for (case, sigma) in sigmas().into_iter().enumerate() {
        for unit in [Unit::Inner, Unit::Affine] {
            let shape = shape(sigma.clone(), unit);
            let (neurons, parameters) = shape.parameters();
            let seeds = [5, (1 << 40) + 7];
            let mut emulation = Emulation::new(shape.clone(), &seeds);
            let start = initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, parameters, 11);
            for member in 0..2 {
                emulation.set_weights(member, &start).expect("no device");
            }
            let purpose = Purpose::Data;
            // Not a whole number of blocks, in two launches.
            let steps: Vec<Step> = (0..301).map(|k| Step::plain(2e-3 / (1.0 + k as f64 / 100.0))).collect();
            let all = Slice { members: &[0, 1], purpose, first: 0, steps: &steps[..104] };
            emulation.train(&all).expect("no device");
            let rest = Slice { members: &[0, 1], purpose, first: 104, steps: &steps[104..] };
            emulation.train(&rest).expect("no device");
            for (member, seed) in seeds.into_iter().enumerate() {
                let exact = sequential(&shape, &start, seed, &steps);
                let error = norm(&(&emulation.weights(member).expect("no device") - &exact));
                let moved = norm(&(&exact - &start));
                assert!(moved > 1e-2 && error < 1e-13 * moved, "{case} {unit:?}: {error} of {moved}");
            }
        }
    }
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|w| w * w).sum::<f64>().sqrt()
}
