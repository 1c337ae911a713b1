//! Sums of powers, y = Σ A_k x_k^{p_k}, and their weighted nonlinear least squares by Levenberg and
//! Marquardt. An exponent may be held; held at 0 it makes its term a constant.
//!
//! Inside, x_k is in units of its geometric mean, so that an amplitude and its exponent are hardly
//! correlated. It knows neither records nor errors.

use nalgebra::{Matrix4, Vector4};

/// Exponents stay within this: beyond it a power is a jump at one end.
const LARGEST_EXPONENT: f64 = 8.0;
/// Starts of a free exponent from which the best fit is taken.
const STARTS: [f64; 6] = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0];
/// Two amplitudes and two exponents.
const MOST_PARAMETERS: usize = 4;
const MOST_STEPS: usize = 100;
/// A relative fall of the sum of squares, and a damping, at which the search ends.
const CONVERGED: f64 = 1e-10;
const MOST_DAMPING: f64 = 1e12;

/// One term of a sum.
#[derive(Clone, Debug)]
pub(super) struct PowerTerm {
    /// ln(x/x₀) at each point.
    logs: Vec<f64>,
    /// ln x₀, x₀ the geometric mean.
    centre: f64,
    /// The exponent, where it is held.
    held: Option<f64>,
}

impl PowerTerm {
    /// The power of x, whose values at the points are positive.
    pub fn new(x: &[f64], held: Option<f64>) -> Self {
        let centre = x.iter().map(|x| x.ln()).sum::<f64>() / x.len() as f64;
        Self { logs: x.iter().map(|x| x.ln() - centre).collect(), centre, held }
    }

    /// A constant at so many points.
    pub fn constant(points: usize) -> Self {
        Self { logs: vec![0.0; points], centre: 0.0, held: Some(0.0) }
    }

    /// The same with the exponent held.
    pub fn held_at(&self, exponent: f64) -> Self {
        Self { held: Some(exponent), ..self.clone() }
    }
}

/// A fitted term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FittedTerm {
    /// Its value at the geometric mean of x.
    pub amplitude: f64,
    /// p.
    pub exponent: f64,
}

/// A sum of powers at some points.
#[derive(Clone, Debug)]
pub(super) struct PowerSum {
    terms: Vec<PowerTerm>,
}

impl PowerSum {
    pub fn new(terms: Vec<PowerTerm>) -> Self {
        Self { terms }
    }

    /// Numbers that are fitted.
    pub fn parameters(&self) -> usize {
        self.terms.len() + self.free().count()
    }

    /// The value of one term at a point.
    pub fn part(&self, k: usize, fitted: &[FittedTerm], point: usize) -> f64 {
        fitted[k].amplitude * (fitted[k].exponent * self.terms[k].logs[point]).exp()
    }

    /// The value of the sum at a point.
    pub fn value(&self, fitted: &[FittedTerm], point: usize) -> f64 {
        (0..self.terms.len()).map(|k| self.part(k, fitted, point)).sum()
    }

    /// The factor A of A x^p of a term, x in its own unit.
    pub fn prefactor(&self, k: usize, fitted: &[FittedTerm]) -> f64 {
        fitted[k].amplitude * (-fitted[k].exponent * self.terms[k].centre).exp()
    }

    /// The best fit from every start of the free exponents; `weights` are 1/σ².
    pub fn fit(&self, y: &[f64], weights: &[f64]) -> Vec<FittedTerm> {
        let fits = self.starts().into_iter().map(|start| self.refine(y, weights, &start));
        let squares = |fit: &Vec<FittedTerm>| self.squares(y, weights, fit);
        let best = fits.min_by(|a, b| squares(a).total_cmp(&squares(b)));
        best.unwrap_or_default()
    }

    /// The fit nearest to some exponents, one for each term.
    pub fn refine(&self, y: &[f64], weights: &[f64], exponents: &[f64]) -> Vec<FittedTerm> {
        let mut fit = self.with_amplitudes(y, weights, exponents);
        let mut squares = self.squares(y, weights, &fit);
        let mut damping = 1e-3;
        for _ in 0..MOST_STEPS {
            let Some(next) = self.step(y, weights, &fit, damping) else { break };
            let found = self.squares(y, weights, &next);
            if found <= squares {
                let is_converged = squares - found <= CONVERGED * squares;
                fit = next;
                squares = found;
                damping *= 0.1;
                if is_converged {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > MOST_DAMPING {
                    break;
                }
            }
        }
        fit
    }

    /// Terms whose exponents are fitted.
    fn free(&self) -> impl Iterator<Item = usize> {
        (0..self.terms.len()).filter(|k| self.terms[*k].held.is_none())
    }

    /// Every combination of exponents to start from.
    fn starts(&self) -> Vec<Vec<f64>> {
        self.terms.iter().fold(vec![Vec::new()], |starts: Vec<Vec<f64>>, term: &PowerTerm| {
            let own = term.held.map_or(STARTS.to_vec(), |held| vec![held]);
            starts
                .iter()
                .flat_map(|start: &Vec<f64>| own.iter().map(move |p| [&start[..], &[*p]].concat()))
                .collect()
        })
    }

    /// Weighted sum of the squares of what is left.
    fn squares(&self, y: &[f64], weights: &[f64], fit: &[FittedTerm]) -> f64 {
        let left = y.iter().enumerate().map(|(i, y)| y - self.value(fit, i));
        let sum: f64 = left.zip(weights).map(|(left, weight)| weight * left * left).sum();
        if sum.is_nan() { f64::INFINITY } else { sum }
    }

    /// The amplitudes that are best at these exponents.
    fn with_amplitudes(&self, y: &[f64], weights: &[f64], exponents: &[f64]) -> Vec<FittedTerm> {
        let units: Vec<FittedTerm> =
            exponents.iter().map(|p| FittedTerm { amplitude: 1.0, exponent: *p }).collect();
        let mut equations = NormalEquations::new();
        for (i, y) in y.iter().enumerate() {
            let mut row = [0.0; MOST_PARAMETERS];
            row.iter_mut()
                .take(units.len())
                .enumerate()
                .for_each(|(k, slope)| *slope = self.part(k, &units, i));
            equations.include(&row, *y, weights[i]);
        }
        let amplitudes = equations.solve(1e-12).unwrap_or_default();
        let pairs = units.iter().zip(amplitudes);
        pairs.map(|(unit, amplitude): (&FittedTerm, f64)| FittedTerm { amplitude, ..*unit }).collect()
    }

    /// A damped Gauss–Newton step; None where the equations cannot be solved.
    fn step(&self, y: &[f64], weights: &[f64], fit: &[FittedTerm], damping: f64) -> Option<Vec<FittedTerm>> {
        let free: Vec<usize> = self.free().collect();
        let terms = self.terms.len();
        let mut equations = NormalEquations::new();
        for (i, y) in y.iter().enumerate() {
            let mut row = [0.0; MOST_PARAMETERS];
            for (k, term) in fit.iter().enumerate() {
                row[k] = (term.exponent * self.terms[k].logs[i]).exp();
            }
            let left = y - (0..terms).map(|k| fit[k].amplitude * row[k]).sum::<f64>();
            for (j, k) in free.iter().enumerate() {
                row[terms + j] = fit[*k].amplitude * row[*k] * self.terms[*k].logs[i];
            }
            equations.include(&row, left, weights[i]);
        }
        let change = equations.solve(damping)?;
        let mut next = fit.to_vec();
        next.iter_mut()
            .zip(change)
            .for_each(|(term, change): (&mut FittedTerm, f64)| term.amplitude += change);
        for (j, k) in free.into_iter().enumerate() {
            let exponent = next[k].exponent + change[terms + j].clamp(-1.0, 1.0);
            next[k].exponent = exponent.clamp(-LARGEST_EXPONENT, LARGEST_EXPONENT);
        }
        Some(next)
    }
}

/// Normal equations of a weighted least-squares problem in a few numbers; those without a slope stay 0.
struct NormalEquations {
    matrix: Matrix4<f64>,
    right: Vector4<f64>,
}

impl NormalEquations {
    fn new() -> Self {
        Self { matrix: Matrix4::zeros(), right: Vector4::zeros() }
    }

    /// One point: its slopes, what is to be explained there, its weight.
    fn include(&mut self, row: &[f64; MOST_PARAMETERS], left: f64, weight: f64) {
        for (i, slope) in row.iter().enumerate() {
            self.right[i] += weight * slope * left;
            row.iter().enumerate().for_each(|(j, other)| self.matrix[(i, j)] += weight * slope * other);
        }
    }

    /// The solution, the diagonal enlarged by this share; None where there is none.
    fn solve(&self, damping: f64) -> Option<[f64; MOST_PARAMETERS]> {
        // In units in which the diagonal is 1, parameters of any size are alike.
        let scale = self.matrix.diagonal().map(|d| if d > 0.0 { d.sqrt() } else { 1.0 });
        let mut matrix = Matrix4::from_fn(|i, j| self.matrix[(i, j)] / (scale[i] * scale[j]));
        for k in 0..MOST_PARAMETERS {
            let is_used = self.matrix[(k, k)] > 0.0;
            matrix[(k, k)] = if is_used { 1.0 + damping + 1e-14 } else { 1.0 };
        }
        let solution = matrix.cholesky()?.solve(&self.right.component_div(&scale));
        Some(solution.component_div(&scale).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEURONS: [f64; 4] = [50.0, 100.0, 200.0, 400.0];
    const STEPS: [f64; 3] = [1e-4, 3e-4, 1e-3];

    /// All pairs of values, the first key slowest.
    fn grid() -> [Vec<f64>; 2] {
        let pairs = NEURONS.iter().flat_map(|n| STEPS.map(|step| (*n, step)));
        let (neurons, steps) = pairs.unzip();
        [neurons, steps]
    }

    #[test]
    fn two_powers_are_told_apart() {
        let [neurons, steps] = grid();
        let y: Vec<f64> =
            neurons.iter().zip(&steps).map(|(n, step)| 5.2 * n.powf(-1.0) - 105.0 * step.powf(0.9)).collect();
        let sum = PowerSum::new(vec![PowerTerm::new(&neurons, None), PowerTerm::new(&steps, None)]);
        let fit = sum.fit(&y, &vec![1e8; y.len()]);
        assert!((fit[0].exponent + 1.0).abs() < 1e-7 && (fit[1].exponent - 0.9).abs() < 1e-7, "{fit:?}");
        assert!((sum.prefactor(0, &fit) - 5.2).abs() < 1e-5, "{}", sum.prefactor(0, &fit));
        assert!((sum.prefactor(1, &fit) + 105.0).abs() < 1e-3, "{}", sum.prefactor(1, &fit));
        assert_eq!(sum.parameters(), 4);
    }

    #[test]
    fn a_power_beside_a_constant_is_found_and_a_held_exponent_is_held() {
        let y: Vec<f64> = NEURONS.iter().map(|n| 3.0 * n.powf(-0.5) - 0.02).collect();
        let term = PowerTerm::new(&NEURONS, None);
        let sum = PowerSum::new(vec![term.clone(), PowerTerm::constant(4)]);
        let fit = sum.fit(&y, &[1.0; 4]);
        assert!((fit[0].exponent + 0.5).abs() < 1e-6 && (fit[1].amplitude + 0.02).abs() < 1e-6, "{fit:?}");
        let held = PowerSum::new(vec![term.held_at(-1.0), PowerTerm::constant(4)]);
        assert_eq!(held.fit(&y, &[1.0; 4])[0].exponent, -1.0);
        assert_eq!(held.parameters(), 2);
    }

    #[test]
    fn weights_decide_between_points_that_disagree() {
        let x = [1.0, 2.0, 4.0, 8.0];
        let y = [1.0, 2.0, 4.0, 80.0];
        let sum = PowerSum::new(vec![PowerTerm::new(&x, None)]);
        let trusting = sum.fit(&y, &[1.0, 1.0, 1.0, 1e-12]);
        assert!((trusting[0].exponent - 1.0).abs() < 1e-6, "{trusting:?}");
        assert!(sum.fit(&y, &[1.0; 4])[0].exponent > 2.0);
    }
}
