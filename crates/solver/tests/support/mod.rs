//! What the solver's tests share: MMN's Fig. 1 by both systems, and toy landscapes with exact solutions.
#![allow(dead_code, reason = "each test uses its part")]

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::axis::Axis;
use meanfield_model::data::GaussianClasses;
use meanfield_model::energy::Energy;
use meanfield_model::features::{Features, Structure, values_with_gradients};
use meanfield_model::initial::Initial;
use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
use meanfield_run::system::{Observation, Stride, System};
use meanfield_solver::characteristics::{Characteristics, quantile_atoms};
use meanfield_solver::finite_volume::{FiniteVolume, Options};
use meanfield_solver::grid::Grid;
use meanfield_solver::jko::Jko;
use meanfield_solver::panels::Panels;
use meanfield_solver::static_system::{Static, StaticProblem};

pub const DIMENSION: usize = 40;

/// A problem: data, activation and start.
pub struct Problem {
    pub data: GaussianClasses,
    pub sigma: Activation,
    pub start: Initial,
}

impl Problem {
    /// MMN's Fig. 1.
    pub fn figure_1() -> Self {
        Self { data: data(), sigma: sigma(), start: start() }
    }

    /// MMN's Fig. 4 from a start of scale κ.
    pub fn figure_4(kappa: f64) -> Self {
        let knots = vec![[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]];
        Self {
            data: GaussianClasses::isotropic(320, 0.5).expect("valid"),
            sigma: Activation::PiecewiseLinear(PiecewiseLinear::new(knots).expect("valid")),
            start: Initial::Gaussian { scale: kappa },
        }
    }

    pub fn series(&self, limit: DimensionLimit) -> RadialSeries {
        RadialSeries::new(&self.data, &self.sigma, limit, 8.0, 1e-10).expect("converges")
    }

    /// Graded cells on 1.5 times the range of the start, with a place for mass at rest, as
    /// scenarios have them.
    pub fn on_cells(&self, cells: usize, limit: DimensionLimit) -> FiniteVolume<1, RadialSeries> {
        let dimension = self.data.dimension;
        let upper = 1.5 * self.start.radial_quantile_of_normal(dimension, 7.0);
        let axis = Axis::graded(upper, cells, 1.0).expect("valid").cut_at_lower_end(1e-3).expect("valid");
        let grid = Grid { axes: [axis] };
        let mass = grid.masses(|r| self.start.radial_distribution(dimension, r)).expect("fits");
        let options = Options::default();
        FiniteVolume::new(self.series(limit), grid, mass, options)
    }

    /// Characteristics from `atoms` atoms whose panels split; `tolerance` bounds the step, a hundred times
    /// it the sampling.
    pub fn by_atoms(
        &self,
        atoms: usize,
        tolerance: f64,
        limit: DimensionLimit,
    ) -> Characteristics<1, RadialSeries> {
        let panels = Panels::new(1, atoms, 100.0 * tolerance, 20_000);
        Characteristics::sampling(
            self.series(limit),
            panels,
            |g: &[f64]| [self.start.radial_quantile_of_normal(self.data.dimension, g[0])],
            [0.0],
            tolerance,
        )
    }

    /// Minimising movements of atoms on panels that split, `atoms` of them at first.
    pub fn by_resolved_movements(&self, atoms: usize, step: f64, limit: DimensionLimit) -> Jko<RadialSeries> {
        Jko::sampling(
            self.series(limit),
            Panels::new(1, atoms, 1e-6, 4000),
            |g: f64| self.start.radial_quantile_of_normal(self.data.dimension, g),
            0.0,
            step,
        )
    }

    /// Minimising movements of `count` atoms of equal weight.
    pub fn by_movements(&self, count: usize, step: f64, limit: DimensionLimit) -> Jko<RadialSeries> {
        let positions =
            quantile_atoms(count, |level: f64| self.start.radial_quantile(self.data.dimension, level));
        let weights = vec![1.0 / count as f64; count];
        Jko::new(self.series(limit), positions, weights, 0.0, step)
    }
}

pub fn data() -> GaussianClasses {
    GaussianClasses::isotropic(DIMENSION, 0.8).expect("valid")
}

pub fn sigma() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"))
}

pub fn start() -> Initial {
    Initial::Gaussian { scale: 0.8 }
}

pub fn series(limit: DimensionLimit) -> RadialSeries {
    RadialSeries::new(&data(), &sigma(), limit, 8.0, 1e-9).expect("converges")
}

/// Observes at each time.
pub fn observe(system: &mut impl System, times: &[f64]) -> Vec<Observation> {
    times
        .iter()
        .map(&mut |time: &f64| {
            while system.advance(*time).expect("runs") == Stride::Underway {}
            system.observe()
        })
        .collect()
}

/// What is seen of a problem without time.
pub fn state(problem: impl StaticProblem) -> Observation {
    let mut system = Static::new(problem);
    system.advance(1.0).expect("found");
    system.observe()
}

/// A scalar that was observed.
pub fn scalar(seen: &Observation, name: impl AsRef<str>) -> f64 {
    seen.scalars.iter().find(|scalar| scalar.quantity.name == name.as_ref()).expect("reported").value
}

/// R at each time.
pub fn risks(system: &mut impl System, times: &[f64]) -> Vec<f64> {
    observe(system, times).iter().map(|observation| observation.risk).collect()
}

/// Largest |a − b|.
pub fn largest_gap(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Labels 1 and one feature φ: R = (1 − ∫φ dρ)².
#[derive(Clone, Copy)]
pub struct OneFeature<const D: usize> {
    /// φ and its gradient at a place.
    pub feature: fn([f64; D]) -> (f64, [f64; D]),
}

impl<const D: usize> Features<D> for OneFeature<D> {
    fn rank(&self) -> usize {
        1
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        (values[0], gradients[0]) = (self.feature)(z);
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, z: [f64; D]) -> f64 {
        (self.feature)(z).0.powi(2)
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, _: [f64; D]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<D> {
        Structure::PLAIN
    }
}

impl<const D: usize> Energy for OneFeature<D> {
    fn risk(&self, moments: &[f64]) -> f64 {
        (1.0 - moments[0]).powi(2)
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        coefficients[0] = moments[0] - 1.0;
    }

    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        curvatures[0] = 1.0;
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        moments[0] * moments[0]
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}

/// No interaction: R = 2∫φ dρ with φ = ½|z − c|², so that z − c shrinks as e^{−2t}.
pub struct Well<const D: usize> {
    pub centre: [f64; D],
}

impl<const D: usize> Features<D> for Well<D> {
    fn rank(&self) -> usize {
        1
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        values[0] = 0.5 * z.iter().zip(self.centre).map(|(z, c)| (z - c).powi(2)).sum::<f64>();
        gradients[0] = std::array::from_fn(|axis| z[axis] - self.centre[axis]);
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, _: [f64; D]) -> f64 {
        0.0
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, _: [f64; D]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<D> {
        Structure { rests_at_lower_end: [true; D], ..Structure::PLAIN }
    }
}

impl<const D: usize> Energy for Well<D> {
    fn risk(&self, moments: &[f64]) -> f64 {
        2.0 * moments[0]
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, _: &[f64], coefficients: &mut [f64]) {
        coefficients[0] = 1.0;
    }

    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        curvatures[0] = 0.0;
    }

    fn interaction(&self, _: &[f64]) -> f64 {
        0.0
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}

/// R = (∫z dρ − c)²: all points move alike, by −2 (mean − c), so that mean − c shrinks as e^{−2t} and no law
/// changes its shape.
pub struct Rigid {
    pub centre: f64,
}

impl Features<1> for Rigid {
    fn rank(&self) -> usize {
        1
    }

    fn features(&self, [z]: [f64; 1], values: &mut [f64], gradients: &mut [[f64; 1]]) {
        (values[0], gradients[0]) = (z, [1.0]);
    }

    fn values(&self, z: [f64; 1], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, [z]: [f64; 1]) -> f64 {
        z * z
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 1], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, _: [f64; 1]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<1> {
        Structure::PLAIN
    }
}

impl Energy for Rigid {
    fn risk(&self, moments: &[f64]) -> f64 {
        (moments[0] - self.centre).powi(2)
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        coefficients[0] = moments[0] - self.centre;
    }

    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        curvatures[0] = 1.0;
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        moments[0] * moments[0]
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}

/// No features at all: neurons that do not see the data.
#[derive(Clone, Copy, Debug)]
pub struct Free;

impl<const D: usize> Features<D> for Free {
    fn rank(&self) -> usize {
        0
    }

    fn features(&self, _: [f64; D], _: &mut [f64], _: &mut [[f64; D]]) {}

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, _: [f64; D]) -> f64 {
        0.0
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, _: [f64; D]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<D> {
        Structure::PLAIN
    }
}

impl Energy for Free {
    fn risk(&self, _: &[f64]) -> f64 {
        0.0
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, _: &[f64], _: &mut [f64]) {}

    fn curvatures(&self, _: &[f64], _: &mut [f64]) {}

    fn interaction(&self, _: &[f64]) -> f64 {
        0.0
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}
