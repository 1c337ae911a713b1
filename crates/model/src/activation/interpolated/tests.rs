//! Functions whose kinks, growth and integrals are known.

use super::*;
use crate::activation::{Placement, Shape, Smooth};

struct Function(&'static str, fn(f64) -> (f64, f64));

impl ScalarFunction for Function {
    fn text(&self) -> &str {
        self.0
    }

    fn value_and_slope(&self, z: f64) -> (f64, f64) {
        self.1(z)
    }
}

fn read(text: &'static str, f: fn(f64) -> (f64, f64)) -> Result<Interpolated, InterpolationError> {
    Interpolated::new(Arc::new(Function(text, f)))
}

fn tanh(z: f64) -> (f64, f64) {
    let tanh = z.tanh();
    (tanh, 1.0 - tanh * tanh)
}

#[test]
fn a_shape_with_a_name_is_met() {
    let read = read("tanh", tanh).expect("smooth");
    let exact = Smooth { shape: Shape::Tanh, place: Placement::default() };
    assert!(read.is_bounded() && read.is_smooth() && !read.outgrows_lines() && read.breaks().is_empty());
    for i in -4000..4000 {
        let z = 0.0123 * f64::from(i);
        let error = (read.value(z) - exact.value(z)).abs().max((read.slope(z) - exact.slope(z)).abs());
        // The polynomials of the table agree to eight times 2e-14.
        assert!(error < 2e-13, "{z}: {error:.1e}");
    }
    for (offset, scale) in [(0.0, 0.05), (0.3, 0.9), (-1.0, 5.0), (0.0, 20.0), (0.5, 3e3)] {
        let [mut q, mut dq, mut p, mut dp] = [0; 4].map(|_| vec![0.0; 41]);
        read.hermite_coefficients(offset, scale, &mut q, &mut dq);
        exact.hermite_coefficients(offset, scale, &mut p, &mut dp);
        for n in 0..41 {
            let error = (q[n] - p[n]).abs().max((dq[n] - dp[n]).abs());
            assert!(error < 1e-12, "q_{n}({offset}, {scale}): {error:.1e}");
        }
        let square = read.second_moment(offset, scale) - exact.second_moment(offset, scale);
        assert!(square.abs() < 1e-13, "{offset} {scale}: {square:.1e}");
    }
    let [input, other] = [(0.2, 1.4), (-0.3, 6.0)].map(|(offset, scale)| Input { offset, scale });
    for cosine in [-0.999, 0.0, 0.3, 1.0] {
        let error = read.pair(input, other, cosine) - exact.pair(input, other, cosine);
        assert!(error.abs() < 1e-12, "{cosine}: {error:.1e}");
    }
}

#[test]
fn kinks_are_found_where_they_are() {
    let kinked = read("max(z - 0.3, 0) + abs(z + 1)", |z| {
        let above = if z >= 0.3 { 1.0 } else { 0.0 };
        let side = if z >= -1.0 { 1.0 } else { -1.0 };
        (above * (z - 0.3) + side * (z + 1.0), above + side)
    });
    let kinked = kinked.expect("piecewise smooth");
    assert_eq!(kinked.breaks().len(), 2, "{:?}", kinked.breaks());
    assert!((kinked.breaks()[0] + 1.0).abs() < 1e-12 && (kinked.breaks()[1] - 0.3).abs() < 1e-12);
    assert!(!kinked.is_smooth() && !kinked.is_bounded() && !kinked.bends_at_zero());
    // E max(G − 0.3, 0) + E |G + 1|, by φ and Φ.
    let hinge = normal::density(0.3) - 0.3 * normal::distribution(-0.3);
    let distance = 2.0 * normal::density(1.0) + 2.0 * normal::distribution(1.0) - 1.0;
    assert!((kinked.mean(0.0, 1.0) - hinge - distance).abs() < 1e-13);
    assert!(kinked.value(1e7) == 1e7 - 0.3 + 1e7 + 1.0);
    // A curvature that jumps leaves the slope whole.
    let squared = read("z*abs(z)", |z| (z * z.abs(), 2.0 * z.abs())).expect("piecewise smooth");
    assert!(squared.is_smooth() && squared.outgrows_lines() && !squared.is_bounded());
    assert_eq!(squared.breaks(), [0.0]);
    // E (G|G|)² = E G⁴ = 3.
    assert!((squared.second_moment(0.0, 1.0) - 3.0).abs() < 1e-12);
}

#[test]
fn curves_that_never_end_are_read() {
    let root = read("sqrt(1 + z^2)", |z| {
        let root = (1.0 + z * z).sqrt();
        (root, z / root)
    });
    let root = root.expect("smooth");
    // E (1 + S²G²) = 1 + S², at scales beyond the mesh too.
    for scale in [0.5, 10.0, 300.0, 1e6] {
        let error = root.second_moment(0.0, scale) / (1.0 + scale * scale) - 1.0;
        assert!(error.abs() < 1e-12, "{scale}: {error:.1e}");
    }
    let wave = read("sin(z)", f64::sin_cos).expect("smooth");
    // E sin²(SG) = (1 − e^{−2S²})/2.
    for scale in [0.3, 2.0, 30.0_f64] {
        let exact = 0.5 * (1.0 - (-2.0 * scale * scale).exp());
        assert!((wave.second_moment(0.0, scale) - exact).abs() < 1e-12, "{scale}");
    }
    assert!(wave.is_bounded() && wave.has_stationary_points());
}

#[test]
fn what_cannot_be_resolved_is_refused() {
    let jump = read("signum(z - 0.3)", |z| (if z >= 0.3 { 1.0 } else { -1.0 }, 0.0));
    assert!(matches!(jump, Err(InterpolationError::Jump(z)) if (z - 0.3).abs() < 1e-6), "{jump:?}");
    let steep = read("sqrt(abs(z))", |z| (z.abs().sqrt(), 0.5 * z.signum() / z.abs().sqrt()));
    assert!(steep.is_err(), "{steep:?}");
    let growing = read("exp(z)", |z| (z.exp(), z.exp()));
    assert_eq!(growing, Err(InterpolationError::Growth));
    let ninth = read("z^9", |z| (z.powi(9), 9.0 * z.powi(8)));
    assert_eq!(ninth, Err(InterpolationError::Growth));
    let wild = read("sin(1000*z)", |z| ((1e3 * z).sin(), 1e3 * (1e3 * z).cos()));
    assert!(matches!(wild, Err(InterpolationError::Rough(_))), "{wild:?}");
    let nothing = read("0/0", |_| (f64::NAN, f64::NAN));
    assert!(matches!(nothing, Err(InterpolationError::NotFinite(_))));
    let pole = read("1/(z - 0.3)", |z| (1.0 / (z - 0.3), -1.0 / (z - 0.3).powi(2)));
    assert!(pole.is_err(), "{pole:?}");
}
