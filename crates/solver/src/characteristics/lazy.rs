//! Atoms in the lazy scaling ŷ = α (f − f_0): the same atoms on a landscape that sees α times what their
//! moments have changed. The start is sampled by the nodes of the very panels that the atoms are on, so that
//! f − f_0 is 0 at t = 0 and errs by a share of itself afterwards, however large α is. The pace of the clock,
//! 1/α², is the caller's.

use meanfield_model::energy::Energy;
use meanfield_model::landscape::Landscape;
use meanfield_model::lazy::Lazy;

use super::{Characteristics, FIRST_STEP};
use crate::panels::Panels;

impl<const D: usize, L: Landscape<D>> Characteristics<D, Lazy<L>> {
    /// Atoms as [`Characteristics::sampling_parts`] has them, in the scaling α > 0; one step moves them by
    /// O(1/α), and errs by no more than `tolerance` / α.
    pub fn lazy(
        landscape: L,
        alpha: f64,
        panels: Panels,
        start: impl Fn(usize, &[f64]) -> [f64; D] + Send + 'static,
        lower: [f64; D],
        tolerance: f64,
    ) -> Self {
        let landscape = Lazy::new(landscape, alpha, &mut std::iter::empty());
        let mut system = Self::sampling_parts(landscape, panels, &start, lower, tolerance / alpha.max(1.0));
        system.resampled = Some(Box::new(move |landscape, panels| {
            landscape.begin(&mut panels.nodes_of_parts().map(|(part, g, mass)| (start(part, &g), mass)));
        }));
        // A step of the clock, which is α² times slower.
        system.controller.next_step = FIRST_STEP * alpha.powi(-2);
        system.tell_landscape();
        system.first_energy = system.motion.landscape.energy(&system.moments());
        system
    }
}
