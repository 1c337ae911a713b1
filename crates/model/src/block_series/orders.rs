//! The Hermite coefficients of one neuron and of its derivatives, even orders only, without a division by S.
//!
//! With r_n = q_n/S = E[σ'(SG + b) h_{n−1}(G)]/√n, which stays finite as S → 0:
//!
//! ```text
//!   r_1 = E σ'(SG + b),   r_{n+2} = e_n/√((n+1)(n+2)),   e_n = ∂q_n/∂S − n r_n      ∂q_n/∂b = √(n+1) r_{n+1}
//! ```
//! (q_n = Sⁿ/√n! ∂ⁿQ/∂bⁿ and the heat equation ∂Q/∂S = S ∂²Q/∂b².) Errors of ∂q/∂S are damped from order to
//! order.

use crate::activation::Activation;

/// One even order n of a neuron with a = 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Order {
    /// q_n.
    pub value: f64,
    /// ∂q_n/∂b; 0 where it is not computed.
    pub offset_slope: f64,
    /// r_n = q_n/S; 0 for n = 0, which has no use for it.
    pub ratio: f64,
    /// e_n = √((n+1)(n+2)) q_{n+2}/S: what ∂q_n/∂S would be if q_n did not scale with Sⁿ.
    pub excess: f64,
}

/// Most even orders of a neuron with an offset.
pub const MOST_ORDERS: usize = 66;

/// The orders 0, 2, 4, … from q_0, q_2, … and ∂q_0/∂S, ∂q_2/∂S, …: no slopes in b.
pub fn without_offset(q: &[f64], dq: &[f64]) -> Vec<Order> {
    let mut orders = vec![Order::default(); q.len()];
    fill(&mut orders, q.iter().zip(dq));
    orders
}

/// Writes the orders of the coefficients q_n and ∂q_n/∂S, n = 0, 2, …
fn fill<'a>(orders: &mut [Order], coefficients: impl Iterator<Item = (&'a f64, &'a f64)>) {
    let mut ratio = 0.0;
    for (k, (order, (&value, &slope))) in orders.iter_mut().zip(coefficients).enumerate() {
        let n = 2.0 * k as f64;
        let excess = slope - n * ratio;
        *order = Order { value, ratio, excess, offset_slope: 0.0 };
        ratio = excess / ((n + 1.0) * (n + 2.0)).sqrt();
    }
}

/// Writes the orders 0, 2, … of an input N(b, S²), at most [`MOST_ORDERS`] of them, with slopes in b.
pub fn fill_with_offset(activation: &Activation, offset: f64, scale: f64, orders: &mut [Order]) {
    let [mut q, mut dq] = [[0.0; 2 * MOST_ORDERS]; 2];
    let count = 2 * orders.len();
    activation.hermite_coefficients(offset, scale, &mut q[..count], &mut dq[..count]);
    fill(orders, q.iter().step_by(2).zip(dq.iter().step_by(2)));
    let mut ratio = activation.mean_slope(offset, scale); // r_{n+1}
    for (k, (order, slope)) in orders.iter_mut().zip(dq.iter().skip(1).step_by(2)).enumerate() {
        let next = 2.0 * k as f64 + 1.0; // n + 1
        order.offset_slope = next.sqrt() * ratio;
        ratio = (slope - next * ratio) / ((next + 1.0) * (next + 2.0)).sqrt();
    }
}

impl Order {
    /// ∂q_n/∂S of the k-th even order, n = 2k.
    pub fn scale_slope(&self, k: usize) -> f64 {
        2.0 * k as f64 * self.ratio + self.excess
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;

    /// The orders 0, 2, … of an input N(b, S²), with slopes in b.
    fn with_offset(activation: &Activation, offset: f64, scale: f64, count: usize) -> Vec<Order> {
        let mut orders = vec![Order::default(); count];
        fill_with_offset(activation, offset, scale, &mut orders);
        orders
    }

    #[test]
    fn derivatives_are_those_of_the_definition() {
        for sigma in examples::all() {
            for (offset, scale) in [(0.0, 0.4), (0.3, 1.1), (-1.2, 2.5)] {
                let mut q = [0.0; 62];
                let mut dq = [0.0; 62];
                sigma.hermite_coefficients(offset, scale, &mut q, &mut dq);
                for (k, order) in with_offset(&sigma, offset, scale, 30).into_iter().enumerate() {
                    let n = 2 * k;
                    let root = |m: usize| (m as f64).sqrt();
                    let exact = Order {
                        value: q[n],
                        offset_slope: root(n + 1) * q[n + 1] / scale,
                        ratio: if n == 0 { 0.0 } else { q[n] / scale },
                        excess: root(n + 1) * root(n + 2) * q[n + 2] / scale,
                    };
                    let gap = |found: f64, exact: f64| (found - exact).abs() / root(n + 1);
                    // Rounding of numbers up to 10², summed over the orders before; e_n has a factor n more.
                    assert!(gap(order.value, exact.value) < 1e-13, "{sigma:?} {n}");
                    assert!(gap(order.ratio, exact.ratio) < 1e-12, "{sigma:?} {n} {order:?} {exact:?}");
                    assert!(gap(order.excess, exact.excess) < 1e-11, "{sigma:?} {n} {order:?} {exact:?}");
                    assert!(gap(order.offset_slope, exact.offset_slope) < 1e-11, "{sigma:?} {n}");
                }
            }
        }
    }

    #[test]
    fn nothing_blows_up_as_the_spread_vanishes() {
        for sigma in examples::all() {
            for offset in [0.0, 0.5] {
                let limit = with_offset(&sigma, offset, 0.0, 20);
                let near = with_offset(&sigma, offset, 1e-9, 20);
                for (k, (limit, near)) in limit.iter().zip(&near).enumerate() {
                    let gaps = [
                        limit.value - near.value,
                        limit.ratio - near.ratio,
                        limit.excess - near.excess,
                        limit.offset_slope - near.offset_slope,
                    ];
                    // S σ'' ≲ 1e-7, and rounding that grows like √n.
                    assert!(
                        gaps.iter().all(|gap| gap.abs() < 1e-6),
                        "{sigma:?} b={offset} order {k}: {gaps:?}"
                    );
                }
            }
        }
    }
}
