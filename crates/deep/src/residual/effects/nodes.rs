//! Sums over equidistant nodes, and cubic polynomials between them.

/// Weights of ∫ over nodes 0 … `intervals` a unit apart, of third order or more from two intervals on
/// (Gregory's rule).
pub(super) fn integration_weights(intervals: usize) -> Vec<f64> {
    match intervals {
        0 => vec![0.0],
        1 => vec![0.5; 2],
        2 => [1.0, 4.0, 1.0].map(|w| w / 3.0).to_vec(),
        3 => [3.0, 9.0, 9.0, 3.0].map(|w| w / 8.0).to_vec(),
        4 => [1.0, 4.0, 2.0, 4.0, 1.0].map(|w| w / 3.0).to_vec(),
        _ => {
            let mut weights = vec![1.0; intervals + 1];
            for (index, weight) in [3.0 / 8.0, 7.0 / 6.0, 23.0 / 24.0].into_iter().enumerate() {
                weights[index] = weight;
                weights[intervals - index] = weight;
            }
            weights
        }
    }
}

/// Weights of nodes a unit apart, so many of them, at a position between them: of the polynomial through the
/// four nearest ones, of fewer where there are fewer.
pub(super) fn interpolation_weights(nodes: usize, position: f64) -> Vec<(usize, f64)> {
    let count = nodes.min(4);
    let from = (position.floor() as usize).saturating_sub(1).min(nodes - count);
    let mut weights = Vec::with_capacity(count);
    for own in from..from + count {
        let others = (from..from + count).filter(|other| *other != own);
        let factors = others.map(|other| (position - other as f64) / (own as f64 - other as f64));
        weights.push((own, factors.product()));
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cubic(x: f64) -> f64 {
        2.0 - x + 0.5 * x.powi(3)
    }

    #[test]
    fn cubic_polynomials_are_exact() {
        for intervals in 2..9_usize {
            let weights = integration_weights(intervals);
            let sum: f64 = weights.iter().enumerate().map(|(k, w)| w * cubic(k as f64)).sum();
            let end = intervals as f64;
            let exact = 2.0 * end - 0.5 * end.powi(2) + 0.125 * end.powi(4);
            assert!((sum - exact).abs() < 1e-11 * exact, "{intervals}: {sum} {exact}");
        }
        let values: Vec<f64> = (0..7).map(|k| cubic(f64::from(k))).collect();
        for position in [0.0, 0.3, 2.0, 3.7, 5.9, 6.0] {
            let weights = interpolation_weights(values.len(), position);
            let found: f64 = weights.into_iter().map(|(node, weight)| weight * values[node]).sum();
            assert!((found - cubic(position)).abs() < 1e-12 * cubic(6.0), "{position}");
        }
    }
}
