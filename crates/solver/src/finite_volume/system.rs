//! The finite volumes as a system that the driver runs: strides, observations, checkpoints. What a step is
//! is in the parent module.

use std::sync::Arc;

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::flow::Staged;
use meanfield_run::peers::Peers;
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};

use super::FiniteVolume;
use super::certificates::{SAVED, TransportCertificates};
use super::window::{self, Window};
use crate::growing_grid::GrowingGrid;
use crate::{saved_grid, scalars};

/// Steps in one stride.
const STEPS: usize = 64;
/// Steps over which curves are smooth: in each the fastest mass crosses about one cell.
const SMOOTH: usize = 4;

impl<const D: usize, L: Landscape<D>> System for FiniteVolume<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let steps = (self.scheme.cells_of_stride() / self.grid().cells()).clamp(1, STEPS);
        stride(self, until, steps, |cells| {
            cells.step(until)?;
            cells.check()
        })
    }

    fn next_step(&self) -> Option<f64> {
        (self.own_step > 0.0).then_some(self.time + SMOOTH as f64 * self.own_step)
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        for _ in 0..SMOOTH {
            if self.time < until {
                self.step(until)?;
                self.check()?;
            }
        }
        Ok(())
    }

    fn observe(&self) -> Observation {
        let moments = self.scheme.present_moments();
        let risk = self.scheme.landscape().risk(moments);
        let bias = self.scheme.independent_bias(self.whole(), moments);
        let results = [scalars::free_energy(0.5 * self.energy), scalars::independent_bias(bias)];
        let certificates = self.certificates.scalars(self.energy, self.kernel_truncation());
        Observation {
            risk,
            scalars: results.into_iter().chain(certificates).collect(),
            law: self.scheme.grid().law(self.whole()),
        }
    }

    fn joint_law(&self) -> Option<Measure> {
        (D > 2).then(|| self.scheme.grid().joint_law(self.whole()))
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn use_threads(&mut self, threads: usize) {
        self.scheme.use_threads(threads);
    }

    fn deal(&mut self, peers: &Arc<dyn Peers>) -> bool {
        FiniteVolume::deal(self, peers)
    }

    fn bring_together(&self) {
        self.gathered();
    }

    /// Cells along each axis; time, last step, pace, certificates, windows or faces, masses, what the rates
    /// know of these.
    fn save(&self) -> State {
        let mut reals = vec![self.time, self.own_step, self.pace.longest_step];
        reals.extend(self.certificates.save());
        match &self.windows {
            Some(windows) => reals.extend(windows.iter().flat_map(Window::save)),
            None => reals.extend(saved_grid::faces(self.grid())),
        }
        reals.extend(self.whole());
        reals.extend(&*self.memory());
        State { integers: saved_grid::counts(self.grid()), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let found = state.reals.len();
        let cells = self.grid().cells();
        let wrong = || RunError::Checkpoint(format!("{found} numbers for a grid of {cells} cells"));
        let (&[time, own_step, longest_step], rest) =
            state.reals.split_first_chunk::<3>().ok_or_else(wrong)?;
        let (certificates, rest) = rest.split_first_chunk::<SAVED>().ok_or_else(wrong)?;
        let (windows, rest) = self.restore_grid(&state.integers, rest).ok_or_else(wrong)?;
        let (mass, memory) = rest.split_at_checked(self.grid().cells()).ok_or_else(wrong)?;
        let planes = self.grid().axes[D - 1].cells();
        if memory.len() != planes * self.scheme.memory_of_plane() || !mass.iter().all(|mass| mass.is_finite())
        {
            return Err(wrong());
        }
        self.hold_part_of(mass);
        self.scheme.forget();
        self.time = time;
        self.own_step = own_step;
        self.pace.longest_step = longest_step;
        self.certificates = TransportCertificates::restored(*certificates);
        let saved = windows.as_chunks::<{ window::SAVED }>().0.iter();
        for (window, saved) in self.windows.iter_mut().flatten().zip(saved) {
            *window = window.restored(*saved);
        }
        self.follow(|_| ());
        self.scheme.recall(time, memory);
        self.energy = self.scheme.energy(time, &self.mass);
        self.dissipation = self.scheme.summary(time, &self.mass).dissipation;
        Ok(())
    }
}

impl<const D: usize, L: Landscape<D>> FiniteVolume<D, L> {
    /// The windows in a saved state, and the numbers behind them; the grid goes over to the saved one.
    fn restore_grid<'a>(&mut self, counts: &[u64], reals: &'a [f64]) -> Option<(&'a [f64], &'a [f64])> {
        if self.windows.is_some() {
            let is_same = saved_grid::counts(self.grid()) == counts;
            return is_same.then_some(reals)?.split_at_checked(D * window::SAVED);
        }
        let (grid, rest) = saved_grid::restored(self.grid(), counts, reals)?;
        let mass = rest.get(..grid.cells())?;
        if grid != *self.grid() {
            self.replace_grid(grid, mass.to_vec());
        }
        Some((&[], rest))
    }
}
