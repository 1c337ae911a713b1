//! Three blocks: where scales are equal they are two blocks, or one; U against quadrature over angles, V and
//! U against samples of data and neurons of which nothing is reduced.

use super::*;

/// Two neurons (r₁, r₂, r₃).
const FIRST: [f64; 3] = [0.4, 0.9, 0.6];
const SECOND: [f64; 3] = [1.1, 0.3, 0.8];

/// So gentle that the series has U to 1e-11 in blocks of ten dimensions.
fn gentle() -> Activation {
    let place = Placement { height: 2.0, gain: 0.5, offset: 0.4, constant: -0.4 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

/// Three classes that no two blocks see alike.
fn three(dimensions: [usize; 3]) -> BlockClasses<3> {
    let class = |weight, label, scales| BlockClass { weight, label, scales };
    let classes = vec![
        class(0.5, 1.0, [1.4, 0.8, 1.0]),
        class(0.3, -1.0, [0.6, 1.2, 1.1]),
        class(0.2, 0.5, [1.0, 1.0, 0.5]),
    ];
    BlockClasses { dimensions, classes }
}

/// The same with the scale of the second block in the third, and as data of two blocks.
fn pair_of_equals(dimensions: [usize; 3]) -> (BlockClasses<3>, BlockClasses<2>) {
    let mut of_three = three(dimensions);
    of_three.classes.iter_mut().for_each(|class| class.scales[2] = class.scales[1]);
    let merged = |class: &BlockClass<3>| {
        let scales = [class.scales[0], class.scales[1]];
        BlockClass { weight: class.weight, label: class.label, scales }
    };
    let classes = of_three.classes.iter().map(merged).collect();
    let two = BlockClasses { dimensions: [dimensions[0], dimensions[1] + dimensions[2]], classes };
    (of_three, two)
}

/// Ψ and ∇Ψ at z of the law with these moments.
fn potential<const D: usize>(landscape: &impl Landscape<D>, moments: &[f64], z: [f64; D]) -> (f64, [f64; D]) {
    let rank = landscape.rank();
    let [mut coefficients, mut values] = [0; 2].map(|_| vec![0.0; rank]);
    let mut gradients = vec![[0.0; D]; rank];
    landscape.potential_coefficients(moments, &mut coefficients);
    landscape.features(z, &mut values, &mut gradients);
    let value = coefficients.iter().zip(&values).map(|(c, value)| c * value).sum();
    let along = |axis: usize| coefficients.iter().zip(&gradients).map(|(c, slope)| c * slope[axis]).sum();
    (value, std::array::from_fn(along))
}

fn close(found: f64, exact: f64, what: &str) {
    // Series of 1e-11 on both sides, and tables whose slopes lose two digits.
    assert!((found - exact).abs() < 1e-10, "{what}: {found} {exact}, {:.1e} apart", found - exact);
}

#[test]
fn two_equal_scales_of_three_are_two_blocks() {
    let (of_three, of_two) = pair_of_equals([10, 8, 12]);
    let sigma = gentle();
    let three = RadiiSeries::new(&of_three, &sigma, FINITE, [1.6; 3], 1e-11).expect("converges");
    let two = RadiiSeries::new(&of_two, &sigma, FINITE, [1.6, 1.6 * 2f64.sqrt()], 1e-11).expect("converges");
    let law = [([0.4, 1.1], 0.3), ([1.2, 0.7], 0.7)];
    let moments_of_two = two.moments(&mut law.into_iter());
    let moments_of_three = three.moments(&mut law.into_iter().flat_map(|([r1, rest], share)| {
        split(rest, [8, 12]).into_iter().map(move |([r2, r3], mass)| ([r1, r2, r3], share * mass))
    }));
    close(three.risk(&moments_of_three), two.risk(&moments_of_two), "risk");
    close(three.interaction(&moments_of_three), two.interaction(&moments_of_two), "U");
    let none = [vec![0.0; three.rank()], vec![0.0; two.rank()]];
    for [r1, r2, r3] in [FIRST, SECOND, [0.2, 0.0, 1.4]] {
        let rest = r2.hypot(r3);
        close(three.self_interaction([r1, r2, r3]), two.self_interaction([r1, rest]), "U(θ, θ)");
        // V, of which Ψ of no neurons is half.
        for [of_three, of_two] in [none.each_ref(), [&moments_of_three, &moments_of_two]] {
            let (value, slopes) = potential(&three, of_three, [r1, r2, r3]);
            let (exact, [along, across]) = potential(&two, of_two, [r1, rest]);
            close(value, exact, "Ψ");
            let exact = [along, across * r2 / rest, across * r3 / rest];
            slopes.iter().zip(exact).for_each(|(slope, exact)| close(*slope, exact, "a slope of Ψ"));
        }
    }
}

#[test]
fn three_equal_scales_are_one_block() {
    let mut data = three([10, 8, 12]);
    data.classes.iter_mut().for_each(|class| class.scales = [class.scales[0]; 3]);
    let one = GaussianClasses {
        dimension: 30,
        classes: data
            .classes
            .iter()
            .map(|class| Class { weight: class.weight, label: class.label, scale: class.scales[0] })
            .collect(),
    };
    let sigma = gentle();
    let three = RadiiSeries::new(&data, &sigma, FINITE, [1.6; 3], 1e-11).expect("converges");
    let radial = RadialSeries::new(&one, &sigma, FINITE, 1.6 * 3f64.sqrt(), 1e-11).expect("converges");
    let law = [(0.7, 0.4), (1.3, 0.6)];
    let of_one = radial.moments(&mut law.into_iter().map(|(r, share)| ([r], share)));
    let of_three = three.moments(&mut law.into_iter().flat_map(|(r, share)| {
        split(r, [10, 20]).into_iter().flat_map(move |([r1, rest], mass)| {
            let inner = split(rest, [8, 12]).into_iter();
            inner.map(move |([r2, r3], part)| ([r1, r2, r3], share * mass * part))
        })
    }));
    close(three.risk(&of_three), radial.risk(&of_one), "risk");
    for z in [FIRST, SECOND] {
        let r = z.iter().map(|radius| radius * radius).sum::<f64>().sqrt();
        let (value, slopes) = potential(&three, &of_three, z);
        let (exact, [slope]) = potential(&radial, &of_one, [r]);
        close(value, exact, "Ψ");
        slopes.iter().zip(z).for_each(|(found, radius)| close(*found, slope * radius / r, "a slope of Ψ"));
    }
}

#[test]
fn the_series_of_three_meets_quadrature_over_angles() {
    let (data, sigma) = (three([10, 8, 12]), gentle());
    let series = RadiiSeries::new(&data, &sigma, FINITE, [1.2; 3], 1e-10).expect("converges");
    let exact = kernel_by_quadrature(&data, &sigma, ([1.0, 0.0], FIRST), ([1.0, 0.0], SECOND));
    let found = kernel(&series, FIRST, SECOND);
    // The tolerance, and what six nodes of a cosine leave of its twelfth power.
    assert!((found - exact).abs() < 1e-9, "{found} {exact}");
}

#[test]
fn gradients_of_three_meet_central_differences() {
    let series = RadiiSeries::new(&three([10, 3, 12]), &tanh(), FINITE, [1.6; 3], 1e-2).expect("converges");
    for z in [FIRST, SECOND, [0.3, 0.0, 0.7], [0.0, 0.0, 0.9], [0.05, 0.02, 0.03]] {
        check_gradients(&series, z);
        check_values(&series, z);
    }
}

#[test]
fn potentials_of_three_meet_samples() {
    let data = three([3, 2, 4]);
    let sigma = tanh();
    let mut draws = Deviates(2);
    let count = 400_000;
    let [mut sum, mut square] = [0.0; 2];
    for i in 0..count {
        // Ten samples in turn have the classes' probabilities.
        let class = &data.classes[[0, 0, 0, 0, 0, 1, 1, 1, 2, 2][i % 10]];
        let x = input(&mut draws, class.scales, data.dimensions);
        let [output, other] = [FIRST, SECOND].map(|radii| {
            let w = weights(&mut draws, radii, data.dimensions);
            let mut projected = [0.0; 3];
            let blocks = data.dimensions.into();
            Coordinates::Radii { is_affine: false, blocks }.project(&w, &mut projected);
            assert!(projected.iter().zip(&radii).all(|(found, radius)| (found - radius).abs() < 1e-14));
            sigma.value(product(&w, &x))
        });
        let sample = class.label * class.label - 2.0 * class.label * output + output * other;
        (sum, square) = (sum + sample, square + sample * sample);
    }
    let mean = sum / count as f64;
    let standard_error = ((square / count as f64 - mean * mean) / count as f64).sqrt();
    let series = RadiiSeries::new(&data, &sigma, FINITE, [1.2; 3], 1e-2).expect("converges");
    let (drive, _) = potential(&series, &vec![0.0; series.rank()], FIRST);
    let exact = data.trivial_risk() + 2.0 * drive + kernel(&series, FIRST, SECOND);
    assert!(standard_error < 1e-2, "the test must be able to fail: {standard_error}");
    assert!((mean - exact).abs() < 4.0 * standard_error, "{mean} ± {standard_error}, {exact}");
}
