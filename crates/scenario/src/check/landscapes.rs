//! Static problems: Gibbs states and least risks, what each needs and which keys are whose.

use meanfield_model::coordinates::Coordinates;
use meanfield_model::loss::Loss;
use meanfield_model::measure::pairs;

use super::LARGEST;
use super::systems::{Keys, LOOSEST, MOST};
use crate::file::{LandscapeKeys, ScenarioFile, UnitKind};
use crate::{build, model};

impl Keys<'_> {
    /// A Gibbs state needs something that holds the neurons together, a least risk a box.
    pub(super) fn gibbs(&mut self, file: &ScenarioFile, noisy: bool) {
        let path = ["systems", self.name, self.kind];
        if !(0.0..=LARGEST).contains(&file.dynamics.temperature) {
            return; // told elsewhere
        }
        let bounded = build::activation(file).is_ok_and(|sigma| sigma.is_bounded());
        let outer = matches!(file.model.unit, UnitKind::Affine(_));
        let held = !noisy || file.dynamics.ridge > 0.0 || !(bounded || outer);
        let message =
            "the Gibbs state cannot be normalised without a ridge: nothing else holds the neurons back";
        self.complaints.unless(held, &path, message, "write e.g. ridge = 0.05 in [dynamics]");
        let convex = !matches!(model::loss(&file.model.loss), Loss::Welsch { .. });
        let message = "of a loss that is not convex no least risk is known to be found: nothing certifies it";
        let help =
            "take another loss, or write temperature = 0.01 and ridge = 0.05 in [dynamics] for a Gibbs state";
        self.complaints.unless(noisy || convex, &path, message, help);
        let message =
            "without noise a law of output weights a has no least risk on a box: they are unbounded";
        let help = "write e.g. temperature = 0.01 and ridge = 0.05 in [dynamics] for the Gibbs state";
        self.complaints.unless(noisy || !outer, &path, message, help);
    }

    /// The keys of static problems belong to noise or to its absence.
    fn of_noise(&mut self, file: &ScenarioFile, keys: &LandscapeKeys) {
        let noisy = file.dynamics.temperature > 0.0;
        let help = "leave it out: the Gibbs state finds its own box and is of no number of masses";
        self.unless(!noisy || keys.masses.is_none(), "masses", "`masses` is of laws without noise", help);
        let message = "`largest-radius` is of laws without noise";
        self.unless(!noisy || keys.largest_radius.is_none(), "largest-radius", message, help);
        let message = "`cells` are those of a Gibbs state: without noise the law is of point masses";
        self.unless(noisy || keys.cells.is_none(), "cells", message, "leave it out");
        if let Some(masses) = keys.masses {
            let message = format!("`masses` must be 1, not {masses}: more are found as they are needed");
            self.unless(masses == 1, "masses", message, "write masses = 1, or leave it out");
            let one = build::coordinates(file).is_ok_and(|c| c == Coordinates::Radius);
            let message = "a single mass is sought in one radius: isotropic data and neurons σ(⟨w, x⟩)";
            self.unless(one, "masses", message, "leave it out for the law of least risk");
        }
        if let Some(largest) = keys.largest_radius {
            let message = format!("`largest-radius` must lie between 0.1 and 1000; it is {largest:?}");
            self.unless((0.1..=1e3).contains(&largest), "largest-radius", message, "leave it out for 20");
        }
    }

    pub(super) fn landscape(&mut self, file: &ScenarioFile, keys: &LandscapeKeys) {
        self.tolerance("kernel-tolerance", keys.kernel_tolerance, LOOSEST);
        self.of_noise(file, keys);
        let (Some(cells), Ok(coordinates)) = (keys.cells.as_deref(), build::coordinates(file)) else {
            return;
        };
        let expected = coordinates.names().len();
        let message =
            format!("`cells` has {} numbers, and the law is reported on {expected} axes", cells.len());
        self.unless(cells.len() == expected, "cells", message, "leave it out for the default");
        // Of more than two coordinates the laws of pairs are kept.
        let pairs = pairs(cells.len()).map(|(c, other)| cells[c] as f64 * cells[other] as f64);
        let most = pairs.chain(cells.iter().map(|cells| *cells as f64)).fold(0.0, f64::max);
        let sensible = cells.iter().all(|cells| *cells >= 3) && most <= MOST as f64;
        let message =
            format!("the law's cells must be 3 or more along each axis, and {MOST} at most along any two");
        self.unless(cells.is_empty() || sensible, "cells", message, "leave it out for the default");
    }
}
