//! A landscape with what acts on a neuron beside the data: a ridge, Ψ_λ = Ψ + (λ/2)|θ|², |θ|² = |z|² in the
//! reduced coordinates (Mei, Montanari & Nguyen 2018, eqs. 11 and 12), on all groups of parameters or on
//! some; and how readily each group follows.
//!
//! The ridge is one feature more, |z|²/2, whose coefficient is always λ. The risk does not see it; what the
//! dynamics lowers, [`Energy::energy`], does.

use crate::energy::Energy;
use crate::features::{Features, Structure};
use crate::parameter_groups::ParameterGroups;
use crate::unit::Unit;

/// A landscape with a ridge. A ridge of 0 is no feature.
#[derive(Clone, Debug)]
pub struct Ridged<L> {
    inner: L,
    ridge: f64,
    floor: f64,
    groups: ParameterGroups,
    unit: Unit,
}

impl<L> Ridged<L> {
    /// `inner` with a ridge λ ≥ 0.
    pub fn new(inner: L, ridge: f64) -> Self {
        Self { inner, ridge, floor: 0.0, groups: ParameterGroups::default(), unit: Unit::Inner }
    }

    /// The same with a share of the risk that no network lowers, ≥ 0: the variance of labels beside their
    /// means.
    pub fn with_floor(self, floor: f64) -> Self {
        Self { floor, ..self }
    }

    /// The same for neurons whose groups of parameters are trained like this.
    pub fn with_groups(self, groups: ParameterGroups, unit: Unit) -> Self {
        Self { groups, unit, ..self }
    }

    /// z, without the coordinates that the ridge does not act on.
    fn held<const D: usize>(&self, z: [f64; D]) -> [f64; D] {
        let ridged: [bool; D] = self.groups.ridged(self.unit);
        std::array::from_fn(|c| if ridged[c] { z[c] } else { 0.0 })
    }

    /// The landscape without it.
    pub fn inner(&self) -> &L {
        &self.inner
    }

    /// Whether there is no ridge.
    fn is_bare(&self) -> bool {
        self.ridge == 0.0
    }

    /// The part of the landscape, and the number of the ridge, if there is one.
    fn split<'a, T>(&self, all: &'a [T]) -> (&'a [T], Option<&'a T>) {
        match all.split_last() {
            Some((last, inner)) if !self.is_bare() => (inner, Some(last)),
            _ => (all, None),
        }
    }

    /// [`split`](Self::split) of a mutable slice.
    fn split_mut<'a, T>(&self, all: &'a mut [T]) -> (&'a mut [T], Option<&'a mut T>) {
        if self.is_bare() || all.is_empty() {
            return (all, None);
        }
        let inner = all.len() - 1;
        let (inner, last) = all.split_at_mut(inner);
        (inner, last.first_mut())
    }
}

/// |z|²/2.
fn half_square<const D: usize>(z: [f64; D]) -> f64 {
    0.5 * z.iter().map(|c| c * c).sum::<f64>()
}

impl<const D: usize, L: Features<D>> Features<D> for Ridged<L> {
    fn rank(&self) -> usize {
        self.inner.rank() + usize::from(!self.is_bare())
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        let (values, value) = self.split_mut(values);
        let (gradients, gradient) = self.split_mut(gradients);
        self.inner.features(z, values, gradients);
        if let (Some(value), Some(gradient)) = (value, gradient) {
            *gradient = self.held(z);
            *value = half_square(*gradient);
        }
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        let (inner, value) = self.split_mut(values);
        self.inner.values(z, inner);
        if let Some(value) = value {
            *value = half_square(self.held(z));
        }
    }

    fn self_interaction(&self, z: [f64; D]) -> f64 {
        self.inner.self_interaction(z)
    }

    /// None for the ridge: it is no output, and comes last.
    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        self.inner.squared_outputs(points)
    }

    fn truncation(&self, z: [f64; D]) -> f64 {
        self.inner.truncation(z)
    }

    /// The ridge itself is quadratic in an outer weight.
    fn structure(&self) -> Structure<D> {
        let inner = self.inner.structure();
        let has_outer_weight = self.is_bare() && inner.has_outer_weight;
        Structure { has_outer_weight, mobility: self.groups.mobility(self.unit), ..inner }
    }
}

impl<L: Energy> Energy for Ridged<L> {
    fn risk(&self, moments: &[f64]) -> f64 {
        self.inner.risk(self.split(moments).0) + self.floor
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        let (inner, half_square) = self.split(moments);
        self.inner.energy(inner) + self.floor + half_square.map_or(0.0, |m| 2.0 * self.ridge * m)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        let (inner, last) = self.split_mut(coefficients);
        self.inner.potential_coefficients(self.split(moments).0, inner);
        if let Some(last) = last {
            *last = self.ridge;
        }
    }

    fn curvatures(&self, moments: &[f64], curvatures: &mut [f64]) {
        let (inner, last) = self.split_mut(curvatures);
        self.inner.curvatures(self.split(moments).0, inner);
        if let Some(last) = last {
            *last = 0.0;
        }
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        self.inner.interaction(self.split(moments).0)
    }

    fn bias_is_exact(&self) -> bool {
        self.inner.bias_is_exact()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;
    use crate::data::GaussianClasses;
    use crate::landscape::Landscape;
    use crate::radial_series::{DimensionLimit, RadialSeries};

    fn landscapes(ridge: f64) -> (RadialSeries, Ridged<RadialSeries>) {
        let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
        let series = RadialSeries::new(&data, &examples::figure_1(), DimensionLimit::Finite, 8.0, 1e-9);
        let series = series.expect("converges");
        (series.clone(), Ridged::new(series, ridge))
    }

    fn moments<L: Landscape<1>>(landscape: &L, atoms: &[(f64, f64)]) -> Vec<f64> {
        landscape.moments(&mut atoms.iter().map(|(r, weight)| ([*r], *weight)))
    }

    #[test]
    fn the_ridge_raises_the_energy_by_the_mean_square_and_leaves_the_risk() {
        let (bare, ridged) = landscapes(0.3);
        let atoms = [(0.4, 0.25), (1.1, 0.75)];
        let plain = moments(&bare, &atoms);
        let more = moments(&ridged, &atoms);
        let square = 0.25 * 0.16 + 0.75 * 1.21;
        assert!((ridged.risk(&more) - bare.risk(&plain)).abs() < 1e-15);
        assert!((ridged.energy(&more) - bare.risk(&plain) - 0.3 * square).abs() < 1e-14);
        assert_eq!(Features::<1>::rank(&Ridged::new(bare.clone(), 0.0)), bare.rank());
    }

    #[test]
    fn the_potential_is_half_the_first_variation_of_the_energy() {
        let (_, ridged) = landscapes(0.3);
        let moments = moments(&ridged, &[(0.4, 0.25), (1.1, 0.75)]);
        let mut coefficients = vec![0.0; moments.len()];
        ridged.potential_coefficients(&moments, &mut coefficients);
        for k in 0..moments.len() {
            let at = |shift: f64| {
                let mut moved = moments.clone();
                moved[k] += shift;
                ridged.energy(&moved)
            };
            // Quadratic: exact up to rounding.
            let slope = (at(1e-4) - at(-1e-4)) / 2e-4;
            assert!((0.5 * slope - coefficients[k]).abs() < 1e-10, "feature {k}");
        }
        let mut values = vec![0.0; moments.len()];
        let mut gradients = vec![[0.0]; moments.len()];
        ridged.features([0.7], &mut values, &mut gradients);
        assert_eq!((values.last(), gradients.last()), (Some(&(0.5 * 0.7 * 0.7)), Some(&[0.7])));
    }
}
