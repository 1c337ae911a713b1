//! Tests of the fluctuations on two blocks: against one radius, exact values at the start, convergence.

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::{BlockClass, BlockClasses, GaussianClasses};
use meanfield_model::initial::Initial;
use meanfield_model::problem::Problem;
use meanfield_run::schedule::Schedule;

use super::super::adjoint::backward;
use super::super::history::History;
use super::super::statistics::Statistics;
use super::adjoint::{block_backward, history};
use super::super::{Fluctuations, Resolution, Setup};
use super::*;

fn figure_1() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"))
}

/// Isotropic data, stated as two blocks of equal scales.
fn isotropic_as_blocks(dimensions: [usize; 2], separation: f64) -> Problem {
    let isotropic = GaussianClasses::isotropic(dimensions[0] + dimensions[1], separation).expect("valid");
    let classes = isotropic.classes.iter().map(|class| BlockClass {
        weight: class.weight,
        label: class.label,
        scales: [class.scale; 2],
    });
    let data = BlockClasses { dimensions, classes: classes.collect() };
    Problem::two_layer(data, figure_1(), Initial::Gaussian { scale: 0.8 }).expect("fits")
}

fn first_order(found: &Statistics) -> [f64; 4] {
    [found.bias_per_neuron, found.bias_per_step, found.variance_per_neuron, found.variance_per_step]
}

fn in_one_radius(dimension: usize, separation: f64, times: &[f64]) -> Vec<[f64; 4]> {
    let data = GaussianClasses::isotropic(dimension, separation).expect("valid");
    let problem = Problem::two_layer(data, figure_1(), Initial::Gaussian { scale: 0.8 }).expect("fits");
    let setup = Setup::new(&problem, Schedule::Constant, Resolution::default()).expect("known");
    let mut found = Fluctuations::new(setup);
    let at = |time: &f64| {
        found.advance_to(*time).expect("smooth");
        first_order(&found.statistics())
    };
    times.iter().map(at).collect()
}

fn fluctuations(problem: &Problem, resolution: BlockResolution) -> BlockFluctuations {
    let setup = |resolution| BlockSetup::new(problem, Schedule::Constant, resolution).expect("known");
    BlockFluctuations::new(setup(resolution), setup(resolution.coarser()))
}

#[test]
fn equal_scales_are_one_block() {
    let times = [0.1, 0.5];
    let problem = isotropic_as_blocks([8, 16], 0.5);
    let mut found = fluctuations(&problem, BlockResolution::of_directions(2));
    for (time, exact) in times.into_iter().zip(in_one_radius(24, 0.5, &times)) {
        found.advance_within(time, u64::MAX).expect("smooth");
        // c has been 55, which its error is a share of.
        let sizes = [exact[0], 55.0, exact[2], exact[3]];
        for ((found, exact), size) in first_order(&found.statistics()).into_iter().zip(exact).zip(sizes) {
            assert!((found - exact).abs() < 2e-3 * size, "{time}: {found} {exact}");
        }
        assert!(found.error() < 1e-2, "{}", found.error());
    }
}

#[test]
fn the_adjoint_finds_the_same() {
    let problem = isotropic_as_blocks([8, 16], 0.5);
    let resolution = BlockResolution { along: 4, degrees: 3, levels: 3, tolerance: 1e-7 };
    let setup = || BlockSetup::new(&problem, Schedule::Constant, resolution).expect("known");
    let mut forward = BlockFluctuations::new(setup(), setup());
    forward.advance_within(0.1, u64::MAX).expect("smooth");
    let exact = first_order(&forward.statistics());
    let found = block_backward(&history(setup(), 0.1), 0.1).expect("reached");
    for (found, exact) in found.first.iter().zip(exact) {
        assert!((found / exact - 1.0).abs() < 2e-4, "{found} {exact}");
    }
}

#[test]
fn the_second_chaos_of_equal_scales_is_that_of_one_radius() {
    let problem = isotropic_as_blocks([8, 16], 0.5);
    let setup = BlockSetup::new(&problem, Schedule::Constant, BlockResolution::of_second_chaos(2));
    let found = block_backward(&history(setup.expect("known"), 0.2), 0.2).expect("reached").second;
    let data = GaussianClasses::isotropic(24, 0.5).expect("valid");
    let one = Problem::two_layer(data, figure_1(), Initial::Gaussian { scale: 0.8 }).expect("fits");
    let setup = Setup::new(&one, Schedule::Constant, Resolution::of_second_chaos()).expect("known");
    let exact = backward(&History::new(setup, 0.2), 0.2).expect("reached").second;
    for (found, exact) in found.iter().zip(exact) {
        assert!((found / exact - 1.0).abs() < 3e-2, "{found} {exact}");
    }
}
