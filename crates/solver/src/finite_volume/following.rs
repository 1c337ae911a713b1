//! The system on a grid that follows the mass: when its windows are steered, and what they allow.

use meanfield_model::landscape::Landscape;

use super::window::Window;
use super::{FiniteVolume, Options};
use crate::grid::Grid;

impl<const D: usize, L: Landscape<D>> FiniteVolume<D, L> {
    /// The system with these masses at t = 0 on a grid that follows the mass; no coordinate is below its
    /// wall.
    pub fn following(landscape: L, grid: Grid<D>, mass: Vec<f64>, walls: [f64; D], options: Options) -> Self {
        let windows = std::array::from_fn(|axis| {
            let pinned = walls[axis] == 0.0 && landscape.rests_at_lower_end(axis);
            Window::new(&grid.axes[axis], walls[axis], pinned)
        });
        let mut system = Self::begin(landscape, grid, mass, options, Some(windows));
        system.certify();
        system.steer(0.0);
        system
    }

    /// Lets the grid move like this until the next step.
    pub(super) fn follow(&mut self, change: impl Fn(&mut Window)) {
        if let Some(windows) = &mut self.windows {
            windows.iter_mut().for_each(change);
            self.scheme.follow(self.time, windows.clone());
        }
    }

    /// Chooses how the grid moves, after a step of this length; along a frozen coordinate it stays.
    pub(super) fn steer(&mut self, step: f64) {
        if let Some(windows) = &mut self.windows {
            let axes = &self.scheme.grid().axes;
            let marginals = axes.iter().zip(&self.marginals).enumerate();
            for (window, (coordinate, (axis, marginal))) in windows.iter_mut().zip(marginals) {
                if !self.scheme.is_frozen(coordinate) {
                    window.steer(axis, marginal, step);
                }
            }
            self.scheme.follow(self.time, windows.clone());
        }
    }

    /// The longest step towards a time that the windows allow.
    pub(super) fn longest_step(&self, until: f64) -> f64 {
        let of_windows = self.windows.iter().flatten().map(Window::longest_step);
        of_windows.fold(until - self.time, f64::min)
    }
}
