//! Everything that the equations need of σ and of the data at one set of radii: outputs, residuals,
//! derivatives of the potential, and the harmonic degrees of each neuron's output at each data node. Arrays
//! have the shape (radius i, data node g); derivatives are by the radius.

use meanfield_model::zonal::{ZonalTable, ZonalValues};
use ndarray::Array2;

use super::setup::Setup;

/// One harmonic degree: f̂_ℓ(i, g) = ŝ_ℓ(r_i |x_g|), its derivatives, and the same across the radius.
#[derive(Clone, Debug)]
pub(super) struct DegreeFeatures {
    /// f̂.
    pub value: Array2<f64>,
    /// f̂' above √Λ f̂/r: gradients of the output along α and β, shape (2M, G).
    pub gradient: Array2<f64>,
    /// f̂'' above √Λ f̂'/r: the radial derivative of both, less what polar coordinates turn by themselves.
    pub gradient_slope: Array2<f64>,
}

/// All features.
#[derive(Clone, Debug)]
pub(super) struct LawFeatures {
    /// r_i.
    pub radii: Vec<f64>,
    pub degrees: Vec<DegreeFeatures>,
    /// f_0 and its first three derivatives.
    pub mean: [Array2<f64>; 4],
    /// ŷ_g.
    pub outputs: Vec<f64>,
    /// y_g − ŷ_g.
    pub residuals: Vec<f64>,
    /// ψ, ψ', ψ'', ψ''' at the radii, without the ridge: δR/δρ = 2ψ.
    pub potential: [Vec<f64>; 4],
    /// U(θ, θ) and half its derivative, all degrees.
    pub own: [Vec<f64>; 2],
    /// E σ², all degrees.
    pub square: Array2<f64>,
    /// Half its derivative, x E σσ'ζ.
    pub square_half_slope: Array2<f64>,
    /// x² E σ'²ζ² and x² E σ'²(1 − ζ²).
    pub square_gradient: [Array2<f64>; 2],
}

impl LawFeatures {
    /// Empty features.
    pub fn new(setup: &Setup) -> Self {
        let count = setup.weights.len();
        let nodes = setup.nodes.len();
        let table = || Array2::zeros((count, nodes));
        let twice = || Array2::zeros((2 * count, nodes));
        let degree = || DegreeFeatures { value: table(), gradient: twice(), gradient_slope: twice() };
        Self {
            radii: vec![0.0; count],
            degrees: setup.degrees.iter().map(|_| degree()).collect(),
            mean: [0; 4].map(|_| table()),
            outputs: vec![0.0; nodes],
            residuals: vec![0.0; nodes],
            potential: [0; 4].map(|_| vec![0.0; count]),
            own: [0; 2].map(|_| vec![0.0; count]),
            square: table(),
            square_half_slope: table(),
            square_gradient: [0; 2].map(|_| table()),
        }
    }

    /// The features at other radii, all positive.
    pub fn update(&mut self, setup: &Setup, radii: &[f64], table: &mut ZonalTable) {
        self.radii.copy_from_slice(radii);
        self.own.iter_mut().for_each(|row| row.fill(0.0));
        let mut values = ZonalValues::default();
        for (i, radius) in radii.iter().enumerate() {
            for (g, node) in setup.nodes.iter().enumerate() {
                table.evaluate(radius * node.length, &mut values);
                self.set(setup, i, g, &values);
            }
        }
        self.set_law(setup);
    }

    /// Outputs and potential of other weights at the same radii.
    pub fn set_law(&mut self, setup: &Setup) {
        self.set_outputs(setup);
        self.set_potential(setup);
    }

    /// The features of one neuron at one node.
    fn set(&mut self, setup: &Setup, i: usize, g: usize, values: &ZonalValues) {
        let count = self.radii.len();
        let x = setup.nodes[g].length;
        let radius = self.radii[i];
        for (l, features) in self.degrees.iter_mut().enumerate() {
            let [value, slope, curvature] = values.degrees[l];
            let across = setup.degrees[l].gradient / radius;
            features.value[[i, g]] = value;
            features.gradient[[i, g]] = x * slope;
            features.gradient[[count + i, g]] = across * value;
            features.gradient_slope[[i, g]] = x * x * curvature;
            features.gradient_slope[[count + i, g]] = across * x * slope;
        }
        let [value, slope, curvature] = values.degrees[0];
        for (order, derivative) in [value, slope, curvature, values.third].into_iter().enumerate() {
            self.mean[order][[i, g]] = x.powi(order as i32) * derivative;
        }
        let weight = setup.nodes[g].weight;
        self.square[[i, g]] = values.square[0];
        self.square_half_slope[[i, g]] = 0.5 * x * values.square[1];
        self.own[0][i] += weight * values.square[0];
        self.own[1][i] += 0.5 * weight * x * values.square[1];
        let along = values.square_slope_along;
        self.square_gradient[0][[i, g]] = x * x * along;
        self.square_gradient[1][[i, g]] = x * x * (values.square_slope - along);
    }

    fn set_outputs(&mut self, setup: &Setup) {
        for (g, node) in setup.nodes.iter().enumerate() {
            let column = self.mean[0].column(g);
            let output: f64 = column.iter().zip(&setup.weights).map(|(f, w)| f * w).sum();
            self.outputs[g] = output;
            self.residuals[g] = node.label - output;
        }
    }

    /// ψ^(k)(r_i) = −Σ_g W_g e_g f_0^(k)(i, g).
    fn set_potential(&mut self, setup: &Setup) {
        for (potential, mean) in self.potential.iter_mut().zip(&self.mean) {
            for (i, psi) in potential.iter_mut().enumerate() {
                let terms = setup.nodes.iter().zip(&self.residuals).enumerate();
                *psi = -terms.map(|(g, (node, e))| node.weight * e * mean[[i, g]]).sum::<f64>();
            }
        }
    }

    /// R = Σ_g W_g e_g².
    pub fn risk(&self, setup: &Setup) -> f64 {
        let squares = setup.nodes.iter().zip(&self.residuals).map(|(node, e)| node.weight * e * e);
        squares.sum::<f64>() + setup.label_variance
    }

    /// E (y − ŷ)² at each node, labels' noise included.
    pub fn squared_residuals(&self, setup: &Setup) -> Vec<f64> {
        self.residuals.iter().map(|e| e * e + setup.label_variance).collect()
    }

    /// ∫U(θ, θ) dρ − ∬U dρdρ.
    pub fn independent_bias(&self, setup: &Setup) -> f64 {
        let own: f64 = self.own[0].iter().zip(&setup.weights).map(|(u, w)| u * w).sum();
        let shared = setup.nodes.iter().zip(&self.outputs).map(|(node, y)| node.weight * y * y);
        own - shared.sum::<f64>()
    }

    /// The drift −2 (ψ' + λ r) of each radius.
    pub fn drift(&self, setup: &Setup) -> Vec<f64> {
        let slopes = self.potential[1].iter().zip(&self.radii);
        slopes.map(|(slope, radius)| -2.0 * (slope + setup.ridge * radius)).collect()
    }

    /// −2 (ψ'' + λ) along α, then −2 (ψ'/r + λ) along β.
    pub fn relaxation(&self, setup: &Setup) -> Vec<f64> {
        let along = self.potential[2].iter().map(|curvature| -2.0 * (curvature + setup.ridge));
        let slopes = self.potential[1].iter().zip(&self.radii);
        along.chain(slopes.map(|(slope, radius)| -2.0 * (slope / radius + setup.ridge))).collect()
    }

    /// Σ_g W_g f_0'(i, g) Σ_j w_j h_gj, the force of a change Δŷ_g of the output.
    pub fn force_of(&self, setup: &Setup, outputs: &[f64]) -> Vec<f64> {
        let weighted: Vec<f64> = setup.nodes.iter().zip(outputs).map(|(node, y)| node.weight * y).collect();
        self.mean[1]
            .rows()
            .into_iter()
            .map(|row| row.iter().zip(&weighted).map(|(f, y)| f * y).sum())
            .collect()
    }

    /// Σ_j w_j f_0^(order)(j, g) h_j at each node.
    pub fn output_of(&self, setup: &Setup, order: usize, numbers: &[f64]) -> Vec<f64> {
        let columns = self.mean[order].columns().into_iter();
        let weighted: Vec<f64> = setup.weights.iter().zip(numbers).map(|(w, h)| w * h).collect();
        columns.map(|column| column.iter().zip(&weighted).map(|(f, h)| f * h).sum()).collect()
    }

    /// 4 Σ_g W_g e_g² |∂σ|², along the radius and across it (all directions together), for these e_g².
    pub fn noise(&self, setup: &Setup, squares: &[f64]) -> [Vec<f64>; 2] {
        let weighted: Vec<f64> =
            setup.nodes.iter().zip(squares).map(|(node, square)| 4.0 * node.weight * square).collect();
        self.square_gradient.each_ref().map(|gradients| {
            let rows = gradients.rows().into_iter();
            rows.map(|row| row.iter().zip(&weighted).map(|(f, e)| f * e).sum()).collect()
        })
    }
}
