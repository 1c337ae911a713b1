//! Sampling of a start on one coordinate that adapts itself to what the flow does with it.
//!
//! The start is the image z = z₀(g) of a standard normal g (z₀ = quantile ∘ Φ), smooth even in the tails. The line of
//! g is cut into panels with Gauss–Legendre nodes on each: atoms at z₀(g), their weights those of φ(g) dg. While the
//! flow carries them, z(t, g) on a panel is a polynomial through its atoms. Where it stops being one (between
//! neurons that part company, at the edge of those that have come to rest), the panel is split in two, and the
//! polynomial is read at the new nodes.

use gauss_quad::GaussLegendre;
use meanfield_model::normal;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

/// Nodes on each panel.
pub const NODES: usize = 8;
/// Fewest panels.
const FEWEST: usize = 2;
/// |g| beyond this has probability 1.2e-15.
const REACH: f64 = 8.0;
/// Panels at g = 0 are about sinh(g)/g times as narrow as equal ones would be.
const GRADING: f64 = 2.0;

static RULE: LazyLock<Rule> = LazyLock::new(Rule::new);

/// Gauss–Legendre on [−1, 1], and what polynomials through its nodes need.
struct Rule {
    nodes: [f64; NODES],
    weights: [f64; NODES],
    /// Row 0, 1: the Legendre coefficients of the two highest degrees, from values at the nodes.
    highest: [[f64; NODES]; 2],
    /// Values at the nodes of the left and of the right half, from values at the nodes.
    halves: [[[f64; NODES]; NODES]; 2],
}

impl Rule {
    fn new() -> Self {
        const COUNT: NonZeroUsize = NonZeroUsize::new(NODES).expect("positive");
        let mut pairs = GaussLegendre::new(COUNT).as_node_weight_pairs().to_vec();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nodes: [f64; NODES] = std::array::from_fn(|i| pairs[i].0);
        let weights: [f64; NODES] = std::array::from_fn(|i| pairs[i].1);
        // c_n = (2n+1)/2 ∫ f P_n, exact for the polynomial through the nodes.
        let coefficient = |n: usize| {
            let share = n as f64 + 0.5;
            std::array::from_fn(|i| share * weights[i] * legendre(n, nodes[i]))
        };
        let half = |side: f64| std::array::from_fn(|j| lagrange(&nodes, 0.5 * (nodes[j] + side)));
        let highest = [coefficient(NODES - 2), coefficient(NODES - 1)];
        Self { nodes, weights, highest, halves: [half(-1.0), half(1.0)] }
    }
}

/// P_n(x).
fn legendre(n: usize, x: f64) -> f64 {
    let (mut before, mut now) = (0.0, 1.0);
    for k in 0..n {
        let k = k as f64;
        (before, now) = (now, ((2.0 * k + 1.0) * x * now - k * before) / (k + 1.0));
    }
    now
}

/// The Lagrange polynomials of the nodes at x.
fn lagrange(nodes: &[f64; NODES], x: f64) -> [f64; NODES] {
    std::array::from_fn(|i| {
        let factor = |j: usize| if i == j { 1.0 } else { (x - nodes[j]) / (nodes[i] - nodes[j]) };
        (0..NODES).map(factor).product()
    })
}

/// Panels of g, and how finely they have to follow the flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels {
    /// Ends of the panels, increasing.
    ends: Vec<f64>,
    /// What a panel may leave unresolved: its mass times the highest coefficients of z(t, g).
    tolerance: f64,
    /// Most atoms.
    most: usize,
}

impl Panels {
    /// Panels with about `atoms` nodes at first, 16 at least. None splits once there are `most`.
    pub fn new(atoms: usize, tolerance: f64, most: usize) -> Self {
        let panels = atoms.div_ceil(NODES).max(FEWEST);
        let end = |i: usize| {
            let place = 2.0 * i as f64 / panels as f64 - 1.0;
            REACH * (GRADING * place).sinh() / GRADING.sinh()
        };
        Self { ends: (0..=panels).map(end).collect(), tolerance, most: most.max(atoms) }
    }

    /// Number of atoms.
    pub fn atoms(&self) -> usize {
        NODES * (self.ends.len() - 1)
    }

    /// The ends, to be saved.
    pub fn ends(&self) -> &[f64] {
        &self.ends
    }

    /// The same with saved ends.
    pub fn with_ends(&self, ends: &[f64]) -> Self {
        Self { ends: ends.to_vec(), ..self.clone() }
    }

    /// (g, weight) of every atom. The weights on a panel are Gauss–Legendre's for φ dg, scaled so that their sum is the
    /// panel's probability: all together sum to 1.
    pub fn nodes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        (0..self.ends.len() - 1).flat_map(|i| {
            let (middle, half) =
                (0.5 * (self.ends[i] + self.ends[i + 1]), 0.5 * (self.ends[i + 1] - self.ends[i]));
            let at: [f64; NODES] = std::array::from_fn(|k| middle + half * RULE.nodes[k]);
            let raw: [f64; NODES] = std::array::from_fn(|k| RULE.weights[k] * normal::density(at[k]));
            let scale = self.mass(i) / raw.iter().sum::<f64>();
            (0..NODES).map(move |k| (at[k], scale * raw[k]))
        })
    }

    /// Probability of panel `i`; the outermost ones reach to infinity. From the tail that is smaller.
    fn mass(&self, i: usize) -> f64 {
        let last = self.ends.len() - 2;
        let from = if i == 0 { f64::NEG_INFINITY } else { self.ends[i] };
        let until = if i == last { f64::INFINITY } else { self.ends[i + 1] };
        match from >= 0.0 {
            true => normal::distribution(-from) - normal::distribution(-until),
            false => normal::distribution(until) - normal::distribution(from),
        }
    }

    /// What panel `i` leaves unresolved: its mass times the highest coefficients of z on it.
    fn unresolved(&self, i: usize, positions: &[f64]) -> f64 {
        let mass = self.mass(i);
        let on_panel = &positions[i * NODES..(i + 1) * NODES];
        let coefficient =
            |row: &[f64; NODES]| row.iter().zip(on_panel).map(|(a, b)| a * b).sum::<f64>().abs();
        mass * RULE.highest.iter().map(coefficient).fold(0.0, f64::max)
    }

    /// What all panels leave unresolved: an estimate of the Wasserstein distance to the law itself.
    pub fn sampling_error(&self, positions: &[f64]) -> f64 {
        (0..self.ends.len() - 1).map(|i| self.unresolved(i, positions)).sum()
    }

    /// Splits every panel that leaves too much unresolved, once; None if there is none, or no room.
    pub fn split(&mut self, positions: &[f64], lower: f64) -> Option<Vec<f64>> {
        if self.atoms() >= self.most {
            return None;
        }
        let wanting: Vec<bool> =
            (0..self.ends.len() - 1).map(|i| self.unresolved(i, positions) > self.tolerance).collect();
        if !wanting.contains(&true) {
            return None;
        }
        let (mut ends, mut moved) = (vec![self.ends[0]], Vec::new());
        for (i, wanting) in wanting.into_iter().enumerate() {
            let on_panel = &positions[i * NODES..(i + 1) * NODES];
            if wanting {
                ends.push(0.5 * (self.ends[i] + self.ends[i + 1]));
                for row in RULE.halves.iter().flatten() {
                    let z: f64 = row.iter().zip(on_panel).map(|(a, b)| a * b).sum();
                    moved.push(z.max(lower));
                }
            } else {
                moved.extend(on_panel);
            }
            ends.push(self.ends[i + 1]);
        }
        self.ends = ends;
        Some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_integrate_the_normal_law() {
        for (atoms, tolerance) in [(20, f64::INFINITY), (80, 1e-6), (400, 1e-7)] {
            let nodes: Vec<(f64, f64)> = Panels::new(atoms, 1e-8, atoms).nodes().collect();
            let moment = |k: i32| nodes.iter().map(|(g, w)| w * g.powi(k)).sum::<f64>();
            // Each panel has its probability, however few there are: rounding.
            assert!((moment(0) - 1.0).abs() < 1e-14, "{atoms} atoms: {}", moment(0));
            // Beyond |g| = 8 lie 5e-8 of the eighth moment; ten panels leave ten times as much.
            for (k, exact) in [(1, 0.0), (2, 1.0), (8, 105.0)] {
                assert!((moment(k) - exact).abs() < tolerance, "{atoms} atoms, moment {k}: {}", moment(k));
            }
        }
    }

    #[test]
    fn a_split_reads_the_polynomial() {
        let mut panels = Panels::new(16, 0.0, 1000);
        let f = |g: f64| 300.0 + g + 0.01 * g.powi(5) + 1e-4 * g.powi(7);
        let positions: Vec<f64> = panels.nodes().map(|(g, _)| f(g)).collect();
        let moved = panels.split(&positions, f64::NEG_INFINITY).expect("every panel is split");
        assert_eq!((moved.len(), panels.atoms()), (32, 32));
        for (z, (g, _)) in moved.iter().zip(panels.nodes()) {
            assert!((z - f(g)).abs() < 1e-9, "at g = {g}: {z} instead of {}", f(g));
        }
    }

    #[test]
    fn only_what_is_not_smooth_is_split_and_never_beyond_the_most() {
        let mut panels = Panels::new(160, 1e-7, 600);
        let f = |g: f64| if g < 0.3 { 0.0 } else { g - 0.3 };
        for _ in 0..12 {
            let positions: Vec<f64> = panels.nodes().map(|(g, _)| f(g)).collect();
            if panels.split(&positions, 0.0).is_none() {
                break;
            }
        }
        let positions: Vec<f64> = panels.nodes().map(|(g, _)| f(g)).collect();
        assert!(panels.sampling_error(&positions) < 1e-6);
        assert!(panels.atoms() < 300, "{}", panels.atoms());
    }
}
