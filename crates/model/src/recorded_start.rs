//! A start that another run left: the law at one of its times, and the parameters of its networks. Atoms keep
//! their places and masses, cells theirs on their grid, networks their neurons.
//!
//! It knows no file and no time: where a law was recorded, and whether it fits, is for others to say.

use ndarray::{Array1, Array2, Axis as Dimension, concatenate};

use crate::coordinates::Coordinates;
use crate::initial::{AffineStart, Initial, Normal};
use crate::measure::Measure;

/// The parameters of one network.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedNetwork {
    /// The seed that it was trained from.
    pub seed: u64,
    /// Samples of its stream that it has seen.
    pub samples: u64,
    /// Its parameters, shape (neuron, D).
    pub parameters: Array2<f64>,
}

/// The law of reduced coordinates, and the networks whose neurons it is of where it is that.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedStart {
    law: Measure,
    networks: Vec<RecordedNetwork>,
}

impl RecordedStart {
    /// The law of a limit.
    pub fn of_law(law: Measure) -> Self {
        Self { law, networks: Vec::new() }
    }

    /// Networks; their law is that of the neurons of all. None where there is no neuron.
    pub fn of_networks(coordinates: Coordinates, networks: Vec<RecordedNetwork>) -> Option<Self> {
        let rows: Vec<_> = networks.iter().map(|network| network.parameters.view()).collect();
        let rows = concatenate(Dimension(0), &rows).ok()?;
        let mut points = Array2::zeros((rows.nrows(), coordinates.names().len()));
        for (row, mut point) in rows.rows().into_iter().zip(points.rows_mut()) {
            let mut z = vec![0.0; point.len()];
            coordinates.project(&row.to_vec(), &mut z);
            point.assign(&Array1::from(z));
        }
        let weights = Array1::from_elem(points.nrows(), 1.0 / points.nrows() as f64);
        (points.nrows() > 0).then(|| Self { law: Measure::Atoms { points, weights }, networks })
    }

    /// The law of the reduced coordinates.
    pub fn law(&self) -> &Measure {
        &self.law
    }

    /// The networks, where it is of some.
    pub fn networks(&self) -> &[RecordedNetwork] {
        &self.networks
    }

    /// The network that was trained from a seed.
    pub fn network(&self, seed: u64) -> Option<&RecordedNetwork> {
        self.networks.iter().find(|network| network.seed == seed)
    }

    /// The laws of w, and of a and b where neurons have them, of independent normal numbers with the same
    /// mean squares: how far the start reaches, for whoever has to know that alone. None of a law of pairs.
    pub fn of_its_size(&self, coordinates: Coordinates) -> Option<(Initial, Option<AffineStart>)> {
        let (points, weights) = atoms(&self.law)?;
        let mean = |c: usize| weights.dot(&points.column(c));
        let mean_square = |c: usize| weights.dot(&points.column(c).mapv(|z| z * z));
        let number = |c: usize| {
            let mean = mean(c);
            Normal { mean, deviation: (mean_square(c) - mean * mean).max(0.0).sqrt() }.into()
        };
        let names = coordinates.names();
        let first = names.iter().take_while(|name| ["a", "b"].contains(name)).count();
        let scale = (first..names.len()).map(mean_square).sum::<f64>().sqrt();
        let affine = (first == 2).then(|| AffineStart { a: number(0), b: number(1) });
        Some((Initial::Gaussian { scale }, affine))
    }
}

/// A law as weighted points: atoms as they are, cells with mass at their midpoints. None of a law of pairs.
pub fn atoms(law: &Measure) -> Option<(Array2<f64>, Array1<f64>)> {
    let (axes, mass) = match law {
        Measure::Cells { axes, mass } => (axes, mass),
        Measure::Marginals { .. } => return None,
        Measure::Atoms { .. } | Measure::Pushforward(_) => {
            return law.atoms().map(|(points, weights)| (points.clone(), weights.clone()));
        }
    };
    let held: Vec<_> = mass.indexed_iter().filter(|(_, mass)| **mass > 0.0).collect();
    let points = Array2::from_shape_fn((held.len(), axes.len()), |(i, c)| axes[c].centre(held[i].0[c]));
    Some((points, held.iter().map(|(_, mass)| **mass).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Axis;
    use ndarray::{arr2, array};

    #[test]
    fn cells_are_atoms_at_their_midpoints() {
        let axes =
            vec![Axis::uniform(0.0, 2.0, 2).expect("axis"), Axis::uniform(-1.0, 2.0, 3).expect("axis")];
        let mass = array![[0.1, 0.0, 0.2], [0.3, 0.4, 0.0]].into_dyn();
        let (points, weights) = atoms(&Measure::Cells { axes, mass }).expect("atoms");
        assert_eq!(points, arr2(&[[0.5, -0.5], [0.5, 1.5], [1.5, -0.5], [1.5, 0.5]]));
        assert_eq!(weights.to_vec(), [0.1, 0.2, 0.3, 0.4]);
    }

    #[test]
    fn the_law_of_networks_is_of_the_neurons_of_all() {
        let network = |seed, parameters| RecordedNetwork { seed, samples: 0, parameters };
        let networks = vec![network(3, arr2(&[[3.0, 4.0]])), network(5, arr2(&[[0.0, 1.0], [6.0, 8.0]]))];
        let start = RecordedStart::of_networks(Coordinates::Radius, networks).expect("neurons");
        let third = 1.0 / 3.0;
        let expected =
            Measure::Atoms { points: arr2(&[[5.0], [1.0], [10.0]]), weights: array![third, third, third] };
        assert_eq!(start.law(), &expected);
        assert_eq!(start.network(5).expect("there").parameters.nrows(), 2);
        assert_eq!(start.network(4), None);
        let Some((Initial::Gaussian { scale }, None)) = start.of_its_size(Coordinates::Radius) else {
            panic!("a scale")
        };
        assert!((scale - 42f64.sqrt()).abs() < 1e-14, "{scale}");
        assert_eq!(RecordedStart::of_networks(Coordinates::Radius, Vec::new()), None);
    }

    #[test]
    fn numbers_have_their_mean_and_deviation() {
        let points = arr2(&[[1.0, -1.0, 3.0], [1.0, 1.0, 4.0]]);
        let start = RecordedStart::of_law(Measure::Atoms { points, weights: array![0.5, 0.5] });
        let coordinates = Coordinates::Directed { is_affine: true, directions: 0 };
        let Some((_, Some(AffineStart { a, b }))) = start.of_its_size(coordinates) else { panic!("a and b") };
        assert_eq!(a, Normal { mean: 1.0, deviation: 0.0 }.into());
        assert_eq!(b, Normal { mean: 0.0, deviation: 1.0 }.into());
    }
}
