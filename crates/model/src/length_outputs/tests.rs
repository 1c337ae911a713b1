//! Tests of any loss on blocks: of the squared loss against the series, where blocks do not differ against
//! those of fewer, against quadrature over angles and lengths, and against samples of data that nothing
//! reduces.

use super::*;
use crate::activation::{Activation, Placement, Shape, Smooth};
use crate::block_series::tests::split;
use crate::block_series::{AffineSeries, RadiiSeries};
use crate::data::{BlockClass, BlockClasses, Class, GaussianClasses};
use crate::data_quadrature::DataQuadrature;
use crate::deviates::Deviates;
use crate::landscape::Landscape;
use crate::radial_series::DimensionLimit;
use crate::sphere;

const FINITE: DimensionLimit = DimensionLimit::Finite;
/// (r₁, r₂) and their masses.
const LAW: [([f64; 2], f64); 2] = [([0.4, 1.1], 0.3), ([1.2, 0.7], 0.7)];
/// Farthest r₁, r₂.
const LARGEST: [f64; 2] = [1.6, 1.6];

/// So gentle that the series has U to 1e-11 in blocks of ten dimensions.
fn gentle() -> Activation {
    let place = Placement { height: 2.0, gain: 0.5, offset: 0.4, constant: -0.4 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

fn two() -> BlockClasses {
    BlockClasses::anisotropic(30, 10, 0.4).expect("valid")
}

fn series(data: &BlockClasses, tolerance: f64) -> Result<RadiiSeries, BlockSeriesError> {
    RadiiSeries::new(data, &gentle(), FINITE, LARGEST, tolerance)
}

fn outputs(data: &BlockClasses, loss: Loss, tolerance: f64) -> LengthOutputs<RadiiSeries> {
    let sides = LARGEST.map(|largest| [0.0, largest]);
    LengthOutputs::new(loss, sides, tolerance, |tolerance| series(data, tolerance)).expect("converges")
}

/// Risk, Ψ and ∇Ψ at z of a law.
fn state<const D: usize>(
    landscape: &impl Landscape<D>,
    law: &[([f64; D], f64)],
    z: [f64; D],
) -> (f64, f64, [f64; D]) {
    let moments = landscape.moments(&mut law.iter().copied());
    let rank = landscape.rank();
    let [mut coefficients, mut values] = [0; 2].map(|_| vec![0.0; rank]);
    let mut gradients = vec![[0.0; D]; rank];
    landscape.potential_coefficients(&moments, &mut coefficients);
    landscape.features(z, &mut values, &mut gradients);
    let potential = coefficients.iter().zip(&values).map(|(c, value)| c * value).sum();
    let slope = |axis: usize| coefficients.iter().zip(&gradients).map(|(c, slope)| c * slope[axis]).sum();
    (landscape.risk(&moments), potential, std::array::from_fn(slope))
}

fn close(found: f64, exact: f64, within: f64, what: &str) {
    assert!((found - exact).abs() < within, "{what}: {found} {exact}, {:.1e} apart", found - exact);
}

#[test]
fn the_squared_loss_is_the_series() {
    let data = two();
    let nodes = outputs(&data, Loss::Squared, 1e-10);
    let own = &nodes.used.series;
    let (risk, potential, slopes) = state(&nodes, &LAW, [0.5, 0.9]);
    let (exact, exact_potential, exact_slopes) = state(own, &LAW, [0.5, 0.9]);
    // The tolerance of the rule.
    close(risk, exact, 1e-9, "risk");
    close(potential, exact_potential, 1e-9, "Ψ");
    (0..2).for_each(|c| close(slopes[c], exact_slopes[c], 1e-9, "∇Ψ"));
    let moments = |landscape: &dyn Features<2>, energy: &dyn Energy| {
        let mut values = vec![0.0; landscape.rank()];
        landscape.values([0.5, 0.9], &mut values);
        energy.interaction(&values)
    };
    close(moments(&nodes, &nodes), moments(own, own), 1e-9, "U");
}

#[test]
fn output_weights_and_offsets_are_linear_and_shifts() {
    let data = two();
    let make = |tolerance: f64| AffineSeries::new(&data, &gentle(), FINITE, [2.0, 1.0, 1.6, 1.6], tolerance);
    let sides = [[-2.0, 2.0], [-1.0, 1.0], [0.0, 1.6], [0.0, 1.6]];
    let law = [([1.3, -0.4, 0.4, 1.1], 0.3), ([-0.8, 0.6, 1.2, 0.7], 0.7)];
    let z = [0.7, 0.3, 0.5, 0.9];
    let squared = LengthOutputs::new(Loss::Squared, sides, 1e-9, make).expect("converges");
    let (risk, potential, slopes) = state(&squared, &law, z);
    let (exact, exact_potential, exact_slopes) = state(&squared.used.series, &law, z);
    close(risk, exact, 1e-9, "risk");
    close(potential, exact_potential, 1e-9, "Ψ");
    (0..4).for_each(|c| close(slopes[c], exact_slopes[c], 1e-8, "∇Ψ"));
    let logistic = LengthOutputs::new(Loss::Logistic, sides, 1e-5, make).expect("converges");
    check_gradients(&logistic, &law, z);
    assert!(Landscape::<4>::has_outer_weight(&logistic));
}

#[test]
fn a_wide_huber_loss_is_half_the_squared_one() {
    let data = two();
    let huber = outputs(&data, Loss::Huber { threshold: 50.0 }, 1e-11);
    let squared = outputs(&data, Loss::Squared, 1e-10);
    let (risk, potential, _) = state(&huber, &LAW, [0.5, 0.9]);
    let (exact, exact_potential, _) = state(&squared, &LAW, [0.5, 0.9]);
    // Of losses whose curvature may jump 1e-5 is allowed, in risks of neurons farther out.
    close(risk, 0.5 * exact, 1e-6, "risk");
    close(potential, 0.5 * exact_potential, 1e-6, "Ψ");
}

#[test]
fn blocks_that_do_not_differ_are_one() {
    let mut data = two();
    data.classes.iter_mut().for_each(|class| class.scales = [class.scales[0]; 2]);
    let class =
        |class: &BlockClass| Class { weight: class.weight, label: class.label, scale: class.scales[0] };
    let one = GaussianClasses { dimension: 30, classes: data.classes.iter().map(class).collect() };
    for loss in [Loss::Logistic, Loss::Welsch { scale: 1.0 }] {
        let radial = DataQuadrature::new(&one, &gentle(), loss, FINITE, 1.6, 1e-11).expect("converges");
        let law = [(0.7, 0.4), (1.3, 0.6)];
        let parts: Vec<([f64; 2], f64)> = law
            .iter()
            .flat_map(|(r, share)| split(*r, [10, 20]).into_iter().map(move |(z, mass)| (z, share * mass)))
            .collect();
        let blocks = outputs(&data, loss, 1e-10);
        let (risk, potential, slopes) = state(&blocks, &parts, [0.5, 0.9]);
        let r = 0.5_f64.hypot(0.9);
        let (exact, exact_potential, [slope]) = state(&radial, &law.map(|(r, mass)| ([r], mass)), [r]);
        // What the series leaves, in first order: the root of 1e-10 times what ℓ' has of such degrees.
        close(risk, exact, 1e-10, "risk");
        close(potential, exact_potential, 1e-10, "Ψ");
        close(slopes[0], slope * 0.5 / r, 1e-9, "∇Ψ");
        close(slopes[1], slope * 0.9 / r, 1e-9, "∇Ψ");
        assert!(
            (risk - radial.risk(&vec![0.0; radial.rank()])).abs() > 0.01,
            "the test must be able to fail"
        );
    }
}

#[test]
fn two_equal_scales_of_three_are_two_blocks() {
    let data = two();
    let class = |class: &BlockClass| BlockClass {
        weight: class.weight,
        label: class.label,
        scales: [class.scales[0], class.scales[1], class.scales[1]],
    };
    let three =
        BlockClasses::<3> { dimensions: [10, 8, 12], classes: data.classes.iter().map(class).collect() };
    let make = |tolerance: f64| RadiiSeries::new(&three, &gentle(), FINITE, [1.6; 3], tolerance);
    let of_three = LengthOutputs::new(Loss::Logistic, [[0.0, 1.6]; 3], 1e-9, make).expect("converges");
    let of_two = outputs(&data, Loss::Logistic, 1e-10);
    let parts: Vec<([f64; 3], f64)> = LAW
        .iter()
        .flat_map(|([r1, rest], share)| {
            split(*rest, [8, 12]).into_iter().map(move |([r2, r3], mass)| ([*r1, r2, r3], share * mass))
        })
        .collect();
    let (risk, potential, slopes) = state(&of_three, &parts, [0.5, 0.3, 0.6]);
    let rest = 0.3_f64.hypot(0.6);
    let (exact, exact_potential, [along, across]) = state(&of_two, &LAW, [0.5, rest]);
    close(risk, exact, 1e-9, "risk");
    close(potential, exact_potential, 1e-9, "Ψ");
    let exact_slopes = [along, across * 0.3 / rest, across * 0.6 / rest];
    (0..3).for_each(|c| close(slopes[c], exact_slopes[c], 1e-8, "∇Ψ"));
}

/// E f(r₁ s₁ ζ₁ + r₂ s₂ ζ₂) over independent cosines, `arguments` r_B s_B.
fn over_angles(rules: &[Vec<(f64, f64)>; 2], arguments: [f64; 2], f: impl Fn(f64) -> f64) -> f64 {
    let first = rules[0].iter();
    first
        .map(|(zeta, weight)| {
            let inner = rules[1].iter();
            let of_second = inner.map(|(eta, share)| share * f(arguments[0] * zeta + arguments[1] * eta));
            weight * of_second.sum::<f64>()
        })
        .sum()
}

/// The output of [`LAW`] at |x_B| = `lengths`. Shares nothing with the series.
fn output_of_law(rules: &[Vec<(f64, f64)>; 2], sigma: &Activation, lengths: [f64; 2]) -> f64 {
    let of_mass = LAW.iter().map(|(radii, mass)| {
        let arguments = [radii[0] * lengths[0], radii[1] * lengths[1]];
        mass * over_angles(rules, arguments, |z| sigma.value(z))
    });
    of_mass.sum()
}

#[test]
fn risks_and_potentials_meet_quadrature_over_angles_and_lengths() {
    let (data, sigma, z) = (two(), gentle(), [0.5, 0.9]);
    let rules = data.dimensions.map(|d| sphere::quadrature(d, 24).expect("symmetric"));
    let lengths = data.dimensions.map(|d| sphere::lengths(d, 24).expect("symmetric"));
    for loss in [Loss::Logistic, Loss::Welsch { scale: 2.0 }] {
        let [mut risk, mut potential, mut slope] = [0.0; 3];
        for class in &data.classes {
            for (s, weight) in &lengths[0] {
                for (t, share) in &lengths[1] {
                    let places = [class.scales[0] * s, class.scales[1] * t];
                    let output = output_of_law(&rules, &sigma, places);
                    let share = class.weight * weight * share;
                    let own = [z[0] * places[0], z[1] * places[1]];
                    let half = 0.5 * share * loss.slope(class.label, output);
                    risk += share * loss.value(class.label, output);
                    potential += half * over_angles(&rules, own, |z| sigma.value(z));
                    let longer = [(z[0] + 1e-4) * places[0], own[1]];
                    let shorter = [(z[0] - 1e-4) * places[0], own[1]];
                    let [up, down] =
                        [longer, shorter].map(|own| over_angles(&rules, own, |z| sigma.value(z)));
                    slope += half * (up - down) / 2e-4;
                }
            }
        }
        let (found, found_potential, slopes) = state(&outputs(&data, loss, 1e-10), &LAW, z);
        close(found, risk, 1e-9, "risk");
        close(found_potential, potential, 1e-9, "Ψ");
        // A central difference: 1e-8 times a sixth of the third derivative.
        close(slopes[0], slope, 1e-8, "∇Ψ");
    }
}

#[test]
fn risks_meet_samples() {
    let (data, sigma) = (two(), gentle());
    let rules = data.dimensions.map(|d| sphere::quadrature(d, 8).expect("symmetric"));
    for loss in [Loss::Logistic, Loss::Huber { threshold: 0.4 }] {
        let mut draws = Deviates(3);
        let count = 60_000;
        let [mut sum, mut square] = [0.0; 2];
        for i in 0..count {
            let class = &data.classes[i % 2];
            let lengths = [0, 1].map(|block| {
                let x: Vec<f64> =
                    (0..data.dimensions[block]).map(|_| class.scales[block] * draws.normal()).collect();
                x.iter().map(|x| x * x).sum::<f64>().sqrt()
            });
            let sample = loss.value(class.label, output_of_law(&rules, &sigma, lengths));
            (sum, square) = (sum + sample, square + sample * sample);
        }
        let mean = sum / count as f64;
        let error = ((square / count as f64 - mean * mean) / count as f64).sqrt();
        let (found, ..) = state(&outputs(&data, loss, 1e-6), &LAW, [0.5, 0.9]);
        assert!(error < 3e-3, "the test must be able to fail: {error}");
        assert!((found - mean).abs() < 4.0 * error, "{loss:?}: {found}, {mean} ± {error}");
    }
}

/// The gradient of Ψ against differences, and values alone against those with gradients.
fn check_gradients<const D: usize>(landscape: &impl Landscape<D>, law: &[([f64; D], f64)], z: [f64; D]) {
    let (_, _, slopes) = state(landscape, law, z);
    for c in 0..D {
        let [mut above, mut below] = [z; 2];
        above[c] += 1e-5;
        below[c] -= 1e-5;
        let [up, down] = [above, below].map(|z| state(landscape, law, z).1);
        close((up - down) / 2e-5, slopes[c], 1e-8, "∇Ψ");
    }
    let rank = landscape.rank();
    let [mut alone, mut values] = [0; 2].map(|_| vec![0.0; rank]);
    landscape.values(z, &mut alone);
    landscape.features(z, &mut values, &mut vec![[0.0; D]; rank]);
    alone.iter().zip(&values).for_each(|(alone, value)| close(*alone, *value, 1e-12, "an output"));
}

#[test]
fn gradients_are_those_of_the_potential() {
    for loss in [Loss::Logistic, Loss::Huber { threshold: 0.4 }] {
        let landscape = outputs(&two(), loss, 1e-6);
        for z in [[0.5, 0.9], [0.05, 1.3], [1.5, 0.03]] {
            check_gradients(&landscape, &LAW, z);
        }
    }
}

#[test]
fn squares_of_outputs_are_means_of_squares() {
    let data = two();
    let landscape = outputs(&data, Loss::Logistic, 1e-8);
    let squares = landscape.squared_outputs(&mut LAW.into_iter()).expect("outputs");
    let nodes = landscape.used.rule.loss.nodes.iter();
    let all: f64 = nodes.zip(&squares).map(|(node, square)| node.share * square).sum();
    let exact: f64 = LAW.iter().map(|(z, mass)| mass * landscape.self_interaction(*z)).sum();
    close(all, exact, 1e-10, "U(θ, θ)");
    let moments = landscape.moments(&mut LAW.into_iter());
    let nodes = landscape.used.rule.loss.nodes.iter().zip(&squares).zip(&moments);
    // Far out, where hardly any input is, the cut series is of no use.
    let mut likely = nodes.filter(|((node, _), _)| node.share > 1e-4);
    assert!(likely.all(|((_, square), m)| *square > m * m), "a variance is not positive");
    assert!(landscape.independent_bias(&mut LAW.into_iter(), &moments) > 0.0);
}

#[test]
fn in_infinite_dimension_lengths_are_fixed() {
    let data = two();
    let make =
        |tolerance: f64| RadiiSeries::new(&data, &gentle(), DimensionLimit::Infinite, LARGEST, tolerance);
    let landscape = LengthOutputs::new(Loss::Logistic, [[0.0, 1.6]; 2], 1e-9, make).expect("one node");
    assert_eq!(landscape.terms(), 2);
    let (risk, ..) = state(&landscape, &LAW, [0.5, 0.9]);
    let exact: f64 = data
        .classes
        .iter()
        .map(|class| {
            let output: f64 = LAW
                .iter()
                .map(|(radii, mass)| {
                    let scale = (class.scales[0] * radii[0]).hypot(class.scales[1] * radii[1]);
                    mass * gentle().mean(0.0, scale)
                })
                .sum();
            class.weight * Loss::Logistic.value(class.label, output)
        })
        .sum();
    close(risk, exact, 1e-11, "risk");
}

#[test]
fn a_tolerance_out_of_reach_names_one_within() {
    let steep = Activation::Smooth(Smooth {
        shape: Shape::Tanh,
        place: Placement { gain: 9.0, ..Placement::default() },
    });
    let data = BlockClasses::anisotropic(6, 2, 0.6).expect("valid");
    let make = |tolerance: f64| RadiiSeries::new(&data, &steep, FINITE, LARGEST, tolerance);
    let error =
        LengthOutputs::new(Loss::Logistic, [[0.0, 1.6]; 2], 1e-9, make).expect_err("converges slowly");
    assert!(error.reachable().is_some_and(|reachable| reachable > 1e-9), "{error}");
}
