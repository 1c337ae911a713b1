//! The mean-field limit of networks of any depth: the gradient flow of atoms of the labels of each layer.
//!
//! Independent starts are reduced exactly. Two layers: atoms of the law of (w_1, w_2). Three: ∂_t w_2 does
//! not contain w_2's own start, which averages out, so that ρ² enters through its mean; atoms are those of ρ¹
//! and ρ³. More: layers 2 … L − 2 have no label left and are one atom each; layer L − 1 has that of ρ^L.
//! Tagged neurons (share 0) may stand beside the atoms: probes of the field, or the copies of a network.

use meanfield_model::quadrature::NotConverged;
use meanfield_run::system::{RunError, State};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

use crate::atoms::Atoms;
use crate::flow::GradientFlow;
use crate::problem::DeepProblem;
use crate::quadrature::{LayerAtoms, Resolution};
use crate::start::{DrawnNetwork, Start};

/// The limit, and tagged neurons in its field.
///
/// ```
/// use meanfield_deep::activation::LayerActivation;
/// use meanfield_deep::architecture::{Architecture, LayerSchedule};
/// use meanfield_deep::data::DataPoints;
/// use meanfield_deep::law::EntryLaw;
/// use meanfield_deep::limit::Limit;
/// use meanfield_deep::problem::DeepProblem;
/// use meanfield_deep::quadrature::Resolution;
/// use meanfield_deep::start::Start;
/// use meanfield_model::loss::Loss;
/// use ndarray::array;
///
/// // ŷ = E[w_2 w_1] x is to be 2x; all weights begin at 1 and stay equal: w(∞)² = 2.
/// let linear = vec![LayerActivation::Identity; 2];
/// let architecture = Architecture::new(linear, Loss::Squared, vec![LayerSchedule::PLAIN; 2])?;
/// let data = DataPoints::uniform(array![[1.0], [-1.0]], array![2.0, -2.0])?;
/// let ones = EntryLaw::Constant { value: 1.0 };
/// let start = Start::independent(vec![ones], vec![ones])?;
/// let problem = DeepProblem::new(architecture, data);
/// let mut limit = Limit::new(problem, &start, &Resolution::default())?;
/// limit.advance(20.0)?;
/// assert!((limit.atoms().weights[0][[0, 0]] - 2_f64.sqrt()).abs() < 1e-8);
/// assert!(limit.energy_residual().abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Limit {
    flow: GradientFlow,
    /// Acting atoms of layers 1 … L − 1; tagged ones come after them.
    acting: Vec<usize>,
    is_sampled: bool,
}

impl Limit {
    /// The limit at t = 0.
    ///
    /// # Errors
    /// Where the eigenvalues behind a Gauss rule do not converge.
    ///
    /// # Panics
    /// Where start and problem differ in depth or dimension.
    pub fn new(problem: DeepProblem, start: &Start, resolution: &Resolution) -> Result<Self, NotConverged> {
        let none: Vec<Array2<f64>> =
            (1..start.depth()).map(|layer| Array2::zeros((0, start.label_laws(layer).len()))).collect();
        Self::with_probes(problem, start, resolution, &none)
    }

    /// The limit with tagged neurons of these labels in layers 1 … L − 1 (see [`Start::label_laws`]).
    ///
    /// # Errors
    /// As [`Self::new`].
    ///
    /// # Panics
    /// As [`Self::new`], and where labels have other coordinates.
    pub fn with_probes(
        problem: DeepProblem,
        start: &Start,
        resolution: &Resolution,
        probes: &[Array2<f64>],
    ) -> Result<Self, NotConverged> {
        let mut labels = Vec::new();
        let mut shares = Vec::new();
        let mut acting = Vec::new();
        let mut is_sampled = false;
        for (index, probes) in probes.iter().enumerate() {
            let atoms = LayerAtoms::new(start, index + 1, resolution)?;
            is_sampled |= atoms.is_sampled;
            acting.push(atoms.shares.len());
            labels.push(concatenate![Axis(0), atoms.labels, *probes]);
            shares.push(concatenate![Axis(0), atoms.shares, Array1::zeros(probes.nrows())]);
        }
        let atoms = Atoms { weights: start.mean_weights(&labels), shares };
        let flow = GradientFlow::new(problem, atoms, resolution.tolerance);
        Ok(Self { flow, acting, is_sampled })
    }

    /// The limit with the neurons of a network as tagged ones: the coupling procedure of Pham & Nguyen 2021,
    /// section 3.1. Weights between tagged neurons begin where the network's begin.
    ///
    /// # Errors
    /// As [`Self::new`].
    ///
    /// # Panics
    /// As [`Self::with_probes`].
    pub fn with_copies(
        problem: DeepProblem,
        start: &Start,
        resolution: &Resolution,
        network: &DrawnNetwork,
    ) -> Result<Self, NotConverged> {
        let mut limit = Self::with_probes(problem.clone(), start, resolution, &network.labels)?;
        let mut atoms = limit.flow.atoms();
        for (index, weights) in network.weights.iter().enumerate() {
            let [rows, columns] = limit.first_tagged(index);
            atoms.weights[index].slice_mut(s![rows.., columns..]).assign(weights);
        }
        limit.flow = GradientFlow::new(problem, atoms, resolution.tolerance);
        Ok(limit)
    }

    /// Where tagged rows and columns of the weights of layer `index` + 1 begin.
    fn first_tagged(&self, index: usize) -> [usize; 2] {
        let rows = if index == 0 { 0 } else { self.acting[index - 1] };
        [rows, self.acting.get(index).copied().unwrap_or(0)]
    }

    /// W_1 … W_L between tagged neurons now.
    pub fn tagged_weights(&self) -> Vec<ArrayView2<'_, f64>> {
        let mut weights = self.flow.weights();
        for (index, view) in weights.iter_mut().enumerate() {
            let [rows, columns] = self.first_tagged(index);
            view.slice_collapse(s![rows.., columns..]);
        }
        weights
    }

    /// Acting atoms of layers 1 … L − 1; tagged ones come after them.
    pub fn acting(&self) -> &[usize] {
        &self.acting
    }

    /// Whether atoms of a layer were drawn: the limit then depends on its seed.
    pub fn is_sampled(&self) -> bool {
        self.is_sampled
    }

    /// The flow of its atoms.
    pub fn flow(&self) -> &GradientFlow {
        &self.flow
    }

    /// The flow of its atoms, to be asked for losses and gradients.
    pub fn flow_mut(&mut self) -> &mut GradientFlow {
        &mut self.flow
    }

    /// t.
    pub fn time(&self) -> f64 {
        self.flow.time()
    }

    /// All atoms now, tagged ones after the others.
    pub fn atoms(&self) -> Atoms {
        self.flow.atoms()
    }

    /// E_Z ℓ(y, ŷ) now.
    pub fn loss(&mut self) -> f64 {
        self.flow.loss()
    }

    /// −dL/dt now; 0 at t = 0 means a limit that never trains.
    pub fn dissipation(&mut self) -> f64 {
        self.flow.dissipation()
    }

    /// What the loss fell by less than it must have: the certificate of the steps in time.
    pub fn energy_residual(&mut self) -> f64 {
        self.flow.energy_residual()
    }

    /// One accepted step, not past `until`.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn step(&mut self, until: f64) -> Result<(), RunError> {
        self.flow.step(until)
    }

    /// Steps until `until`.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        self.flow.advance(until)
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        self.flow.state()
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this limit.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.flow.restore(state)
    }
}
