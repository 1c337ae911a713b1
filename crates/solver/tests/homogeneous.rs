//! The Gibbs state of homogeneous σ by radial factorisation: against a closed form up to the very limit of
//! its ridge, against quadrature of all four coordinates, against the quadrature of three that knows nothing
//! of homogeneity; and its reported law.

use crate::support;

use std::f64::consts::TAU;
use std::num::NonZeroUsize;

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::block_series::AffineSeries;
use meanfield_model::data::BlockClasses;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::volume::VolumeElement;
use meanfield_run::system::Observation;
use meanfield_solver::gibbs::{
    Amplitude, Bath, GibbsOfHomogeneous, GibbsWithOuterWeight, gibbs_state, unbiased,
};
use meanfield_solver::panelled::{PanelledBox, Side};
use support::{OneFeature, scalar, state};

/// R = (1 − m)², m = ∫ a b dρ: a linear neuron that does not see the data. Its Gibbs state is Gaussian
/// in all parameters.
fn linear([a, b, ..]: [f64; 4]) -> (f64, [f64; 4]) {
    (a * b, [b, a, 0.0, 0.0])
}

const LINEAR: OneFeature<4> = OneFeature { feature: linear };

/// Of `LINEAR`: 1 − κ², m and F. (a, b) has the precision [[1, κ], [κ, 1]]/v, so m = −κv/(1 − κ²) = 1 + λκ.
fn of_linear(parameters: f64, temperature: f64, ridge: f64) -> [f64; 3] {
    let v = temperature / ridge;
    // x = 1 + κ: 1 − λ + λx falls short of (1 − x)v/(x(2 − x)) at first; by bisection in ln x.
    let mut low = -60.0_f64;
    let mut high = 0.0_f64;
    for _ in 0..200 {
        let x = (0.5 * (low + high)).exp();
        let enough = 1.0 - ridge + ridge * x > (1.0 - x) * v / (x * (2.0 - x));
        *(if enough { &mut high } else { &mut low }) = 0.5 * (low + high);
    }
    let x = low.exp();
    let room = x * (2.0 - x);
    let m = 1.0 - ridge + ridge * x;
    let ln_partition = 0.5 * (parameters + 1.0) * (TAU * v).ln() - 0.5 * room.ln();
    [room, m, 0.5 * (1.0 - m).powi(2) - (m - 1.0) * m - temperature * ln_partition]
}

#[test]
fn a_linear_neuron_is_gaussian_up_to_the_limit_of_its_ridge() {
    for dimensions in [[3, 2], [60, 260]] {
        for (temperature, ridge) in [(0.5, 2.0), (0.01, 0.3), (1e-5, 0.3)] {
            if temperature < 0.01 && dimensions[0] > 3 {
                continue; // found as well, but so thin a law takes a minute to report
            }
            let seen = state(GibbsOfHomogeneous::new(LINEAR, dimensions, [temperature, ridge], [40; 4]));
            let n = (1 + dimensions[0] + dimensions[1]) as f64;
            let [room, m, free_energy] = of_linear(n, temperature, ridge);
            // Moments are found to 1e-12 of their size, or to the rounding of κ over its distance from 1.
            let close = 1e-11_f64.max(1e-13 / room);
            let tag = format!("{dimensions:?} 1/β = {temperature:e}, λ = {ridge}, 1 − κ² = {room:.1e}");
            assert!((seen.risk - (1.0 - m).powi(2)).abs() < close, "{tag}: R = {} {m}", seen.risk);
            let error = scalar(&seen, "free_energy") - free_energy;
            assert!(
                error.abs() < 1e-11 * (1.0 + free_energy.abs()) + temperature * close,
                "{tag}: F {error:e}"
            );
            // E|θ|² = v (n − 1) + 2v/(1 − κ²).
            let square = temperature / ridge * (n - 1.0 + 2.0 / room);
            let found = (scalar(&seen, "regularized_risk") - seen.risk) / ridge;
            assert!((found / square - 1.0).abs() < 1e-10 + 3e-14 / room, "{tag}: {found} {square}");
        }
    }
}

fn relu(dimensions: [usize; 2]) -> (BlockClasses, AffineSeries) {
    let [first, second] = dimensions;
    let data = BlockClasses::anisotropic(first + second, first, 0.6).expect("valid");
    let sigma = Activation::PiecewiseLinear(PiecewiseLinear::leaky_relu(-0.2));
    let box_of_kernel = [3.0, 3.0, 4.0, 4.0];
    let series = AffineSeries::new(&data, &sigma, DimensionLimit::Finite, box_of_kernel, 0.1);
    (data, series.expect("converges"))
}

#[test]
fn it_is_the_state_of_all_four_coordinates() {
    let (data, series) = relu([2, 3]);
    let temperature = 0.1;
    let ridge = 0.6;
    let exact =
        state(GibbsOfHomogeneous::new(series.clone(), data.dimensions, [temperature, ridge], [80; 4]));
    let [coarse, fine] = [4, 5].map(|count: usize| {
        let line = |end: f64| Side::Panels { lower: -end, upper: end, count, element: VolumeElement::Line };
        let radius =
            |n: usize| Side::Panels { lower: 0.0, upper: 4.5, count, element: VolumeElement::Radius(n) };
        let per_panel = NonZeroUsize::new(6).expect("positive");
        let sides = [line(4.5), line(4.5), radius(2), radius(3)];
        let nodes = PanelledBox { sides, per_panel }.nodes();
        let bath = Bath { temperature, ridge, amplitude: Amplitude::One };
        gibbs_state(&series, &nodes, bath, unbiased(&series)).expect("found")
    });
    for (name, exact, coarse, fine) in [
        ("R", exact.risk, coarse.risk, fine.risk),
        ("F", scalar(&exact, "free_energy"), coarse.free_energy, fine.free_energy),
    ] {
        // Quadrature of the kink of σ at b = r = 0 converges slowly: 3, 4 and 5 panels a side err by 5e-4,
        // 4e-6 and 4e-5 in R.
        let error = (exact - fine).abs().max((exact - coarse).abs());
        assert!(error < 1e-4, "{name}: {exact} {coarse} {fine}");
    }
}

#[test]
fn it_is_what_quadrature_of_three_coordinates_finds() {
    let (data, series) = relu([6, 14]);
    let temperature = 0.02;
    let ridge = 0.5;
    let exact =
        state(GibbsOfHomogeneous::new(series.clone(), data.dimensions, [temperature, ridge], [160; 4]));
    let [first, second] = data.dimensions.map(VolumeElement::Radius);
    let elements = [VolumeElement::Line, VolumeElement::Line, first, second];
    let other = state(GibbsWithOuterWeight::new(
        series,
        elements,
        [temperature, ridge],
        [1.6, 1.6, 2.5, 2.5],
        [160; 4],
    ));
    // Both say that a finer quadrature changes R by less than 1e-10.
    assert!((exact.risk - other.risk).abs() < 1e-9, "{} {}", exact.risk, other.risk);
    for name in ["free_energy", "regularized_risk"] {
        let a = scalar(&exact, name);
        let b = scalar(&other, name);
        assert!((a - b).abs() < 1e-9, "{name}: {a} {b}");
    }
    for c in 0..4 {
        let a = exact.law.marginal(c);
        let b = other.law.marginal(c);
        // Means keep the order of the polynomials; a cell adds a sixth of its width squared to the variance.
        assert!((a.mean() - b.mean()).abs() < 1e-6, "{c}: {} {}", a.mean(), b.mean());
        let a = a.standard_deviation();
        let b = b.standard_deviation();
        assert!((a / b - 1.0).abs() < 2e-3, "{c}: {a} {b}");
    }
}

#[test]
fn a_law_with_thin_parts_far_out_is_reported_whole_and_smooth() {
    // Some 1 % of the neurons, |w| ≈ 13, learn; the others are noise with deviations of 0.1.
    let (data, series) = relu([60, 260]);
    let temperature = 0.0025;
    let ridge = 0.1;
    let seen = state(GibbsOfHomogeneous::new(series, data.dimensions, [temperature, ridge], [160; 4]));
    // An independent integral in other coordinates: the pieces' polynomials stand for 1e-7 each at most.
    assert!(scalar(&seen, "mass_error") < 1e-6, "{}", scalar(&seen, "mass_error"));
    let found = (0..4)
        .map(|c: usize| {
            let own = seen.law.marginal(c);
            own.mean().powi(2) + own.standard_deviation().powi(2)
        })
        .sum::<f64>();
    let exact = (scalar(&seen, "regularized_risk") - seen.risk) / ridge;
    // A cell adds a sixth of its width squared.
    assert!((found / exact - 1.0).abs() < 5e-3, "{found} {exact}");
    for c in 0..4 {
        let maxima = maxima(&seen, c);
        assert!(maxima <= 3, "coordinate {c}: {maxima} maxima");
    }
}

/// Local maxima of the density along a coordinate that stand out by a thousandth of its largest value.
fn maxima(seen: &Observation, coordinate: usize) -> usize {
    let axis = &seen.law.axes().expect("cells")[coordinate];
    let marginal = seen.law.marginal(coordinate);
    let below: Vec<f64> = axis.faces().iter().map(|face| marginal.distribution(*face)).collect();
    let density: Vec<f64> = (0..axis.cells()).map(|i| (below[i + 1] - below[i]) / axis.width(i)).collect();
    let least = 1e-3 * density.iter().copied().fold(0.0, f64::max);
    let mut maxima = 0;
    let mut rising = true;
    let mut turn = 0.0_f64;
    for value in density {
        turn = if rising { turn.max(value) } else { turn.min(value) };
        if (rising && value < turn - least) || (!rising && value > turn + least) {
            maxima += usize::from(rising);
            (rising, turn) = (!rising, value);
        }
    }
    maxima
}
