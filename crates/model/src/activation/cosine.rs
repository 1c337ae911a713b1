//! σ(z) = height · cos(gain · z + offset), whose Gaussian expectations have closed forms for any spread of its input:
//!
//! ```text
//!   q_n = height · e^{−a²/2} aⁿ/√n! · cos(p + nπ/2),     a = gain · S,  p = gain · b + offset
//! ```

use super::Placement;

/// q_n and ∂q_n/∂S; see [`Activation::hermite_coefficients`](super::Activation::hermite_coefficients).
pub fn hermite_coefficients(place: Placement, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
    let (a, (sine, cosine)) = (place.gain * scale, (place.gain * offset + place.offset).sin_cos());
    let quarter_turns = [cosine, -sine, -cosine, sine]; // cos(p + nπ/2)
    let (mut before, mut now) = (0.0, (-0.5 * a * a).exp()); // e^{−a²/2} aⁿ/√n! for n − 1 and n
    for (n, (q, dq)) in q.iter_mut().zip(dq).enumerate() {
        let order = n as f64;
        let factor = place.height * quarter_turns[n % 4];
        *q = factor * now;
        *dq = factor * place.gain * (order.sqrt() * before - a * now);
        (before, now) = (now, now * a / (order + 1.0).sqrt());
    }
}

/// E σ(SG + b)².
pub fn second_moment(place: Placement, offset: f64, scale: f64) -> f64 {
    let (a, phase) = (place.gain * scale, place.gain * offset + place.offset);
    0.5 * place.height.powi(2) * (1.0 + (-2.0 * a * a).exp() * (2.0 * phase).cos())
}

/// E σ(SG) σ(S'G') at correlation c.
pub fn pair(place: Placement, scale: f64, other: f64, cosine: f64) -> f64 {
    let (a, b) = (place.gain * scale, place.gain * other);
    let (squares, twice) = (a * a + b * b, 2.0 * a * b * cosine);
    let (difference, sum) = ((-0.5 * (squares - twice)).exp(), (-0.5 * (squares + twice)).exp());
    0.5 * place.height.powi(2) * (difference + sum * (2.0 * place.offset).cos())
}
