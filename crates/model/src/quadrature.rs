//! Expectations under N(0,1) by composite Gauss–Legendre, split where the integrand has kinks or
//! fast changes. (No Gauss–Hermite: across a kink it is good to 1e-3 only.)

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use gauss_quad::GaussLegendre;

use crate::normal;

/// |G| beyond this has probability below 1e-32.
const REACH: f64 = 12.0;
/// Nodes in each panel.
const NODES: NonZeroUsize = NonZeroUsize::new(24).expect("positive");
/// Panels are no wider than this, in standard deviations.
const WIDEST: f64 = 1.0;

static RULE: LazyLock<Vec<(f64, f64)>> =
    LazyLock::new(|| GaussLegendre::new(NODES).as_node_weight_pairs().to_vec());

/// E f(G), G ~ N(0,1), with panel ends at `breaks`.
pub fn gaussian_expectation(breaks: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut ends: Vec<f64> = breaks.iter().copied().filter(|x| x.abs() < REACH).collect();
    ends.extend([-REACH, REACH]);
    ends.sort_by(f64::total_cmp);
    ends.windows(2).map(|end| on_interval(end[0], end[1], &f)).sum()
}

/// ∫_l^u f φ by one Gauss rule: for short intervals without kinks inside.
pub fn on_panel(l: f64, u: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (l + u), 0.5 * (u - l));
    let term = |(node, weight): &(f64, f64)| {
        weight * f(middle + half * node) * normal::density(middle + half * node)
    };
    half * RULE.iter().map(term).sum::<f64>()
}

/// ∫_l^u f φ over equal panels no wider than [`WIDEST`].
fn on_interval(l: f64, u: f64, f: &impl Fn(f64) -> f64) -> f64 {
    let panels = ((u - l) / WIDEST).ceil().max(1.0);
    let width = (u - l) / panels;
    (0..panels as usize).map(|i| on_panel(l + width * i as f64, l + width * (i + 1) as f64, f)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_law() {
        assert!((gaussian_expectation(&[], |_| 1.0) - 1.0).abs() < 1e-14);
        assert!((gaussian_expectation(&[0.3], |g| g.powi(8)) - 105.0).abs() < 1e-11);
        let exact = 0.5 * (1.0 / (2.0 * std::f64::consts::PI)).sqrt() * 2.0; // E|G|/… by hand: E G₊ = φ(0)
        assert!((gaussian_expectation(&[0.0], |g| g.max(0.0)) - exact).abs() < 1e-14);
    }
}
