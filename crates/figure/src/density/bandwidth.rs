//! Bandwidths for the kernel of a density estimate: the improved Sheather–Jones rule, and
//! Silverman's. It estimates no density.

use std::f64::consts::PI;

use meanfield_kernel::bisection::{Until, bisect, middle};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::atoms::{Support, range, usable_atoms};

/// Bins from which the bandwidth is estimated.
const BANDWIDTH_BINS: usize = 1 << 14;
/// Stages of the plug-in rule (Botev, Grotowski & Kroese 2010, §5.1).
const STAGES: i32 = 7;

/// Bandwidth by the improved Sheather–Jones rule (Botev, Grotowski & Kroese 2010, algorithm 1):
/// the fixed point of a plug-in rule for the diffusion estimator, found in the cosine transform of
/// the binned atoms. Weighted atoms count as 1/Σw² equal ones. Where there is no fixed point,
/// Silverman's rule; 0 if all atoms coincide.
pub fn improved_sheather_jones(points: &[f64], weights: &[f64], support: Support) -> f64 {
    let atoms = usable_atoms(points, weights, support);
    let Some([lower, upper]) = range(&atoms).filter(|[lower, upper]| upper > lower) else { return 0.0 };
    let margin = 0.5 * (upper - lower);
    // a cosine transform reflects at both ends of its interval: at 0 that is what a radius needs
    let from = if support == Support::HalfLine { (lower - margin).max(0.0) } else { lower - margin };
    let length = upper + margin - from;
    let step = length / BANDWIDTH_BINS as f64;
    let cosines = cosine_transform(&histogram(&atoms, from, step));
    let sizes: Vec<f64> = cosines.iter().skip(1).map(|c| c * c).collect();
    let scaled = plug_in_time(&sizes, effective_count(&atoms)).map(|time| time.sqrt() * length);
    scaled.filter(|h| *h > 0.0).unwrap_or_else(|| silverman(points, weights, support))
}

/// Silverman's rule, 0.9 min(standard deviation, interquartile range / 1.349) n^(−1/5).
pub fn silverman(points: &[f64], weights: &[f64], support: Support) -> f64 {
    let mut atoms = usable_atoms(points, weights, support);
    atoms.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean: f64 = atoms.iter().map(|(x, w)| x * w).sum();
    let deviation = atoms.iter().map(|(x, w)| w * (x - mean).powi(2)).sum::<f64>().sqrt();
    let quarters = (quantile(&atoms, 0.75) - quantile(&atoms, 0.25)) / 1.349;
    let spread = if quarters > 0.0 { deviation.min(quarters) } else { deviation };
    if spread > 0.0 { 0.9 * spread * effective_count(&atoms).powf(-0.2) } else { 0.0 }
}

/// Smallest place with at least `level` of the mass up to it; `atoms` sorted, total 1.
fn quantile(atoms: &[(f64, f64)], level: f64) -> f64 {
    let mut below = 0.0;
    atoms
        .iter()
        .find(|(_, w): &&(f64, f64)| {
            below += w;
            below >= level
        })
        .or(atoms.last())
        .map_or(0.0, |atom| atom.0)
}

/// Number of equal atoms with the same scatter, 1/Σw².
fn effective_count(atoms: &[(f64, f64)]) -> f64 {
    1.0 / atoms.iter().map(|atom| atom.1 * atom.1).sum::<f64>()
}

/// Shares of the mass in `BANDWIDTH_BINS` bins.
fn histogram(atoms: &[(f64, f64)], from: f64, step: f64) -> Vec<f64> {
    let mut bins = vec![0.0; BANDWIDTH_BINS];
    for &(x, weight) in atoms {
        bins[(((x - from) / step) as usize).min(BANDWIDTH_BINS - 1)] += weight;
    }
    bins
}

/// Σ_j x_j cos(π k (j + ½) / n) for k < n, by the FFT of the even extension.
fn cosine_transform(x: &[f64]) -> Vec<f64> {
    let mut even: Vec<Complex<f64>> = x.iter().chain(x.iter().rev()).map(|&v| Complex::new(v, 0.0)).collect();
    FftPlanner::new().plan_fft_forward(even.len()).process(&mut even);
    let turns = (0..x.len()).map(|k| Complex::from_polar(0.5, -PI * k as f64 / even.len() as f64));
    turns.zip(&even).map(|(turn, c)| (c * turn).re).collect()
}

/// The smallest t with t = ξ γ^[7](t), by scanning upwards and bisection. `sizes` are the squared
/// cosine coefficients k = 1, 2, …; t is the squared bandwidth in units of the interval.
fn plug_in_time(sizes: &[f64], count: f64) -> Option<f64> {
    // Eight trial times to a decade; a bandwidth of one bin is t = 4e-9
    let trials = (0..=64).map(|i| 1e-9 * 10_f64.powf(i as f64 / 8.0));
    let mut low = 0.0;
    for high in trials {
        if high - next_time(high, sizes, count) >= 0.0 {
            let ends = bisect([low, high], Until::Halvings(60), |time| is_late(time, sizes, count));
            return Some(middle(ends));
        }
        low = high;
    }
    None
}

/// Whether t is no longer below ξ γ^[7](t).
fn is_late(time: f64, sizes: &[f64], count: f64) -> bool {
    let excess = time - next_time(time, sizes, count);
    excess >= 0.0 || excess.is_nan()
}

/// ξ γ^[7](t): from the roughness of the 7th derivative down to that of the second.
fn next_time(time: f64, sizes: &[f64], count: f64) -> f64 {
    let mut roughness = derivative_norm(STAGES, time, sizes);
    for order in (2..STAGES).rev() {
        let odd_factorial: f64 = (1..=order).map(|i| f64::from(2 * i - 1)).product();
        let constant = (1.0 + 0.5_f64.powf(f64::from(order) + 0.5)) / 3.0;
        let gaussian = odd_factorial / (2.0 * PI).sqrt();
        let pilot = (2.0 * constant * gaussian / (count * roughness)).powf(2.0 / f64::from(3 + 2 * order));
        roughness = derivative_norm(order, pilot, sizes);
    }
    (2.0 * count * PI.sqrt() * roughness).powf(-0.4)
}

/// ‖f^(order)‖² of the estimate at diffusion time `time`: 2 π^(2s) Σ k^(2s) a_k² e^(−k²π²t).
fn derivative_norm(order: i32, time: f64, sizes: &[f64]) -> f64 {
    // Beyond this wave number every term underflows.
    let last = (745.0 / (PI * PI * time)).sqrt().min(sizes.len() as f64) as usize;
    let terms = sizes[..last].iter().enumerate().map(|(i, size): (usize, &f64)| {
        let square = ((i + 1) * (i + 1)) as f64;
        square.powi(order) * size * (-square * PI * PI * time).exp()
    });
    2.0 * PI.powi(2 * order) * terms.sum::<f64>()
}
