//! The exact population risk of a finite network, R_N(θ) = E(y − ŷ)², without sampling.
//!
//! ```text
//!   R_N = Σ_c π_c [ y_c² − (2 y_c/N) Σ_i q_0(S_ci) + (1/N²) Σ_ij E σ(z_i)σ(z_j) ],   S_ci = τ_c |w_i|
//! ```
//! Pairs: [Mehler's series](series) through the true cosine, each with as many orders as it needs. The diagonal is closed
//! form (the series converges slowly at cosine 1). Nearly parallel pairs beyond the series are nearly closed form where σ has
//! straight pieces, and integrals over a table where it is smooth; the slow [`pair_by_quadrature`] checks both.

mod series;

use std::cell::OnceCell;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

use crate::activation::{Activation, Hinged, LEAST_COSINE, NoisyPairs, Shape};
use crate::data::{Class, GaussianClasses};
use crate::quadrature::gaussian_expectation;
use series::Series;

/// Rows of cosines held at a time: N² of them at once would not fit for large N.
const ROWS: usize = 64;

/// R_N of the network whose rows are the weights, shape (neuron, d).
pub fn risk(data: &GaussianClasses, activation: &Activation, weights: ArrayView2<f64>) -> f64 {
    let neurons = weights.nrows() as f64;
    let (radii, directions) = polar(weights);
    let mut largest: f64 = 0.0;
    for_each_row(&directions, |_, cosines| largest = cosines.fold(largest, |l, c| l.max(c.abs())));
    let seen: Vec<Seen> = data.classes.iter().map(|c| Seen::new(activation, c, &radii, largest)).collect();
    let mut pairs = vec![0.0; seen.len()];
    for_each_row(&directions, |i, cosines| {
        pairs.iter_mut().zip(&seen).for_each(|(pairs, seen)| *pairs += seen.row_of_pairs(i, cosines));
    });
    let class_risk = |((class, seen), pairs): ((&Class, &Seen), &f64)| {
        let output = seen.series.means().sum::<f64>() / neurons;
        let square = (seen.series.squares().iter().sum::<f64>() + 2.0 * pairs) / (neurons * neurons);
        class.weight * (class.label * class.label - 2.0 * class.label * output + square)
    };
    data.classes.iter().zip(&seen).zip(&pairs).map(class_risk).sum()
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

/// Calls with i and the cosines to all j < i.
fn for_each_row(directions: &Array2<f64>, mut row_of: impl FnMut(usize, ArrayView1<f64>)) {
    let neurons = directions.nrows();
    for first in (0..neurons).step_by(ROWS) {
        let last = neurons.min(first + ROWS);
        let block = directions.slice(s![first..last, ..]);
        let mut cosines = block.dot(&directions.slice(s![..last, ..]).t());
        cosines.mapv_inplace(|c| c.clamp(-1.0, 1.0));
        for (i, row) in (first..last).zip(cosines.rows()) {
            row_of(i, row.slice(s![..i]));
        }
    }
}

/// The neurons of a network as one class sees them.
struct Seen<'a> {
    activation: &'a Activation,
    scales: Vec<f64>,
    series: Series,
    /// For straight pieces: each neuron and its reflection.
    hinged: Vec<[Hinged; 2]>,
    /// For smooth σ: made for the first pair beyond the series.
    noisy: OnceCell<NoisyPairs>,
}

impl<'a> Seen<'a> {
    /// For pairs up to this cosine.
    fn new(activation: &'a Activation, class: &Class, radii: &Array1<f64>, cosine: f64) -> Self {
        let scales: Vec<f64> = radii.iter().map(|r| class.scale * r).collect();
        let mut hinged = Vec::new();
        if let Activation::PiecewiseLinear(sigma) = activation {
            let both = |hinged: Hinged| [hinged.reflected(), hinged];
            hinged.extend(scales.iter().map(|scale| both(Hinged::new(sigma, *scale))));
        }
        let series = Series::for_cosines(activation, &scales, cosine);
        Self { activation, scales, series, hinged, noisy: OnceCell::new() }
    }

    /// Σ_{j<i} E σ(z_i)σ(z_j).
    fn row_of_pairs(&self, i: usize, cosines: ArrayView1<f64>) -> f64 {
        let mut beyond = Vec::new();
        let within = self.series.row_of_pairs(i, cosines, &mut beyond);
        within + beyond.into_iter().map(|j| self.pair(i, j, cosines[j])).sum::<f64>()
    }

    /// E σ(z_i)σ(z_j) without the series.
    fn pair(&self, i: usize, j: usize, cosine: f64) -> f64 {
        if !self.hinged.is_empty() && cosine.abs() >= LEAST_COSINE {
            let second = &self.hinged[j][usize::from(cosine > 0.0)];
            return self.hinged[i][1].pair(second, cosine.abs());
        }
        match self.activation {
            Activation::Smooth(sigma) if sigma.shape != Shape::Cosine && sigma.bends_near_zero() => {
                self.noisy.get_or_init(|| NoisyPairs::new(sigma, &self.scales)).pair(i, j, cosine)
            }
            _ => pair_by_quadrature(self.activation, self.scales[i], self.scales[j], cosine),
        }
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
    use super::series::PAIR_TOLERANCE;
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
                    let product = length(i) * length(j);
                    let cosine =
                        if product > 0.0 { weights.row(i).dot(&weights.row(j)) / product } else { 0.0 };
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
    fn each_pair_takes_as_many_orders_as_it_needs() {
        let class = Class { weight: 1.0, label: 1.0, scale: 1.0 };
        for sigma in examples::all() {
            for scales in [[0.3, 0.31], [0.8, 1.7], [4.0, 2.9]] {
                let seen = Seen::new(&sigma, &class, &ndarray::arr1(&scales), 1.0);
                for cosine in [0.0, 0.1, -0.3, 0.5, 0.62, -0.7, 0.8, 0.87, 0.92, -0.97, 0.995, 1.0] {
                    let found = seen.row_of_pairs(1, ndarray::arr1(&[cosine]).view());
                    let error = found - pair_by_quadrature(&sigma, scales[0], scales[1], cosine);
                    assert!(error.abs() < PAIR_TOLERANCE, "{sigma:?} {scales:?} {cosine}: {error:.1e}");
                }
            }
        }
    }

    #[test]
    fn bundles_of_every_width_are_exact() {
        // Pairs within the series and beyond it, opposite ones too, of small and large scales.
        let data = GaussianClasses::isotropic(3, 0.8).expect("valid");
        let weights = Array2::from_shape_fn((16, 3), |(i, j)| {
            let bundle = [[1.0, 0.2, -0.3], [-0.4, 1.0, 0.1]][i % 2][j];
            let away = 0.3f64.powi(i as i32 / 2) * ((5 * i + 7 * j) as f64).sin();
            let length = [0.0, 1e-4, 0.3, 0.7, -1.0, 1.6, -3.0, 5.0][i / 2];
            length * (bundle + away)
        });
        for sigma in examples::all() {
            let (fast, slow) = (risk(&data, &sigma, weights.view()), slow_risk(&data, &sigma, &weights));
            assert!((fast - slow).abs() < PAIR_TOLERANCE, "{sigma:?} {fast} {slow}");
        }
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
