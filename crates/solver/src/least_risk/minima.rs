//! Where Ψ is lowest on a box: its local minima, from a grid of places to their last digits by its gradient.

use meanfield_kernel::dot::dot;
use meanfield_model::landscape::Landscape;
use nalgebra::DVector;

use super::potential::{hessian, potential};

/// Places along each axis of one to four coordinates.
const PLACES: [usize; 4] = [2001, 201, 41, 17];
/// Most local minima that are followed.
const MOST: usize = 16;
/// The compass looks so far at last, in spacings; then Newton's method takes over.
const NEAR: f64 = 1e-3;
/// Newton's steps.
const STEPS: usize = 8;

/// A place and Ψ there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<const D: usize> {
    /// The place.
    pub z: [f64; D],
    /// Ψ.
    pub value: f64,
}

/// How many places are looked at in so many coordinates.
pub fn places(coordinates: usize) -> usize {
    PLACES[coordinates - 1].pow(coordinates as u32)
}

/// A grid of places on a box, with their features.
pub struct Places<'a, const D: usize, L> {
    landscape: &'a L,
    lower: [f64; D],
    upper: [f64; D],
    along: usize,
    /// Row by row, the first coordinate fastest.
    features: Vec<f64>,
}

impl<'a, const D: usize, L: Landscape<D>> Places<'a, D, L> {
    /// Places on a box that has a width along every axis.
    pub fn new(landscape: &'a L, lower: [f64; D], upper: [f64; D]) -> Self {
        let along = PLACES[D - 1];
        let mut places = Self { landscape, lower, upper, along, features: Vec::new() };
        let rank = landscape.rank();
        places.features.resize(places.count() * rank, 0.0);
        let mut features = std::mem::take(&mut places.features);
        for (i, values) in features.chunks_exact_mut(rank).enumerate() {
            landscape.values(places.place(i), values);
        }
        places.features = features;
        places
    }

    fn count(&self) -> usize {
        places(D)
    }

    /// The lower and the upper ends of the box.
    pub fn ends(&self) -> [[f64; D]; 2] {
        [self.lower, self.upper]
    }

    /// Distances of places next to each other.
    pub fn spacing(&self) -> [f64; D] {
        std::array::from_fn(|c| (self.upper[c] - self.lower[c]) / (self.along - 1) as f64)
    }

    /// Place `i`.
    pub fn place(&self, i: usize) -> [f64; D] {
        let mut rest = i;
        let spacing = self.spacing();
        std::array::from_fn(|c| {
            let along = rest % self.along;
            rest /= self.along;
            if along + 1 == self.along { self.upper[c] } else { self.lower[c] + spacing[c] * along as f64 }
        })
    }

    /// The features of each place.
    pub fn features(&self) -> impl Iterator<Item = &[f64]> {
        self.features.chunks_exact(self.landscape.rank())
    }

    /// The local minima of Ψ = Σ c_k φ_k, the lowest first.
    pub fn minima(&self, coefficients: &[f64]) -> Vec<Place<D>> {
        let values: Vec<f64> = self.features().map(|features| dot(coefficients, features)).collect();
        let mut found: Vec<Place<D>> = (0..values.len())
            .filter(|i| self.neighbours(*i).all(|j| values[*i] <= values[j]))
            .map(|i| Place { z: self.place(i), value: values[i] })
            .collect();
        found.sort_by(|a, b| a.value.total_cmp(&b.value));
        found.truncate(MOST);
        found.iter_mut().for_each(|place| self.refine(coefficients, place));
        found.sort_by(|a, b| a.value.total_cmp(&b.value));
        found
    }

    fn neighbours(&self, i: usize) -> impl Iterator<Item = usize> {
        (0..D).flat_map(move |c| {
            let stride = self.along.pow(c as u32);
            let along = i / stride % self.along;
            let below = (along > 0).then(|| i - stride);
            below.into_iter().chain((along + 1 < self.along).then_some(i + stride))
        })
    }

    /// Goes down from a place on the grid to the minimum beside it.
    fn refine(&self, coefficients: &[f64], place: &mut Place<D>) {
        let mut reach = 0.5;
        while reach > NEAR {
            if !self.compass(coefficients, place, reach) {
                reach *= 0.5;
            }
        }
        for _ in 0..STEPS {
            let Some(z) = self.newton(coefficients, place.z) else { return };
            let value = potential(self.landscape, coefficients, z).0;
            if value > place.value || z == place.z {
                return;
            }
            *place = Place { z, value };
        }
    }

    /// One step to a lower place along an axis, if there is one so far away.
    fn compass(&self, coefficients: &[f64], place: &mut Place<D>, reach: f64) -> bool {
        let spacing = self.spacing();
        for (c, sign) in (0..D).flat_map(|c| [(c, -1.0), (c, 1.0)]) {
            let mut z = place.z;
            z[c] = (z[c] + sign * reach * spacing[c]).clamp(self.lower[c], self.upper[c]);
            let value = potential(self.landscape, coefficients, z).0;
            if value < place.value {
                *place = Place { z, value };
                return true;
            }
        }
        false
    }

    /// Where Ψ's gradient would vanish, along the axes at whose ends the place does not lie.
    fn newton(&self, coefficients: &[f64], z: [f64; D]) -> Option<[f64; D]> {
        let is_free: [bool; D] = std::array::from_fn(|c| z[c] > self.lower[c] && z[c] < self.upper[c]);
        let gradient = potential(self.landscape, coefficients, z).1;
        let free = DVector::from_fn(D, |c, _| if is_free[c] { gradient[c] } else { 0.0 });
        let step = hessian(self.landscape, coefficients, z, is_free).lu().solve(&free)?;
        Some(std::array::from_fn(|c| (z[c] - step[c]).clamp(self.lower[c], self.upper[c])))
    }
}
