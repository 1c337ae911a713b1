//! The orders of neurons with an offset, as series and quadratures over inputs ask for them at every neuron
//! in every step: where σ's Gaussian means have closed forms by these, or else from a table of two
//! variables, the offset b and the spread S. The table has q_0 and the ratios r_n = q_n/S, which give q_n and
//! all slopes.

use std::sync::Arc;

use super::orders::{MOST_ORDERS, Order, fill_with_offset};
use crate::activation::Activation;
use crate::plane_table::{PlaneCurves, PlaneTable};

/// Share of the size of σ's terms that counts as the orders' size: they may cancel.
const CANCELLED: f64 = 0.1;
/// S from which r_n is had by dividing.
const WIDE: f64 = 0.5;

/// The orders of neurons with an offset.
#[derive(Clone, Debug)]
pub struct OffsetOrders {
    activation: Activation,
    /// Where σ has no closed forms.
    table: Option<Arc<PlaneTable<OrderCurves>>>,
}

/// q_0, r_2, r_4, … as functions of b and S.
#[derive(Debug)]
struct OrderCurves {
    activation: Activation,
    count: usize,
}

impl PlaneCurves for OrderCurves {
    fn count(&self) -> usize {
        self.count
    }

    fn values(&self, offset: f64, scale: f64, values: &mut [f64]) {
        let mut orders = [Order::default(); MOST_ORDERS];
        let orders = &mut orders[..self.count];
        fill_with_offset(&self.activation, offset, scale, orders);
        for (value, order) in values.iter_mut().zip(&*orders) {
            *value = if scale < WIDE { order.ratio } else { order.value / scale };
        }
        values[0] = orders[0].value;
    }

    /// A neuron sees S r_n.
    fn sizes(&self, offset: f64, scale: f64, sizes: &mut [f64]) {
        let spread = self.activation.second_moment(offset, scale).max(0.0).sqrt();
        let size = spread.max(CANCELLED * self.activation.terms(offset.abs() + scale));
        for (k, own) in sizes.iter_mut().enumerate() {
            *own = size * (2.0 * k as f64 + 1.0).sqrt() / if k == 0 { 1.0 } else { scale.max(1.0) };
        }
    }
}

impl OffsetOrders {
    /// By the definition, each time.
    pub fn direct(activation: &Activation) -> Self {
        Self { activation: activation.clone(), table: None }
    }

    /// With a table for so many of them where σ has no closed forms.
    pub fn tabulated(activation: &Activation, count: usize) -> Self {
        let table = (!activation.has_closed_means())
            .then(|| Arc::new(PlaneTable::new(OrderCurves { activation: activation.clone(), count })));
        Self { table, ..Self::direct(activation) }
    }

    /// σ.
    pub fn activation(&self) -> &Activation {
        &self.activation
    }

    /// The table, if it has as many orders. Where S = 0 slopes are one-sided, and zeros are exact.
    fn table(&self, count: usize, scale: f64) -> Option<&PlaneTable<OrderCurves>> {
        self.table.as_deref().filter(|table| count <= table.curves().count() && scale > 0.0)
    }

    /// Writes the orders 0, 2, … of an input N(b, S²), with slopes.
    pub fn fill(&self, offset: f64, scale: f64, orders: &mut [Order]) {
        let count = orders.len();
        let mut values = [0.0; MOST_ORDERS];
        let mut slopes = [[0.0; 2]; MOST_ORDERS];
        let is_known = self
            .table(count, scale)
            .is_some_and(|table| table.evaluate(offset, scale, &mut values[..count], &mut slopes[..count]));
        if !is_known {
            return fill_with_offset(&self.activation, offset, scale, orders);
        }
        let [offset_slope, excess] = slopes[0];
        orders[0] = Order { value: values[0], offset_slope, ratio: 0.0, excess };
        for (k, order) in orders.iter_mut().enumerate().skip(1) {
            let (ratio, [along_offset, along_scale]) = (values[k], slopes[k]);
            *order = Order {
                value: scale * ratio,
                offset_slope: scale * along_offset,
                ratio,
                // ∂q_n/∂S − n r_n
                excess: (1.0 - 2.0 * k as f64) * ratio + scale * along_scale,
            };
        }
    }

    /// Writes q_0, q_2, … of an input N(b, S²).
    pub fn values(&self, offset: f64, scale: f64, q: &mut [f64]) {
        if scale == 0.0 {
            q.fill(0.0);
            q[0] = self.activation.value(offset);
            return;
        }
        if self.table(q.len(), scale).is_some_and(|table| table.values(offset, scale, q)) {
            q[1..].iter_mut().for_each(|ratio| *ratio *= scale);
            return;
        }
        let [mut all, mut slopes] = [[0.0; 2 * MOST_ORDERS]; 2];
        let count = 2 * q.len() - 1;
        self.activation.hermite_coefficients(offset, scale, &mut all[..count], &mut slopes[..count]);
        q.iter_mut().zip(all.iter().step_by(2)).for_each(|(own, even)| *own = *even);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;

    /// The largest differences of q, ∂q/∂b, r and ∂q/∂S from those by definition.
    fn gaps(sigma: &Activation, offset: f64, scale: f64, table: &OffsetOrders) -> [f64; 4] {
        let [mut found, mut exact] = [[Order::default(); 12]; 2];
        table.fill(offset, scale, &mut found);
        fill_with_offset(sigma, offset, scale, &mut exact);
        let mut gaps = [0.0_f64; 4];
        for (k, (found, exact)) in found.iter().zip(&exact).enumerate() {
            let differences = [
                found.value - exact.value,
                found.offset_slope - exact.offset_slope,
                found.ratio - exact.ratio,
                found.scale_slope(k) - exact.scale_slope(k),
            ];
            gaps = std::array::from_fn(|i| gaps[i].max(differences[i].abs()));
        }
        gaps
    }

    #[test]
    fn the_table_is_what_it_tabulates() {
        for sigma in examples::all() {
            let table = OffsetOrders::tabulated(&sigma, 12);
            assert_eq!(table.table.is_some(), !sigma.has_closed_means(), "{sigma:?}");
            for (offset, scale) in
                [(0.0, 0.0), (0.3, 0.02), (0.4, 1e-4), (-1.7, 0.7), (5.1, 3.3), (-40.0, 9.0)]
            {
                let [values, offset_slopes, ratios, scale_slopes] = gaps(&sigma, offset, scale, &table);
                // TOLERANCE times sizes up to 40 and √(n+1); slopes lose DEGREE² over the width, up to 1/8.
                assert!(values < 2e-10, "{sigma:?} {offset} {scale}: {values:.1e}");
                assert!(ratios < 2e-10, "{sigma:?} {offset} {scale}: {ratios:.1e}");
                assert!(offset_slopes < 1e-8, "{sigma:?} {offset} {scale}: {offset_slopes:.1e}");
                assert!(scale_slopes < 1e-8, "{sigma:?} {offset} {scale}: {scale_slopes:.1e}");
            }
        }
    }

    #[test]
    fn values_alone_are_the_same() {
        for sigma in examples::all() {
            for orders in [OffsetOrders::tabulated(&sigma, 9), OffsetOrders::direct(&sigma)] {
                for (offset, scale) in [(0.3, 0.02), (-1.7, 0.7), (1e4, 0.7)] {
                    let mut q = [0.0; 9];
                    let mut all = [Order::default(); 9];
                    orders.values(offset, scale, &mut q);
                    orders.fill(offset, scale, &mut all);
                    let size = all[0].value.abs().max(10.0);
                    for (k, (q, order)) in q.iter().zip(&all).enumerate() {
                        let gap = (q - order.value).abs();
                        assert!(gap < 1e-13 * size, "{sigma:?} {offset} {scale} {k}");
                    }
                }
            }
        }
    }
}
