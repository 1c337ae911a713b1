//! Panels for Gauss–Legendre rules of 24 nodes in G of what has σ(b + SG) and σ² in it, times the normal
//! density and polynomials. No rule and no integral here.

use super::Activation;

/// Widest panel: polynomials times φ are integrated to rounding.
const WIDEST: f64 = 1.5;
/// Largest phase of a product of two outputs in a panel, for the same.
const PHASE: f64 = 15.0;

impl Activation {
    /// Ends of panels in G from −`reach` to it, split at kinks and narrow where a smooth σ bends; S > 0.
    pub(crate) fn panels(&self, offset: f64, scale: f64, reach: f64) -> Vec<f64> {
        let [from, until] = self.bend();
        let places = self.panel_ends().into_iter().chain([-until, -from, from, until]);
        let mut breaks: Vec<f64> = places.map(|z| (z - offset) / scale).filter(|g| g.abs() < reach).collect();
        breaks.extend([-reach, reach]);
        breaks.sort_by(f64::total_cmp);
        let narrow = PHASE / (self.bandwidth() * scale);
        let mut ends = vec![-reach];
        for part in breaks.windows(2).filter(|part| part[0] < part[1]) {
            let middle = (offset + scale * 0.5 * (part[0] + part[1])).abs();
            let bends = (from..until).contains(&middle);
            let width = if bends { WIDEST.min(narrow) } else { WIDEST };
            let count = ((part[1] - part[0]) / width).ceil().max(1.0);
            ends.extend((1..=count as usize).map(|i| part[0] + (part[1] - part[0]) * i as f64 / count));
        }
        ends
    }
}
