//! Panels on which a function and its slope are polynomials to near rounding: a mesh for integrals, and a
//! table of polynomials with an index, for values.

use std::f64::consts::PI;
use std::sync::LazyLock;

use super::far::Far;
use super::function::{InterpolationError, ScalarFunction};

/// Coefficients of the polynomials behind the mesh of integrals: a rule of 24 Gauss nodes integrates their
/// squares times a Gaussian.
pub(super) const INTEGRALS: usize = 16;
/// Coefficients of the polynomials of the table.
const VALUES: usize = 8;
/// What a polynomial may leave, relative to the function's size on the panel and nearby.
const TOLERANCE: f64 = 2e-14;
/// Panels narrower than this have a point that is no polynomial's.
const NARROWEST: f64 = 1e-7;
/// Most panels.
const MOST: usize = 20_000;
/// |z| up to which an index finds a panel, and its cells in a unit of z.
const INDEXED: f64 = 32.0;
const CELLS: f64 = 32.0;

/// The ends of panels to begin with: units near 0, octaves beyond, breaks; up to where it is straight.
pub(super) fn first_ends(far: &[Far; 2], reach: f64, breaks: &[f64]) -> Vec<f64> {
    let [left, right] = far.map(|far| far.from().unwrap_or(reach).min(reach));
    let units = (-8..=8).map(f64::from);
    let octaves = (4..=10).flat_map(|k| [-1.0, 1.0].map(|sign| sign * 2f64.powi(k)));
    let places = units.chain(octaves).chain(breaks.iter().copied()).chain([-left, right]);
    let mut ends: Vec<f64> = places.filter(|z| (-left..=right).contains(z)).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    ends
}

/// A sum of `N` Chebyshev polynomials for value and slope on one panel.
#[derive(Clone, Debug)]
pub(super) struct Fit<const N: usize> {
    pub ends: [f64; 2],
    /// Of value and slope.
    pub chebyshev: [[f64; N]; 2],
    /// Largest |value| and |slope| at the nodes.
    pub size: [f64; 2],
}

/// The angle of a Chebyshev point.
fn angle(i: usize, nodes: usize) -> f64 {
    PI * (i as f64 + 0.5) / nodes as f64
}

impl<const N: usize> Fit<N> {
    /// Through values at Chebyshev points. Errors where they are not finite.
    pub fn new(function: &dyn ScalarFunction, ends: [f64; 2]) -> Result<Self, InterpolationError> {
        let mut samples = [[0.0; N]; 2];
        let mut size = [0.0_f64; 2];
        let [values, slopes] = &mut samples;
        for (i, (value, slope)) in values.iter_mut().zip(slopes).enumerate() {
            let z = Self::place(ends, angle(i, N).cos());
            (*value, *slope) = function.value_and_slope(z);
            if !(value.is_finite() && slope.is_finite()) {
                return Err(InterpolationError::NotFinite(z));
            }
            size = [size[0].max(value.abs()), size[1].max(slope.abs())];
        }
        let chebyshev = samples.map(|samples| {
            std::array::from_fn(|k| {
                let norm = if k == 0 { 1.0 } else { 2.0 } / N as f64;
                let terms = samples.iter().enumerate().map(|(i, f)| f * (k as f64 * angle(i, N)).cos());
                norm * terms.sum::<f64>()
            })
        });
        Ok(Self { ends, chebyshev, size })
    }

    /// Upper end less lower one.
    pub fn width(&self) -> f64 {
        self.ends[1] - self.ends[0]
    }

    fn place(ends: [f64; 2], u: f64) -> f64 {
        0.5 * (ends[0] + ends[1]) + 0.5 * (ends[1] - ends[0]) * u
    }

    /// Value and slope at u = −1 … 1.
    pub fn sums(&self, u: f64) -> [f64; 2] {
        self.chebyshev.map(|coefficients| clenshaw(&coefficients, u))
    }

    /// The derivative of the slope at u = ±1, in z.
    pub fn curvature(&self, u: f64) -> f64 {
        let half = 0.5 * self.width();
        let terms = self.chebyshev[1].iter().enumerate();
        // T_k'(±1) = (±1)^{k+1} k².
        terms.map(|(k, c)| c * (k * k) as f64 * u.powi(k as i32 + 1)).sum::<f64>() / half
    }

    /// What a rounded input does to value and slope: far out that is more than the tolerance.
    fn rounding(&self) -> [f64; 2] {
        let input = 4.0 * f64::EPSILON * self.ends[0].abs().max(self.ends[1].abs());
        let bend = self.curvature(-1.0).abs().max(self.curvature(1.0).abs());
        [input * self.size[1], input * bend]
    }

    /// Whether it meets the function between its nodes, relative to `floor` and its own size.
    fn agrees(&self, function: &dyn ScalarFunction, floor: [f64; 2]) -> bool {
        (0..=N).all(|i| {
            let u = (PI * i as f64 / N as f64).cos() * (1.0 - 1e-9);
            let (value, slope) = function.value_and_slope(Self::place(self.ends, u));
            let found = self.sums(u);
            let rounding = self.rounding();
            let allowed = [0, 1].map(|k| 8.0 * TOLERANCE * self.size[k].max(floor[k]) + rounding[k]);
            (value - found[0]).abs() <= allowed[0] && (slope - found[1]).abs() <= allowed[1]
        })
    }
}

/// Σ c_k T_k(u).
fn clenshaw(coefficients: &[f64], u: f64) -> f64 {
    let mut now = 0.0;
    let mut after = 0.0;
    for c in coefficients[1..].iter().rev() {
        (now, after) = (c + 2.0 * u * now - after, now);
    }
    coefficients[0] + u * now - after
}

/// What counts as the size of a function and of its slope everywhere.
///
/// # Errors
/// Where they are not finite at one of the places looked at: a pole at 0, say.
fn floor(function: &dyn ScalarFunction) -> Result<[f64; 2], InterpolationError> {
    let mut size = [f64::MIN_POSITIVE; 2];
    for z in (0..=64).map(|i| 0.25 * f64::from(i) - 8.0) {
        let (value, slope) = function.value_and_slope(z);
        if !(value.is_finite() && slope.is_finite()) {
            return Err(InterpolationError::NotFinite(z));
        }
        size = [size[0].max(0.1 * value.abs()), size[1].max(0.1 * slope.abs())];
    }
    Ok(size)
}

/// Fits on panels that are halved until they agree, or are as narrow as [`NARROWEST`].
///
/// # Errors
/// Where the function is not finite, or takes too many panels.
pub(super) fn fits<const N: usize>(
    function: &dyn ScalarFunction,
    ends: &[f64],
) -> Result<Vec<Fit<N>>, InterpolationError> {
    let floor = floor(function)?;
    let mut waiting: Vec<[f64; 2]> = ends.windows(2).rev().map(|end| [end[0], end[1]]).collect();
    let mut found = Vec::new();
    while let Some([lower, upper]) = waiting.pop() {
        let fit = Fit::new(function, [lower, upper])?;
        let is_narrow = upper - lower < NARROWEST * lower.abs().max(1.0);
        if is_narrow || fit.agrees(function, floor) {
            found.push(fit);
            if found.len() > MOST {
                return Err(InterpolationError::Rough(lower));
            }
            continue;
        }
        let middle = 0.5 * (lower + upper);
        waiting.extend([[middle, upper], [lower, middle]]);
    }
    Ok(found)
}

/// Errors where a panel is as narrow as only panels are that did not agree.
fn resolved<const N: usize>(fits: &[Fit<N>]) -> Result<(), InterpolationError> {
    let narrow = fits.iter().find(|fit| fit.width() < NARROWEST * fit.ends[0].abs().max(1.0));
    narrow.map_or(Ok(()), |fit| Err(InterpolationError::Rough(fit.ends[0])))
}

/// Panels for integrals.
#[derive(Debug)]
pub(super) struct Mesh {
    ends: Vec<f64>,
}

impl Mesh {
    /// The mesh of a function from these ends on.
    ///
    /// # Errors
    /// Where panels do not resolve it.
    pub fn new(function: &dyn ScalarFunction, ends: &[f64]) -> Result<Self, InterpolationError> {
        let fits = fits::<INTEGRALS>(function, ends)?;
        resolved(&fits)?;
        let last = ends.last().copied();
        Ok(Self { ends: fits.iter().map(|fit| fit.ends[0]).chain(last).collect() })
    }

    /// The ends of its panels, increasing.
    pub fn ends(&self) -> &[f64] {
        &self.ends
    }

    /// The width of the narrowest panel that reaches into |z| < `reach`.
    pub fn narrowest_within(&self, reach: f64) -> f64 {
        let inside = self.ends.windows(2).filter(|end| end[0] < reach && end[1] > -reach);
        inside.map(|end| end[1] - end[0]).fold(f64::INFINITY, f64::min)
    }

    /// Whether the slope is 0, or changes its sign, somewhere.
    pub fn has_stationary_points(&self, function: &dyn ScalarFunction) -> bool {
        let places = self
            .ends
            .windows(2)
            .flat_map(|end| [0.0, 0.25, 0.5, 0.75].map(|share| end[0] + share * (end[1] - end[0])));
        let signs: Vec<f64> = places.map(|z| function.value_and_slope(z).1).collect();
        signs.contains(&0.0) || signs.windows(2).any(|pair| pair[0] * pair[1] < 0.0)
    }
}

/// One panel of the table.
#[derive(Clone, Copy, Debug)]
struct FittedPanel {
    upper: f64,
    middle: f64,
    /// 2/width.
    stretch: f64,
    /// Coefficients of powers of u, highest first, of value and slope.
    powers: [[f64; 2]; VALUES],
}

/// Polynomials for values.
#[derive(Debug)]
pub(super) struct Table {
    lower: f64,
    upper: f64,
    panels: Vec<FittedPanel>,
    /// The first panel that reaches beyond each cell's lower end.
    index: Vec<u32>,
}

/// T_k in powers of u, lowest first.
static POWERS: LazyLock<[[f64; VALUES]; VALUES]> = LazyLock::new(|| {
    let mut powers = [[0.0; VALUES]; VALUES];
    powers[0][0] = 1.0;
    powers[1][1] = 1.0;
    for k in 2..VALUES {
        for j in 0..VALUES {
            let raised = if j == 0 { 0.0 } else { 2.0 * powers[k - 1][j - 1] };
            powers[k][j] = raised - powers[k - 2][j];
        }
    }
    powers
});

impl FittedPanel {
    fn new(fit: &Fit<VALUES>) -> Self {
        let powers = std::array::from_fn(|place| {
            let j = VALUES - 1 - place;
            fit.chebyshev.map(|c| (0..VALUES).map(|k| c[k] * POWERS[k][j]).sum::<f64>())
        });
        let [lower, upper] = fit.ends;
        Self { upper, middle: 0.5 * (lower + upper), stretch: 2.0 / (upper - lower), powers }
    }
}

impl Table {
    /// The table of a function from these ends on.
    ///
    /// # Errors
    /// Where panels do not resolve it.
    pub fn new(function: &dyn ScalarFunction, ends: &[f64]) -> Result<Self, InterpolationError> {
        let fits = fits::<VALUES>(function, ends)?;
        resolved(&fits)?;
        let panels: Vec<FittedPanel> = fits.iter().map(FittedPanel::new).collect();
        let lower = ends.first().copied().unwrap_or(0.0);
        let upper = ends.last().copied().unwrap_or(0.0);
        // A little to the left: which cell a point is in is rounded.
        let cells = (0..(2.0 * INDEXED * CELLS) as usize).map(|i| i as f64 / CELLS - INDEXED - 1e-12);
        let index = cells.map(|z| panels.partition_point(|panel| panel.upper <= z) as u32).collect();
        Ok(Self { lower, upper, panels, index })
    }

    /// Value and slope; None outside of it.
    #[inline(always)]
    pub fn value_and_slope(&self, z: f64) -> Option<(f64, f64)> {
        if !(z >= self.lower && z < self.upper) {
            return None;
        }
        let panel = &self.panels[self.panel_of(z)];
        let u = (z - panel.middle) * panel.stretch;
        let mut value = 0.0;
        let mut slope = 0.0;
        for power in &panel.powers {
            value = value * u + power[0];
            slope = slope * u + power[1];
        }
        Some((value, slope))
    }

    /// The panel that has z.
    #[inline(always)]
    fn panel_of(&self, z: f64) -> usize {
        let cell = (z + INDEXED) * CELLS;
        if !(cell >= 0.0 && cell < self.index.len() as f64) {
            return self.panels.partition_point(|panel| panel.upper <= z);
        }
        let mut found = self.index[cell as usize] as usize;
        while self.panels[found].upper <= z {
            found += 1;
        }
        found
    }
}
