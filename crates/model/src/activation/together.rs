//! Hermite coefficients q_n(b, S) of many inputs at once, up to orders where one input at a time would be
//! slow: for a smooth σ one rule serves all of them, so that the integrals are a matrix product.

use ndarray::{Array2, ArrayView2, s};

use super::Activation;
use super::input::Input;
use super::shape::Shape;
use crate::normal;

/// Orders beyond which nothing is gained: kinks are summed in closed form where cosines are large.
const KINKED: usize = 256;
/// A smooth σ may need these where S is large: its coefficients fall as e^{−√n · (distance of its poles)/S}.
const SMOOTH: usize = 2048;
/// A polynomial has no more orders than degrees.
const POWERS: usize = 16;

impl Activation {
    /// The largest number of orders that is worth computing by
    /// [`coefficients_of_many`](Self::coefficients_of_many).
    pub fn most_orders(&self) -> usize {
        match self {
            Self::PiecewiseLinear(_) | Self::Interpolated(_) => KINKED,
            Self::Smooth(_) => SMOOTH,
            Self::Polynomial(_) => POWERS,
        }
    }

    /// q_n(b, S) for n < `orders`, shape (input, order).
    pub fn coefficients_of_many(&self, inputs: &[Input], orders: usize) -> Array2<f64> {
        match self.common_rule(inputs, orders) {
            Some(rule) => self.coefficients_by_rule(&rule, inputs, orders),
            None => self.coefficients_of_each(inputs, orders),
        }
    }

    /// Points g ≥ 0 and weights of one rule for σ(±Sg + b) h_n φ, all these inputs and n < `orders`; None
    /// where there is none, or each input by itself is as fast.
    fn common_rule(&self, inputs: &[Input], orders: usize) -> Option<Vec<(f64, f64)>> {
        match self {
            Self::Smooth(sigma) if sigma.shape != Shape::Cosine && sigma.bends_near_zero(inputs) => {
                Some(sigma.common_rule(inputs, orders))
            }
            Self::Interpolated(sigma) => sigma.common_rule(inputs, orders),
            Self::Smooth(_) | Self::PiecewiseLinear(_) | Self::Polynomial(_) => None,
        }
    }

    /// q_n(b, S), input by input.
    fn coefficients_of_each(&self, inputs: &[Input], orders: usize) -> Array2<f64> {
        let mut q = Array2::zeros((inputs.len(), orders));
        let mut unused = vec![0.0; orders];
        for (mut row, input) in q.rows_mut().into_iter().zip(inputs) {
            let row = row.as_slice_mut().unwrap_or_default();
            self.hermite_coefficients(input.offset, input.scale, row, &mut unused);
        }
        q
    }

    /// Even orders see the even part of σ(S· + b) only, odd ones the odd part: two products of half the size.
    fn coefficients_by_rule(&self, rule: &[(f64, f64)], inputs: &[Input], orders: usize) -> Array2<f64> {
        let mut parts = [0, 1].map(|_| Array2::zeros((inputs.len(), rule.len())));
        for (i, Input { offset, scale }) in inputs.iter().enumerate() {
            for (k, (g, weight)) in rule.iter().enumerate() {
                let above = self.value(scale * g + offset);
                let below = self.value(-scale * g + offset);
                parts[0][[i, k]] = weight * (above + below);
                parts[1][[i, k]] = weight * (above - below);
            }
        }
        let points: Vec<f64> = rule.iter().map(|(g, _)| *g).collect();
        let hermite = hermite(&points, orders);
        let mut q = Array2::zeros((inputs.len(), orders));
        for (parity, part) in parts.iter().enumerate() {
            let rows: ArrayView2<f64> = hermite.slice(s![parity..;2, ..]);
            q.slice_mut(s![.., parity..;2]).assign(&part.dot(&rows.t()));
        }
        q
    }
}

/// h_n(g) φ(g), shape (order, point): h_{n+1} = (g h_n − √n h_{n−1})/√(n+1).
fn hermite(points: &[f64], orders: usize) -> Array2<f64> {
    let mut psi = Array2::zeros((orders, points.len()));
    let mut before = vec![0.0; points.len()];
    let mut now = Vec::new();
    now.extend(points.iter().map(|g| normal::density(*g)));
    for (n, mut row) in psi.rows_mut().into_iter().enumerate() {
        row.assign(&ndarray::aview1(&now));
        let root = (n as f64).sqrt();
        let next = 1.0 / (n as f64 + 1.0).sqrt();
        for ((before, now), g) in before.iter_mut().zip(&now).zip(points) {
            *before = (g * now - root * *before) * next;
        }
        std::mem::swap(&mut before, &mut now);
    }
    psi
}

#[cfg(test)]
mod tests {
    use crate::activation::{Input, examples};

    #[test]
    fn many_inputs_at_once_are_each_by_itself() {
        let few = [0.0, 1e-5, 0.3, 1.7, 4.0, 9.0];
        let steep = [0.1, 3.0, 30.0, 300.0, 1e4, 1e6];
        // Offsets move the bends to any place in their octaves of g.
        for (scales, offsets) in [few, steep].into_iter().flat_map(|s| [(s, 0.0..=0.0), (s, -20.0..=20.0)]) {
            for sigma in examples::all().into_iter().chain([examples::read_smooth()]) {
                let orders = 200;
                let inputs: Vec<Input> = scales
                    .into_iter()
                    .flat_map(|scale| {
                        let offset = |i: usize| offsets.start() + 5.7 * i as f64;
                        let within = (0..).map(offset).take_while(|b| offsets.contains(b));
                        within.map(move |offset| Input { offset, scale })
                    })
                    .collect();
                let together = sigma.coefficients_of_many(&inputs, orders);
                for (found, Input { offset, scale }) in together.rows().into_iter().zip(inputs) {
                    let mut exact = vec![0.0; orders];
                    let mut unused = vec![0.0; orders];
                    sigma.hermite_coefficients(offset, scale, &mut exact, &mut unused);
                    for (n, (found, exact)) in found.iter().zip(&exact).enumerate() {
                        // Both rules integrate to rounding; σ is below 10 (1 + |b| + S).
                        let error = (found - exact).abs() / (1.0 + offset.abs() + scale);
                        assert!(error < 3e-13, "{sigma:?} q_{n}({offset}, {scale}): {error:.1e}");
                    }
                }
            }
        }
    }
}
