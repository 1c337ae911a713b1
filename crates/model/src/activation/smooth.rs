//! Smooth activations, σ(z) = height · f(gain · z + offset) + constant with f from a closed list of
//! [shapes](Shape).
//!
//! Their Gaussian expectations come from the trapezoid rule, which for analytic integrands errs by their
//! Fourier transform at 2π/step alone. With F = f(S·+b) h_n φ that transform is a convolution: f's own part
//! is below 1e-16 beyond S times the shape's [`bandwidth`](Shape::bandwidth), that of h_n φ beyond √n +
//! [`MARGIN`]. The step follows from their sum; no refinement is needed. (A Gauss–Hermite rule of 160 nodes
//! errs by 2e-2 for tanh at S = 10: its poles are too near.) Where f is so steep that the rule would need a
//! step too fine, panels of Gauss nodes take its place, narrow only where f bends.

use meanfield_kernel::dot::FourSums;

use super::cosine;
use super::input::Input;
use super::placement::Placement;
use super::shape::Shape;
use crate::normal;
use crate::quadrature;

/// Where the Fourier transform of h_n φ has ended, beyond √n: e^{−9²/2} < 1e-17.
const MARGIN: f64 = 9.0;
/// |h_n(g) φ(g)| ≤ e^{−g²/4} is below 1e-18 beyond.
const REACH: f64 = 13.0;
/// Frequency of f(S·) beyond which panels need fewer points than the trapezoid rule.
const STEEP: f64 = 500.0;
/// Largest offset for which one rule serves all scales.
const MOST_OFFSET: f64 = 30.0;
/// Phase that f goes through in a panel: see [`quadrature::legendre`].
const PHASE: f64 = 30.0;

/// σ(z) = height · f(gain · z + offset) + constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Smooth {
    /// f.
    pub shape: Shape,
    /// Height, gain, offset and constant.
    pub place: Placement,
}

/// Points g ≥ 0 of a rule with the sum and the difference of a function at ±g, times the rule's weights.
struct Folded {
    points: Vec<f64>,
    /// weight · (f(g) + f(−g)).
    even: Vec<f64>,
    /// weight · (f'(g) − f'(−g)) g, and the same with +.
    slopes: [Vec<f64>; 2],
    /// weight · (f(g) − f(−g)).
    odd: Vec<f64>,
}

impl Smooth {
    /// σ(z).
    #[inline(always)]
    pub fn value(&self, z: f64) -> f64 {
        let Placement { height, gain, offset, constant } = self.place;
        height * self.shape.value(gain * z + offset) + constant
    }

    /// σ'(z).
    #[inline(always)]
    pub fn slope(&self, z: f64) -> f64 {
        self.place.height * self.place.gain * self.shape.slope(self.place.gain * z + self.place.offset)
    }

    /// σ and σ' of many inputs at once.
    #[inline(always)]
    pub fn evaluate(&self, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        let Placement { height, gain, offset, constant } = self.place;
        for ((z, value), slope) in z.iter().zip(value).zip(slope) {
            let (f, df) = self.shape.value_and_slope(gain * z + offset);
            (*value, *slope) = (height * f + constant, height * gain * df);
        }
    }

    /// See [`Activation::bend`](super::Activation::bend).
    pub fn bend(&self) -> [f64; 2] {
        let Placement { gain, offset, .. } = self.place;
        [(offset.abs() - self.shape.reach()).max(0.0), offset.abs() + self.shape.reach()].map(|u| u / gain)
    }

    /// Where the Fourier transform of f(S·)^`power` ends.
    fn frequency(&self, scale: f64, power: f64) -> f64 {
        power * self.shape.bandwidth() * self.place.gain * scale
    }

    /// Ends of panels of g that resolve σ(Sg + b)^`power` where it bends.
    fn panels(&self, offset: f64, scale: f64, power: f64) -> Vec<f64> {
        let Placement { gain, offset: shift, .. } = self.place;
        let centre = -(offset + shift / gain) / scale;
        let half = self.shape.reach() / (gain * scale);
        let count = (2.0 * half * self.frequency(scale, power) / PHASE).ceil();
        (0..=count as usize).map(|i| centre + half * (2.0 * i as f64 / count - 1.0)).collect()
    }

    /// Points g ≥ 0 and weights of a rule for σ(±Sg + b) h_n φ on the half-line.
    fn half_line(&self, offset: f64, scale: f64, order: usize) -> Vec<(f64, f64)> {
        let frequency = self.frequency(scale, 1.0);
        if frequency > STEEP {
            // Both bends, and panels in between that resolve h_n φ.
            let mut ends: Vec<f64> = self.panels(offset, scale, 1.0).into_iter().map(f64::abs).collect();
            ends.extend((0..=REACH as usize).map(|end| end as f64));
            ends.retain(|end| *end <= REACH);
            ends.sort_by(f64::total_cmp);
            return ends.windows(2).flat_map(|end| quadrature::legendre(end[0], end[1])).collect();
        }
        let step = trapezoid_step(frequency, order);
        let count = (REACH / step).ceil() as usize + 1;
        (0..count).map(|i| (step * i as f64, if i == 0 { 0.5 * step } else { step })).collect()
    }

    /// Points g ≥ 0 and weights of one rule for σ(±Sg + b) h_n φ, all these inputs and n < `orders`.
    pub(super) fn common_rule(&self, inputs: &[Input], orders: usize) -> Vec<(f64, f64)> {
        let largest = largest_scale(inputs);
        if self.frequency(largest, 1.0) <= STEEP {
            return self.half_line(0.0, largest, orders); // a trapezoid rule, which knows no offset
        }
        self.octaves(inputs, orders)
    }

    /// The largest |offset| of the arguments of f.
    fn largest_offset(&self, inputs: &[Input]) -> f64 {
        let Placement { gain, offset, .. } = self.place;
        inputs.iter().map(|input| (gain * input.offset + offset).abs()).fold(0.0, f64::max)
    }

    /// Whether f bends so near z = b that [`octaves`](Self::octaves) are few; their number grows with the
    /// offset.
    pub(crate) fn bends_near_zero(&self, inputs: &[Input]) -> bool {
        self.largest_offset(inputs) <= MOST_OFFSET
    }

    /// The common rule for steep scales: wherever σ(Sg + b) bends, its poles lie to the side of g by a share
    /// of g that is the same for every S. So octaves of g do, in as many pieces as offsets move the bend out.
    pub(super) fn octaves(&self, inputs: &[Input], orders: usize) -> Vec<(f64, f64)> {
        let pieces = 1 + self.largest_offset(inputs).ceil() as usize;
        let largest = largest_scale(inputs);
        let widest = PHASE / ((orders as f64).sqrt() + MARGIN);
        let mut rule = Vec::new();
        let mut upper = REACH;
        while upper * self.frequency(largest, 1.0) > PHASE {
            let count = pieces.max((0.5 * upper / widest).ceil() as usize);
            rule.extend((0..count).flat_map(|i| {
                let ends = [i, i + 1].map(|i| 0.5 * upper * (1.0 + i as f64 / count as f64));
                quadrature::legendre(ends[0], ends[1])
            }));
            upper *= 0.5;
        }
        rule.extend(quadrature::legendre(0.0, upper));
        rule
    }

    /// The rule for σ(±Sg + b) h_n φ with the sums and differences of σ at ±g.
    fn folded(&self, offset: f64, scale: f64, order: usize) -> Folded {
        let rule = self.half_line(offset, scale, order);
        let mut folded = Folded {
            points: rule.iter().map(|(g, _)| *g).collect(),
            even: Vec::with_capacity(rule.len()),
            slopes: [Vec::with_capacity(rule.len()), Vec::with_capacity(rule.len())],
            odd: Vec::with_capacity(rule.len()),
        };
        let Placement { height, gain, offset: shift, constant } = self.place;
        for (g, weight) in rule {
            let (above, up) = self.shape.value_and_slope(gain * (scale * g + offset) + shift);
            let (below, down) = self.shape.value_and_slope(gain * (scale * -g + offset) + shift);
            let share = weight * height;
            folded.even.push(share * (above + below) + 2.0 * weight * constant);
            folded.odd.push(share * (above - below));
            folded.slopes[0].push(share * gain * g * (up - down));
            folded.slopes[1].push(share * gain * g * (up + down));
        }
        folded
    }

    /// See [`Activation::hermite_coefficients`](super::Activation::hermite_coefficients); the derivative is
    /// taken under the integral, ∂q_n/∂S = E[σ'(SG + b) G h_n(G)].
    pub fn hermite_coefficients(&self, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
        if self.shape == Shape::Cosine {
            return cosine::hermite_coefficients(self.place, offset, scale, q, dq);
        }
        let rule = self.folded(offset, scale, q.len());
        let mut psi: Vec<f64> = rule.points.iter().map(|g| normal::density(*g)).collect(); // h_n φ
        let mut before = vec![0.0; psi.len()];
        for n in 0..q.len() {
            let values = if n % 2 == 0 { &rule.even } else { &rule.odd };
            q[n] = FourSums::new(values, &psi).in_order();
            dq[n] = FourSums::new(&rule.slopes[n % 2], &psi).in_order();
            // h_{n+1} = (g h_n − √n h_{n−1}) / √(n+1)
            let root = (n as f64).sqrt();
            let next = 1.0 / (n as f64 + 1.0).sqrt();
            for ((before, psi), g) in before.iter_mut().zip(&psi).zip(&rule.points) {
                *before = (g * psi - root * *before) * next;
            }
            std::mem::swap(&mut before, &mut psi);
        }
    }

    /// E σ(SG + b).
    pub fn mean(&self, offset: f64, scale: f64) -> f64 {
        if self.shape == Shape::Cosine {
            let mut q = [0.0];
            let mut dq = [0.0];
            cosine::hermite_coefficients(self.place, offset, scale, &mut q, &mut dq);
            return q[0];
        }
        self.expectation(offset, scale, 1.0, |g| self.value(scale * g + offset))
    }

    /// See [`Activation::mean_slope`](super::Activation::mean_slope).
    pub fn mean_slope(&self, offset: f64, scale: f64) -> f64 {
        if self.shape == Shape::Cosine {
            return cosine::mean_slope(self.place, offset, scale);
        }
        self.expectation(offset, scale, 1.0, |g| self.slope(scale * g + offset))
    }

    /// See [`Activation::second_moment`](super::Activation::second_moment).
    pub fn second_moment(&self, offset: f64, scale: f64) -> f64 {
        if self.shape == Shape::Cosine {
            return cosine::second_moment(self.place, offset, scale);
        }
        self.expectation(offset, scale, 2.0, |g| self.value(scale * g + offset).powi(2))
    }

    /// E σ(SG + b) σ(S'G' + b') at correlation c, by the same rule for G; what is left of G' given G is
    /// Gaussian again.
    pub fn pair(&self, input: Input, other: Input, cosine: f64) -> f64 {
        if self.shape == Shape::Cosine {
            return cosine::pair(self.place, input, other, cosine);
        }
        let spread = (1.0 - cosine * cosine).max(0.0).sqrt();
        let along = other.scale * cosine;
        let noise = other.scale * spread;
        let product =
            |g: f64| self.value(input.scale * g + input.offset) * self.mean(along * g + other.offset, noise);
        let frequency = self.frequency(input.scale + along.abs(), 1.0);
        if frequency <= STEEP {
            return trapezoid(frequency, product);
        }
        // The mean bends about where σ(along · g + b') does, over σ's own width and that of the spread.
        let mut ends = self.panels(input.offset, input.scale, 1.0);
        ends.extend(self.panels(other.offset, along, 1.0));
        let Placement { gain, offset, .. } = self.place;
        let centre = -(other.offset + offset / gain) / along;
        let width = noise / along.abs();
        ends.extend((-9..=9).map(|i| centre + width * f64::from(i)));
        quadrature::gaussian_expectation(&ends, product)
    }

    /// E F(G), F as smooth as σ(S· + b)^`power`.
    fn expectation(&self, offset: f64, scale: f64, power: f64, f: impl Fn(f64) -> f64) -> f64 {
        let frequency = self.frequency(scale, power);
        if frequency <= STEEP {
            return trapezoid(frequency, f);
        }
        quadrature::gaussian_expectation(&self.panels(offset, scale, power), f)
    }
}

/// The largest S.
fn largest_scale(inputs: &[Input]) -> f64 {
    inputs.iter().map(|input| input.scale).fold(0.0, f64::max)
}

/// Step of the trapezoid rule for a function of this frequency times h_n φ.
fn trapezoid_step(frequency: f64, order: usize) -> f64 {
    2.0 * std::f64::consts::PI / (frequency + (order as f64).sqrt() + MARGIN)
}

/// E F(G) by the trapezoid rule.
fn trapezoid(frequency: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = trapezoid_step(frequency, 0);
    // φ itself, without h_n, ends sooner: φ(9) < 1e-17 of its height.
    let count = (MARGIN / step).ceil() as i64;
    step * (-count..=count)
        .map(|i: i64| {
            let g = step * i as f64;
            f(g) * normal::density(g)
        })
        .sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quadrature::gaussian_expectation;

    /// Each shape as it is and placed elsewhere.
    fn everything() -> impl Iterator<Item = Smooth> {
        let places =
            [Placement::default(), Placement { height: -2.0, gain: 1.7, offset: 0.6, constant: 0.8 }];
        Shape::ALL.into_iter().flat_map(move |shape| places.map(|place| Smooth { shape, place }))
    }

    fn hermite(n: usize, x: f64) -> f64 {
        let mut before = 0.0;
        let mut now = 1.0;
        for k in 0..n {
            (before, now) = (now, (x * now - (k as f64).sqrt() * before) / (k as f64 + 1.0).sqrt());
        }
        now
    }

    /// Ends of panels so narrow near the poles that composite Gauss–Legendre converges: spacing 1/(4S).
    fn panels(scale: f64) -> Vec<f64> {
        let width = 0.25 / scale.max(0.25);
        (0..).map(|i| -12.0 + width * f64::from(i)).take_while(|x| *x < 12.0).collect()
    }

    #[test]
    fn coefficients_meet_gauss_legendre() {
        for sigma in everything() {
            for (offset, scale) in [(0.0, 0.05), (0.3, 0.9), (-1.0, 5.0), (0.0, 20.0)] {
                let mut q = vec![0.0; 61];
                let mut dq = vec![0.0; 61];
                sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
                let panels = panels(scale * sigma.place.gain);
                for n in [0, 1, 2, 7, 20, 60] {
                    let exact =
                        gaussian_expectation(&panels, |g| sigma.value(scale * g + offset) * hermite(n, g));
                    let slope = gaussian_expectation(&panels, |g| {
                        sigma.slope(scale * g + offset) * g * hermite(n, g)
                    });
                    // Both rules are exact to rounding, of values up to 70 for S = 20; cutting at |g| = 12
                    // leaves h_60 φ below 1e-14.
                    let error = q[n] - exact;
                    let slope_error = dq[n] - slope;
                    assert!(
                        error.abs() < 1e-12 && slope_error.abs() < 1e-12,
                        "{sigma:?} q_{n}({offset},{scale}): {error:.1e} {slope_error:.1e}"
                    );
                }
                let square = gaussian_expectation(&panels, |g| sigma.value(scale * g + offset).powi(2));
                let error = sigma.second_moment(offset, scale) - square;
                assert!(error.abs() < 1e-12 * square.max(1.0), "{sigma:?} {scale}: {error:.1e}");
                assert!((sigma.mean(offset, scale) - q[0]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn slopes_meet_central_differences() {
        let step = 1e-5;
        for sigma in everything() {
            for z in [-30.0, -2.0, -0.3, 0.0, 0.7, 3.0, 30.0] {
                let difference = (sigma.value(z + step) - sigma.value(z - step)) / (2.0 * step);
                // Truncation step²/6 · |σ'''| ≲ 2e-10, rounding 1e-14/step.
                assert!((difference - sigma.slope(z)).abs() < 5e-9, "{sigma:?} {z}");
                let mut value = [0.0];
                let mut slope = [0.0];
                sigma.evaluate(&[z], &mut value, &mut slope);
                assert_eq!((value[0], slope[0]), (sigma.value(z), sigma.slope(z)), "{sigma:?} {z}");
            }
        }
    }

    #[test]
    fn no_spread_is_the_activation_itself() {
        for sigma in everything() {
            let mut q = vec![0.0; 6];
            let mut dq = vec![0.0; 6];
            sigma.hermite_coefficients(0.7, 0.0, &mut q, &mut dq);
            // The rule integrates polynomials times φ to rounding.
            assert!((q[0] - sigma.value(0.7)).abs() < 1e-14 && q[1..].iter().all(|c| c.abs() < 1e-14));
            assert!((dq[1] - sigma.slope(0.7)).abs() < 1e-14);
            assert!((sigma.second_moment(0.7, 0.0) - sigma.value(0.7).powi(2)).abs() < 1e-13);
        }
    }

    fn at(offset: f64, scale: f64) -> Input {
        Input { offset, scale }
    }

    #[test]
    fn pairs_meet_their_limits() {
        for sigma in everything() {
            for (first, other) in [(at(0.0, 0.7), at(0.0, 1.9)), (at(0.4, 6.0), at(-2.0, 3.0))] {
                let apart = sigma.mean(first.offset, first.scale) * sigma.mean(other.offset, other.scale);
                assert!((sigma.pair(first, other, 0.0) - apart).abs() < 1e-12, "{sigma:?}");
                let same = sigma.pair(first, first, 1.0) - sigma.second_moment(first.offset, first.scale);
                assert!(same.abs() < 1e-11, "{sigma:?} {same:.1e}");
            }
        }
    }

    #[test]
    fn steep_shapes_have_their_limits() {
        let at_rest = |shape| Smooth { shape, place: Placement::default() };
        let density = 1.0 / (2.0 * std::f64::consts::PI).sqrt();
        for scale in [50.0, 1e3, 1e6, 1e12] {
            // E ln(1 + e^{SG}) = φ(0) (S + π²/(6S)) + O(S⁻³), the next term −7π⁴/(360 S³) φ(0).
            let exact = density * (scale + std::f64::consts::PI.powi(2) / (6.0 * scale));
            let error = at_rest(Shape::Softplus).mean(0.0, scale) - exact;
            assert!(error.abs() < 1e-13 * scale + 1.0 / scale.powi(3), "{scale}: {error:.1e}");
            // Signs agree with probability ½ + asin c/π; the step's width enters by 1/S.
            for cosine in [-1.0, -0.3, 0.0, 0.2, 0.999, 1.0_f64] {
                let found = at_rest(Shape::Tanh).pair(at(0.0, scale), at(0.0, 2.0 * scale), cosine);
                let exact = 2.0 / std::f64::consts::PI * cosine.asin();
                let width = 2.0 / scale + 1e-11;
                assert!((found - exact).abs() < width, "{scale} {cosine}: {found} {exact}");
            }
        }
    }

    #[test]
    fn steep_pairs_meet_the_trapezoid_rule() {
        for sigma in everything().filter(|sigma| sigma.shape != Shape::Cosine) {
            let cases = [
                (at(0.0, 20.0), at(0.0, 25.0), 0.3),
                (at(3.0, 40.0), at(-5.0, 15.0), -0.95),
                (at(-0.5, 0.2), at(8.0, 45.0), 0.999),
            ];
            for (first, other, cosine) in cases {
                let spread = f64::sqrt(1.0 - cosine * cosine);
                let exact = trapezoid(sigma.frequency(first.scale + other.scale, 1.0), |g| {
                    let mean = |h: f64| sigma.value(other.scale * (cosine * g + spread * h) + other.offset);
                    let mean = trapezoid(sigma.frequency(other.scale * spread, 1.0), mean);
                    sigma.value(first.scale * g + first.offset) * mean
                });
                let error = sigma.pair(first, other, cosine) - exact;
                // Rounding, of values up to 4 · 40 · 15.
                assert!(error.abs() < 1e-11 * exact.abs().max(1.0), "{sigma:?} {cosine}: {error:.1e}");
            }
        }
    }

    #[test]
    fn either_of_a_steep_pair_may_come_first() {
        // The mean bends far from 0, over a width of 0.03 that is much larger than σ's own and much smaller
        // than 1.
        for sigma in everything() {
            let first = at(0.5, 400.0);
            let other = at(400.0, 500.0);
            let cosine = 0.9995;
            let [here, there] = [sigma.pair(first, other, cosine), sigma.pair(other, first, cosine)];
            // Rounding, of values up to 4 · 400 · 900.
            assert!((here - there).abs() < 1e-12 * here.abs().max(1.0), "{sigma:?} {here} {there}");
        }
    }
}
