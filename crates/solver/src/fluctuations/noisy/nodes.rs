//! Where the nodes lie: over all radii that the law reaches until a time, as close as its narrowest part
//! asks. A law on coarse cells says both; its own diffusion makes it a little wider than it is.

use meanfield_model::landscape::Landscape;
use meanfield_run::system::{RunError, System};

use crate::diffusion::Diffusion;

/// Mass beyond the nodes at either end.
const TAIL: f64 = 1e-10;
/// Nodes beyond that, at either end.
const MARGIN: f64 = 4.0;
/// Fewest nodes, and most: their matrices are full.
const FEWEST: f64 = 32.0;
const MOST: f64 = 240.0;

/// Radii of a law until some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RadiusRange {
    /// All but 1e-10 of the mass lies between.
    ends: [f64; 2],
    /// The least width of the law so far: (∫(∂ ln ρ)² ρ)^(−½), of a Gaussian its deviation.
    width: f64,
}

impl RadiusRange {
    /// The range of a law that goes on until s.
    ///
    /// # Errors
    /// As the law's steps.
    pub fn until<L: Landscape<1>>(mut law: Diffusion<1, L>, clock: f64) -> Result<Self, RunError> {
        let mut range = Self::now(&law);
        while law.time() < clock {
            law.step_freely(clock)?;
            let now = Self::now(&law);
            range.ends[0] = range.ends[0].min(now.ends[0]);
            range.ends[1] = range.ends[1].max(now.ends[1]);
            range.width = range.width.min(now.width);
        }
        Ok(range)
    }

    fn now<L: Landscape<1>>(law: &Diffusion<1, L>) -> Self {
        let grid = law.grid();
        let mass = law.mass();
        let radii: Vec<f64> = (0..mass.len()).map(|i| grid.centre(i)[0]).collect();
        let roots: Vec<f64> = (0..mass.len()).map(|i| (mass[i] / grid.volume(i)).max(0.0).sqrt()).collect();
        let pairs = roots.windows(2).zip(radii.windows(2));
        let information: f64 = pairs.map(|(root, r)| 4.0 * (root[1] - root[0]).powi(2) / (r[1] - r[0])).sum();
        let upper = mass.len() - 1 - cells_of_tail(mass.iter().rev());
        let ends = [radii[cells_of_tail(mass.iter())], radii[upper]];
        Self { ends, width: information.sqrt().recip() }
    }

    /// Nodes at so many widths of the law from each other; None where some of the law lies at r = 0, or where
    /// they are more than a few hundred.
    pub(super) fn radii(&self, share: f64) -> Option<Vec<f64>> {
        let [lower, upper] = self.ends;
        let spacing = (share * self.width).min((upper - lower) / FEWEST);
        let first = lower - MARGIN * spacing;
        let count = ((upper - lower) / spacing).ceil() + 2.0 * MARGIN + 1.0;
        let radii = (0..count as usize).map(|i| first.max(0.5 * spacing) + spacing * i as f64);
        (lower > spacing && count <= MOST).then(|| radii.collect())
    }
}

/// Cells that hold the tail.
fn cells_of_tail<'a>(mass: impl Iterator<Item = &'a f64>) -> usize {
    let sums = mass.scan(0.0, |sum, mass| {
        *sum += mass;
        Some(*sum)
    });
    sums.take_while(|sum| *sum < TAIL).count()
}
