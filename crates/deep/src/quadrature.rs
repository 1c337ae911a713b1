//! Atoms of a layer's labels: products of rules for the single coordinates where these are affordable, else
//! antithetic Monte Carlo. What labels mean is in `start`.

use meanfield_model::quadrature::NotConverged;
use meanfield_random::stream::{Purpose, generator};
use ndarray::{Array1, Array2};

use crate::law::{EntryLaw, Node};
use crate::start::Start;

/// How finely a limit is resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Resolution {
    /// Nodes of the rule of one coordinate.
    pub nodes: usize,
    /// Most atoms of a layer for which products of rules are taken; of several coordinates they have fewer
    /// nodes where this asks for it. Two layers may have [`SHALLOW`] times as many, since their neurons have
    /// one weight each beside the inputs', and correlated starts a [`CORRELATED`]th.
    pub most_atoms: usize,
    /// Atoms of a layer where they are drawn (pairs of mirror images: rounded up to an even number).
    pub samples: usize,
    /// Largest error of a weight tolerated in one step.
    pub tolerance: f64,
    /// Seed of drawn atoms.
    pub seed: u64,
}

impl Default for Resolution {
    fn default() -> Self {
        Self { nodes: 40, most_atoms: 2000, samples: 400, tolerance: 1e-9, seed: 0 }
    }
}

impl Resolution {
    /// Coarser in everything: four fifths of the nodes, half of the atoms, ten times the tolerance. What a
    /// limit changes by is its error, on the safe side.
    #[must_use]
    pub fn coarser(self) -> Self {
        let nodes = (4 * self.nodes).div_ceil(5).min(self.nodes.max(2) - 1);
        let samples = self.samples.div_ceil(2);
        let most_atoms = self.most_atoms.div_ceil(2);
        Self { nodes, most_atoms, samples, tolerance: 10.0 * self.tolerance, ..self }
    }

    /// Most atoms of products of rules in a layer of networks that begin so.
    fn most_products(&self, start: &Start) -> usize {
        match start.depth() {
            2 => SHALLOW * self.most_atoms,
            _ if start.is_correlated() => self.most_atoms / CORRELATED,
            _ => self.most_atoms,
        }
    }

    /// Pairs of mirror images where atoms are drawn.
    fn pairs(&self) -> usize {
        self.samples.div_ceil(2).max(1)
    }
}

/// How many times more atoms networks of two layers may have.
pub const SHALLOW: usize = 4;
/// How many times fewer atoms correlated starts may have.
pub const CORRELATED: usize = 4;
/// Products of rules with fewer nodes than this are no quadrature any more.
const FEWEST: usize = 6;

/// Atoms of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerAtoms {
    /// Labels, shape (atoms, coordinates).
    pub labels: Array2<f64>,
    /// Shares, which add up to 1.
    pub shares: Array1<f64>,
    /// Whether they were drawn.
    pub is_sampled: bool,
}

impl LayerAtoms {
    /// Those of a layer 1 … L − 1: products of rules with as many nodes as may be, else drawn ones.
    ///
    /// # Errors
    /// Where the eigenvalues behind a Gauss rule do not converge.
    pub fn new(start: &Start, layer: usize, resolution: &Resolution) -> Result<Self, NotConverged> {
        let products = Self::products(start, layer, resolution)?;
        Ok(products.unwrap_or_else(|| Self::drawn(start, layer, resolution)))
    }

    /// How many there are, and whether they are drawn; none is.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn count(
        start: &Start,
        layer: usize,
        resolution: &Resolution,
    ) -> Result<(usize, bool), NotConverged> {
        let products = Self::products(start, layer, resolution)?;
        Ok(products.map_or((2 * resolution.pairs(), true), |atoms| (atoms.shares.len(), false)))
    }

    /// Products of rules with as many nodes as may be; None where even few are too many.
    fn products(start: &Start, layer: usize, resolution: &Resolution) -> Result<Option<Self>, NotConverged> {
        let laws = start.label_laws(layer);
        let most = resolution.most_products(start);
        let mut nodes = resolution.nodes;
        loop {
            let atoms = Self::product(&laws, nodes, most)?;
            if atoms.is_some() || nodes <= FEWEST {
                return Ok(atoms);
            }
            nodes -= 1;
        }
    }

    /// Products of rules; None where these are more than `most`.
    fn product(laws: &[EntryLaw], nodes: usize, most: usize) -> Result<Option<Self>, NotConverged> {
        let reach = EntryLaw::reach(nodes) * (1.0 + 1e-9);
        let mut atoms: Vec<Product> = vec![(Vec::new(), 1.0, 0.0)];
        for law in laws {
            let rule = law.rule(nodes)?;
            let Some(products) = times_rule(&atoms, &rule, reach, most) else { return Ok(None) };
            atoms = products;
        }
        let sum: f64 = atoms.iter().map(|atom| atom.1).sum();
        let labels: Vec<f64> = atoms.iter().flat_map(|atom| atom.0.iter().copied()).collect();
        let labels = Array2::from_shape_vec((atoms.len(), laws.len()), labels).expect("as many");
        let shares = atoms.iter().map(|atom| atom.1 / sum).collect();
        Ok(Some(Self { labels, shares, is_sampled: false }))
    }

    /// Drawn labels, and the mirror image of each.
    fn drawn(start: &Start, layer: usize, resolution: &Resolution) -> Self {
        let pairs = resolution.pairs();
        // Another number of samples has other ones: what two resolutions differ by is then an error.
        let block = ((pairs as u64) << 16) | layer as u64;
        let mut random = generator(resolution.seed, Purpose::Atoms, block);
        let half = start.draw_labels(layer, pairs, &mut random);
        let mut labels = Array2::zeros((2 * pairs, half.ncols()));
        for (pair, label) in half.rows().into_iter().enumerate() {
            labels.row_mut(2 * pair).assign(&label);
            labels.row_mut(2 * pair + 1).assign(&start.mirrored(layer, label));
        }
        let shares = Array1::from_elem(2 * pairs, 0.5 / pairs as f64);
        Self { labels, shares, is_sampled: true }
    }
}

/// An atom: label, weight, depth.
type Product = (Vec<f64>, f64, f64);

/// Atoms with one coordinate more, none deeper than `reach`; None as soon as they are more than `most`.
fn times_rule(atoms: &[Product], rule: &[Node], reach: f64, most: usize) -> Option<Vec<Product>> {
    let mut products = Vec::new();
    for (label, weight, depth) in atoms {
        for node in rule.iter().filter(|node| depth + node.depth <= reach) {
            if products.len() == most {
                return None;
            }
            let label = label.iter().copied().chain([node.value]).collect();
            products.push((label, weight * node.weight, depth + node.depth));
        }
    }
    Some(products)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(dimension: usize) -> Start {
        let normal = EntryLaw::Normal { mean: 0.2, deviation: 0.7 };
        let uniform = EntryLaw::Uniform { low: -1.0, high: 2.0 };
        Start::independent(vec![normal; dimension], vec![uniform; 3]).expect("valid")
    }

    #[test]
    fn atoms_have_the_moments_of_their_labels() {
        let start = start(2);
        let resolution = Resolution::default();
        let first = LayerAtoms::new(&start, 1, &resolution).expect("converges");
        let count = LayerAtoms::count(&start, 1, &resolution).expect("converges");
        assert_eq!(count, (first.shares.len(), false));
        assert!(!first.is_sampled && first.shares.len() < 40 * 40);
        let mean = first.labels.t().dot(&first.shares);
        assert!((mean[0] - 0.2).abs() < 1e-12 && (mean[1] - 0.2).abs() < 1e-12);
        let product = first.labels.rows().into_iter().zip(&first.shares);
        let product: f64 = product.map(|(w, q)| q * (w[0] - 0.2).powi(2) * (w[1] - 0.2).powi(2)).sum();
        assert!((product - 0.49 * 0.49).abs() < 1e-4, "{product}");
        // Layer 2 of 4 has no label and collapses to one atom; layer 3 has the law of layer 4.
        let second = LayerAtoms::new(&start, 2, &resolution).expect("converges");
        assert_eq!((second.labels.dim(), second.shares.to_vec()), ((1, 0), vec![1.0]));
        let third = LayerAtoms::new(&start, 3, &resolution).expect("converges");
        assert_eq!(third.labels.dim(), (10, 1));
    }

    #[test]
    fn many_coordinates_are_drawn_in_pairs() {
        let resolution = Resolution { samples: 101, ..Resolution::default() };
        let atoms = LayerAtoms::new(&start(9), 1, &resolution).expect("drawn");
        assert!(atoms.is_sampled);
        assert_eq!(atoms.labels.dim(), (102, 9));
        let mean = atoms.labels.t().dot(&atoms.shares);
        assert!(mean.iter().all(|m| (m - 0.2).abs() < 1e-14), "{mean}");
        assert_eq!(LayerAtoms::count(&start(9), 1, &resolution).expect("drawn"), (102, true));
        let coarse = LayerAtoms::new(&start(9), 1, &resolution.coarser()).expect("drawn");
        assert_eq!(coarse.labels.nrows(), 52);
        assert_ne!(coarse.labels.row(0), atoms.labels.row(0));
    }
}
