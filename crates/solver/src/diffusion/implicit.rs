//! One implicit Euler step of the dynamics with noise, axis by axis, potentials at the moments that it
//! arrives at:
//!
//! ```text
//!   q = p + s A(m) q,    m = Σ φ q         (A: fluxes of Scharfetter & Gummel along one axis, s = ∫ξ dt)
//! ```
//! F is convex in the masses where R is in the moments; then F(q) − F(p) ≤ ⟨∇F(q), q − p⟩ ≤ 0, however long
//! the step. It is positive and keeps mass and Gibbs state. The unknowns of Newton's method are the few
//! moments: each column of its matrix is one more solution with the same chain.

use meanfield_model::landscape::Landscape;
use nalgebra::{DMatrix, DVector};

use super::chain::Chain;
use super::flux;
use super::operator::Operator;

/// Newton steps after which a shorter time step is better.
const MOST_ITERATIONS: usize = 25;
/// Halvings of a Newton step.
const MOST_HALVINGS: usize = 8;
/// The moments are found when they agree with their law to this, relative to their size (in the norm of the
/// energy).
const CLOSE: f64 = 1e-13;
/// Good enough if rounding allows no better.
const ALLOWED: f64 = 1e-11;

/// A law after a step, and what went through each face on the way.
#[derive(Clone, Debug)]
pub struct Moved<const D: usize> {
    /// Mass of each cell.
    pub mass: Vec<f64>,
    /// For each axis: mass that went from each cell to the next.
    pub through: [Vec<f64>; D],
}

/// The law at some moments, before it is known whether they are its own.
struct Candidate {
    moments: Vec<f64>,
    potential: Vec<f64>,
    mass: Vec<f64>,
    /// The law's own moments less those it was computed for.
    residual: Vec<f64>,
    /// Its size.
    distance: f64,
}

/// The step of length `s` from `mass`; None where Newton's method finds none.
pub fn step<const D: usize, L: Landscape<D>>(
    operator: &Operator<D, L>,
    mass: &[f64],
    s: f64,
) -> Option<Moved<D>> {
    let mut moved = Moved { mass: mass.to_vec(), through: std::array::from_fn(|_| Vec::new()) };
    for axis in 0..D {
        let mut step =
            AxisStep { operator, axis, s, start: &moved.mass, chain: Chain::new(&operator.grid, axis) };
        let (mass, through) = step.solve()?;
        (moved.mass, moved.through[axis]) = (mass, through);
    }
    Some(moved)
}

/// The step along one axis.
struct AxisStep<'a, const D: usize, L> {
    operator: &'a Operator<D, L>,
    axis: usize,
    s: f64,
    start: &'a [f64],
    chain: Chain,
}

impl<const D: usize, L: Landscape<D>> AxisStep<'_, D, L> {
    /// Newton's method from the moments of the start: the masses, and what went through the faces.
    fn solve(&mut self) -> Option<(Vec<f64>, Vec<f64>)> {
        let mut here = self.candidate(self.operator.moments(self.start));
        for _ in 0..MOST_ITERATIONS {
            if here.distance <= CLOSE {
                break;
            }
            let Some(closer) = self.newton_step(&here).and_then(|direction| self.descend(&here, &direction))
            else {
                break;
            };
            here = closer;
        }
        (here.distance <= ALLOWED).then(|| (here.mass.clone(), self.transported(&here)))
    }

    /// The law that follows from moments.
    fn candidate(&mut self, moments: Vec<f64>) -> Candidate {
        let potential = self.operator.potential(&moments);
        self.set_shares(&potential);
        let mut mass = self.start.to_vec();
        self.chain.solve(&mut mass);
        let own = self.operator.moments(&mass);
        let residual: Vec<f64> = own.iter().zip(&moments).map(|(own, m)| own - m).collect();
        let distance = self.norm(&moments, &residual) / self.norm(&moments, &own).max(1.0);
        Candidate { moments, potential, mass, residual, distance }
    }

    /// √Σ|κ_k| x_k².
    fn norm(&self, moments: &[f64], x: &[f64]) -> f64 {
        let mut curvatures = vec![0.0; x.len()];
        self.operator.landscape.curvatures(moments, &mut curvatures);
        curvatures.iter().zip(x).map(|(curvature, x)| curvature.abs() * x * x).sum::<f64>().sqrt()
    }

    /// The shares of each cell's mass that hop to its neighbours.
    fn set_shares(&mut self, potential: &[f64]) {
        let operator = self.operator;
        let axis = self.axis;
        let s = self.s;
        let chain = &mut self.chain;
        let along = &operator.along[axis];
        operator.each_face(axis, |i, next, face| {
            let y = operator.step_of_level(axis, (i, next, face), potential);
            let (ahead, back) = flux::weights(y, operator.temperature);
            let rate = 2.0 * s * along.conductance[face];
            chain.right[i] = rate * ahead * along.inverse_width[face];
            chain.left[next] = rate * back * along.inverse_width[face + 1];
        });
        chain.eliminate();
    }

    /// (1 − ∂own/∂m)⁻¹ residual.
    fn newton_step(&self, here: &Candidate) -> Option<Vec<f64>> {
        let rank = here.moments.len();
        let mut curvatures = vec![0.0; rank];
        self.operator.landscape.curvatures(&here.moments, &mut curvatures);
        let sensitivity = self.flux_slopes(here);
        let mut matrix = DMatrix::identity(rank, rank);
        let mut feature = vec![0.0; self.start.len()];
        let mut change = vec![0.0; self.start.len()];
        for k in (0..rank).filter(|k| curvatures[*k] != 0.0) {
            self.operator.features.row(k, &mut feature);
            change.fill(0.0);
            self.operator.each_face(self.axis, |i, next, _| {
                let more = sensitivity[i] * curvatures[k] * (feature[next] - feature[i]);
                change[i] -= more;
                change[next] += more;
            });
            self.chain.solve(&mut change);
            let own = self.operator.moments(&change);
            own.iter().enumerate().for_each(|(j, own)| matrix[(j, k)] -= own);
        }
        let step = matrix.lu().solve(&DVector::from_column_slice(&here.residual))?;
        step.iter().all(|x| x.is_finite()).then(|| step.iter().copied().collect())
    }

    /// By how much more mass goes through each face if the level's step across it rises by one.
    fn flux_slopes(&self, here: &Candidate) -> Vec<f64> {
        let operator = self.operator;
        let axis = self.axis;
        let along = &operator.along[axis];
        let mut slopes = vec![0.0; self.start.len()];
        operator.each_face(axis, |i, next, face| {
            let y = operator.step_of_level(axis, (i, next, face), &here.potential);
            let (ahead, back) = flux::slopes(y, operator.temperature);
            let left = here.mass[i] * along.inverse_width[face];
            let right = here.mass[next] * along.inverse_width[face + 1];
            slopes[i] = 2.0 * self.s * along.conductance[face] * (ahead * left + back * right);
        });
        slopes
    }

    /// A point along the direction that is closer to its own moments.
    fn descend(&mut self, here: &Candidate, direction: &[f64]) -> Option<Candidate> {
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let moments = here.moments.iter().zip(direction).map(|(m, d)| m + share * d).collect();
            let there = self.candidate(moments);
            if there.distance < here.distance {
                return Some(there);
            }
            share *= 0.5;
        }
        None
    }

    /// Mass transported through the face after each cell.
    fn transported(&self, here: &Candidate) -> Vec<f64> {
        let mut through = vec![0.0; self.start.len()];
        self.operator.each_face(self.axis, |i, next, face| {
            through[i] = self.s * self.operator.flux(self.axis, (i, next, face), &here.potential, &here.mass);
        });
        through
    }
}
