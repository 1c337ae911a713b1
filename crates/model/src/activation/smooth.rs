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
mod tests;
