//! Tests of the series of two blocks: against quadrature over angles, against samples, and the properties of
//! a landscape. Those of three have a file of their own.

mod three_blocks;

use super::*;
use crate::activation::{PiecewiseLinear, Placement, Shape, Smooth, examples};
use crate::coordinates::Coordinates;
use crate::data::{BlockClass, Class, GaussianClasses};
use crate::deviates::Deviates;
use crate::landscape::Landscape;
use crate::normal;
use crate::quadrature::{gaussian_expectation, legendre};
use crate::radial_series::RadialSeries;
use crate::sphere;

const FINITE: DimensionLimit = DimensionLimit::Finite;
const INFINITE: DimensionLimit = DimensionLimit::Infinite;

/// Largest |a|, |b|, r₁, r₂ of the tests.
const LARGEST: [f64; 4] = [1.5, 1.0, 2.0, 2.0];
/// Two neurons (a, b, r₁, r₂).
const ONE: [f64; 4] = [1.2, 0.6, 0.4, 0.9];
const OTHER: [f64; 4] = [-0.7, -0.8, 1.3, 0.5];

fn relu() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::relu())
}

fn tanh() -> Activation {
    let place = Placement { height: 2.0, gain: 1.3, offset: 0.7, constant: -0.4 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

fn activations() -> [Activation; 3] {
    [relu(), examples::figure_1(), tanh()]
}

fn blocks(dimension: usize, relevant: usize) -> BlockClasses {
    BlockClasses::anisotropic(dimension, relevant, 0.6).expect("valid")
}

fn radii_series(data: &BlockClasses, sigma: &Activation, largest: f64, tolerance: f64) -> RadiiSeries {
    RadiiSeries::new(data, sigma, FINITE, [largest; 2], tolerance).expect("converges")
}

fn affine_series(data: &BlockClasses, sigma: &Activation, tolerance: f64) -> AffineSeries {
    AffineSeries::new(data, sigma, FINITE, LARGEST, tolerance).expect("converges")
}

fn moments<const D: usize>(landscape: &impl Landscape<D>, z: [f64; D]) -> Vec<f64> {
    landscape.moments(&mut std::iter::once((z, 1.0)))
}

/// U(z, z') by polarising the quadratic form: ¼ (I(m + m') − I(m − m')).
fn kernel<const D: usize>(landscape: &impl Landscape<D>, z: [f64; D], other: [f64; D]) -> f64 {
    let m = moments(landscape, z);
    let n = moments(landscape, other);
    let combine = |sign: f64| m.iter().zip(&n).map(|(m, n)| m + sign * n).collect::<Vec<f64>>();
    0.25 * (landscape.interaction(&combine(1.0)) - landscape.interaction(&combine(-1.0)))
}

/// E f(G), G ~ N(0,1), by the trapezoid rule with so many steps to 1: of an f that is analytic within d of
/// the real line it leaves e^{−2π steps d}, with a third of the values of [`gaussian_expectation`] or fewer.
pub(crate) fn by_trapezoids(steps: i32, f: impl Fn(f64) -> f64) -> f64 {
    let step = f64::from(steps).recip();
    // |G| beyond 9 has probability 2e-19.
    (-9 * steps..=9 * steps).map(|i| step * f64::from(i)).map(|g| step * normal::density(g) * f(g)).sum()
}

/// E σ(SG + b) σ(S'G' + b') at correlation c, over G and, within, what is left of G'.
fn pair(sigma: &Activation, [b, scale]: [f64; 2], [c, other]: [f64; 2], correlation: f64) -> f64 {
    let along = other * correlation;
    let spread = other * (1.0 - correlation * correlation).max(0.0).sqrt();
    let mut breaks = Vec::new();
    for kink in sigma.kinks() {
        let centre = (kink - c) / along;
        let width = spread / along.abs();
        breaks.push((kink - b) / scale);
        breaks.extend([-8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0].map(|m| centre + m * width));
    }
    breaks.retain(|end| end.is_finite());
    let given = |g: f64| sigma.value(b + scale * g) * sigma.mean(c + along * g, spread);
    match sigma.kinks().is_empty() {
        // tanh(1.3 S g) with S ≤ 2.6 has its poles 0.46 away: e^{−2π 12 0.46} = 9e-16.
        true => by_trapezoids(12, given),
        false => gaussian_expectation(&breaks, given),
    }
}

/// Cosines within every block, and the weight of each set of them.
fn cosines<const B: usize>(dimensions: [usize; B], nodes: usize) -> Vec<([f64; B], f64)> {
    let mut all = vec![([0.0; B], 1.0)];
    for (block, dimension) in dimensions.into_iter().enumerate() {
        let rule = sphere::quadrature(dimension, nodes).expect("symmetric");
        let more = |(mut cosines, weight): ([f64; B], f64)| {
            rule.iter().map(move |(cosine, share)| {
                cosines[block] = *cosine;
                (cosines, weight * share)
            })
        };
        all = all.into_iter().flat_map(more).collect();
    }
    all
}

/// U between neurons (a, b) and radii by quadrature over the cosines ζ within all blocks and the inputs.
/// Shares nothing with the series.
fn kernel_by_quadrature<const B: usize>(
    data: &BlockClasses<B>,
    sigma: &Activation,
    ([a, b], radii): ([f64; 2], [f64; B]),
    ([c, d], others): ([f64; 2], [f64; B]),
) -> f64 {
    let nodes = cosines(data.dimensions, if B == 2 { 12 } else { 6 });
    let mut total = 0.0;
    for class in &data.classes {
        let size = |radii: [f64; B]| {
            class.scales.iter().zip(radii).map(|(scale, radius)| (scale * radius).powi(2)).sum::<f64>().sqrt()
        };
        let [s, t] = [radii, others].map(size);
        for (cosines, weight) in &nodes {
            let products = (0..B)
                .map(|block| class.scales[block].powi(2) * radii[block] * others[block] * cosines[block]);
            let product = pair(sigma, [b, s], [d, t], products.sum::<f64>() / (s * t));
            total += class.weight * weight * product;
        }
    }
    a * c * total
}

/// (a, b) and the radii.
fn parts([a, b, r1, r2]: [f64; 4]) -> ([f64; 2], [f64; 2]) {
    ([a, b], [r1, r2])
}

/// Dimensions, and the tolerances that [`activations`] reach there: small blocks converge slowly, the more so
/// the steeper σ.
fn cases() -> impl Iterator<Item = (BlockClasses, Activation, f64)> {
    let reached = [(6, 2, [1e-4, 5e-2, 1e-3]), (6, 1, [1e-3, 3e-1, 1e-2]), (40, 10, [1e-8; 3])];
    reached.into_iter().flat_map(|(dimension, relevant, tolerances)| {
        activations()
            .into_iter()
            .zip(tolerances)
            .map(move |(sigma, within)| (blocks(dimension, relevant), sigma, within))
    })
}

#[test]
fn the_series_meets_quadrature_over_angles() {
    for (data, sigma, tolerance) in cases() {
        let check = |found: f64, exact: f64| {
            // Neurons of different shares leave far less than the bound, which is for parallel ones.
            let error = (found - exact).abs();
            assert!(error < 1e-4 * tolerance, "{sigma:?} {:?}: {error:.1e}", data.dimensions);
        };
        let radii = radii_series(&data, &sigma, 2.0, tolerance);
        for (z, other) in [([0.4, 0.9], [1.3, 0.5]), ([1.6, 0.2], [0.3, 1.1])] {
            let exact = kernel_by_quadrature(&data, &sigma, ([1.0, 0.0], z), ([1.0, 0.0], other));
            check(kernel(&radii, z, other), exact);
        }
        let affine = affine_series(&data, &sigma, 3.0 * tolerance);
        for (z, other) in [(ONE, OTHER), ([0.5, 0.3, 1.6, 0.2], [1.0, 0.9, 0.3, 1.1])] {
            check(kernel(&affine, z, other), kernel_by_quadrature(&data, &sigma, parts(z), parts(other)));
        }
    }
}

/// w with these radii, every block in a random direction.
fn weights<const B: usize>(draws: &mut Deviates, radii: [f64; B], dimensions: [usize; B]) -> Vec<f64> {
    let mut w = Vec::new();
    for (radius, dimension) in radii.into_iter().zip(dimensions) {
        let block: Vec<f64> = (0..dimension).map(|_| draws.normal()).collect();
        let norm = block.iter().map(|c| c * c).sum::<f64>().sqrt();
        w.extend(block.iter().map(|c| c * radius / norm));
    }
    w
}

/// x of a class as the data model defines it.
fn input<const B: usize>(draws: &mut Deviates, scales: [f64; B], dimensions: [usize; B]) -> Vec<f64> {
    let scale_of_each = scales.into_iter().zip(dimensions).flat_map(|(s, d)| std::iter::repeat_n(s, d));
    scale_of_each.map(|scale| scale * draws.normal()).collect()
}

/// ⟨w, x⟩.
fn product(w: &[f64], x: &[f64]) -> f64 {
    w.iter().zip(x).map(|(w, x)| w * x).sum()
}

#[test]
fn potentials_meet_samples() {
    // Inputs as the data model defines them, neurons as rows: nothing is reduced.
    let data = blocks(6, 2);
    let sigma = tanh();
    let mut draws = Deviates(1);
    let count = 400_000;
    let mut sum = 0.0;
    let mut square = 0.0;
    for i in 0..count {
        let class = &data.classes[i % 2];
        let x = input(&mut draws, class.scales, data.dimensions);
        let [output, other] = [ONE, OTHER].map(|z| {
            let theta = [z[..2].to_vec(), weights(&mut draws, [z[2], z[3]], data.dimensions)].concat();
            let mut projected = [0.0; 4];
            Coordinates::Radii { is_affine: true, blocks: [2, 4].into() }.project(&theta, &mut projected);
            assert!(projected.iter().zip(&z).all(|(found, z)| (found - z).abs() < 1e-14));
            theta[0] * sigma.value(theta[1] + product(&theta[2..], &x))
        });
        let sample = class.label * class.label - 2.0 * class.label * output + output * other;
        (sum, square) = (sum + sample, square + sample * sample);
    }
    let mean = sum / count as f64;
    let standard_error = ((square / count as f64 - mean * mean) / count as f64).sqrt();
    let series = affine_series(&data, &sigma, 1e-2);
    let mut drive = vec![0.0; series.rank()]; // the coefficients of V
    series.potential_coefficients(&vec![0.0; series.rank()], &mut drive);
    let potential: f64 = drive.iter().zip(moments(&series, ONE)).map(|(c, m)| c * m).sum();
    let exact = data.trivial_risk() + 2.0 * potential + kernel(&series, ONE, OTHER);
    assert!(standard_error < 1e-2, "{standard_error}");
    assert!((mean - exact).abs() < 3.0 * standard_error, "{mean} ± {standard_error}, {exact} {potential}");
}

/// Gradients against differences of moments at z ± step along every coordinate.
fn check_gradients<const D: usize>(landscape: &impl Landscape<D>, z: [f64; D]) {
    let rank = landscape.rank();
    let step = 1e-5;
    let mut values = vec![0.0; rank];
    let mut gradients = vec![[0.0; D]; rank];
    landscape.features(z, &mut values, &mut gradients);
    for c in 0..D {
        let at = |shift: f64| {
            let mut z = z;
            z[c] += shift;
            moments(landscape, z)
        };
        for (k, (above, below)) in at(step).iter().zip(at(-step)).enumerate() {
            let error = (above - below) / (2.0 * step) - gradients[k][c];
            // Truncation step²/6 times the third derivative, which at S = 0.05 with a kink nearby is up to
            // 10⁵.
            assert!(error.abs() < 2e-6, "{z:?} coordinate {c} feature {k}: {error:.1e}");
        }
    }
}

#[test]
fn gradients_meet_central_differences() {
    for (data, sigma, tolerance) in cases() {
        let radii = radii_series(&data, &sigma, 2.0, tolerance);
        for z in [[0.4, 0.9], [0.05, 1.3], [1.7, 0.03], [0.16, 0.15], [0.0, 0.8], [0.7, 0.0]] {
            check_gradients(&radii, z);
        }
        let affine = affine_series(&data, &sigma, 3.0 * tolerance);
        for z in [ONE, OTHER, [1.4, 0.0, 0.7, 0.0], [-0.3, 0.4, 0.0, 1.1], [0.8, 0.1, 0.16, 0.15]] {
            check_gradients(&affine, z);
        }
    }
}

/// The values that come without gradients are those that come with them.
fn check_values<const D: usize>(landscape: &impl Landscape<D>, z: [f64; D]) {
    let rank = landscape.rank();
    let mut alone = vec![9.0; rank];
    let mut with = vec![8.0; rank];
    let mut gradients = vec![[0.0; D]; rank];
    landscape.values(z, &mut alone);
    landscape.features(z, &mut with, &mut gradients);
    for (k, (alone, with)) in alone.iter().zip(&with).enumerate() {
        assert!((alone - with).abs() < 1e-13 * (1.0 + with.abs()), "feature {k} at {z:?}: {alone} {with}");
    }
}

#[test]
fn values_alone_are_those_with_gradients() {
    let data = blocks(40, 10);
    for sigma in activations() {
        let affine = affine_series(&data, &sigma, 1e-4);
        let radii = radii_series(&data, &sigma, 2.0, 1e-4);
        for z in [ONE, OTHER, [1.0, 0.0, 0.0, 0.7], [0.5, 0.3, 0.0, 0.0]] {
            check_values(&affine, z);
            check_values(&crate::ridge::Ridged::new(affine.clone(), 0.3), z);
            check_values(&radii, [z[2], z[3]]);
        }
    }
}

#[test]
fn at_vanishing_radii_slopes_are_one_sided() {
    // b = 0 is on a kink of ReLU and of the last; all features but the means vanish there.
    let kinked = PiecewiseLinear::new(vec![[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]).expect("valid");
    for sigma in [relu(), examples::figure_1(), tanh(), Activation::PiecewiseLinear(kinked)] {
        let series = affine_series(&blocks(40, 10), &sigma, 1e-4);
        let origin = [1.3, 0.0, 0.0, 0.0];
        let step = 1e-7;
        let mut values = vec![0.0; series.rank()];
        let mut gradients = vec![[0.0; 4]; series.rank()];
        series.features(origin, &mut values, &mut gradients);
        for c in 2..4 {
            let mut z = origin;
            z[c] = step;
            for (k, above) in moments(&series, z).iter().enumerate() {
                // S σ'' is up to 1e-6.
                let error = (above - values[k]) / step - gradients[k][c];
                assert!(error.abs() < 2e-6, "{sigma:?} {c} {k}: {error:.1e}");
            }
        }
        let flat = gradients.iter().all(|g| g[2].abs() + g[3].abs() < 1e-12);
        assert_eq!(flat, !sigma.bends_at_zero(), "{sigma:?}");
        let radii = radii_series(&blocks(40, 10), &sigma, 2.0, 1e-2);
        assert_eq!([0, 1].map(|c| radii.rests_at_lower_end(c)), [!flat; 2]);
    }
}

#[test]
fn the_potential_is_half_the_first_variation_of_the_risk() {
    let data = blocks(40, 10);
    for (sigma, limit) in activations().into_iter().flat_map(|s| [(s.clone(), FINITE), (s, INFINITE)]) {
        let series = AffineSeries::new(&data, &sigma, limit, LARGEST, 1e-6).expect("converges");
        let law = moments(&series, ONE);
        let change = difference(&moments(&series, OTHER), &moments(&series, ONE));
        let towards = |h: f64| law.iter().zip(&change).map(|(m, c)| m + h * c).collect::<Vec<f64>>();
        let mut coefficients = vec![0.0; series.rank()];
        let mut curvatures = vec![0.0; series.rank()];
        series.potential_coefficients(&law, &mut coefficients);
        series.curvatures(&law, &mut curvatures);
        // R is quadratic in the law: differences are exact up to rounding.
        let slope = series.risk(&towards(0.5)) - series.risk(&towards(-0.5));
        let along: f64 = coefficients.iter().zip(&change).map(|(k, c)| k * c).sum();
        assert!((0.5 * slope - along).abs() < 1e-11, "{sigma:?} {slope} {along}");
        let second = series.risk(&towards(1.0)) - 2.0 * series.risk(&law) + series.risk(&towards(-1.0));
        let bend: f64 = curvatures.iter().zip(&change).map(|(k, c)| k * c * c).sum();
        assert!((0.5 * second - bend).abs() < 1e-11, "{sigma:?} {second} {bend}");
    }
}

fn difference(m: &[f64], n: &[f64]) -> Vec<f64> {
    m.iter().zip(n).map(|(m, n)| m - n).collect()
}

/// Radii of w of length r in a uniform direction, with their probabilities: r₁ = r sin t has the density
/// ∝ sin^{s₀−1} t cos^{d−s₀−1} t.
pub(crate) fn split(r: f64, dimensions: [usize; 2]) -> Vec<([f64; 2], f64)> {
    let powers = dimensions.map(|d| d as i32 - 1);
    // 24 nodes on each panel are exact for e^{ikt} with k ≤ 76: the density has k ≤ d − 2.
    let width = std::f64::consts::FRAC_PI_2 / 4.0;
    let nodes = (0..4).flat_map(|i| legendre(width * f64::from(i), width * f64::from(i + 1)));
    let density = |t: f64| t.sin().powi(powers[0]) * t.cos().powi(powers[1]);
    let atoms: Vec<_> = nodes.map(|(t, w)| ([r * t.sin(), r * t.cos()], w * density(t))).collect();
    let total: f64 = atoms.iter().map(|(_, mass)| mass).sum();
    atoms.into_iter().map(|(z, mass)| (z, mass / total)).collect()
}

#[test]
fn blocks_that_do_not_differ_give_the_radial_risk() {
    let radial_data = GaussianClasses::isotropic(24, 0.6).expect("valid");
    let classes: Vec<BlockClass> = radial_data
        .classes
        .iter()
        .map(|c: &Class| BlockClass { weight: c.weight, label: c.label, scales: [c.scale; 2] })
        .collect();
    let law = [(0.7, 0.4), (1.3, 0.6)];
    for sigma in activations() {
        let radial = RadialSeries::new(&radial_data, &sigma, FINITE, 1.4, 1e-7).expect("converges");
        let exact = radial.risk(&radial.moments(&mut law.into_iter().map(|(r, share)| ([r], share))));
        for dimensions in [[8, 16], [16, 8]] {
            let data = BlockClasses { dimensions, classes: classes.clone() };
            let series = radii_series(&data, &sigma, 1.4, 1e-6);
            let found =
                series.risk(&series.moments(&mut law.into_iter().flat_map(|(r, share): (f64, f64)| {
                    split(r, dimensions).into_iter().map(move |(z, m)| (z, share * m))
                })));
            assert!((found - exact).abs() < 1e-6, "{sigma:?} {dimensions:?}: {:.1e}", found - exact);
        }
    }
}

#[test]
fn infinite_dimension_keeps_the_means() {
    for sigma in activations() {
        let data = blocks(6, 2);
        let series = AffineSeries::new(&data, &sigma, INFINITE, LARGEST, 1e-9).expect("one term");
        let large = affine_series(&blocks(200_000, 100_000), &sigma, 1e-6);
        assert_eq!((series.terms(), series.rank(), series.truncation()), (1, 2, 0.0));
        // Different directions are orthogonal: R = Σ_c π_c (y_c − a E σ(S_c G + b))².
        let [a, b, r1, r2] = ONE;
        let exact: f64 = data
            .classes
            .iter()
            .map(|class: &BlockClass| {
                let scale = (class.scales[0] * r1).hypot(class.scales[1] * r2);
                class.weight * (class.label - a * sigma.mean(b, scale)).powi(2)
            })
            .sum();
        assert!((series.risk(&moments(&series, ONE)) - exact).abs() < 1e-13);
        // What remains at finite d falls like 1/d.
        let near = large.risk(&moments(&large, ONE)) - exact;
        assert!(near > 0.0 && near < 1e-4, "{sigma:?} {near:.1e}");
    }
}

#[test]
fn what_is_left_out_is_below_the_bound_and_the_bound_below_the_tolerance() {
    for sigma in activations() {
        let data = blocks(24, 8);
        let fine = radii_series(&data, &sigma, 2.0, 1e-6);
        let mut terms = 0;
        for tolerance in [1.0, 1e-1, 1e-2, 1e-3, 1e-4] {
            let coarse = radii_series(&data, &sigma, 2.0, tolerance);
            assert!(coarse.truncation() <= tolerance && coarse.terms() >= terms, "{sigma:?} {tolerance}");
            terms = coarse.terms();
            // Along each axis and between, and where all is smaller.
            for z in [[2.0, 0.0], [0.0, 2.0], [2.0, 2.0], [1.1, 1.7], [0.3, 0.1]] {
                let gap = fine.interaction(&moments(&fine, z)) - coarse.interaction(&moments(&coarse, z));
                let here = Features::truncation(&coarse, z);
                assert!(gap >= -1e-6 && gap <= here + 1e-12, "{sigma:?} {z:?} {gap} {here}");
                // The bound at z is for neurons up to z only; both are sampled.
                assert!(here <= 1.05 * coarse.truncation(), "{sigma:?} {z:?}");
            }
        }
        assert!(fine.terms() > terms, "{sigma:?}");
    }
}

#[test]
fn offsets_and_output_weights_count_in_the_bound() {
    for sigma in activations() {
        let data = blocks(24, 8);
        let fine = affine_series(&data, &sigma, 1e-5);
        let coarse = affine_series(&data, &sigma, 1e-2);
        for z in [[1.5, -1.0, 2.0, 0.0], [-1.5, 0.5, 1.0, 2.0], [1.5, 1.0, 2.0, 2.0], [0.1, 1.0, 2.0, 2.0]] {
            let gap = fine.interaction(&moments(&fine, z)) - coarse.interaction(&moments(&coarse, z));
            let here = Features::truncation(&coarse, z);
            assert!(gap >= -1e-5 && gap <= here + 1e-12, "{sigma:?} {z:?} {gap} {here}");
        }
        let [half, all] = [0.75, 1.5].map(|a| Features::truncation(&coarse, [a, 1.0, 2.0, 2.0]));
        assert!((all / half - 4.0).abs() < 1e-12 && (all / coarse.truncation() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_tolerance_out_of_reach_names_one_within() {
    let data = blocks(6, 2);
    let sigma = examples::figure_1();
    let make = |tolerance| RadiiSeries::new(&data, &sigma, FINITE, [2.0; 2], tolerance);
    let error: BlockSeriesError = make(1e-9).expect_err("converges slowly");
    assert!(error.to_string().contains("dimensions 2 + 4") && error.reachable() > 1e-9, "{error}");
    assert!(make(error.reachable()).expect("reachable").truncation() <= error.reachable());
}

#[test]
fn a_neuron_and_itself_have_the_exact_second_moment() {
    for sigma in activations() {
        let data = blocks(6, 2);
        let series = affine_series(&data, &sigma, 1.0);
        let [a, b, r1, r2] = OTHER;
        let exact = a
            * a
            * data
                .classes
                .iter()
                .map(|class: &BlockClass| {
                    let scale = (class.scales[0] * r1).hypot(class.scales[1] * r2);
                    class.weight * pair(&sigma, [b, scale], [b, scale], 1.0)
                })
                .sum::<f64>();
        assert!((series.self_interaction(OTHER) - exact).abs() < 1e-11, "{sigma:?}");
        let same = radii_series(&data, &sigma, 2.0, 1.0).self_interaction([r1, r2]);
        assert!((series.self_interaction([-1.0, 0.0, r1, r2]) - same).abs() < 1e-13, "{sigma:?}");
    }
}
