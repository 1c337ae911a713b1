//! Tests of the fluctuations in several coordinates: against one radius, exact values at the start, the
//! equations backwards, and where they end.

use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::{BlockClass, BlockClasses, GaussianClasses};
use meanfield_model::directed::{DirectedClass, DirectedClasses, Label};
use meanfield_model::energy::Energy;
use meanfield_model::features::Features;
use meanfield_model::initial::{AffineStart, Initial, Normal, NumberLaw, WeightedInitial};
use meanfield_model::landscape::Landscape;
use meanfield_model::problem::{Bath, Problem, Start};
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::{Reduced, Reduction, Visitor};
use meanfield_model::teacher::{Teacher, TeacherUnit};
use meanfield_run::schedule::Schedule;

use super::super::adjoint::backward;
use super::super::history::History;
use super::super::statistics::Statistics;
use super::super::{FluctuationError, Fluctuations, Resolution, Setup};
use super::adjoint::{block_backward, history};
use super::*;

const START: Initial = Initial::Gaussian { scale: 0.8 };

fn figure_1() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"))
}

fn smooth() -> Activation {
    let place = Placement { height: 3.0, gain: 1.5, offset: -1.0, constant: 0.5 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

/// Isotropic data in one block, and the same stated as two of equal scales.
fn isotropic(dimensions: [usize; 2], separation: f64, sigma: &Activation) -> [Problem; 2] {
    let one = GaussianClasses::isotropic(dimensions[0] + dimensions[1], separation).expect("valid");
    let classes = one.classes.iter().map(|class| BlockClass {
        weight: class.weight,
        label: class.label,
        scales: [class.scale; 2],
    });
    let two = BlockClasses { dimensions, classes: classes.collect() };
    let bath = Bath { temperature: 0.0, ridge: 0.05 };
    let one = Problem::two_layer(one, sigma.clone(), START).expect("fits").with_bath(bath);
    [one, Problem::two_layer(two, sigma.clone(), START).expect("fits").with_bath(bath)]
}

/// Two radii, and four parameters with a spread of a.
fn anisotropic() -> [Problem; 2] {
    let data = BlockClasses::anisotropic(24, 8, 0.6).expect("valid");
    let a = Normal { mean: 1.0, deviation: 0.2 }.into();
    let start = Start::Affine(START, AffineStart { a, b: NumberLaw::point(0.5) });
    let two = Problem::two_layer(data.clone(), figure_1(), START).expect("fits");
    [two, Problem::two_layer(data, Activation::from(PiecewiseLinear::relu()), start).expect("fits")]
}

fn first_order(found: &Statistics) -> [f64; 4] {
    [found.bias_per_neuron, found.bias_per_step, found.variance_per_neuron, found.variance_per_step]
}

fn fluctuations(problem: &Problem, schedule: Schedule, resolution: BlockResolution) -> BlockFluctuations {
    let setup = |resolution| BlockSetup::new(problem, schedule, resolution).expect("known");
    BlockFluctuations::new(setup(resolution), setup(resolution.coarser()))
}

/// Both at these times; b, c and spreads as far apart as a share of these sizes.
fn assert_equal(dimensions: [usize; 2], sigma: &Activation, schedule: Schedule, times: [f64; 2], c: f64) {
    let [one, two] = isotropic(dimensions, 0.5, sigma);
    let setup = Setup::new(&one, schedule, Resolution::default()).expect("known");
    let mut exact = Fluctuations::new(setup);
    let mut found = fluctuations(&two, schedule, BlockResolution::of_problem(&two));
    for time in times {
        exact.advance_to(time).expect("smooth");
        found.advance_within(time, u64::MAX).expect("smooth");
        let exact = first_order(&exact.statistics());
        // Its error is a share of the largest c so far.
        let sizes = [exact[0], c, exact[2], exact[3]];
        for ((found, exact), size) in first_order(&found.statistics()).into_iter().zip(exact).zip(sizes) {
            assert!((found - exact).abs() < 2e-3 * size, "{sigma:?} {time}: {found} {exact}");
        }
        assert!(found.error() < 2e-2, "{}", found.error());
    }
}

#[test]
fn equal_scales_are_one_block() {
    assert_equal([8, 16], &figure_1(), Schedule::Constant, [0.1, 0.5], 55.0);
    assert_equal([12, 12], &smooth(), Schedule::Power { exponent: -0.25 }, [0.2, 0.8], 10.0);
}

/// R, ∫U(θ, θ) dρ − ∬U dρdρ and 4 Var Ψ of the start, by the landscape and many nodes.
struct AtStart {
    setup: BlockSetup,
}

impl Visitor for AtStart {
    type Output = [f64; 3];

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> [f64; 3] {
        let count = self.setup.atoms();
        let place = |i: usize| std::array::from_fn(|k: usize| self.setup.start[k * count + i]);
        let atoms = || (0..count).map(|i| (place(i), self.setup.weights[i]));
        let landscape = &reduction.landscape;
        let moments = landscape.moments(&mut atoms());
        let mut coefficients = vec![0.0; moments.len()];
        landscape.potential_coefficients(&moments, &mut coefficients);
        let mut values = moments.clone();
        let potentials: Vec<(f64, f64)> = atoms()
            .map(|(z, weight)| {
                landscape.values(z, &mut values);
                (coefficients.iter().zip(&values).map(|(k, value)| k * value).sum(), weight)
            })
            .collect();
        let mean: f64 = potentials.iter().map(|(psi, weight)| weight * psi).sum();
        let variance: f64 = potentials.iter().map(|(psi, weight)| weight * (psi - mean).powi(2)).sum();
        [landscape.risk(&moments), landscape.independent_bias(&mut atoms(), &moments), 4.0 * variance]
    }
}

/// R, b and v_N at t = 0 are those of independent neurons, by a kernel of a tolerance.
fn assert_independent_start(problem: &Problem, kernel: f64, tolerance: f64) {
    let many = BlockResolution { along: 10, given: 20, degrees: 1, levels: 1, tolerance: 1e-6 };
    let setup = BlockSetup::new(problem, Schedule::Constant, many).expect("known");
    let reduced: Reduced = problem.reduced(DimensionLimit::Finite, kernel).expect("converges");
    let exact = reduced.visit(AtStart { setup });
    let resolution = BlockResolution::of_problem(problem);
    let found = fluctuations(problem, Schedule::Constant, resolution).statistics();
    let found = [found.risk, found.bias_per_neuron, found.variance_per_neuron];
    for (found, exact) in found.into_iter().zip(exact) {
        assert!((found / exact - 1.0).abs() < tolerance, "{found} {exact}: {problem:?}");
    }
}

#[test]
fn at_the_start_they_are_those_of_independent_neurons() {
    for problem in anisotropic() {
        assert_independent_start(&problem, 1e-4, 2e-3);
    }
    for (problem, _) in in_several_coordinates() {
        // Four atoms along each of three directions are coarse, and `fluctuation_error` says so.
        let tolerance = if problem.directions() > 2 { 1e-2 } else { 2e-3 };
        assert_independent_start(&problem, 5e-4, tolerance);
    }
}

/// Forwards and backwards b, c and spreads are the same.
fn assert_same_backwards(problem: &Problem, until: f64, resolution: BlockResolution) {
    let setup = || BlockSetup::new(problem, Schedule::Constant, resolution).expect("known");
    let mut forward = BlockFluctuations::new(setup(), setup());
    forward.advance_within(until, u64::MAX).expect("smooth");
    let exact = first_order(&forward.statistics());
    let found = block_backward(&history(setup(), until), until).expect("reached");
    for (found, exact) in found.first.iter().zip(exact) {
        assert!((found / exact - 1.0).abs() < 3e-4, "{found} {exact}: {problem:?}");
    }
}

#[test]
fn the_equations_backwards_find_the_same() {
    let resolution = BlockResolution { along: 3, given: 10, degrees: 3, levels: 3, tolerance: 1e-7 };
    for (problem, until) in anisotropic().iter().zip([0.1, 0.6]) {
        assert_same_backwards(problem, until, resolution);
    }
    let resolution = BlockResolution { along: 3, given: 6, degrees: 2, levels: 2, tolerance: 1e-6 };
    for (problem, until) in in_several_coordinates() {
        assert_same_backwards(&problem, until, resolution);
    }
}

#[test]
fn the_second_chaos_of_equal_scales_is_that_of_one_radius() {
    let with_noisy_labels = isotropic([8, 16], 0.5, &smooth()).map(|problem| problem.with_label_noise(1.5));
    for [one, two] in [isotropic([8, 16], 0.5, &figure_1()), with_noisy_labels] {
        let setup = BlockSetup::new(&two, Schedule::Constant, BlockResolution::of_second_chaos(&two));
        let found = block_backward(&history(setup.expect("known"), 0.2), 0.2).expect("reached").second;
        let setup = Setup::new(&one, Schedule::Constant, Resolution::of_second_chaos()).expect("known");
        let exact = backward(&History::new(setup, 0.2), 0.2).expect("reached").second;
        for (found, exact) in found.iter().zip(exact) {
            assert!((found / exact - 1.0).abs() < 3e-2, "{found} {exact}");
        }
    }
}

#[test]
fn degrees_that_are_left_out_are_in_the_second_chaos() {
    for (problem, until) in anisotropic().iter().zip([0.1, 0.6]) {
        let [few, many] = [2, 3].map(|degrees| {
            let resolution = BlockResolution { along: 3, given: 10, degrees, levels: 3, tolerance: 1e-5 };
            let setup = BlockSetup::new(problem, Schedule::Constant, resolution).expect("known");
            block_backward(&history(setup, until), until).expect("reached").second[1]
        });
        assert!((few / many - 1.0).abs() < 5e-2, "{few} {many}: {problem:?}");
    }
}

#[test]
fn they_end_where_the_law_splits() {
    let [_, two] = isotropic([20, 20], 0.8, &figure_1());
    let resolution = BlockResolution { along: 5, given: 10, degrees: 4, levels: 4, tolerance: 1e-5 };
    let mut found = fluctuations(&two, Schedule::Constant, resolution);
    found.advance_within(1.0, u64::MAX).expect("smooth");
    assert!(found.error() < 0.02 && found.statistics().bias_per_step.is_finite(), "{}", found.error());
    let is_known = [4.0, 16.0].map(|time| found.advance_within(time, u64::MAX).is_ok());
    assert!(is_known == [true, false] && found.statistics().bias_per_step.is_nan(), "{is_known:?}");
    assert_eq!(found.error(), 1.0);
}

#[test]
fn restored_fluctuations_go_on_as_if_nothing_had_happened() {
    let [problem, _] = anisotropic();
    let resolution = BlockResolution::of_problem(&problem);
    let [mut straight, mut resumed] = [0; 2].map(|_| fluctuations(&problem, Schedule::Constant, resolution));
    straight.advance_within(0.05, u64::MAX).expect("smooth");
    resumed.restore(&straight.save()).expect("its own");
    for found in [&mut straight, &mut resumed] {
        found.advance_within(0.1, u64::MAX).expect("smooth");
    }
    assert_eq!(first_order(&straight.statistics()), first_order(&resumed.statistics()));
    assert_eq!(straight.error(), resumed.error());
}

fn directed(data: DirectedClasses, sigma: &Activation, start: impl Into<Start>) -> Problem {
    Problem::two_layer(data, sigma.clone(), start).expect("fits")
}

/// MMN's isotropic classes at Δ = ½, with a direction that does not matter.
fn with_a_direction(dimension: usize) -> DirectedClasses {
    let class = |label: f64| DirectedClass {
        weight: 0.5,
        label: Label::Number(label),
        means: vec![0.0],
        along: vec![1.0 + 0.5 * label],
        across: 1.0 + 0.5 * label,
    };
    DirectedClasses { directions: 1, across: dimension - 1, classes: vec![class(1.0), class(-1.0)] }
}

#[test]
fn a_direction_that_does_not_matter_changes_nothing() {
    let bath = Bath { temperature: 0.0, ridge: 0.05 };
    let [one, _] = isotropic([8, 16], 0.5, &smooth());
    let along = directed(with_a_direction(24), &smooth(), START).with_bath(bath);
    let [one, along] = [one, along].map(|problem| problem.with_label_noise(0.4));
    let setup = Setup::new(&one, Schedule::Constant, Resolution::default()).expect("known");
    let mut exact = Fluctuations::new(setup);
    let mut found = fluctuations(&along, Schedule::Constant, BlockResolution::of_problem(&along));
    for time in [0.1, 0.3] {
        exact.advance_to(time).expect("smooth");
        found.advance_within(time, u64::MAX).expect("smooth");
        let [exact, found] = [exact.statistics(), found.statistics()];
        assert!((found.risk / exact.risk - 1.0).abs() < 1e-4, "{} {}", found.risk, exact.risk);
        for (found, exact) in first_order(&found).into_iter().zip(first_order(&exact)) {
            assert!((found / exact - 1.0).abs() < 2e-4, "{time}: {found} {exact}");
        }
    }
}

/// A target with a kink in one direction, a plane with a teacher, isotropic data with (a, b, r), points; the
/// start of the first is a mixture.
fn in_several_coordinates() -> Vec<(Problem, f64)> {
    let relu = Activation::from(PiecewiseLinear::relu());
    let rectified = DirectedClasses::with_teacher(20, 1, Teacher::single_index(relu.clone()));
    let parts = [
        WeightedInitial { weight: 0.7, law: Initial::GaussianAbout { scale: 0.8, mean: vec![0.3] } },
        WeightedInitial { weight: 0.3, law: Initial::Overlap { radius: 0.7, overlap: vec![-0.5] } },
    ];
    let unit = |direction: [f64; 2]| TeacherUnit {
        factor: 1.0,
        direction: direction.to_vec(),
        offset: 0.0,
        activation: Activation::from(Smooth { shape: Shape::Softplus, place: Placement::default() }),
    };
    let teacher = Teacher { units: vec![unit([1.0, 0.0]), unit([0.5, 0.8])] };
    let isotropic = GaussianClasses::isotropic(20, 0.6).expect("valid");
    let a = Normal { mean: 1.0, deviation: 0.3 }.into();
    let affine = Start::Affine(START, AffineStart { a, b: NumberLaw::point(0.3) });
    let line = [-1.5f64, -0.5, 0.3, 1.0, 1.4];
    let inputs: Vec<Vec<f64>> = line.iter().map(|x| vec![*x, 1.0]).collect();
    let points = DirectedClasses::points(&inputs, &line.map(|x| (2.0 * x).sin()), &[0.2; 5]);
    vec![
        (directed(rectified, &smooth(), Initial::Mixture(parts.to_vec())).with_label_noise(0.3), 0.3),
        (directed(DirectedClasses::with_teacher(12, 2, teacher), &smooth(), START), 0.2),
        (Problem::two_layer(isotropic, relu, affine).expect("fits"), 0.4),
        (directed(points, &smooth(), START), 0.3),
    ]
}

#[test]
fn what_no_first_order_is_known_of_is_refused() {
    let known = |problem: &Problem| {
        let resolution = BlockResolution::of_problem(problem);
        BlockSetup::new(problem, Schedule::Constant, resolution).map(|_| ())
    };
    let inputs = [vec![-1.0, 1.0], vec![0.5, 1.0]];
    let points = DirectedClasses::points(&inputs, &[1.0, -1.0], &[0.5; 2]);
    let kinked = directed(points.clone(), &figure_1(), START);
    assert!(matches!(known(&kinked), Err(FluctuationError::Kinks)));
    let space = DirectedClasses::with_teacher(20, 3, Teacher { units: Vec::new() });
    assert!(matches!(known(&directed(space, &smooth(), START)), Err(FluctuationError::Directions)));
    let three = BlockClasses { dimensions: [4, 5, 6], classes: Vec::new() };
    let three = Problem::two_layer(three, smooth(), START).expect("fits");
    assert!(matches!(known(&three), Err(FluctuationError::Blocks)));
    assert!(known(&directed(points, &smooth(), START)).is_ok());
}
