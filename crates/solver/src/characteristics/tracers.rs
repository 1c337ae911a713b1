//! Tracers: points without mass that follow the atoms' velocity field, as the copies of a network's neurons
//! do in MMN's proof of Theorem 3. They change the law in one way only: steps are short enough for them too.

use meanfield_model::landscape::Landscape;
use meanfield_run::traced::TracedLimit;

use super::Characteristics;

impl<const D: usize, L: Landscape<D>> Characteristics<D, L> {
    /// The same atoms, and tracers that begin at these positions (tracer by tracer, within the range) now.
    ///
    /// # Panics
    /// Where the positions are no multiple of the coordinates.
    #[must_use]
    pub fn with_tracers(mut self, tracers: &[f64]) -> Self {
        assert!(tracers.len().is_multiple_of(D), "{} numbers for tracers in {D} coordinates", tracers.len());
        let positions = [self.positions(), tracers].concat();
        let weights = std::mem::take(&mut self.motion.weights);
        self.motion.tracers = tracers.len() / D;
        let dissipated = self.dissipated();
        self.replace_points(positions, weights, dissipated);
        self
    }

    /// Positions of the tracers.
    pub(super) fn traced(&self) -> &[f64] {
        &self.state[D * self.motion.weights.len()..self.state.len() - 1]
    }
}

impl<const D: usize, L: Landscape<D>> TracedLimit for Characteristics<D, L> {
    fn tracers(&self) -> &[f64] {
        self.traced()
    }
}

#[cfg(test)]
mod tests {
    use meanfield_model::activation::{Activation, PiecewiseLinear};
    use meanfield_model::block_series::RadiiSeries;
    use meanfield_model::data::{BlockClasses, GaussianClasses};
    use meanfield_model::initial::Initial;
    use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
    use meanfield_run::system::{Stride, System};

    use super::*;
    use crate::characteristics::quantile_atoms;
    use crate::panels::Panels;

    const TOLERANCE: f64 = 1e-8;
    const END: f64 = 2.0;

    fn landscape() -> RadialSeries {
        let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
        let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        let sigma = Activation::PiecewiseLinear(sigma);
        RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9).expect("converges")
    }

    fn radius(level: f64) -> f64 {
        Initial::Gaussian { scale: 0.8 }.radial_quantile(40, level)
    }

    fn atoms() -> Characteristics<1, RadialSeries> {
        Characteristics::new(landscape(), quantile_atoms(30, radius), vec![1.0 / 30.0; 30], [0.0], TOLERANCE)
    }

    /// Atoms on panels that split on the way.
    fn on_panels() -> Characteristics<1, RadialSeries> {
        let start = Initial::Gaussian { scale: 0.8 };
        let place = |g: &[f64]| [start.radial_quantile_of_normal(40, g[0])];
        Characteristics::sampling(landscape(), Panels::new(1, 16, 1e-6, 4000), place, [0.0], TOLERANCE)
    }

    fn advance(system: &mut impl System, until: f64) {
        while system.advance(until).expect("followed") == Stride::Underway {}
    }

    #[test]
    fn tracers_that_begin_at_the_atoms_stay_there_and_change_nothing() {
        let mut alone = atoms();
        let mut traced = atoms().with_tracers(&quantile_atoms(30, radius));
        advance(&mut alone, END);
        advance(&mut traced, END);
        assert_ne!(alone.positions(), quantile_atoms(30, radius), "they must move");
        assert_eq!(traced.positions(), alone.positions());
        assert_eq!(traced.tracers(), alone.positions());
        assert_eq!(traced.observe().scalars, alone.observe().scalars);
        assert_eq!(traced.work(), alone.work());
    }

    /// Atoms in (r₁, r₂), with tracers that begin where `tracers` says.
    fn in_two_blocks(tracers: &[f64]) -> Characteristics<2, RadiiSeries> {
        let data = BlockClasses::anisotropic(12, 4, 0.6).expect("valid");
        let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        let sigma = Activation::PiecewiseLinear(sigma);
        let series = RadiiSeries::new(&data, &sigma, DimensionLimit::Finite, [4.0; 2], 1e-2);
        let atoms = Characteristics::new(
            series.expect("converges"),
            pairs(),
            vec![1.0 / 16.0; 16],
            [0.0, 0.0],
            TOLERANCE,
        );
        atoms.with_tracers(tracers)
    }

    /// Lengths of both blocks, unlike one another.
    fn pairs() -> Vec<f64> {
        let lengths = |i: usize| [0.3 + 0.1 * (i / 4) as f64, 0.6 + 0.15 * (i % 4) as f64];
        (0..16).flat_map(lengths).collect()
    }

    #[test]
    fn in_two_blocks_tracers_follow_the_atoms_and_others_do_not() {
        let exchanged: Vec<f64> = pairs().chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        let largest = |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
        let mut traced = in_two_blocks(&[pairs(), exchanged].concat());
        advance(&mut traced, 0.1);
        let (own, others) = traced.tracers().split_at(32);
        assert!(largest(own, &pairs()) > 0.1, "they must move");
        assert!(largest(own, traced.positions()) < 1e-12, "{own:?}");
        let back: Vec<f64> = others.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        assert!(largest(&back, traced.positions()) > 0.1, "the field is not that of exchanged blocks");
    }

    #[test]
    fn tracers_stay_where_panels_split() {
        let beginning = [radius(0.1), radius(0.5), radius(0.9)];
        let mut alone = on_panels();
        let mut traced = on_panels().with_tracers(&beginning);
        let mut beside = Characteristics::new(landscape(), Vec::new(), Vec::new(), [0.0], TOLERANCE);
        let before = traced.motion.weights.len();
        advance(&mut alone, END);
        advance(&mut traced, END);
        assert!(traced.motion.weights.len() > before, "no panel has split");
        assert_eq!(traced.tracers().len(), 3);
        // Both laws err by the tolerance of their steps, of which there are hundreds.
        assert!((traced.risk() - alone.risk()).abs() < 1e-6, "{} {}", traced.risk(), alone.risk());
        // A tracer is where the map of the start has carried its level.
        let quantile = |level: f64| traced.observe().law.marginal(0).quantile(level);
        for (level, tracer) in [0.1, 0.5, 0.9].into_iter().zip(traced.tracers()) {
            let carried = quantile(level);
            assert!((carried - tracer).abs() < 1e-4, "level {level}: {tracer} and {carried}");
        }
        let saved = traced.save();
        let error = beside.restore(&saved).expect_err("without tracers");
        assert!(error.to_string().contains("checkpoint"), "{error}");
    }

    #[test]
    fn restored_tracers_go_on_identically() {
        let mut straight = on_panels().with_tracers(&[0.7, 0.9]);
        advance(&mut straight, 1.0);
        let saved = straight.save();
        advance(&mut straight, END);
        let mut resumed = on_panels().with_tracers(&[0.7, 0.9]);
        resumed.restore(&saved).expect("of the same kind");
        advance(&mut resumed, END);
        assert_eq!(resumed.save(), straight.save());
        assert!(on_panels().with_tracers(&[0.7]).restore(&saved).is_err(), "another number of tracers");
    }
}
