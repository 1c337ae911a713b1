//! The density of weighted atoms on a line: a Gaussian kernel estimate by FFT, and its bandwidth.
//!
//! Laws here become bimodal with narrow peaks, where rules made for one Gaussian oversmooth: one bandwidth
//! for all atoms is the improved Sheather–Jones one, and curves take a bandwidth for each. For pictures only:
//! distances between laws are taken from the atoms themselves (`distance`), never from a smoothed density.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

pub use atoms::Support;
use atoms::{range, usable_atoms};
pub use bandwidth::{improved_sheather_jones, silverman};

mod atoms;
mod bandwidth;
#[cfg(test)]
mod tests;

/// A density on a uniform grid.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DensityCurve {
    /// Nodes, increasing.
    pub x: Vec<f64>,
    /// Density at the nodes; its integral is 1.
    pub density: Vec<f64>,
}

/// UniformGrid steps in a bandwidth: linear binning then errs by about (1/16)²/12 of the curvature term.
const STEPS_IN_BANDWIDTH: f64 = 16.0;
/// Bandwidths beyond the outermost atoms; the kernel has fallen to 1e-8 of its peak.
const MARGIN: f64 = 6.0;
/// Largest grid, in nodes.
const MOST_NODES: usize = 1 << 20;
/// UniformGrid steps in a bandwidth below which a Gaussian would ring.
const LEAST_STEPS: f64 = 2.0;
/// Ratio of the bandwidths of two neighbouring classes of atoms.
const CLASS_RATIO: f64 = 1.5;
/// The grid of adapted bandwidths is this much coarser: the narrowest is one of many.
const COARSER: f64 = 4.0;
/// Narrowest bandwidth of an atom, in units of the range of all.
const NARROWEST: f64 = 1e-4;
/// A curve with more peaks is a comb: its atoms are nodes of a quadrature, in columns.
const MOST_PEAKS: usize = 4;
/// A peak rises above the valleys beside it by so much of the highest one.
const PROMINENCE: f64 = 0.02;

/// Kernel density estimate of atoms (points, weights ≥ 0 of any total) with a Gaussian of standard
/// deviation `bandwidth`. Atoms that are not finite are left out; without any, or without a positive
/// bandwidth, the curve is empty. A bandwidth below 2⁻¹⁹ of the range is raised to that.
pub fn kernel_density(points: &[f64], weights: &[f64], bandwidth: f64, support: Support) -> DensityCurve {
    let atoms = usable_atoms(points, weights, support);
    match UniformGrid::for_atoms(&atoms, bandwidth, bandwidth, support) {
        Some(grid) => on_grid(&atoms, grid.resolved(bandwidth), support, grid),
        None => DensityCurve { x: Vec::new(), density: Vec::new() },
    }
}

/// Kernel density estimate, as [`kernel_density`], with a bandwidth for each atom: half the distance between
/// its k-th neighbours to the left and to the right, k = √n/4 (Loftsgaarden & Quesenberry 1965). Peaks keep
/// their height and thin tails do not fall apart into atoms, whatever their widths. Nodes of a quadrature in
/// several coordinates lie in columns: the narrowest bandwidth is raised until a handful of peaks is left
/// (the critical bandwidth of Silverman 1981). Empty where all atoms coincide.
pub fn adaptive_density(points: &[f64], weights: &[f64], support: Support) -> DensityCurve {
    let mut atoms = usable_atoms(points, weights, support);
    atoms.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut narrowest = NARROWEST;
    loop {
        let curve = with_bandwidths_from(narrowest, &atoms, support);
        if peaks(&curve.density) <= MOST_PEAKS {
            return curve;
        }
        narrowest *= CLASS_RATIO;
    }
}

/// The number of prominent local maxima.
fn peaks(density: &[f64]) -> usize {
    let least = PROMINENCE * density.iter().fold(0.0, |highest: f64, value| highest.max(*value));
    let mut count = 0;
    let mut rises = true;
    let mut turn = 0.0;
    for &value in density {
        if rises {
            turn = value.max(turn);
        } else {
            turn = value.min(turn);
        }
        if (value - turn).abs() > least {
            count += usize::from(rises);
            rises = !rises;
            turn = value;
        }
    }
    count + usize::from(rises && turn > least)
}

/// The estimate for sorted atoms whose bandwidths are at least this share of their range.
fn with_bandwidths_from(narrowest: f64, atoms: &[(f64, f64)], support: Support) -> DensityCurve {
    let classes = bandwidth_classes(atoms, narrowest);
    let grid = classes.first_key_value().zip(classes.last_key_value()).and_then(
        |((&narrowest, _), (&widest, _))| {
            let narrowest = COARSER * CLASS_RATIO.powi(narrowest);
            UniformGrid::for_atoms(atoms, narrowest, CLASS_RATIO.powi(widest), support)
        },
    );
    let Some(grid) = grid else { return DensityCurve { x: Vec::new(), density: Vec::new() } };
    let mut sum = DensityCurve { x: grid.places(), density: vec![0.0; grid.nodes] };
    for (class, atoms) in classes {
        let part = on_grid(&atoms, grid.resolved(CLASS_RATIO.powi(class)), support, grid);
        sum.density.iter_mut().zip(part.density).for_each(|(sum, part)| *sum += part);
    }
    sum
}

/// Sorted atoms by the logarithm of their bandwidth, each shared between the two classes beside it, so that
/// the curve has no steps where classes change.
fn bandwidth_classes(atoms: &[(f64, f64)], narrowest: f64) -> BTreeMap<i32, Vec<(f64, f64)>> {
    let mut classes: BTreeMap<i32, Vec<(f64, f64)>> = BTreeMap::new();
    let Some([lower, upper]) = range(atoms) else { return classes };
    let count = atoms.len();
    let neighbour = (0.25 * (count as f64).sqrt()).ceil() as usize;
    let narrowest = narrowest * (upper - lower);
    for i in 0..count {
        let left = i.saturating_sub(neighbour);
        let right = (i + neighbour).min(count - 1);
        // At the ends fewer neighbours are there: their mean distance is taken k times.
        let spacing = (atoms[right].0 - atoms[left].0) / (right - left).max(1) as f64;
        let bandwidth = (neighbour as f64 * spacing).max(narrowest);
        if bandwidth > 0.0 {
            let place = bandwidth.ln() / CLASS_RATIO.ln();
            let x = atoms[i].0;
            let weight = atoms[i].1;
            let class = place.floor();
            let upper_share = place - place.floor();
            for (class, share) in [(class, 1.0 - upper_share), (class + 1.0, upper_share)] {
                classes.entry(class as i32).or_default().push((x, weight * share));
            }
        }
    }
    classes
}

/// Uniform nodes `from + i·step`, i < nodes (a power of two).
#[derive(Clone, Copy)]
struct UniformGrid {
    from: f64,
    step: f64,
    nodes: usize,
}

impl UniformGrid {
    /// A grid fine enough for the narrowest kernel and long enough for the widest; None without atoms or
    /// kernel.
    fn for_atoms(atoms: &[(f64, f64)], narrowest: f64, widest: f64, support: Support) -> Option<Self> {
        let [lower, upper] = range(atoms).filter(|_| narrowest > 0.0 && widest.is_finite())?;
        let from = if support == Support::HalfLine { 0.0 } else { lower - MARGIN * widest };
        let length = upper + MARGIN * widest - from;
        let wanted = (length / narrowest * STEPS_IN_BANDWIDTH).ceil() as usize;
        let nodes = wanted.clamp(256, MOST_NODES).next_power_of_two();
        Some(Self { from, step: length / nodes as f64, nodes }).filter(|grid| grid.step > 0.0)
    }

    /// The bandwidth, or the least that these nodes can show.
    fn resolved(self, bandwidth: f64) -> f64 {
        bandwidth.max(LEAST_STEPS * self.step)
    }

    fn places(self) -> Vec<f64> {
        (0..self.nodes).map(|i| self.from + self.step * i as f64).collect()
    }
}

/// Bins the atoms on the grid, multiplies with the Gaussian in Fourier space, and comes back.
fn on_grid(atoms: &[(f64, f64)], bandwidth: f64, support: Support, grid: UniformGrid) -> DensityCurve {
    let mut periodic = linear_binning(atoms, grid);
    if support == Support::HalfLine {
        reflect(&mut periodic);
    }
    smooth(&mut periodic, bandwidth / grid.step);
    DensityCurve {
        x: grid.places(),
        density: periodic[..grid.nodes].iter().map(|c| c.re / grid.step).collect(),
    }
}

/// Each weight shared between its two nodes; padded with as many zeros, so that nothing wraps.
fn linear_binning(atoms: &[(f64, f64)], grid: UniformGrid) -> Vec<Complex<f64>> {
    let mut bins = vec![Complex::default(); 2 * grid.nodes];
    for &(x, weight) in atoms {
        let place = ((x - grid.from) / grid.step).clamp(0.0, (grid.nodes - 1) as f64);
        let node = place as usize;
        bins[node].re += weight * (1.0 - place.fract());
        bins[node + 1].re += weight * place.fract();
    }
    bins
}

/// Makes the sequence even about node 0, which is its own mirror image and so counts twice.
fn reflect(bins: &mut [Complex<f64>]) {
    let count = bins.len();
    bins[0] *= 2.0;
    for i in 1..count / 2 {
        bins[count - i] = bins[i];
    }
}

/// Circular convolution with a Gaussian whose standard deviation is `width` steps.
fn smooth(bins: &mut [Complex<f64>], width: f64) {
    let count = bins.len();
    let mut planner = FftPlanner::new();
    planner.plan_fft_forward(count).process(bins);
    for (k, bin) in bins.iter_mut().enumerate() {
        let frequency = 2.0 * PI * k.min(count - k) as f64 / count as f64;
        *bin *= (-0.5 * (width * frequency).powi(2)).exp() / count as f64;
    }
    planner.plan_fft_inverse(count).process(bins);
}
