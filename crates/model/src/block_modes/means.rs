//! Gaussian means of σ, of its products with its slope, and of their derivatives by the offset.

use meanfield_kernel::dot::FourSums;

use crate::activation::Activation;
use crate::{normal, quadrature};

/// |G| beyond this has probability below 1e-17.
const REACH: f64 = 8.5;

/// Differences of a slope over one to four steps make its first two derivatives to the eighth order; steps
/// are shorter where σ has higher frequencies than this.
const STEP: f64 = 0.02;
const USUAL_BANDWIDTH: f64 = 24.0;
const SLOPES: [[f64; 2]; 4] = [
    [4.0 / 5.0, 8.0 / 5.0],
    [-1.0 / 5.0, -1.0 / 5.0],
    [4.0 / 105.0, 8.0 / 315.0],
    [-1.0 / 280.0, -1.0 / 560.0],
];

/// ∂_b^n E f(b + S G), n = 0, 1, …, of several functions f.
#[derive(Clone, Debug)]
pub struct GaussianMeans {
    /// f = σ.
    pub output: Vec<f64>,
    /// f = σ².
    pub square: Vec<f64>,
    /// f = σ σ'.
    pub product: Vec<f64>,
    /// f = σ'².
    pub slope_square: Vec<f64>,
}

impl GaussianMeans {
    /// The means at b and S > 0, so many of σ and of each product.
    pub fn new(
        activation: &Activation,
        offset: f64,
        scale: f64,
        of_output: usize,
        of_products: usize,
    ) -> Self {
        let (nodes, mut shares) = nodes(activation, offset, scale);
        let inputs: Vec<f64> = nodes.iter().map(|g| offset + scale * g).collect();
        let [mut value, mut slope] = [0; 2].map(|_| vec![0.0; nodes.len()]);
        activation.evaluate(&inputs, &mut value, &mut slope);
        let functions = [times(&value, &value), times(&value, &slope), times(&slope, &slope)];
        let mut output = Vec::with_capacity(of_output);
        let mut products = [0; 3].map(|_| Vec::with_capacity(of_products));
        let mut before = vec![0.0; nodes.len()];
        for n in 0..of_output.max(of_products) {
            let unit = scale.powi(n as i32).recip();
            output.push(unit * mean_of(&shares, &value));
            if n < of_products {
                products.iter_mut().zip(&functions).for_each(|(own, f)| own.push(unit * mean_of(&shares, f)));
            }
            to_next_order(n, &nodes, &mut before, &mut shares);
        }
        output.truncate(of_output);
        let [square, product, slope_square] = products;
        Self { output, square, product, slope_square }
    }

    /// The same at S = 0, where they are f and its derivatives at b: three of σ, one of σ², by differences of
    /// a smooth σ's slope; beyond these not a number.
    pub fn at_point(activation: &Activation, offset: f64, of_output: usize, of_products: usize) -> Self {
        let step = STEP * (USUAL_BANDWIDTH / activation.bandwidth()).min(1.0);
        let slope = |steps: f64| activation.slope(offset + steps * step);
        let value = activation.value(offset);
        let differences = SLOPES.iter().enumerate().map(|(k, weights)| {
            let [before, after] = [-(k as f64 + 1.0), k as f64 + 1.0].map(slope);
            [weights[0] * (after - before), weights[1] * (after + before - 2.0 * slope(0.0))]
        });
        let [second, third] = differences.fold([0.0; 2], |[a, b], [x, y]| [a + x, b + y]);
        let slope = slope(0.0);
        let derivatives = [value, slope, second / step, third / (step * step)];
        let filled = |known: &[f64], count: usize| {
            (0..count).map(|n| known.get(n).copied().unwrap_or(f64::NAN)).collect()
        };
        Self {
            output: filled(&derivatives, of_output),
            square: filled(&[value * value, 2.0 * value * slope], of_products),
            product: filled(&[value * slope], of_products),
            slope_square: filled(&[slope * slope], of_products),
        }
    }

    /// Nodes of the quadrature behind the means.
    pub fn count_of_nodes(activation: &Activation, offset: f64, scale: f64) -> usize {
        let panels = activation.panels(offset, scale, REACH).len() - 1;
        panels * quadrature::legendre(0.0, 1.0).count()
    }
}

/// Nodes G of the quadrature, and their weights in an expectation.
fn nodes(activation: &Activation, offset: f64, scale: f64) -> (Vec<f64>, Vec<f64>) {
    let panels = activation.panels(offset, scale, REACH);
    let all = panels.windows(2).flat_map(|ends| quadrature::legendre(ends[0], ends[1]));
    all.map(|(g, weight)| (g, weight * normal::density(g))).unzip()
}

/// Σ share · f over the nodes.
fn mean_of(shares: &[f64], values: &[f64]) -> f64 {
    FourSums::new(shares, values).in_order()
}

fn times(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

/// From weights times He_n(G) to weights times He_{n+1}(G): ∂_b^n E f = E f He_n(G) / S^n.
fn to_next_order(n: usize, nodes: &[f64], before: &mut [f64], now: &mut [f64]) {
    for ((g, before), now) in nodes.iter().zip(before).zip(now) {
        let next = g * *now - n as f64 * *before;
        *before = *now;
        *now = next;
    }
}

/// E σ(b + SG)² h_2p(G) for p = 0, 1, …, `count` of them, h_n normalised Hermite polynomials.
pub fn square_by_order(activation: &Activation, offset: f64, scale: f64, count: usize) -> Vec<f64> {
    if scale == 0.0 || count == 1 {
        let mut squares = vec![0.0; count];
        squares[0] = activation.second_moment(offset, scale);
        return squares;
    }
    let mut squares = vec![0.0; count];
    for ends in activation.panels(offset, scale, REACH).windows(2) {
        for (g, weight) in quadrature::legendre(ends[0], ends[1]) {
            let value = activation.value(offset + scale * g);
            add_even_orders(g, weight * normal::density(g) * value * value, &mut squares);
        }
    }
    squares
}

/// Adds share · h_2p(g), without powers of S: there may be a hundred orders.
fn add_even_orders(g: f64, share: f64, orders: &mut [f64]) {
    let [mut before, mut now] = [0.0, share];
    for n in 0..2 * orders.len() - 1 {
        if n % 2 == 0 {
            orders[n / 2] += now;
        }
        let next = (g * now - (n as f64).sqrt() * before) / ((n + 1) as f64).sqrt();
        before = now;
        now = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Polynomial;

    #[test]
    fn a_hundred_orders_of_a_narrow_input_are_numbers() {
        // (b + SG)² = b² + S² + 2bS G + √2 S² h₂(G).
        let line = Activation::Polynomial(Polynomial::new(&[0.0, 1.0]).expect("valid"));
        let found = square_by_order(&line, 0.7, 1e-3, 100);
        let exact = |p: usize| match p {
            0 => 0.49 + 1e-6,
            1 => 2f64.sqrt() * 1e-6,
            _ => 0.0,
        };
        for (p, order) in found.iter().enumerate().take(5) {
            assert!((order - exact(p)).abs() < 1e-11, "order {p}: {order}");
        }
        assert!(found.iter().all(|order| order.abs() < 0.5), "{found:?}");
    }
}
