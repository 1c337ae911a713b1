//! Functions of one variable x ≥ 0, tabulated to near rounding: fast features from slow integrals. Every
//! feature of centred data is a function of one variable, so that a smooth activation, whose integrals take
//! hundreds of nodes, costs no more than a piecewise-linear one.
//!
//! The half-line is cut into [0, 1) and octaves [2^e, 2^{e+1}); each is tabulated on its first evaluation,
//! by panels that are halved until a polynomial of degree `DEGREE` through Chebyshev points agrees with the
//! function at points in between. There is no range to choose. Slopes are the derivative of the interpolant,
//! so that a velocity is exactly the gradient of the potential that the same table gives; they err by about
//! DEGREE²/panel width times more than the values. At x = 0 they are one-sided. Breaks are panel ends.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::chebyshev::{self, DEGREE, NODES};

/// Error at points between the nodes, relative to the function's size.
const TOLERANCE: f64 = 1e-13;
/// Octaves up to 2^20 are tabulated; above, the function itself is evaluated.
const OCTAVES: usize = 20;
/// Panels narrower than this share of their octave are taken as they are: next to a singularity.
const NARROWEST: f64 = 1e-9;
/// An octave that takes more panels than this is not tabulated: the panels resolve rounding, or a function
/// that is better evaluated each time.
const MOST_PANELS: usize = 4096;
/// Functions evaluated side by side: their running values stay in registers.
const GROUP: usize = 4;

/// Functions of one variable that are computed together.
pub trait Curves: Send + Sync {
    /// Number of functions.
    fn count(&self) -> usize;

    /// Their values at x > 0.
    fn values(&self, x: f64, values: &mut [f64]);

    /// Their common size at x, to which the tolerance is relative; not below what rounding leaves of
    /// cancelling terms.
    fn size(&self, x: f64) -> f64;

    /// Where they are not smooth.
    fn breaks(&self) -> Vec<f64>;

    /// Whether [`beyond`](Self::beyond) is a closed form from x on, which needs no table.
    fn is_closed(&self, _: f64) -> bool {
        false
    }

    /// Values and slopes at x where no table reaches.
    fn beyond(&self, x: f64, values: &mut [f64], slopes: &mut [f64]);
}

/// Functions of one variable, tabulated octave by octave on first evaluation.
#[derive(Clone, Debug)]
pub struct Tabulated<C> {
    curves: C,
    /// [0, 1), then one entry an octave; none where the functions themselves answer.
    octaves: Vec<OnceLock<Option<Vec<Panel>>>>,
}

/// A polynomial for each function on one interval.
#[derive(Clone, Debug)]
struct Panel {
    lower: f64,
    upper: f64,
    /// Coefficients of powers of u = (x − middle)/half width, highest first, for each group of functions.
    groups: Vec<[[f64; GROUP]; NODES]>,
}

impl<C: Curves> Tabulated<C> {
    /// An empty table.
    pub fn new(curves: C) -> Self {
        Self { curves, octaves: vec![OnceLock::new(); OCTAVES + 1] }
    }

    /// The functions behind the table.
    pub fn curves(&self) -> &C {
        &self.curves
    }

    /// Values and slopes at x ≥ 0.
    pub fn evaluate(&self, x: f64, values: &mut [f64], slopes: &mut [f64]) {
        match self.panel(x) {
            Some(panel) => panel.evaluate(x, values, slopes),
            None => self.curves.beyond(x, values, slopes),
        }
    }

    /// Values, slopes and second derivatives at x ≥ 0; NaN where no table reaches.
    pub fn evaluate_with_curvatures(
        &self,
        x: f64,
        values: &mut [f64],
        slopes: &mut [f64],
        curvatures: &mut [f64],
    ) {
        self.evaluate(x, values, slopes);
        match self.panel(x) {
            Some(panel) => panel.curvatures(x, curvatures),
            None => curvatures.fill(f64::NAN),
        }
    }

    /// The panel that holds x.
    fn panel(&self, x: f64) -> Option<&Panel> {
        // The exponent of a double: x lies in [2^e, 2^{e+1}).
        let exponent = (x.to_bits() >> 52) as i32 - 1023;
        let index = (exponent + 1).max(0) as usize;
        let octave = self.octaves.get(index).filter(|_| x >= 0.0)?;
        let panels = octave.get_or_init(|| self.tabulate(index)).as_ref()?;
        panels.get(panels.partition_point(|panel| panel.lower <= x).max(1) - 1)
    }

    /// The panels of an octave, from left to right.
    fn tabulate(&self, index: usize) -> Option<Vec<Panel>> {
        let upper = 2f64.powi(index as i32);
        let lower = if index == 0 { 0.0 } else { 0.5 * upper };
        if self.curves.is_closed(lower) {
            return None;
        }
        let mut ends = vec![lower, upper];
        ends.extend(self.curves.breaks().into_iter().filter(|x| (lower..upper).contains(x) && *x > lower));
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let mut panels = Vec::new();
        for end in ends.windows(2) {
            self.cover(end[0], end[1], NARROWEST * upper, &mut panels);
        }
        (panels.len() < MOST_PANELS).then_some(panels)
    }

    /// Covers an interval by panels, halving it until they are accurate.
    fn cover(&self, lower: f64, upper: f64, narrowest: f64, panels: &mut Vec<Panel>) {
        let panel = self.interpolate(lower, upper);
        if upper - lower <= narrowest || panels.len() >= MOST_PANELS || self.is_accurate(&panel) {
            return panels.push(panel);
        }
        let middle = 0.5 * (lower + upper);
        self.cover(lower, middle, narrowest, panels);
        self.cover(middle, upper, narrowest, panels);
    }

    fn interpolate(&self, lower: f64, upper: f64) -> Panel {
        let count = self.curves.count();
        let middle = 0.5 * (lower + upper);
        let half = 0.5 * (upper - lower);
        let mut samples = vec![[0.0; NODES]; count];
        let mut values = vec![0.0; count];
        for (i, node) in chebyshev::nodes().iter().enumerate() {
            self.curves.values(middle + half * node, &mut values);
            samples.iter_mut().zip(&values).for_each(|(sample, value)| sample[i] = *value);
        }
        let mut groups = vec![[[0.0; GROUP]; NODES]; count.div_ceil(GROUP)];
        for (k, sample) in samples.iter().enumerate() {
            let polynomial = chebyshev::coefficients(sample);
            let rows = groups[k / GROUP].iter_mut();
            rows.zip(polynomial).for_each(|(row, coefficient)| row[k % GROUP] = coefficient);
        }
        Panel { lower, upper, groups }
    }

    /// Compares with the function where T_{DEGREE+1}, the leading error, is largest: near both ends and
    /// between.
    fn is_accurate(&self, panel: &Panel) -> bool {
        let middle = 0.5 * (panel.lower + panel.upper);
        let half = 0.5 * (panel.upper - panel.lower);
        let allowed = TOLERANCE * self.curves.size(panel.upper);
        let [mut exact, mut values, mut slopes] = [0; 3].map(|_| vec![0.0; self.curves.count()]);
        [0, 2, 5, 8, NODES].into_iter().all(|i| {
            let x = middle + 0.999 * half * chebyshev::extremum(i);
            self.curves.values(x, &mut exact);
            panel.evaluate(x, &mut values, &mut slopes);
            exact.iter().zip(&values).all(|(exact, value)| (exact - value).abs() <= allowed)
        })
    }
}

impl Panel {
    /// Horner's rule for the polynomials and their derivatives.
    fn evaluate(&self, x: f64, values: &mut [f64], slopes: &mut [f64]) {
        let inverse = 2.0 / (self.upper - self.lower);
        let u = (x - 0.5 * (self.lower + self.upper)) * inverse;
        let outputs = values.chunks_mut(GROUP).zip(slopes.chunks_mut(GROUP));
        for (group, (values, slopes)) in self.groups.iter().zip(outputs) {
            let [mut value, mut slope] = [[0.0; GROUP]; 2];
            for row in group {
                for k in 0..GROUP {
                    slope[k] = slope[k] * u + value[k];
                    value[k] = value[k] * u + row[k];
                }
            }
            values.iter_mut().zip(value).for_each(|(out, value)| *out = value);
            slopes.iter_mut().zip(slope).for_each(|(out, slope)| *out = slope * inverse);
        }
    }

    /// Second derivatives of the polynomials: Horner's rule for p''(u) = Σ n(n−1) c_n u^{n−2}.
    fn curvatures(&self, x: f64, curvatures: &mut [f64]) {
        let inverse = 2.0 / (self.upper - self.lower);
        let u = (x - 0.5 * (self.lower + self.upper)) * inverse;
        for (group, curvatures) in self.groups.iter().zip(curvatures.chunks_mut(GROUP)) {
            let mut curvature = [0.0; GROUP];
            for (k, row) in group[..DEGREE - 1].iter().enumerate() {
                let power = (DEGREE - k) as f64;
                for (sum, coefficient) in curvature.iter_mut().zip(row) {
                    *sum = *sum * u + power * (power - 1.0) * coefficient;
                }
            }
            curvatures.iter_mut().zip(curvature).for_each(|(out, sum)| *out = sum * inverse * inverse);
        }
    }
}
