//! σ(z) = height · cos(gain · z + offset) + constant, whose Gaussian expectations have closed forms for any
//! spread of its input:
//!
//! ```text
//!   q_n = height · e^{−a²/2} aⁿ/√n! · cos(p + nπ/2),     a = gain · S,  p = gain · b + offset
//! ```

use super::input::Input;
use super::placement::Placement;

/// Smallest phase at which [`mean_on_sphere`] is evaluated; in more dimensions their number, below which the
/// recursion loses digits.
const FAR: f64 = 60.0;

/// q_n and ∂q_n/∂S; see [`Activation::hermite_coefficients`](super::Activation::hermite_coefficients).
pub fn hermite_coefficients(place: Placement, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
    let a = place.gain * scale;
    let (sine, cosine) = (place.gain * offset + place.offset).sin_cos();
    let quarter_turns = [cosine, -sine, -cosine, sine]; // cos(p + nπ/2)
    let mut before = 0.0;
    let mut now = (-0.5 * a * a).exp(); // e^{−a²/2} aⁿ/√n! for n − 1 and n
    for (n, (q, dq)) in q.iter_mut().zip(dq).enumerate() {
        let order = n as f64;
        let factor = place.height * quarter_turns[n % 4];
        *q = factor * now;
        *dq = factor * place.gain * (order.sqrt() * before - a * now);
        (before, now) = (now, now * a / (order + 1.0).sqrt());
    }
    if let Some(mean) = q.first_mut() {
        *mean += place.constant;
    }
}

/// E height · cos(gain · (SG + b) + offset).
fn mean_of_cosine(place: Placement, offset: f64, scale: f64) -> f64 {
    let a = place.gain * scale;
    let phase = place.gain * offset + place.offset;
    place.height * (-0.5 * a * a).exp() * phase.cos()
}

/// E σ'(SG + b).
pub fn mean_slope(place: Placement, offset: f64, scale: f64) -> f64 {
    let a = place.gain * scale;
    let phase = place.gain * offset + place.offset;
    -place.height * place.gain * (-0.5 * a * a).exp() * phase.sin()
}

/// E σ(SG + b)².
pub fn second_moment(place: Placement, offset: f64, scale: f64) -> f64 {
    let a = place.gain * scale;
    let phase = place.gain * offset + place.offset;
    let square = 0.5 * place.height.powi(2) * (1.0 + (-2.0 * a * a).exp() * (2.0 * phase).cos());
    square + place.constant * (2.0 * mean_of_cosine(place, offset, scale) + place.constant)
}

/// E σ(SG + b) σ(S'G' + b') at correlation c.
pub fn pair(place: Placement, input: Input, other: Input, cosine: f64) -> f64 {
    let a = place.gain * input.scale;
    let b = place.gain * other.scale;
    let squares = a * a + b * b;
    let twice = 2.0 * a * b * cosine;
    let difference = (-0.5 * (squares - twice)).exp();
    let sum = (-0.5 * (squares + twice)).exp();
    let apart = (place.gain * (input.offset - other.offset)).cos();
    let together = (place.gain * (input.offset + other.offset) + 2.0 * place.offset).cos();
    let [own, its] = [input, other].map(|input| mean_of_cosine(place, input.offset, input.scale));
    let product = 0.5 * place.height.powi(2) * (difference * apart + sum * together);
    product + place.constant * (own + its + place.constant)
}

/// E cos(xζ) and its derivative for one coordinate ζ of a uniform point of S^{d−1}, x ≥ d:
///
/// ```text
///   Λ_ν(x) = Γ(ν+1) (2/x)^ν J_ν(x),  ν = d/2 − 1
///   Λ_{ν+1} = 4ν(ν+1)/x² (Λ_ν − Λ_{ν−1})      Λ_ν' = −x/(2(ν+1)) Λ_{ν+1}
/// ```
/// from Bessel's J_0, J_1 for even d and from Λ_{−½} = cos x, Λ_½ = sin x/x for odd d.
fn mean_on_sphere(x: f64, dimension: usize) -> (f64, f64) {
    let (mut order, mut before, mut now) = match dimension % 2 {
        0 => (1.0, libm::j0(x), 2.0 * libm::j1(x) / x),
        _ => (0.5, x.cos(), x.sin() / x),
    };
    let last = 0.5 * dimension as f64 - 1.0;
    while order <= last {
        (before, now) = (now, 4.0 * order * (order + 1.0) / (x * x) * (now - before));
        order += 1.0;
    }
    (before, -x / (2.0 * order) * now)
}

/// E cos(`times` · (gain · xζ + offset)) and its derivative in x.
fn harmonic_on_sphere(place: Placement, times: f64, x: f64, dimension: usize) -> (f64, f64) {
    let frequency = times * place.gain;
    let (mean, slope) = mean_on_sphere(frequency * x, dimension);
    let turned = (times * place.offset).cos();
    (turned * mean, turned * frequency * slope)
}

/// E σ(xζ)^`power` for power 1 or 2 and its derivative, by [`mean_on_sphere`]; None below the phase at which
/// that loses digits (and quadrature is cheap).
pub fn power_on_sphere(place: Placement, power: i32, x: f64, dimension: usize) -> Option<(f64, f64)> {
    let Placement { height, gain, constant, .. } = place;
    // A constant times the cosine is a harmonic of its own in the square.
    let slowest = if power == 2 && constant == 0.0 { 2.0 * gain } else { gain };
    let is_far = slowest * x >= FAR.max(dimension as f64);
    is_far.then(|| match power {
        1 => {
            let (mean, slope) = harmonic_on_sphere(place, 1.0, x, dimension);
            (height * mean + constant, height * slope)
        }
        _ => {
            // cos² = ½ (1 + cos 2·).
            let (mean, slope) = harmonic_on_sphere(place, 2.0, x, dimension);
            let cross =
                if constant == 0.0 { (0.0, 0.0) } else { harmonic_on_sphere(place, 1.0, x, dimension) };
            let square = 0.5 * height * height;
            let twice = 2.0 * constant * height;
            (square * (1.0 + mean) + twice * cross.0 + constant * constant, square * slope + twice * cross.1)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sphere;

    #[test]
    fn far_means_meet_the_gauss_rule_on_the_sphere() {
        let place = Placement { height: 1.5, gain: 2.0, offset: 0.4, constant: 0.7 };
        let centred = Placement { constant: 0.0, ..place };
        assert!(
            power_on_sphere(place, 2, 20.0, 4).is_none() && power_on_sphere(centred, 2, 20.0, 4).is_some()
        );
        for dimension in [2, 3, 4, 7, 40, 61] {
            let rule = sphere::quadrature(dimension, 300).expect("symmetric");
            for (power, x) in [(1, 50.0), (1, 71.3), (2, 33.0)] {
                let (value, slope) = power_on_sphere(place, power, x, dimension).expect("far");
                let argument = |zeta: f64| place.gain * x * zeta + place.offset;
                let cosine = |zeta: f64| place.height * argument(zeta).cos() + place.constant;
                let sine = |zeta: f64| -place.height * place.gain * zeta * argument(zeta).sin();
                let chain = |zeta: f64| if power == 1 { 1.0 } else { 2.0 * cosine(zeta) };
                let exact: f64 = rule.iter().map(|(zeta, w)| w * cosine(*zeta).powi(power)).sum();
                let exact_slope: f64 = rule.iter().map(|(zeta, w)| w * chain(*zeta) * sine(*zeta)).sum();
                // 300 nodes integrate phases up to 150 to rounding.
                assert!((value - exact).abs() < 1e-13, "d={dimension} {power} {x}: {value} {exact}");
                assert!(
                    (slope - exact_slope).abs() < 1e-12,
                    "d={dimension} {power} {x}: {slope} {exact_slope}"
                );
            }
        }
        assert!(
            power_on_sphere(place, 1, 40.0, 200).is_none() && power_on_sphere(place, 1, 20.0, 2).is_none()
        );
    }
}
