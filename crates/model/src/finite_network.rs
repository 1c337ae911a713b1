//! The exact population risk of a finite network, R_N(θ) = E(y − ŷ)², without sampling.
//!
//! ```text
//!   R_N = Σ_c π_c [ y_c² − (2 y_c/N) Σ_i q_0(S_ci) + (1/N²) Σ_ij E σ(z_i)σ(z_j) ],   S_ci = τ_c |w_i|
//! ```
//! Pairs: Mehler's series Σ_n cosⁿ(w_i, w_j) q_n(S_ci) q_n(S_cj), through the true cosine. The diagonal is
//! closed form (the series converges slowly at cosine 1), and so is what the series leaves out, which
//! bounds its error pair by pair; nearly parallel pairs that miss the bound go to quadrature.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

use crate::activation::Activation;
use crate::data::{Class, GaussianClasses};
use crate::quadrature::gaussian_expectation;

/// Orders of Mehler's series: the first that suffice for the cosines to be expected.
const ORDERS: [usize; 4] = [24, 48, 96, 160];
/// Two random directions have a cosine above this many standard deviations, 1/√d each, once in 16000 times.
const EXPECTED: f64 = 4.0;
/// A pair whose series may leave more than this is integrated by quadrature instead.
const PAIR_TOLERANCE: f64 = 1e-8;
/// What a series leaves out is known to this share of its terms: rounding of their difference.
const ROUNDING: f64 = 1e-13;
/// Rows of cosines held at a time: N² of them at once would not fit for large N.
const ROWS: usize = 64;

/// R_N of the network whose rows are the weights, shape (neuron, d).
pub fn risk(data: &GaussianClasses, activation: &Activation, weights: ArrayView2<f64>) -> f64 {
    let neurons = weights.nrows() as f64;
    let (radii, directions) = polar(weights);
    let class_risk = |class: &Class| {
        let expansion =
            Expansion::for_cosines(activation, class, &radii, EXPECTED / (data.dimension as f64).sqrt());
        let output = expansion.q.row(0).sum() / neurons;
        let square = expansion.sum_over_pairs(activation, &directions) / (neurons * neurons);
        class.weight * (class.label * class.label - 2.0 * class.label * output + square)
    };
    data.classes.iter().map(class_risk).sum()
}

/// Lengths of the rows, and the rows divided by them (0 for a row that vanishes).
fn polar(weights: ArrayView2<f64>) -> (Array1<f64>, Array2<f64>) {
    let radii: Array1<f64> = weights.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect();
    let mut directions = weights.to_owned();
    for (mut row, &radius) in directions.rows_mut().into_iter().zip(&radii) {
        row.mapv_inplace(|w| if radius > 0.0 { w / radius } else { 0.0 });
    }
    (radii, directions)
}

/// The neurons of a network as one class sees them.
struct Expansion {
    scales: Vec<f64>,
    /// q_n(S_i), shape (order, neuron).
    q: Array2<f64>,
    /// E σ(z_i)².
    squares: Vec<f64>,
    /// √(E σ² − Σ_n q_n²): what the orders kept leave out.
    rest: Vec<f64>,
}

impl Expansion {
    /// With as many orders as leave less than the tolerance in pairs up to this cosine; the most there are, if none do.
    fn for_cosines(activation: &Activation, class: &Class, radii: &Array1<f64>, cosine: f64) -> Self {
        let suffices = |expansion: &Self, orders: usize| {
            let rest = expansion.rest.iter().copied().fold(0.0, f64::max);
            cosine.powi(orders as i32) * rest * rest <= PAIR_TOLERANCE
        };
        let mut expansion = Self::new(activation, class, radii, ORDERS[0]);
        for pair in ORDERS.windows(2) {
            if !suffices(&expansion, pair[0]) {
                expansion = Self::new(activation, class, radii, pair[1]);
            }
        }
        expansion
    }

    fn new(activation: &Activation, class: &Class, radii: &Array1<f64>, orders: usize) -> Self {
        let scales: Vec<f64> = radii.iter().map(|r| class.scale * r).collect();
        let mut q = Array2::zeros((orders, scales.len()));
        let (mut column, mut unused) = (vec![0.0; orders], vec![0.0; orders]);
        for (i, &scale) in scales.iter().enumerate() {
            activation.hermite_coefficients(0.0, scale, &mut column, &mut unused);
            q.column_mut(i).assign(&ndarray::aview1(&column));
        }
        let squares: Vec<f64> = scales.iter().map(|&s| activation.second_moment(0.0, s)).collect();
        let rest =
            squares.iter().zip(q.columns()).map(|(square, q)| (square - q.dot(&q)).max(0.0).sqrt()).collect();
        Self { scales, q, squares, rest }
    }

    /// Σ_ij E σ(z_i)σ(z_j).
    fn sum_over_pairs(&self, activation: &Activation, directions: &Array2<f64>) -> f64 {
        let (neurons, mut pairs) = (directions.nrows(), 0.0);
        for first in (0..neurons).step_by(ROWS) {
            let last = neurons.min(first + ROWS);
            let block = directions.slice(s![first..last, ..]);
            let cosines = block.dot(&directions.slice(s![..last, ..]).t());
            for (i, row) in (first..last).zip(cosines.rows()) {
                pairs += self.row_of_pairs(activation, row.slice(s![..i]), i);
            }
        }
        self.squares.iter().sum::<f64>() + 2.0 * pairs
    }

    /// Σ_{j<i} E σ(z_i)σ(z_j), by Horner's rule in the cosine.
    fn row_of_pairs(&self, activation: &Activation, cosine: ArrayView1<f64>, i: usize) -> f64 {
        let cosine = cosine.mapv(|c| c.clamp(-1.0, 1.0));
        let mut series = vec![0.0; i];
        for n in (0..self.q.nrows()).rev() {
            let (q, q_i) = (self.q.row(n), self.q[[n, i]]);
            for ((s, c), q_j) in series.iter_mut().zip(&cosine).zip(q) {
                *s = *s * c + q_i * q_j;
            }
        }
        for (j, s) in series.iter_mut().enumerate() {
            let left_out = cosine[j].abs().powi(self.q.nrows() as i32) * self.rest[i] * self.rest[j];
            let rounding = ROUNDING * (self.squares[i] * self.squares[j]).sqrt();
            if left_out > PAIR_TOLERANCE.max(rounding) {
                *s = pair_by_quadrature(activation, self.scales[i], self.scales[j], cosine[j]);
            }
        }
        series.iter().sum()
    }
}

/// E σ(SG) σ(S'G') at correlation c: ∫ σ(Sg) E σ(S'cg + S'√(1−c²) H) φ(g) dg, by the trapezoid rule where σ is
/// smooth, else split where the inner or the outer function bends.
pub fn pair_by_quadrature(activation: &Activation, scale: f64, other: f64, cosine: f64) -> f64 {
    if let Activation::Smooth(sigma) = activation {
        return sigma.pair(scale, other, cosine);
    }
    let spread = (1.0 - cosine * cosine).max(0.0).sqrt();
    let mut breaks = Vec::new();
    for kink in activation.kinks() {
        breaks.push(kink / scale);
        let (centre, width) = (kink / (other * cosine), spread / cosine.abs());
        breaks.push(centre);
        breaks
            .extend([1.0, 2.0, 4.0, 8.0].into_iter().flat_map(|m| [centre - m * width, centre + m * width]));
    }
    breaks.retain(|b| b.is_finite());
    gaussian_expectation(&breaks, |g| {
        activation.value(scale * g) * activation.mean(other * cosine * g, other * spread)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;
    use ndarray::array;

    fn figure_1() -> (GaussianClasses, Activation) {
        (GaussianClasses::isotropic(3, 0.8).expect("valid"), examples::figure_1())
    }

    /// Every pair by quadrature, no series.
    fn slow_risk(data: &GaussianClasses, sigma: &Activation, weights: &Array2<f64>) -> f64 {
        let n = weights.nrows() as f64;
        let length = |i: usize| weights.row(i).dot(&weights.row(i)).sqrt();
        let mut total = 0.0;
        for class in &data.classes {
            let mut square = 0.0;
            for i in 0..weights.nrows() {
                for j in 0..weights.nrows() {
                    let cosine = weights.row(i).dot(&weights.row(j)) / (length(i) * length(j));
                    let cosine = if i == j { 1.0 } else { cosine.clamp(-1.0, 1.0) };
                    square +=
                        pair_by_quadrature(sigma, class.scale * length(i), class.scale * length(j), cosine);
                }
            }
            let output: f64 = (0..weights.nrows()).map(|i| sigma.mean(0.0, class.scale * length(i))).sum();
            total += class.weight * (1.0 - 2.0 * class.label * output / n + square / (n * n));
        }
        total
    }

    #[test]
    fn series_and_quadrature_agree_on_any_geometry() {
        let (data, _) = figure_1();
        let weights = array![
            [0.3, -0.2, 0.9],
            [0.3, -0.2, 0.9],  // twice the same neuron: cosine 1
            [-0.6, 0.4, -1.8], // antiparallel: cosine −1
            [0.31, -0.2, 0.9], // nearly parallel
            [1.0, 2.0, 0.1],
            [0.0, 0.05, 0.02],
        ];
        for sigma in examples::all() {
            let (fast, slow) = (risk(&data, &sigma, weights.view()), slow_risk(&data, &sigma, &weights));
            // Each pair may leave PAIR_TOLERANCE, and pairs enter with weight 1/N².
            assert!((fast - slow).abs() < PAIR_TOLERANCE, "{sigma:?} {fast} {slow}");
        }
    }

    #[test]
    fn many_neurons_are_summed_over_every_pair_once() {
        // More neurons than rows held at a time; spread so that no two directions nearly agree.
        let (_, sigma) = figure_1();
        let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
        let weights =
            Array2::from_shape_fn((150, 40), |(i, j)| 0.15 * ((7 * i + 3 * i * j + j * j) as f64).sin());
        let exact = slow_risk(&data, &sigma, &weights);
        assert!((risk(&data, &sigma, weights.view()) - exact).abs() < PAIR_TOLERANCE, "{exact}");
    }

    #[test]
    fn one_neuron_is_elementary() {
        let (data, sigma) = figure_1();
        let weights = array![[0.7, 0.0, 0.0]];
        let exact: f64 = data
            .classes
            .iter()
            .map(|c| {
                let kinks: Vec<f64> = sigma.kinks().iter().map(|t| t / (c.scale * 0.7)).collect();
                c.weight
                    * gaussian_expectation(&kinks, |g| (c.label - sigma.value(c.scale * 0.7 * g)).powi(2))
            })
            .sum();
        assert!((risk(&data, &sigma, weights.view()) - exact).abs() < 1e-12);
    }

    #[test]
    fn a_neuron_without_weight_is_a_constant() {
        let (data, sigma) = figure_1();
        let constant = sigma.value(0.0);
        let exact = 0.5 * (1.0 - constant).powi(2) + 0.5 * (-1.0 - constant).powi(2);
        assert!((risk(&data, &sigma, Array2::zeros((4, 3)).view()) - exact).abs() < 1e-12);
    }
}
