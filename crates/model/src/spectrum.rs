//! How much of a neuron's output each Hermite order carries, at most over a range of neurons: what a cut
//! series leaves out is bounded by it. Sampled, not proved: the range is covered by points.

use crate::activation::Activation;

/// Scales a decade, and decades below the largest: enough, since σ is a straight line at the
/// smallest.
const FINE: Scales = Scales { per_decade: 30, decades: 4 };
/// Scales where offsets vary too; their range, from end to end, has twice so many steps and one more point.
const COARSE: Scales = Scales { per_decade: 16, decades: 3 };
const HALF_STEPS: i32 = 16;
/// Around a bend of σ, offsets lie this many standard deviations of the input (or, for a smooth σ, units of
/// its own length) to either side, in steps of a quarter.
const AROUND: f64 = 3.0;

/// How densely scales are sampled.
struct Scales {
    per_decade: i32,
    decades: i32,
}

/// Largest over a range of neurons, for k = 0, 1, 2, …
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// q_{2k}².
    pub squares: Vec<f64>,
    /// Σ_{n > 2k} q_n², from E σ² less the orders before.
    pub tails: Vec<f64>,
}

impl Spectrum {
    /// For |b| ≤ `largest_offset`, S ≤ `largest_scale` and `count` values of k.
    pub fn up_to(activation: &Activation, largest_offset: f64, largest_scale: f64, count: usize) -> Self {
        let mut spectrum = Self { squares: vec![0.0; count], tails: vec![0.0; count] };
        let mut q = vec![0.0; 2 * count];
        let mut dq = vec![0.0; 2 * count];
        let Scales { per_decade, decades } = if largest_offset > 0.0 { COARSE } else { FINE };
        for i in 0..=decades * per_decade {
            let scale = largest_scale * 10f64.powf(-f64::from(i) / f64::from(per_decade));
            for offset in offsets(activation, largest_offset, scale) {
                activation.hermite_coefficients(offset, scale, &mut q, &mut dq);
                spectrum.include(&q, activation.second_moment(offset, scale));
            }
        }
        spectrum
    }

    /// (S, largest Σ_{n > 2k} q_n² up to S) for one k without offset, at the scales that [`Self::up_to`]
    /// takes, increasing.
    pub fn tails_by_scale(activation: &Activation, largest_scale: f64, k: usize) -> Vec<(f64, f64)> {
        let mut largest = 0.0_f64;
        let scales = (0..=FINE.decades * FINE.per_decade).rev();
        let scales = scales.map(|i| largest_scale * 10f64.powf(-f64::from(i) / f64::from(FINE.per_decade)));
        scales
            .map(|scale: f64| {
                largest = largest.max(Self::tail(activation, scale, k));
                (scale, largest)
            })
            .collect()
    }

    /// Σ_{n > 2k} q_n² of one neuron without offset.
    pub fn tail(activation: &Activation, scale: f64, k: usize) -> f64 {
        let mut q = vec![0.0; 2 * k + 2];
        let mut dq = vec![0.0; 2 * k + 2];
        activation.hermite_coefficients(0.0, scale, &mut q, &mut dq);
        let before: f64 = q[..=2 * k].iter().map(|q| q * q).sum();
        (activation.second_moment(0.0, scale) - before).max(0.0)
    }

    /// For neurons whose outputs are `factor` times larger.
    pub fn amplified(mut self, factor: f64) -> Self {
        let both = self.squares.iter_mut().chain(&mut self.tails);
        both.for_each(|square| *square *= factor * factor);
        self
    }

    /// Raises the maxima to what one neuron has.
    fn include(&mut self, q: &[f64], second_moment: f64) {
        let mut rest = second_moment;
        for (k, (square, tail)) in self.squares.iter_mut().zip(&mut self.tails).enumerate() {
            rest -= if k == 0 { q[0] * q[0] } else { q[2 * k - 1].powi(2) + q[2 * k].powi(2) };
            *square = square.max(q[2 * k] * q[2 * k]);
            *tail = tail.max(rest);
        }
    }
}

/// Offsets |b| ≤ `largest` evenly, and densely where inputs of this scale meet a bend of σ.
fn offsets(activation: &Activation, largest: f64, scale: f64) -> Vec<f64> {
    if largest == 0.0 {
        return vec![0.0];
    }
    let even = (-HALF_STEPS..=HALF_STEPS).map(|i| largest * f64::from(i) / f64::from(HALF_STEPS));
    let (bends, unit) = activation.bends();
    let steps = (4.0 * AROUND) as i32;
    let width = scale.max(unit);
    let near =
        bends.iter().flat_map(|bend| (-steps..=steps).map(move |i| bend + 0.25 * width * f64::from(i)));
    even.chain(near.filter(|offset| offset.abs() <= largest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;

    #[test]
    fn no_neuron_of_the_range_carries_more() {
        for sigma in examples::all() {
            let spectrum = Spectrum::up_to(&sigma, 2.0, 3.0, 6);
            for i in 0..400 {
                // Low-discrepancy points of the range.
                let [share, other] = [0.754_877_666, 0.569_840_291].map(|step| (f64::from(i) * step).fract());
                let mut one = Spectrum { squares: vec![0.0; 6], tails: vec![0.0; 6] };
                let mut q = [0.0; 12];
                let mut dq = [0.0; 12];
                let offset = 4.0 * share - 2.0;
                let scale = 3.0 * other;
                sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
                one.include(&q, sigma.second_moment(offset, scale));
                for k in 0..6 {
                    // What lies between the points: a tenth of q_n² of a cosine, which peaks
                    // narrowly, less of others.
                    let square = 1.1 * spectrum.squares[k];
                    let tail = 1.05 * spectrum.tails[k];
                    assert!(one.squares[k] <= square + 1e-13, "{sigma:?} q² {k} ({offset}, {scale})");
                    assert!(one.tails[k] <= tail + 1e-12, "{sigma:?} tail {k} ({offset}, {scale})");
                }
            }
        }
    }
}
