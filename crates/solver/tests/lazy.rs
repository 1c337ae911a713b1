//! The lazy scaling and its linearised limit: against the mean field where they must agree, against one
//! another, and against the kernel K written down without any reduction.

use std::f64::consts::PI;

use meanfield_model::activation::{Activation, Placement, Polynomial, Shape, Smooth};
use meanfield_model::coordinate_start::CoordinateStart;
use meanfield_model::directed::DirectedClasses;
use meanfield_model::initial::Initial;
use meanfield_model::input_landscape::{InputLandscape, Reached};
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::{ParameterGroup, ParameterGroups};
use meanfield_model::problem::Problem;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::Reduced;
use meanfield_model::ridge::Ridged;
use meanfield_model::teacher::Teacher;
use meanfield_model::unit::Unit;
use meanfield_run::quantities;
use meanfield_run::reclocked::Reclocked;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Stride, System};
use meanfield_solver::characteristics::Characteristics;
use meanfield_solver::linearised::Linearised;
use meanfield_solver::panels::Panels;

const DIMENSION: usize = 12;
const SCALE: f64 = 0.8;
const TIMES: [f64; 3] = [0.1, 0.4, 1.5];

fn erf() -> Activation {
    Activation::Smooth(Smooth { shape: Shape::Erf, place: Placement::default() })
}

fn hermite(coefficients: &[f64]) -> Activation {
    Activation::Polynomial(Polynomial::hermite(coefficients).expect("valid"))
}

/// y = f(x₁) on standard normal inputs.
fn problem(target: &[f64], sigma: Activation) -> Problem {
    let teacher = Teacher::single_index(hermite(target));
    let data = DirectedClasses::with_teacher(DIMENSION, 1, teacher);
    Problem::two_layer(data, sigma, Initial::Gaussian { scale: SCALE }).expect("fits")
}

/// Its landscape and start in (m, r).
type Reduction = (Ridged<InputLandscape>, [CoordinateStart; 2]);

fn reduced(problem: &Problem, tolerance: f64) -> Reduction {
    match problem.reduced(DimensionLimit::Finite, tolerance).expect("converges") {
        Reduced::TwoOfInputs(reduction) => (reduction.landscape.clone(), reduction.starts()),
        other => panic!("{other:?}"),
    }
}

fn place(start: &[CoordinateStart; 2], g: &[f64]) -> [f64; 2] {
    std::array::from_fn(|c| start[c].quantile_of_normal(g[c]))
}

fn panels(atoms: usize) -> Panels {
    Panels::new(2, atoms, 1e-6, 1) // none splits: the nodes stay symmetric
}

const LOWER: [f64; 2] = [f64::NEG_INFINITY, 0.0];
const TOLERANCE: f64 = 1e-8;

fn mean_field((landscape, start): &Reduction, atoms: usize) -> Characteristics<2, Ridged<InputLandscape>> {
    Characteristics::sampling(landscape.clone(), panels(atoms), |g| place(start, g), LOWER, TOLERANCE)
}

fn lazy((landscape, start): &Reduction, alpha: f64, atoms: usize) -> impl System + use<> {
    let start = start.clone();
    let place = move |_: usize, g: &[f64]| place(&start, g);
    let atoms = Characteristics::lazy(landscape.clone(), alpha, panels(atoms), place, LOWER, TOLERANCE);
    Reclocked::paced(atoms, Schedule::Constant, alpha.powi(-2))
}

fn linearised(reduction: &Reduction, atoms: usize) -> Linearised<2, Ridged<InputLandscape>> {
    Linearised::new(&reduction.0, &mean_field(reduction, atoms), 1e-10)
}

fn risks(system: &mut impl System) -> [f64; 3] {
    TIMES.map(|time| {
        while system.advance(time).expect("followed") == Stride::Underway {}
        system.observe().risk
    })
}

fn largest_gap(one: &[f64; 3], other: &[f64; 3]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}

#[test]
fn without_outputs_at_the_start_alpha_1_is_the_mean_field() {
    // σ is odd and the start even: f_0 = 0.
    let reduction = reduced(&problem(&[0.0, 0.8, 0.0, 0.6], erf()), 1e-3);
    let [own, field] = [risks(&mut lazy(&reduction, 1.0, 64)), risks(&mut mean_field(&reduction, 64))];
    assert!(field[0] - field[2] > 0.1, "it moves: {field:?}");
    // Both step alike, until rounding parts them.
    assert!(largest_gap(&own, &field) < 1e-10, "{own:?} {field:?}");
}

#[test]
fn outputs_at_the_start_are_taken_away() {
    let sigma = hermite(&[0.5, 0.7, 0.3]);
    let reduction = reduced(&problem(&[0.0, 0.8, 0.6], sigma), 1e-3);
    let mut own = lazy(&reduction, 3.0, 64);
    let mut field = mean_field(&reduction, 64);
    // E y² = 1, by as many nodes as the tolerance asks for.
    assert!((own.observe().risk - 1.0).abs() < 1e-3, "{}", own.observe().risk);
    assert!((field.observe().risk - 1.0).abs() > 0.1);
    let bias = |system: &dyn System| {
        let scalars = system.observe().scalars;
        scalars.iter().any(|scalar| scalar.quantity.name == quantities::INDEPENDENT_BIAS.name)
    };
    assert!(!bias(&own) && bias(&field), "b is of a law, and the start is another");
    own.advance(0.1).expect("moves");
    let state = own.save();
    let mut other = lazy(&reduction, 3.0, 64);
    other.restore(&state).expect("its own");
    let [gone_on, restored] = [risks(&mut own), risks(&mut other)];
    assert_eq!(gone_on, restored);
    field.advance(0.1).expect("moves");
}

#[test]
fn large_alpha_is_the_linearised_limit_to_first_order() {
    let reduction = reduced(&problem(&[0.0, 0.8, 0.6], hermite(&[0.0, 0.7, 0.3])), 1e-3);
    let limit = risks(&mut linearised(&reduction, 64));
    assert!(limit[0] - limit[2] > 0.2, "it moves: {limit:?}");
    let gaps = [100.0, 200.0].map(|alpha| largest_gap(&risks(&mut lazy(&reduction, alpha, 64)), &limit));
    let order = (gaps[0] / gaps[1]).log2();
    // 1/α² where the first order vanishes by a symmetry, 1/α where it does not.
    assert!((0.9..2.1).contains(&order) && gaps[0] < 0.01, "{gaps:?}");
}

/// Eigenvalue and share of E y² of every mode of K π on points, K_ij = ⟨x_i, x_j⟩ E erf'(⟨w, x_i⟩) erf'(…),
/// w ~ N(0, κ²/2 I); erf'(z) = 2/√π e^{−z²}, so that the mean is (4/π)/√det(1 + 2Σ).
fn modes(points: &[Vec<f64>], labels: &[f64]) -> Vec<[f64; 2]> {
    let count = points.len();
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let kernel = |i: usize, j: usize| {
        kernel_of_erf(
            SCALE * SCALE / 2.0,
            [dot(&points[i], &points[i]), dot(&points[j], &points[j]), dot(&points[i], &points[j])],
        ) / count as f64
    };
    let eigen = nalgebra::DMatrix::from_fn(count, count, kernel).symmetric_eigen();
    let labels = nalgebra::DVector::from_column_slice(labels);
    let parts = eigen.eigenvectors.transpose() * labels;
    let shares = parts.iter().map(|part| part * part / count as f64);
    eigen.eigenvalues.iter().copied().zip(shares).map(|(value, share)| [value, share]).collect()
}

/// K of erf at two inputs, w ~ N(0, variance I), from |x|², |x'|² and ⟨x, x'⟩.
fn kernel_of_erf(variance: f64, [own, other, product]: [f64; 3]) -> f64 {
    let [a, b, c] = [own, other, product].map(|square| 2.0 * variance * square);
    product * 4.0 / PI / ((1.0 + a) * (1.0 + b) - c * c).sqrt()
}

#[test]
fn on_points_every_mode_of_the_kernel_decays_at_four_times_its_eigenvalue() {
    let points: Vec<Vec<f64>> =
        (0..7).map(|i| vec![(2.1 * f64::from(i)).sin() * 1.3, (1.7 * f64::from(i) + 0.4).cos()]).collect();
    let labels: Vec<f64> = (0..7).map(|i: usize| points[i][0] + 0.3 * (1.3 * i as f64).cos()).collect();
    let data = DirectedClasses::points(&points, &labels, &[1.0 / 7.0; 7]);
    let reached = Reached { affine: None, along: 2.0, across: 0.0 };
    let landscape = InputLandscape::new(&data, &erf(), Loss::Squared, DimensionLimit::Finite, &reached, 1e-6)
        .expect("a sum");
    let deviation = SCALE / 2f64.sqrt();
    let atoms = Characteristics::sampling(
        landscape.clone(),
        Panels::new(2, 4000, 1e-6, 4000),
        |g| [deviation * g[0], deviation * g[1]],
        [f64::NEG_INFINITY; 2],
        TOLERANCE,
    );
    let found = risks(&mut Linearised::new(&landscape, &atoms, 1e-11));
    let modes = modes(&points, &labels);
    let exact = TIMES.map(|t| modes.iter().map(|[value, share]| share * (-4.0 * value * t).exp()).sum());
    assert!(exact[0] - exact[2] > 0.1, "it moves: {exact:?}");
    // Nodes of the start: doubling their number changes the last by 2e-9.
    assert!(largest_gap(&found, &exact) < 1e-7, "{found:?} {exact:?}");
}

/// The risk of y = 0.8 He₁ + 0.6 He₂ under σ = c₁ He₁ + c₂ He₂, whose K = c₁² ⟨x, x'⟩ + μ ⟨x, x'⟩²,
/// μ = 2 c₂² κ²/d, maps the span of x₁, f = x₁² − 1, S = |x|² − d and 1 to itself: T f = 2μ (f + 1),
/// T S = 2μ (S + d), T 1 = μ (S + d); E f² = E f S = 2, E S² = 2d.
fn risk_of_quadratic([first, second]: [f64; 2], time: f64) -> f64 {
    let d = DIMENSION as f64;
    let mu = 2.0 * second * second * SCALE * SCALE / d;
    let rates = nalgebra::Matrix3::new(2.0, 0.0, 0.0, 0.0, 2.0, 1.0, 2.0, 2.0 * d, d) * (-2.0 * mu * time);
    let [a, b, c] = (rates.exp() * nalgebra::Vector3::new(0.6 / 2f64.sqrt(), 0.0, 0.0)).into();
    let of_first = 0.64 * (-4.0 * first * first * time).exp();
    of_first + 2.0 * a * a + 4.0 * a * b + 2.0 * d * b * b + c * c
}

#[test]
fn a_kernel_of_two_degrees_leaves_a_plateau() {
    let coefficients = [0.7, 0.3];
    let sigma = hermite(&[0.0, 0.7, 0.3]);
    let reduction = reduced(&problem(&[0.0, 0.8, 0.6], sigma), 1e-6);
    let found = risks(&mut linearised(&reduction, 400));
    let exact = TIMES.map(|time| risk_of_quadratic(coefficients, time));
    assert!(exact[0] > 0.8 && exact[2] < 0.4, "the plateau is 0.36: {exact:?}");
    // What the kernel leaves out; nodes of the start integrate the square of a normal weight to 1e-6.
    assert!(largest_gap(&found, &exact) < 1e-5, "{found:?} {exact:?}");
}

#[test]
fn weights_that_follow_more_slowly_slow_the_kernel() {
    let (landscape, start) = reduced(&problem(&[0.0, 0.8, 0.6], hermite(&[0.0, 0.7, 0.3])), 1e-3);
    let slow = ParameterGroup { factor: 0.25, ..ParameterGroup::default() };
    let groups = ParameterGroups { w: slow, ..ParameterGroups::default() };
    let mut slowed = linearised(&(landscape.clone().with_groups(groups, Unit::Inner), start.clone()), 64);
    let mut plain = linearised(&(landscape, start), 64);
    while slowed.advance(1.2).expect("followed") == Stride::Underway {}
    while plain.advance(0.3).expect("followed") == Stride::Underway {}
    // Both step alike, to 1e-10 a step.
    assert!((slowed.risk() - plain.risk()).abs() < 1e-8, "{} {}", slowed.risk(), plain.risk());
}

#[test]
fn the_first_slope_of_the_risk_meets_samples_of_the_unreduced_kernel() {
    let target = hermite(&[0.0, 0.8, 0.0, 0.6]);
    let reduction = reduced(&problem(&[0.0, 0.8, 0.0, 0.6], erf()), 1e-4);
    let mut system = linearised(&reduction, 1000);
    let first = system.risk();
    let step = 1e-5;
    while system.advance(step).expect("followed") == Stride::Underway {}
    let slope = (system.risk() - first) / step;
    // dR/dt = −4 E y K y' over pairs of inputs.
    let mut mean = 0.0;
    let mut square = 0.0;
    let mut draws = Deviates(7);
    let count = 400_000;
    for _ in 0..count {
        let mut squares = [0.0; 3];
        let mut values = [0.0; 2];
        for k in 0..DIMENSION {
            let pair = [draws.normal(), draws.normal()];
            if k == 0 {
                values = pair.map(|z| target.value(z));
            }
            let [x, y] = pair;
            [x * x, y * y, x * y].iter().zip(&mut squares).for_each(|(own, sum)| *sum += own);
        }
        let variance = SCALE * SCALE / DIMENSION as f64;
        let sample = -4.0 * values[0] * values[1] * kernel_of_erf(variance, squares);
        mean += sample / f64::from(count);
        square += sample * sample / f64::from(count);
    }
    let error = ((square - mean * mean) / f64::from(count)).sqrt();
    assert!(error < 0.02 * slope.abs(), "{slope} {error}");
    assert!((slope - mean).abs() < 4.0 * error, "{slope} instead of {mean} ± {error}");
}

/// Deviates of N(0, 1) that are always the same: Box–Muller on a congruential generator.
struct Deviates(u64);

impl Deviates {
    /// Uniform on (0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (2.0 * PI * self.uniform()).cos()
    }
}
