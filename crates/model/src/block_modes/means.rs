//! Gaussian means of σ, of its products with its slope, and of their derivatives by the offset.

use crate::activation::Activation;
use crate::{normal, quadrature};

/// |G| beyond this has probability below 1e-17.
const REACH: f64 = 8.5;
/// Widest panel of 24 nodes: polynomials times φ are integrated to rounding.
const WIDEST: f64 = 1.5;
/// Largest phase of a product of two outputs in a panel, for the same.
const PHASE: f64 = 15.0;

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
        let [square, product, slope_square] = [0; 3].map(|_| vec![0.0; of_products]);
        let mut means = Self { output: vec![0.0; of_output], square, product, slope_square };
        for ends in panels(activation, offset, scale).windows(2) {
            for (g, weight) in quadrature::legendre(ends[0], ends[1]) {
                let z = offset + scale * g;
                let share = weight * normal::density(g);
                means.add(g, scale, share, activation.value(z), activation.slope(z));
            }
        }
        means
    }

    /// One node: ∂_b^n E f = E f He_n(G) / S^n.
    fn add(&mut self, g: f64, scale: f64, share: f64, value: f64, slope: f64) {
        let mut before = 0.0;
        let mut now = share;
        for n in 0..self.output.len() {
            self.output[n] += now * value;
            if n < self.square.len() {
                self.square[n] += now * value * value;
                self.product[n] += now * value * slope;
                self.slope_square[n] += now * slope * slope;
            }
            let next = (g * now - n as f64 * before / scale) / scale;
            before = now;
            now = next;
        }
    }
}

/// E σ(b + SG)² h_2p(G) for p = 0, 1, …, `count` of them, h_n normalised Hermite polynomials.
pub fn square_by_order(activation: &Activation, offset: f64, scale: f64, count: usize) -> Vec<f64> {
    if scale == 0.0 || count == 1 {
        let mut squares = vec![0.0; count];
        squares[0] = activation.second_moment(offset, scale);
        return squares;
    }
    let means = GaussianMeans::new(activation, offset, scale, 2 * count - 1, 2 * count - 1);
    let mut factor = 1.0; // S^n/√n!
    let mut squares = Vec::with_capacity(count);
    for (n, derivative) in means.square.iter().enumerate() {
        if n > 0 {
            factor *= scale / (n as f64).sqrt();
        }
        if n % 2 == 0 {
            squares.push(factor * derivative);
        }
    }
    squares
}

/// Ends of panels in g, split at kinks and narrow where a smooth σ bends.
fn panels(activation: &Activation, offset: f64, scale: f64) -> Vec<f64> {
    let [from, until] = activation.bend();
    let places = activation.panel_ends().into_iter().chain([-until, -from, from, until]);
    let mut breaks: Vec<f64> = places.map(|z| (z - offset) / scale).filter(|g| g.abs() < REACH).collect();
    breaks.extend([-REACH, REACH]);
    breaks.sort_by(f64::total_cmp);
    let narrow = PHASE / (activation.bandwidth() * scale);
    let mut ends = vec![-REACH];
    for part in breaks.windows(2).filter(|part| part[0] < part[1]) {
        let middle = (offset + scale * 0.5 * (part[0] + part[1])).abs();
        let bends = (from..until).contains(&middle);
        let width = if bends { WIDEST.min(narrow) } else { WIDEST };
        let count = ((part[1] - part[0]) / width).ceil().max(1.0);
        ends.extend((1..=count as usize).map(|i| part[0] + (part[1] - part[0]) * i as f64 / count));
    }
    ends
}
