//! The linear equations about one law with noise, by harmonic degree. On nodes of the radius with masses p, a
//! fluctuation n of one harmonic obeys
//!
//! ```text
//!   ṅ = A n + 2 [∂(p η') − Λ/r² p η] − 2Λ/(βr²) n,        A n = ∂(c n) + (2/β) ∂² n
//!   c = 2(ψ' + λr) − 2(d−1)/(βr),        η = Σ_g Q_g (Q n)_g,      Q = √W f̂/√D
//! ```
//! Data nodes g, features f̂ and degrees are those of the noiseless equations, here at nodes that rest.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, Axis, s};

use super::super::features::LawFeatures;
use super::super::setup::Setup;
use super::differences::Differences;

/// The equations of one problem on its nodes.
#[derive(Clone, Debug)]
pub(super) struct NoisyModel {
    /// Its weights are the masses of the present law.
    pub setup: Setup,
    pub features: LawFeatures,
    pub differences: Differences,
    /// 1/β.
    pub temperature: f64,
    /// d.
    pub dimension: f64,
    /// r of the nodes.
    pub radii: Array1<f64>,
    /// Q and its radial derivative of each degree, shape (g, node).
    pub outputs: Vec<[Array2<f64>; 2]>,
    /// √W of the data nodes.
    pub roots: Array1<f64>,
}

/// A law, and what follows from it.
#[derive(Clone, Debug)]
pub(super) struct LawMoment {
    /// p.
    pub mass: Array1<f64>,
    /// y − ŷ.
    pub residuals: Array1<f64>,
    /// ψ, ψ', ψ'', ψ''' without the ridge.
    pub potential: [Array1<f64>; 4],
    /// A.
    pub generator: Arc<Array2<f64>>,
}

impl NoisyModel {
    /// On the radii of a setup, an equal distance apart.
    pub fn new(setup: Setup, temperature: f64, dimension: usize) -> Self {
        let mut features = LawFeatures::new(&setup);
        features.update(&setup, &setup.start.clone(), &mut setup.table.clone());
        let radii = Array1::from(setup.start.clone());
        let roots: Array1<f64> = setup.nodes.iter().map(|node| node.weight.sqrt()).collect();
        let count = radii.len();
        let degrees = setup.degrees.iter().zip(&features.degrees);
        let outputs = degrees.map(|(degree, own)| {
            let scale = &roots / degree.root;
            let slopes = own.gradient.slice(s![..count, ..]);
            [(&own.value * &scale).t().to_owned(), (&slopes * &scale).t().to_owned()]
        });
        Self {
            outputs: outputs.collect(),
            differences: Differences::new(count, radii[1] - radii[0]),
            temperature,
            dimension: dimension as f64,
            radii,
            roots,
            features,
            setup,
        }
    }

    /// The law of these masses.
    pub fn moment(&mut self, mass: Array1<f64>) -> LawMoment {
        let Self { setup, features, .. } = self;
        setup.weights.copy_from_slice(mass.as_slice().expect("in order"));
        features.set_law(setup);
        let potential = features.potential.each_ref().map(|psi| Array1::from(psi.clone()));
        let residuals = Array1::from(features.residuals.clone());
        let generator = Arc::new(self.generator(&potential[1]));
        LawMoment { mass, residuals, potential, generator }
    }

    /// A.
    fn generator(&self, slope: &Array1<f64>) -> Array2<f64> {
        let ridge = &self.radii * self.setup.ridge;
        let curved = self.radii.mapv(|r| self.temperature * (self.dimension - 1.0) / r);
        let velocity = 2.0 * (slope + &ridge - &curved);
        let mut generator = self.differences.advection(velocity.view());
        generator.scaled_add(2.0 * self.temperature, &self.differences.second);
        generator
    }

    /// Λ/r² of a degree.
    pub fn centrifugal(&self, degree: usize) -> Array1<f64> {
        let root = self.setup.degrees[degree].gradient;
        self.radii.mapv(|r| (root / r).powi(2))
    }

    /// D: how many harmonics a degree has.
    pub fn harmonics(&self, degree: usize) -> f64 {
        self.setup.degrees[degree].root.powi(2)
    }

    /// 2 [∂(p Q') − Λ/r² p Q]: what an output at each data node does to the law, shape (node, g).
    pub fn response(&self, moment: &LawMoment, degree: usize) -> Array2<f64> {
        let [values, slopes] = &self.outputs[degree];
        let across = (values * &(self.centrifugal(degree) * &moment.mass)).t().to_owned();
        let along = self.differences.first.dot(&(slopes * &moment.mass).t());
        2.0 * (along - across)
    }

    /// The rate of a degree's fluctuation as a matrix.
    pub fn rate(&self, moment: &LawMoment, degree: usize, response: &Array2<f64>) -> Array2<f64> {
        let mut rate = response.dot(&self.outputs[degree][0]);
        rate += &*moment.generator;
        let mut diagonal = rate.diag_mut();
        diagonal.scaled_add(-2.0 * self.temperature, &self.centrifugal(degree));
        rate
    }

    /// What a mean sample does to the law: ℓ = 0 alone has it.
    pub fn mean_response(&self, response: &Array2<f64>, moment: &LawMoment) -> Array1<f64> {
        response.dot(&(&self.roots * &moment.residuals))
    }

    /// Degrees 0 … L − 1.
    pub fn degrees(&self) -> std::ops::Range<usize> {
        0..self.outputs.len()
    }

    /// U(θ, θ) and its derivative, all degrees.
    pub fn own(&self) -> [Array1<f64>; 2] {
        let [value, half] = &self.features.own;
        [Array1::from(value.clone()), 2.0 * Array1::from(half.clone())]
    }

    /// Σ_j f_0^(order)(j, g) n_j at each data node.
    pub fn output(&self, order: usize, density: &Array1<f64>) -> Array1<f64> {
        self.features.mean[order].t().dot(density)
    }

    /// Σ_g W_g f_0'(i, g) y_g.
    pub fn force(&self, outputs: &Array1<f64>) -> Array1<f64> {
        self.features.mean[1].dot(&(outputs * &self.data_weights()))
    }

    /// W of the data nodes.
    pub fn data_weights(&self) -> Array1<f64> {
        &self.roots * &self.roots
    }
}

/// Numbers of nodes times a matrix's rows.
pub(super) fn times_rows(matrix: &Array2<f64>, numbers: ArrayView1<f64>) -> Array2<f64> {
    matrix * &numbers.insert_axis(Axis(1))
}
